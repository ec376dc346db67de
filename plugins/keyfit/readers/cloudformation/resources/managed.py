"""Managed policies by their ARN: AWS's own, the template's, and those that are not in the source; boundaries too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, maybe
from keyfit.aws import arn
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.evaluation.unknowns import unknown_from
from keyfit.readers.cloudformation.resources import attributes
from keyfit.readers.cloudformation.resources.policies import policy
from keyfit.readers.cloudformation.resources.properties import find, identified, items, missing
from keyfit.readers.cloudformation.template.texts import as_text, at, plain
from keyfit.truth import Truth
from keyfit.value import Unknown, Value, choices_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource

TYPE: Final = "AWS::IAM::ManagedPolicy"
_OF_AWS: Final = "aws"  # stands where an account would


class Tie(NamedTuple):
    """What a managed policy is tied to, by which property, and as what."""

    owner: Resource
    parameter: str
    kind: PolicyKind


def managed_policies(scope: Scope, resource: Resource) -> Iterator[Policy]:
    """The policies that `ManagedPolicyArns` of a role, user or group names."""
    elements, rest = items(find(scope, resource, "ManagedPolicyArns"))
    for index, each in enumerate(elements):
        yield named(scope, each, Tie(resource, f"ManagedPolicyArns.{index}", PolicyKind.MANAGED))
    if rest is not None:
        yield _open(rest, Tie(resource, "ManagedPolicyArns", PolicyKind.MANAGED))


def boundary_of(scope: Scope, resource: Resource) -> Policy | None:
    """The permissions boundary of a role or user; `None` where there is none."""
    written = find(scope, resource, "PermissionsBoundary")
    tie = Tie(resource, "PermissionsBoundary", PolicyKind.BOUNDARY)
    return None if written is None else named(scope, written, tie)


def named(scope: Scope, written: Value, tie: Tie) -> Policy:
    """The policy that an ARN names.

    One that a choice decides can be any, and so can one whose ARN can be that of a policy of the template. An ARN of
    which nothing is known is taken for that of a policy outside.
    """
    if choices_in(written) or as_text(written) is None:
        return _open(written, tie)
    name = identified(written, f"{tie.owner.address}.{tie.parameter}")
    for resource in scope.template.resources.values():
        same = arn.equal(attributes.policy_arn(scope, resource), name) if resource.type == TYPE else NO
        if same.truth is Truth.YES:
            return replace(document_of(scope, resource, tie.kind), arn=name, present=scope.present(resource))
        if same.truth is Truth.MAYBE and name.prefix:
            return _open(at(unknown_from(scope, "ARN", name.origin, text(*same.holes)), name.origin), tie)
    fields = arn.split(name)
    of_aws = fields is not None and fields.account.literal == _OF_AWS
    place = PolicyKind.AWS_MANAGED if of_aws else PolicyKind.OUTSIDE
    return Policy(place, None, tie.owner.address, plain(name), name, written.origin)


def document_of(scope: Scope, resource: Resource, kind: PolicyKind) -> Policy:
    """The policy that a policy resource of the template writes, owned by that resource."""
    written = find(scope, resource, "PolicyDocument")
    name = as_text(find(scope, resource, "ManagedPolicyName") or find(scope, resource, "PolicyName"))
    none = missing("PolicyDocument", resource)
    return policy(kind, written or none, resource, (name.literal if name else None) or resource.address)


def _open(written: Value, tie: Tie) -> Policy:
    """A policy of which nothing is known, not even whether it is there: it can allow and deny anything."""
    reason = Unknown(Why.INVALID, "the ARN of a policy is not a string", origin=written.origin)
    hole = written if isinstance(written, Unknown) else _told(written) or reason
    return Policy(tie.kind, hole, tie.owner.address, origin=written.origin, present=maybe(hole))


def _told(written: Value) -> Unknown | None:
    """An unknown that depends on all choices of `written`."""
    choices = choices_in(written)
    return Unknown(Why.UNDECIDED, "the ARN of a policy", choices=choices, origin=written.origin) if choices else None
