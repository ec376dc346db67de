"""Who reads or writes the records of a feature group, as far as policies and tasks say so by name (F27-F29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.model.identities import IdentityKind
from keyfit.model.policies import PolicyKind
from keyfit.pattern import matches
from keyfit.policy.memo import document_of
from keyfit.policy.statement import Effect
from keyfit.services.pages import feature_store
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, holes_in, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Statement
    from keyfit.value import Value

_ACTIONS: Final = tuple(map(text, feature_store.RECORD_ACTIONS))
_PREFIX: Final = "sagemaker:"
_WRITTEN: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED})  # a managed policy of AWS says nothing of intent


def names_group(stack: Stack, identity: Identity, store: Consumer) -> Answer:
    """Whether a policy of `identity` allows an action on the records of the store's feature group by name."""
    group = _group_arn(stack, store)
    return any_of(
        all_of((policy.present, _speaks_of(statement, group)))
        for policy in _written(stack, identity)
        for statement in document_of(stack, policy).statements
    )


def is_group(stack: Stack, named: Value, store: Consumer) -> Answer:
    """Whether a task that names its feature group so, by name or by ARN, works on the store's."""
    if named == store.name:
        return YES
    if not isinstance(named, Text) or not isinstance(store.name, Text):
        return maybe(*holes_in(named), *holes_in(store.name))
    by_arn = _group_arn(stack, store)
    known = (store.name,) if by_arn is None else (store.name, by_arn)
    return any_of(arn.equal(each, named, fold_case=True) for each in known)


def _written(stack: Stack, identity: Identity) -> Iterator[Policy]:
    """The policies that say what `identity` is for; for a group with users in the source, they speak for it."""
    members = [each for each in stack.identities if each.kind is IdentityKind.USER]
    for policy in identity.policies:
        is_shared = identity.kind is IdentityKind.GROUP and any(policy in each.policies for each in members)
        if policy.kind in _WRITTEN and not is_shared:
            yield policy


def _speaks_of(statement: Statement, group: Text | None) -> Answer:
    """Whether an Allow names record actions on `group`.

    What cannot be read does not: only where a choice can bring it to light that is open.
    """
    if statement.unreadable is not None and statement.actions is None:
        return _after_choices(statement.unreadable)
    actions = statement.actions
    if statement.effects != {Effect.ALLOW} or actions is None or actions.negated:
        return NO
    named = any_of(_is_record_pattern(each) for each in actions.values)
    return NO if named == NO else all_of((named, _reaches(statement, group)))


def _after_choices(hole: Unknown) -> Answer:
    return maybe(hole) if hole.choices else NO


def _is_record_pattern(written: Text | Unknown) -> Answer:
    """Whether a pattern names record actions: one that says "Record", not `sagemaker:*`."""
    if isinstance(written, Unknown):
        return _after_choices(written)
    name = written.literal or ""
    if not name.lower().startswith(_PREFIX) or "record" not in name.lower():
        return NO
    return YES if any(matches(written, each, fold_case=True) is Truth.YES for each in _ACTIONS) else NO


def _group_arn(stack: Stack, store: Consumer) -> Text | None:
    """The ARN of the feature group; `None` where its name is no text."""
    if not isinstance(store.name, Text):
        return None
    place = (":sagemaker:", store.region, ":", store.account, ":feature-group/")
    return text("arn:", stack.partition, *place, store.name)


def _reaches(statement: Statement, group: Text | None) -> Answer:
    """Whether the statement's Resource takes in the feature group. The ARN has the name in lower case or as given."""
    resources = statement.resources
    if resources is None:
        return NO
    matched = any_of(_matches(each, group) for each in resources.values)
    return ~matched if resources.negated else matched


def _matches(pattern: Text | Unknown, group: Text | None) -> Answer:
    if isinstance(pattern, Unknown):
        return maybe(pattern)
    if pattern.literal == "*":
        return YES
    return arn.like(pattern, group, fold_case=True) if group is not None else maybe(*pattern.holes)
