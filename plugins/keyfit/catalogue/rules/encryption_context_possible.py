"""A condition on the encryption context does not block actions that have none.

## What it checks

No Allow statement with a condition on `kms:EncryptionContext:…` or `kms:EncryptionContextKeys` is the only one that
allows `kms:DescribeKey` or `kms:ListGrants` to a consumer's principal. Where the consumer needs the action it is an
error; where the statement names one that the consumer does not need, a warning.

## Why it matters

Only cryptographic operations and grants have an encryption context. A request for `kms:DescribeKey` or `kms:ListGrants`
has none, so a statement with such a condition never allows them, even if it lists them.

## When it is unproven

Another statement, policy or grant that can allow the action is not known.

## How to fix it

Move `kms:DescribeKey` and `kms:ListGrants` to a statement without the condition.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-services.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers, statements
from keyfit.catalogue.access import calls
from keyfit.catalogue.access.question import Question, ask, asker, request_of
from keyfit.explain import evidence
from keyfit.explain.access import Access, Asker
from keyfit.model.changes import AddStatement
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.names_of_keys import find_key
from keyfit.model.policies import PolicyKind
from keyfit.policy.decision import Element
from keyfit.policy.judge import judge
from keyfit.policy.memo import document_of
from keyfit.policy.statement import Effect
from keyfit.services import index
from keyfit.services.page import On, Routes
from keyfit.truth import Truth
from keyfit.value import Text
from keyfit.words import joined, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.identities import Identity
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Judgement
    from keyfit.policy.statement import Condition, Statement
    from keyfit.value import Origin

NUMBER: Final = 507
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = ("K56", "K57")
NEEDED: Final = ("kms:DescribeKey", "kms:ListGrants")  # P5, F1: what consumers need of the actions without context
_KEYS: Final = ("kms:encryptioncontext:", "kms:encryptioncontextkeys")


class Lost(NamedTuple):
    """An action that a principal does not surely get, and the statement whose condition takes it away."""

    place: Origin
    principal: str
    action: str
    answer: Answer
    line: Condition
    needed: bool
    identity: Identity | None = None


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each Allow statement with a condition on the encryption context."""
    every = list(statements.everywhere(stack, options, "Condition"))
    lost = list(_lost(stack)) if any(_conditioned(written.statement) for written in every) else []
    for written in every:
        holes = [hole for line in written.statement.conditions if not line.key.prefix for hole in line.key.holes]
        open_ = written.unread or (maybe(*holes) if holes else None)
        if open_ is not None:
            message = f"cannot tell whether a condition of {written.name} blocks what a consumer needs"
            yield written.verdict(open_, message)
        elif Effect.ALLOW in written.statement.effects and _conditioned(written.statement):
            yield from _verdicts(written, [each for each in lost if each.place == written.statement.origin])


def _conditioned(statement: Statement) -> bool:
    return any(_on_context(line) for line in statement.conditions)


def _on_context(line: Condition) -> bool:
    return line.key.prefix.lower().startswith(_KEYS)


def _verdicts(written: WrittenStatement, lost: list[Lost]) -> Iterator[Ruling]:
    yield written.verdict(YES, f"the condition of {written.name} blocks nothing that a consumer needs")
    for principal in dict.fromkeys(each.principal for each in lost):
        of_it = [each for each in lost if each.principal == principal]
        broken = [each for each in of_it if each.answer.truth is Truth.NO]
        if broken:
            yield _broken(written, principal, broken)
        else:
            message = f"cannot tell whether anything other than {written.name} allows {_names(of_it)} to `{principal}`"
            yield written.verdict(of_it[0].answer, message)


def _broken(written: WrittenStatement, principal: str, lost: list[Lost]) -> Ruling:
    line, names = lost[0].line, _names(lost)
    place = evidence.place(line.origin)
    message = f"{written.name} does not allow {names} to `{principal}`: it requires `{shown(line.key)}`"
    note = Note(NoteKind.NOTE, f"a request for {names} has no encryption context", place)
    advice = f"allow {names} to `{principal}` in a statement without that condition"
    level = LEVEL if any(each.needed for each in lost) else Level.WARNING
    policy, names_of = written.document.policy, tuple(dict.fromkeys(each.action for each in lost))
    to = lost[0].identity or principal
    change = AddStatement(policy, names_of, to) if policy.kind is PolicyKind.KEY else None
    return written.verdict(lost[0].answer, message, note, Note(NoteKind.HELP, advice, place, change), level=level)


def _names(lost: list[Lost]) -> str:
    return joined(dict.fromkeys(each.action for each in lost))


def _lost(stack: Stack) -> Iterator[Lost]:
    """What consumers' principals do not surely get for a condition on the encryption context."""
    for question, needs in _questions(stack):
        for action in NEEDED:
            needed, told = action in needs, ask(question, action, Routes.ANY)
            if told.answer.truth is Truth.YES or told.decision.explicit or (not needed and told.answer != NO):
                continue
            for judgement in _misses(question, told):
                line = _blamed(judgement)
                if line is not None and (needed or _names_it(judgement.statement, action)):
                    place = judgement.statement.origin
                    yield Lost(place, question.asker.name, action, told.answer, line, needed, question.asker.identity)


def _names_it(statement: Statement, action: str) -> bool:
    """Whether the statement has the action by its name: of a pattern nobody says what it is meant for."""
    written = statement.actions.values if statement.actions and not statement.actions.negated else ()
    return any(isinstance(each, Text) and (each.literal or "").lower() == action.lower() for each in written)


def _misses(question: Question, told: Access) -> Iterator[Judgement]:
    """The statements that came closest to giving the action; where it is open whether it is given, all that do not."""
    if told.answer.truth is Truth.NO:
        yield from (route.nearest for route in told.decision.routes if route.nearest is not None)
        return
    request, governing = request_of(question, told.action), question.governing
    for policy in (*governing.resource, *governing.identity):
        document = document_of(question.stack, policy)
        yield from (judge(each, document, request) for each in document.statements if each.effects == {Effect.ALLOW})


def _blamed(judgement: Judgement) -> Condition | None:
    """The line on the encryption context that keeps a statement from applying, all else of it applying."""
    if judgement.answer.truth is not Truth.NO or judgement.element is not Element.CONDITION:
        return None
    return judgement.condition if judgement.condition is not None and _on_context(judgement.condition) else None


def _questions(stack: Stack) -> Iterator[tuple[Question, tuple[str, ...]]]:
    """Every principal of a consumer, the key that it needs something on, and which of those actions it needs."""
    for consumer in consumers.every(stack):
        for call in index.page_of(consumer.kind).calls:
            for need in calls.of(stack, consumer, call) if call.on is On.OWN else ():
                who, found = asker(need.by), find_key(stack, need.key.value)
                if found.key is not None and isinstance(who, Asker):
                    yield Question(stack, consumer, who, found.key, need.via), call.actions
