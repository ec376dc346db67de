"""Statements of identity policies whose Resource names an alias or a bare key id, which matches no key (K37, K38)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, all_of, answer, any_of, maybe
from keyfit.aws import arn, kms_actions
from keyfit.catalogue import statements
from keyfit.model import names
from keyfit.model.changes import Refer
from keyfit.model.findings import Note, NoteKind
from keyfit.model.keys import Alias, Key
from keyfit.model.names_of_keys import KEY_IDS, find_key_behind
from keyfit.policy.judge import acts
from keyfit.record import record
from keyfit.truth import Truth, some
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Statement

MOST_VALUES: Final = 200  # of one Resource: each is compared with all others
_KEY: Final = frozenset({"key"})
_ALIAS: Final = "alias"
_ALIAS_NAMES: Final = text("alias/*")


@record
class Target:
    """What one value of a Resource is: whether it is an alias, or a bare key id; and the key that it stands for."""

    value: Text | Unknown
    alias: Answer
    key_id: Answer
    key: Key | None = None


@record
class Mistake:
    """A way of naming a key that matches none, in words: `{0}` is the statement, `{1}` the value.

    `made` says whether a value is that. `serves` says that the value is right for actions on aliases.
    """

    made: Callable[[Target], Answer]
    holds: str
    open: str
    broken: str
    note: str
    serves: bool = False


def verdicts(stack: Stack, options: Options, mistake: Mistake) -> Iterator[Ruling]:
    """The verdicts about each statement of an identity policy that speaks of actions on keys."""
    for written in statements.of_identities(stack, options, "Resource"):
        if key_level(written.statement) is not Truth.NO:
            yield from _about(stack, written, mistake)


def _about(stack: Stack, written: WrittenStatement, mistake: Mistake) -> Iterator[Ruling]:
    yield written.verdict(YES, mistake.holds.format(written.name))
    targets = [_target(stack, value) for value in written.resources[:MOST_VALUES]]
    harmless = _Harmless(written.statement, targets, mistake)
    for one in targets:
        found = harmless(one)
        if found.truth is Truth.NO:
            note = Note(NoteKind.NOTE, mistake.note, written.place_of(one.value))
            message = mistake.broken.format(written.name, shown(one.value))
            yield written.verdict(NO, message, note, _use_arn(stack, written, one))
        elif found.truth is Truth.MAYBE:
            yield written.verdict(found, mistake.open.format(written.name))
    for open_ in (written.unread, _bound(written)):
        if open_ is not None:
            yield written.verdict(open_, mistake.open.format(written.name))


def _bound(written: WrittenStatement) -> Answer | None:
    if len(written.resources) <= MOST_VALUES:
        return None
    return maybe(
        Unknown(Why.BOUND, f"the Resource has more than {MOST_VALUES} values", origin=written.statement.origin)
    )


class _Harmless:
    """Whether a value of one Resource does no harm: NO where it stands for a key that nothing else there covers."""

    def __init__(self, statement: Statement, targets: list[Target], mistake: Mistake) -> None:
        """What all values of the Resource have in common is worked out once."""
        holes = statements.action_holes(statement)
        self._elsewhere = ~answer(key_level(statement), holes)
        self._serves = answer(_alias_level(statement), holes) if mistake.serves else NO
        self._keys = {id(one): all_of((~one.alias, ~one.key_id)) for one in targets}
        self._targets, self._made = targets, mistake.made

    def __call__(self, one: Target) -> Answer:
        return any_of(self._reasons(one))

    def _reasons(self, one: Target) -> Iterator[Answer]:
        yield self._elsewhere
        yield ~self._made(one)
        others = [other for other in self._targets if other is not one]
        yield all_of((self._serves, any_of(self._keys[id(other)] for other in others)))
        yield from (_covers(other, one) for other in others if self._keys[id(other)].truth is not Truth.NO)


def key_level(statement: Statement) -> Truth:
    """Whether the statement speaks of actions on keys alone."""
    return some(acts(statement, each.name) for each in kms_actions.every_action() if each.resources == _KEY)


def _alias_level(statement: Statement) -> Truth:
    """Whether the statement speaks of actions on aliases, which an alias ARN is right for (K41)."""
    return some(acts(statement, each.name) for each in kms_actions.every_action() if _ALIAS in each.resources)


def _target(stack: Stack, value: Text | Unknown) -> Target:
    """What `value` names."""
    if isinstance(value, Unknown):
        return Target(value, maybe(value), maybe(value))
    for named in names.named(stack, value):
        match named.thing:
            case Alias() as alias:
                return Target(value, YES, NO, find_key_behind(stack, alias).key)
            case Key() as key:
                return Target(value, NO, YES if named.way is names.Way.ID else NO, key)
            case _:
                pass
    return Target(value, _is_alias(value), any_of(pattern.compare(each, value) for each in KEY_IDS))


def _is_alias(value: Text) -> Answer:
    """Whether it is an alias name or alias ARN by its form."""
    fields = arn.split(value)
    if fields is not None:
        return pattern.compare(_ALIAS_NAMES, fields.resource)
    return (
        maybe(*value.holes) if value.prefix.startswith("arn:") and value.holes else pattern.compare(_ALIAS_NAMES, value)
    )


def _covers(other: Target, one: Target) -> Answer:
    """Whether another value of the same Resource matches the key that `one` stands for, so that nothing is lost."""
    if isinstance(other.value, Unknown):
        return maybe(other.value)
    return arn.matches(other.value, one.key.arn if one.key else _some_key(one))


def _some_key(one: Target) -> Text:
    """The ARN of the key behind an alias, or with an id, that is not in the source."""
    hole = Unknown(
        Why.OUTSIDE_SOURCE, f"the key that `{shown(one.value)}` points to", identity=f"key of {shown(one.value)}"
    )
    return text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", hole)


def _use_arn(stack: Stack, written: WrittenStatement, one: Target) -> Note:
    """The help: the ARN of the key instead."""
    place = written.place_of(one.value)
    if one.key is None or not one.key.block.type:
        return Note(NoteKind.HELP, "specify the ARN of the key as the Resource", place)
    change = None if place is None else Refer(place, one.key.block)
    return Note(NoteKind.HELP, names.use_arn(stack, one.key.block.address), place, change)
