"""What identities are for by their policies' own words: which Allows name actions of a service, and on what.

An Allow of `*` or `sqs:*` on everything, NotAction, NotResource and AWS's own managed policies say nothing of intent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, Answer, all_of, any_of, maybe
from keyfit.model.identities import IdentityKind
from keyfit.model.policies import PolicyKind
from keyfit.pattern import matches
from keyfit.policy.memo import document_of
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Statement

_WRITTEN: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED})


class Reach(NamedTuple):
    """What a Resource says of a thing: whether it takes it in, and whether it names it, or all of its kind alike."""

    answer: Answer
    is_named: bool = True


class Said(NamedTuple):
    """An Allow that names one of the actions: whether it does, which, and whether by more than `sqs:*`."""

    identity: Identity
    policy: Policy
    answer: Answer
    actions: tuple[str, ...]
    is_named: bool
    resources: tuple[Text | Unknown, ...]


def written(stack: Stack, identity: Identity) -> Iterator[Policy]:
    """The policies that say what `identity` is for; for a group with users in the source, they speak for it."""
    members = [each for each in stack.identities if each.kind is IdentityKind.USER]
    for policy in identity.policies:
        is_shared = identity.kind is IdentityKind.GROUP and any(policy in each.policies for each in members)
        if policy.kind in _WRITTEN and not is_shared:
            yield policy


def said(stack: Stack, actions: tuple[str, ...]) -> tuple[Said, ...]:
    """What the policies of the source's identities say of these actions, on whatever they are."""
    return stack.once(_every, actions)


def _every(stack: Stack, actions: tuple[str, ...]) -> tuple[Said, ...]:
    wanted = tuple(map(text, actions))
    return tuple(
        told
        for identity in stack.identities
        for policy in written(stack, identity)
        for statement in document_of(stack, policy).statements
        if (told := _said(identity, policy, statement, wanted)) is not None
    )


def _said(identity: Identity, policy: Policy, statement: Statement, wanted: tuple[Text, ...]) -> Said | None:
    """As far as the statement can be read: what cannot be read counts where a choice can bring it to light."""
    hole = statement.unreadable
    if hole is not None and statement.actions is None:
        is_open = bool(hole.choices) and Effect.ALLOW in statement.effects
        return Said(identity, policy, maybe(hole), (), is_named=True, resources=(hole,)) if is_open else None
    actions, resources = statement.actions, statement.resources
    if statement.effects != {Effect.ALLOW} or actions is None or resources is None:
        return None
    if actions.negated or resources.negated:
        return None
    found = [each for pattern in actions.values if (each := _named(pattern, wanted)) is not None]
    told = [each for each in found if each.is_named] or found
    if not told:
        return None
    names = tuple(dict.fromkeys(name for each in told for name in each.actions))
    answer = all_of((policy.present, any_of(each.answer for each in told)))
    return Said(identity, policy, answer, names, told[0].is_named, resources.values)


class _Named(NamedTuple):
    """The actions that a pattern takes in, and whether it names them: `s3:Get*` does, `s3:*` does not."""

    answer: Answer
    actions: tuple[str, ...]
    is_named: bool = True


def _named(pattern: Text | Unknown, wanted: tuple[Text, ...]) -> _Named | None:
    """What a pattern of an Action says of the actions; `None` for nothing, or nothing of intent."""
    if isinstance(pattern, Unknown):
        return _Named(maybe(pattern), ()) if pattern.choices else None
    service, colon, name = (pattern.literal or "").partition(":")
    if not colon or "*" in service or "?" in service:
        return None
    taken = tuple(each.prefix for each in wanted if matches(pattern, each, fold_case=True) is Truth.YES)
    return _Named(YES, taken, bool(name.strip("*?"))) if taken else None


def is_denied(
    stack: Stack, identity: Identity, actions: tuple[str, ...], reach: Callable[[Text | Unknown], Reach]
) -> bool:
    """Whether a Deny without conditions can take all of these actions on the thing away from `identity`."""
    wanted = tuple(map(text, actions))
    return any(
        _denies(statement, wanted, reach)
        for policy in identity.policies
        for statement in document_of(stack, policy).statements
        if statement.effects == {Effect.DENY} and not statement.conditions
    )


def _denies(statement: Statement, wanted: tuple[Text, ...], reach: Callable[[Text | Unknown], Reach]) -> bool:
    """Whether a Deny can be about all of the actions on the thing; one that cannot be read can."""
    actions, resources = statement.actions, statement.resources
    if actions is None or resources is None:
        return True
    if any(_can_match(actions.values, each) is actions.negated for each in wanted):
        return False
    everything = [YES for each in resources.values if isinstance(each, Text) and each.literal == "*"]
    reached = any_of((*everything, *(reach(each).answer for each in resources.values)))
    return (~reached if resources.negated else reached).truth is not Truth.NO


def _can_match(patterns: tuple[Text | Unknown, ...], action: Text) -> bool:
    return any(isinstance(each, Unknown) or matches(each, action, fold_case=True) is not Truth.NO for each in patterns)
