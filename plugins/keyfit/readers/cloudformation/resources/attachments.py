"""Policies that name the roles, users and groups they are attached to; and groups that name their users."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.answer import Answer, all_of, any_of, maybe
from keyfit.model.identities import Identity, IdentityKind, Tie
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.resources.managed import document_of
from keyfit.readers.cloudformation.resources.properties import find, items
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource


class Side(NamedTuple):
    """The property of a policy resource that names identities of one kind, and how the policy is tied to them."""

    property: str
    kind: PolicyKind


_PLURAL: Final = {IdentityKind.ROLE: "Roles", IdentityKind.USER: "Users", IdentityKind.GROUP: "Groups"}
_SINGULAR: Final = {
    IdentityKind.ROLE: ("AWS::IAM::RolePolicy", "RoleName"),
    IdentityKind.USER: ("AWS::IAM::UserPolicy", "UserName"),
    IdentityKind.GROUP: ("AWS::IAM::GroupPolicy", "GroupName"),
}
_BY_LIST: Final = {"AWS::IAM::Policy": PolicyKind.INLINE, "AWS::IAM::ManagedPolicy": PolicyKind.MANAGED}


def _side(resource: Resource, kind: IdentityKind) -> Side | None:
    if resource.type in _BY_LIST:
        return Side(_PLURAL[kind], _BY_LIST[resource.type])
    type_, name = _SINGULAR[kind]
    return Side(name, PolicyKind.INLINE) if resource.type == type_ else None


class Attachment(NamedTuple):
    """A policy resource, how it is tied, and the names it is attached to."""

    resource: Resource
    kind: PolicyKind
    names: Value | None


def attachments(scope: Scope, kind: IdentityKind) -> tuple[Attachment, ...]:
    """Every policy of the template that names roles, users or groups, as `kind` says."""
    sides = ((each, _side(each, kind)) for each in scope.template.resources.values())
    return tuple(
        Attachment(each, side.kind, find(scope, each, side.property)) for each, side in sides if side is not None
    )


def ties(scope: Scope) -> Iterator[Tie]:
    """Each policy of the template with each name that it is attached to, of the template or not."""
    for kind in IdentityKind:
        for each in attachments(scope, kind):
            elements, rest = items(each.names)
            policy = document_of(scope, each.resource, each.kind)
            policy = replace(policy, present=scope.present(each.resource))
            yield from (Tie(kind, name, policy) for name in (*elements, *([rest] if rest else [])))


def attached(scope: Scope, name: Text, policies: tuple[Attachment, ...]) -> Iterator[Policy]:
    """Those of `policies` that name the role, user or group `name`, each with whether it is attached."""
    for each in policies:
        named = _names(each.names, name)
        if named.truth is not Truth.NO:
            present = all_of([scope.present(each.resource), named])
            yield replace(document_of(scope, each.resource, each.kind), present=present)


def _names(written: Value | None, name: Text) -> Answer:
    """Whether a list of names, or one name, has `name` in it."""
    elements, rest = items(written)
    return any_of([*(_equal(each, name) for each in elements), *([maybe(rest)] if rest else [])])


def _equal(written: Value, name: Text) -> Answer:
    told = as_text(written)
    if told is None:
        return maybe(Unknown(Why.INVALID, "a name in a list of names is not a string", origin=written.origin))
    return pattern.compare(told, name, wildcards=False)


def groups_of(scope: Scope, resource: Resource, user: Identity, groups: Iterable[Identity]) -> Identity:
    """`user`, with the policies of every group that it is in, as far as the template tells."""
    own = find(scope, resource, "Groups")
    inherited: list[Policy] = []
    for group in groups:
        member = any_of([_names(own, group.name), *_added(scope, user, group)])
        if member.truth is not Truth.NO:
            present = all_of([member, group.block.present])
            inherited.extend(replace(each, present=all_of([each.present, present])) for each in group.policies)
    return replace(user, policies=(*user.policies, *inherited))


def _added(scope: Scope, user: Identity, group: Identity) -> Iterator[Answer]:
    for resource in scope.template.resources.values():
        if resource.type == "AWS::IAM::UserToGroupAddition":
            yield all_of(
                [
                    scope.present(resource),
                    _names(find(scope, resource, "GroupName"), group.name),
                    _names(find(scope, resource, "Users"), user.name),
                ]
            )
