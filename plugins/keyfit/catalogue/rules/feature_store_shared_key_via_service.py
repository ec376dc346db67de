"""A key that both stores of a feature group share has no `kms:ViaService` condition that blocks S3.

## What it checks

Where the online and the offline store use one key, no Allow statement of the key policy has a `kms:ViaService`
condition that calls through S3 do not meet, such as `sagemaker.*.amazonaws.com`. It is an error where the offline role
has no other access to the key, and a warning where another statement allows it.

## Why it matters

The AWS documentation says that CreateFeatureGroup fails when such a condition is on the key of both stores. The online
store's calls come through SageMaker, the offline store's through S3, so that the statement with the condition never
covers the second. By KMS's own rules another statement can: the account's, together with a policy of the role, or one
that names the role. Then the shared key works by those rules but not by the page, and the finding is a warning.

## When it is unproven

Which keys the stores use is not known, or a condition's value is not, or the key policy cannot be read.

## How to fix it

Let the condition accept calls through S3, too, in the form of its other value (`s3.*.amazonaws.com`), or use a
separate key for the offline store.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls, needs
from keyfit.catalogue.access.question import Question, asker, request_of
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence, via_service
from keyfit.explain.access import Asker
from keyfit.explain.statement import statement_name
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_key
from keyfit.model.names_of_roles import role_of
from keyfit.policy.condition import judge_line
from keyfit.policy.memo import document_of
from keyfit.policy.statement import Effect
from keyfit.policy.variables import Scope
from keyfit.services.pages import feature_store
from keyfit.truth import Truth
from keyfit.words import quoted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.keys import Key
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Condition, Statement
    from keyfit.services.page import Via

NUMBER: Final = 203
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F10", "F11", "F12")
_VIA: Final = "kms:viaservice"
_STORES: Final = ("offline", "online")
_APART: Final = "use a separate key for the offline store"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each feature group whose two stores share a key, or share one perhaps."""
    for store in consumers.named(stack, feature_store.OFFLINE_STORE):
        both = (each for each in (store, _online_twin(stack, store)) if each is not None)
        uses = [next((use for use in each.keys if not absent(use.value)), None) for each in both]
        role = role_of(stack, store)
        if role is not None and len(uses) == len(_STORES) and uses[0] is not None and uses[1] is not None:
            yield from _about_stores(Pair(stack, store, uses[0], uses[1]), role)


class Pair(NamedTuple):
    """The two stores of one feature group, by their keys."""

    stack: Stack
    store: Consumer
    use: Use
    twin: Use

    def verdict(self, answer: Answer, message: str, level: Level = Level.ERROR, *notes: Note) -> Ruling:
        """A verdict placed at the offline store's key; the last help is the remedy."""
        store = self.store
        about = About("", self.use.parameter, store.store, store.state)
        remedy = Remedy(notes[-1].message) if notes and notes[-1].kind is NoteKind.HELP else None
        return Ruling(store.block, answer, message, self.use.value.origin, level, about, notes, remedy)


def _online_twin(stack: Stack, store: Consumer) -> Consumer | None:
    """The online store of the same feature group."""
    groups = (
        each
        for each in consumers.named(stack, feature_store.ONLINE_STORE)
        if each.block == store.block and each.state == store.state
    )
    return next(groups, None)


def _about_stores(pair: Pair, role: IdentityFound) -> Iterator[Ruling]:
    found, other = find_key(pair.stack, pair.use.value), find_key(pair.stack, pair.twin.value)
    if found.managed or other.managed:
        return
    if found.key is None or other.key is None:
        holes = (*found.holes, *other.holes)
        yield pair.verdict(maybe(*holes), "cannot tell whether the two stores share a key")
    elif found.key.block == other.key.block:
        who = asker(role)
        if isinstance(who, Asker):
            yield _shared(pair, found.key, who)
        else:
            yield pair.verdict(maybe(*who), "cannot tell which role writes the offline store")


def _shared(pair: Pair, key: Key, who: Asker) -> Ruling:
    shut = [each for each in _lines(pair, key, who) if each.meets.truth is not Truth.YES]
    answer = all_of(each.meets for each in shut)
    name = key.block.address
    notes = [_note(key, each) for each in shut if each.meets.truth is answer.truth and each.line is not None]
    match answer.truth:
        case Truth.YES:
            return pair.verdict(YES, f"no `kms:ViaService` condition blocks the offline store from key `{name}`")
        case Truth.MAYBE:
            message = f"cannot tell whether a `kms:ViaService` condition on key `{name}` blocks the offline store"
            return pair.verdict(answer, message, Level.WARNING, *notes)
        case Truth.NO:
            without = _without_way(pair)
            said = {note.origin for note in notes}
            told = (note for each in without for note in each.notes if note.kind is NoteKind.NOTE)
            more = [note for note in told if note.origin not in said]  # not its help, which leaves the warning
            message = f"a `kms:ViaService` condition on key `{name}`, which both stores share, blocks the offline store"
            level = Level.ERROR if without else Level.WARNING
            return pair.verdict(NO, message, level, *notes, *more, *(_advice(key, each) for each in shut if each.line))


class Line(NamedTuple):
    """A line of a condition, or a statement that may have one, and whether a call through S3 meets it."""

    statement: Statement
    line: Condition | None
    meets: Answer


def _lines(pair: Pair, key: Key, who: Asker) -> Iterator[Line]:
    """Each `kms:ViaService` line that lets SageMaker's calls in; and what cannot be read, which may hold one."""
    document = document_of(pair.stack, key.policy)
    by_s3, by_sagemaker = (
        _scope(pair, key, who, via) for via in (feature_store.THROUGH_S3, feature_store.THROUGH_SAGEMAKER)
    )
    for statement in document.statements:
        if statement.unreadable is not None and Effect.ALLOW in statement.effects:
            yield Line(statement, None, maybe(statement.unreadable))
        for line in statement.conditions if statement.effects == {Effect.ALLOW} else ():
            if line.key.literal is None:
                yield Line(statement, line, maybe(*line.key.holes))
            elif line.key.literal.lower() == _VIA and judge_line(line, by_sagemaker).truth is not Truth.NO:
                yield Line(statement, line, judge_line(line, by_s3))


def _scope(pair: Pair, key: Key, who: Asker, via: Via) -> Scope:
    """What a condition of the key policy is judged in, for a call by `via`."""
    question = Question(pair.stack, pair.store, who, key, via)
    return Scope(document_of(pair.stack, key.policy), request_of(question, feature_store.WRITING.actions[0]).context)


def _without_way(pair: Pair) -> tuple[Ruling, ...]:
    """Rule 202's broken verdicts about this store: the offline role has no other way to the key."""
    needed = calls.of(pair.stack, pair.store, feature_store.WRITING)
    found = (each for need in needed for each in needs.verdicts(pair.stack, pair.store, need))
    return tuple(each for each in found if each.answer == NO)


def _advice(key: Key, shut: Line) -> Note:
    """Let the line accept S3, too; where it has no value that shows how, take it away."""
    found = shut.line and via_service.accepting(key.policy, shut.statement, shut.line, feature_store.THROUGH_S3.through)
    if not found:
        name, place = statement_name(shut.statement, key.policy), evidence.place(shut.statement.origin)
        return Note(NoteKind.HELP, f"{_APART}, or remove the condition of {name}", place)
    return replace(found, message=f"{found.message}, or {_APART}")


def _note(key: Key, shut: Line) -> Note:
    values = quoted(shown(each) for each in (shut.line.values if shut.line is not None else ()))
    name = statement_name(shut.statement, key.policy)
    return Note(NoteKind.NOTE, f"{name} requires `kms:ViaService` {values}", evidence.place(shut.statement.origin))
