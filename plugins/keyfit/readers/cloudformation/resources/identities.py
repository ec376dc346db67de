"""Roles, users and groups of a template, with every policy that is tied to them from either side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.resources import attributes
from keyfit.readers.cloudformation.resources.attachments import attached, attachments, groups_of
from keyfit.readers.cloudformation.resources.handed import handed
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.managed import boundary_of, managed_policies
from keyfit.readers.cloudformation.resources.policies import policy
from keyfit.readers.cloudformation.resources.properties import find, items, missing, within
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.resources.attachments import Attachment
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Value

KINDS: Final = {
    "AWS::IAM::Role": IdentityKind.ROLE,
    "AWS::IAM::User": IdentityKind.USER,
    "AWS::IAM::Group": IdentityKind.GROUP,
}
_NAMES: Final = {
    IdentityKind.ROLE: "RoleName",
    IdentityKind.USER: "UserName",
    IdentityKind.GROUP: "GroupName",
}


def identities(scope: Scope) -> tuple[Identity, ...]:
    """Every role, user and group, in the order written; a user's policies hold its groups' too."""
    resources = [each for each in scope.template.resources.values() if each.type in KINDS]
    policies = {kind: attachments(scope, kind) for kind in IdentityKind}
    alone = [_alone(scope, each, policies[KINDS[each.type]]) for each in resources]
    groups = [each for each in alone if each.kind is IdentityKind.GROUP]
    return tuple(
        groups_of(scope, resource, identity, groups) if identity.kind is IdentityKind.USER else identity
        for resource, identity in zip(resources, alone, strict=True)
    )


def _alone(scope: Scope, resource: Resource, policies: tuple[Attachment, ...]) -> Identity:
    kind = KINDS[resource.type]
    name = attributes.name_of(_NAMES[kind])(scope, resource)
    own = (*_inline(scope, resource), *managed_policies(scope, resource))
    return Identity(
        block(scope, resource),
        kind,
        name,
        attributes.iam_arn(kind.value, _NAMES[kind])(scope, resource),
        (*own, *attached(scope, name, policies), *handed(scope, name)),
        boundary_of(scope, resource) if kind is not IdentityKind.GROUP else None,
        _trust(scope, resource) if kind is IdentityKind.ROLE else None,
        scope.bound.account,
    )


def _inline(scope: Scope, resource: Resource) -> Iterator[Policy]:
    elements, rest = items(find(scope, resource, "Policies"))
    for each in elements:
        name = as_text(within(each, "PolicyName"))
        written = within(each, "PolicyDocument")
        which = f"policy `{name.prefix}` of `{resource.address}`" if name else f"a policy of `{resource.address}`"
        none = Unknown(Why.MISSING, f"the `PolicyDocument` of {which}", origin=each.origin)
        yield policy(PolicyKind.INLINE, written or none, resource, name.prefix if name else "")
    if rest is not None:
        yield policy(PolicyKind.INLINE, rest, resource)


def _trust(scope: Scope, resource: Resource) -> Policy:
    written: Value | None = find(scope, resource, "AssumeRolePolicyDocument")
    return policy(PolicyKind.TRUST, written or missing("AssumeRolePolicyDocument", resource), resource)
