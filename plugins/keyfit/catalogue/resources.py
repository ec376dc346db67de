"""Statements of identity policies whose Resource names an alias or a bare key id, which matches no key (K37, K38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit import arn, pattern
from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.catalogue.lookup import find_key_behind
from keyfit.catalogue.words import shown
from keyfit.findings import Note, NoteKind
from keyfit.model import CLOUDFORMATION
from keyfit.policy import actions
from keyfit.policy.judge import acts
from keyfit.truth import Truth, some
from keyfit.value import Own, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.catalogue.statements import Written
    from keyfit.model import Key, Stack
    from keyfit.policy.statement import Statement

_KEY: Final = frozenset({"key"})
_ALIAS: Final = "alias"
_ALIAS_NAMES: Final = text("alias/*")
_ID: Final = (text("????????-????-????-????-????????????"), text("mrk-*"))


@dataclass(frozen=True, slots=True)
class Named:
    """What one value of a Resource is: whether it is an alias, or a bare key id; and the key that it stands for."""

    value: Text | Unknown
    alias: Answer
    key_id: Answer
    key: Key | None = None


def key_level(statement: Statement) -> Truth:
    """Whether the statement speaks of actions on keys alone."""
    return some(acts(statement, each.name) for each in actions.every_action() if each.resources == _KEY)


def alias_level(statement: Statement) -> Truth:
    """Whether the statement speaks of actions on aliases, which an alias ARN is right for (K41)."""
    return some(acts(statement, each.name) for each in actions.every_action() if _ALIAS in each.resources)


def named(stack: Stack, value: Text | Unknown) -> Named:
    """What `value` names."""
    if isinstance(value, Unknown):
        return Named(value, maybe(value), maybe(value))
    for alias in stack.aliases:
        if _YES in (arn.equal(alias.arn, value).truth, arn.equal(alias.name, value).truth):
            return Named(value, YES, NO, find_key_behind(stack, alias).key)
    for key in stack.keys:
        if arn.equal(key.key_id, value).truth is Truth.YES:
            return Named(value, NO, YES, key)
    return Named(value, _is_alias(value), any_of(pattern.compare(each, value) for each in _ID))


_YES: Final = Truth.YES


def _is_alias(value: Text) -> Answer:
    """Whether it is an alias name or alias ARN by its form."""
    fields = arn.split(value)
    if fields is None:
        return pattern.compare(_ALIAS_NAMES, value) if not value.prefix.startswith("arn:") else maybe(*value.holes)
    return pattern.compare(_ALIAS_NAMES, fields.resource)


def covered(one: Named, others: Iterable[Text | Unknown]) -> Answer:
    """Whether another value of the same Resource matches the key that `one` stands for, so that nothing is lost."""
    key = one.key.arn if one.key else _some_key(one)
    return any_of(maybe(each) if isinstance(each, Unknown) else arn.matches(each, key) for each in others)


def _some_key(one: Named) -> Text:
    """The ARN of the key behind an alias, or with an id, that is not in the source."""
    hole = Unknown(Why.OUTSIDE_SOURCE, f"the key behind `{shown(one.value)}`", identity=f"key of {shown(one.value)}")
    return text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", hole)


def use_arn(stack: Stack, written: Written, one: Named) -> Note:
    """The help: the ARN of the key instead."""
    place = written.place_of(one.value)
    if one.key is None or not one.key.block.type:
        return Note(NoteKind.HELP, "give the ARN of the key as the Resource", place)
    address = one.key.block.address
    words = f"use `!GetAtt {address}.Arn`" if stack.language == CLOUDFORMATION else f"use `{address}.arn`"
    return Note(NoteKind.HELP, words, place)
