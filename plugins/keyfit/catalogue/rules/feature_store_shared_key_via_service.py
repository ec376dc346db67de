"""A key that both stores of a feature group share has no `kms:ViaService` condition that shuts S3 out.

## What it checks

Where the online and the offline store use one key, no Allow statement of the key policy has a `kms:ViaService`
condition that calls through S3 do not meet, such as `sagemaker.*.amazonaws.com`. It is an error where the offline
role has no other way to the key, and a warning where another statement gives it one.

## Why it matters

AWS's page says flatly that CreateFeatureGroup fails when such a condition stands on the key of both stores: the online
store's calls come through SageMaker, the offline store's through S3. Use two keys, or leave the condition out.

## When it is unproven

Which keys the stores use is not known, or a condition's value is not.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, any_of
from keyfit.catalogue import access, evidence, feature_store
from keyfit.catalogue.asking import Asker, Question, asker, request_of
from keyfit.catalogue.lookup import absent, find_key
from keyfit.catalogue.rule import Verdict, Via
from keyfit.catalogue.rules import feature_store_offline_role_key_access as offline_access
from keyfit.catalogue.words import quoted, shown, statement_name
from keyfit.findings import About, Level, Note, NoteKind, Remedy
from keyfit.policy.condition import judge_conditions
from keyfit.policy.document import read
from keyfit.policy.statement import Effect
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options
    from keyfit.model import Consumer, Key, Stack, Use
    from keyfit.policy.statement import Condition, Statement

NUMBER: Final = 203
LEVEL: Final = Level.ERROR
SOURCES: Final = ("F10", "F11", "F12")
_VIA: Final = "kms:viaservice"
_ADVICE: Final = "use a key of its own for the offline store, or take the condition away"


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each feature group whose two stores share a key of the source."""
    for store in feature_store.offline(stack):
        use = next((each for each in store.keys if not absent(each.value)), None)
        twin = _online_twin(stack, store)
        key = _shared(stack, use, twin) if use is not None and twin is not None else None
        if use is not None and key is not None:
            yield from _verdict(stack, store, use, key)


def _online_twin(stack: Stack, store: Consumer) -> Consumer | None:
    """The online store of the same feature group."""
    groups = (each for each in feature_store.online(stack) if each.block == store.block and each.state == store.state)
    return next(groups, None)


def _shared(stack: Stack, use: Use, twin: Consumer) -> Key | None:
    other = next((each for each in twin.keys if not absent(each.value)), None)
    if other is None:
        return None
    key, same = find_key(stack, use.value).key, find_key(stack, other.value).key
    return key if key is not None and same is not None and key.block == same.block else None


def _verdict(stack: Stack, store: Consumer, use: Use, key: Key) -> Iterator[Verdict]:
    role = feature_store.role_of(stack, store)
    who = asker(role) if role is not None else ()
    if not isinstance(who, Asker):
        return
    question = Question(stack, store, who, key, Via.THROUGH_S3)
    shut = [
        (statement, line, answer) for statement, line, answer in _via_lines(question) if answer.truth is not Truth.YES
    ]
    about = About(key.block.address, use.parameter, store.store, store.state, who.name)
    answer = ~any_of(~each for _, _, each in shut)
    if answer == YES:
        message = f"no `kms:ViaService` condition shuts the offline store out of key `{key.block.address}`"
        yield Verdict(store.block, YES, message, use.value.origin, about=about)
        return
    notes = tuple(_note(key, statement, line) for statement, line, each in shut if each.truth is answer.truth)
    level = Level.ERROR if answer == NO and _no_other_way(stack, store) else Level.WARNING
    said = "shuts the offline store out" if answer == NO else "cannot be told to let the offline store in"
    message = f"a `kms:ViaService` condition on key `{key.block.address}`, which both stores share, {said}"
    verdict = Verdict(store.block, answer, message, use.value.origin, level, about, notes)
    yield replace(verdict.with_notes(Note(NoteKind.HELP, _ADVICE)), remedy=Remedy(_ADVICE)) if answer == NO else verdict


def _via_lines(question: Question) -> Iterator[tuple[Statement, Condition, Answer]]:
    """Each `kms:ViaService` line of an Allow statement of the key policy, and whether a call through S3 meets it."""
    request = request_of(question, feature_store.OFFLINE_ACTIONS[0])
    document = read(question.key.policy)
    for statement in document.statements:
        for line in statement.conditions if statement.effects == {Effect.ALLOW} else ():
            if (line.key.literal or "").lower() == _VIA:
                yield statement, line, judge_conditions((line,), document, request.context)[0]


def _no_other_way(stack: Stack, store: Consumer) -> bool:
    """Whether rule 202 is broken for this store."""
    needs = offline_access.needs(stack, store)
    return any(each.answer == NO for need in needs for each in access.verdicts(stack, store, need))


def _note(key: Key, statement: Statement, line: Condition) -> Note:
    values = quoted(shown(each) for each in line.values)
    name = statement_name(statement, key.policy)
    return Note(NoteKind.NOTE, f"{name} asks for `kms:ViaService` {values}", evidence.place(statement.origin))
