"""Who reads or writes the records of a feature group, as far as policies say so by name (F27-F29)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import arn
from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.model import PolicyKind
from keyfit.pattern import matches
from keyfit.policy.document import read
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.model import Consumer, Identity, Stack
    from keyfit.policy.statement import Statement

_ACTIONS: Final = tuple(
    text(f"sagemaker:{name}")
    for name in ("PutRecord", "GetRecord", "DeleteRecord", "BatchGetRecord", "BatchWriteRecord", "ListRecords")
)
_PREFIX: Final = "sagemaker:"
_WRITTEN: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED})  # a managed policy of AWS says nothing of intent


def names_group(stack: Stack, identity: Identity, store: Consumer) -> Answer:
    """Whether a policy of `identity` allows an action on the records of the store's feature group by name."""
    group = _group_arn(stack, store)
    policies = (policy for policy in identity.policies if policy.kind in _WRITTEN)
    statements = (each for policy in policies for each in read(policy).statements)
    return any_of(_reaches(each, group) for each in statements if _names_records(each))


def _names_records(statement: Statement) -> bool:
    """Whether an Allow names record actions: by a pattern that says "Record", not by `sagemaker:*` or NotAction."""
    actions = statement.actions
    if statement.effects != {Effect.ALLOW} or actions is None or actions.negated:
        return False
    return any(isinstance(each, Text) and _is_record_pattern(each) for each in actions.values)


def _is_record_pattern(written: Text) -> bool:
    name = written.literal or ""
    if not name.lower().startswith(_PREFIX) or "record" not in name.lower():
        return False
    return any(matches(written, action, fold_case=True) is Truth.YES for action in _ACTIONS)


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
