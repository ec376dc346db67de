"""Grants and permissions boundaries that are new, gone, or others than before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws import kms_actions
from keyfit.compare.difference import Altered, Limit
from keyfit.model.rewriting import renamed
from keyfit.policy.decide import decide
from keyfit.policy.decision import Outcome
from keyfit.policy.memo import memory_of
from keyfit.policy.request import Context, Request
from keyfit.value import List
from keyfit.words import joined, marked, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.identities import Identity
    from keyfit.model.keys import Grant
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.value import Value

_FIELDS: Final = {
    "key": "key",
    "grantee": "grantee",
    "operations": "operations",
    "encryption_context_equals": "encryption context",
    "encryption_context_subset": "encryption context",
    "source_arn": "source ARN",
}


def altered(base: Stack | None, head: Stack | None, names: Mapping[str, str], stack: str) -> Iterator[Altered]:
    """What differs of one stack; `names` are the new addresses of blocks that have another one."""
    rename = renamed(lambda address: names.get(address, address))
    old = rename.of(base.grants) if base is not None else ()
    yield from _grants(old, head.grants if head is not None else (), stack)
    before = {each.block.address: each for each in (rename.of(base.identities) if base is not None else ())}
    for each in head.identities if head is not None else ():
        yield from _boundary(before.pop(each.block.address, None), each, head, stack)


def _grants(base: tuple[Grant, ...], head: tuple[Grant, ...], stack: str) -> Iterator[Altered]:
    old, new = ({each.block.address: each for each in side if not each.block.assumed} for side in (base, head))
    for address in sorted({*old, *new}):
        before, after = old.get(address), new.get(address)
        grant = after or before
        said = _grant(before, after)
        if grant is not None and said:
            yield Altered(stack, Limit.GRANT, address, f"grant {marked(address)} {said}", grant.block.origin)


def _grant(before: Grant | None, after: Grant | None) -> str:
    """What is to be said of it; nothing where it is as before."""
    if before is None or after is None:
        grant = after or before
        what = _told(grant.operations) if grant is not None else ""
        return (
            f"is {'gone' if after is None else 'new'}: {what} for {_told(grant.grantee)}" if grant is not None else ""
        )
    changes = []
    for name, words in _FIELDS.items():
        one, other = getattr(before, name), getattr(after, name)
        if _set(one) != _set(other):
            changes.append(f"has another {words}: {_told(other)}, and had {_told(one)}")
    if before.block.present != after.block.present:
        changes.append("is not there in the same deployments as before")
    return "; ".join(changes)


def _set(value: Value | None) -> object:
    """A list without its order: operations have none."""
    return frozenset(value.items) if isinstance(value, List) and value.rest is None else value


def _told(value: Value | None) -> str:
    match value:
        case None:
            return "none"
        case List(items):
            return joined(sorted(shown(each) for each in items)) or "none"
        case _:
            return marked(shown(value))


def _boundary(before: Identity | None, after: Identity, stack: Stack | None, name: str) -> Iterator[Altered]:
    if before is None or stack is None or after.block.assumed:
        return  # what a new role can do is told by the decisions
    said = _other_boundary(before.boundary, after.boundary, after, stack)
    if said:
        subject = f"{after.kind.value} {marked(after.block.address)}"
        place = after.boundary.origin if after.boundary is not None else after.block.origin
        yield Altered(name, Limit.BOUNDARY, after.block.address, f"{subject} {said}", place)


def _other_boundary(before: Policy | None, after: Policy | None, identity: Identity, stack: Stack) -> str:
    if before is None or after is None:
        policy = after or before
        if policy is None:
            return ""
        return (
            f"has a permissions boundary now: {policy.called}"
            if after
            else f"has no permissions boundary any more: {policy.called}"
        )
    if before == after:
        return ""
    one, other = (_left(each, identity, stack) for each in (before, after))
    if one != other:
        less, more = sorted(one - other), sorted(other - one)
        parts = (f"without {joined(less)}" if less else "", f"with {joined(more)}" if more else "")
        return f"has another permissions boundary, {' and '.join(filter(None, parts))}"
    return "has another permissions boundary" if before.arn != after.arn and after.arn is not None else ""


def _left(policy: Policy, identity: Identity, stack: Stack) -> frozenset[str]:
    """The actions that a boundary can leave on some key of the stack."""
    from keyfit.catalogue.access.question import principal_of

    who = principal_of(identity)
    return frozenset(
        action
        for key in stack.keys
        for action in kms_actions.on_a_key()
        if decide((policy,), Request(who, action, key.arn, key.account, Context()), memory_of(stack)).outcome
        is not Outcome.DENIED
    )
