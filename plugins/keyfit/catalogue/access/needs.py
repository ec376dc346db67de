"""Whether a need is met: each action asked of the engine, and the answers told as one verdict with its evidence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.catalogue import circles, consumers
from keyfit.catalogue.access.question import Question, ask, asker
from keyfit.catalogue.rule import Ruling
from keyfit.explain.access import Access, Asker
from keyfit.explain.advice import helps
from keyfit.explain.evidence import assumed, attached
from keyfit.explain.notes import notes
from keyfit.model.findings import About, Cause, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_key
from keyfit.policy.decision import Element, Outcome, Route
from keyfit.services.page import Routes
from keyfit.truth import Truth
from keyfit.words import joined, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.model.block import Block
    from keyfit.model.consumers import Consumer
    from keyfit.model.findings import Note
    from keyfit.model.stack import Stack
    from keyfit.policy.decision import Judgement
    from keyfit.services.need import Need
    from keyfit.value import Hole

_CANNOT: Final = {
    Routes.KEY_POLICY: "{0} cannot {1} on key `{2}`",
    Routes.KEY_POLICY_OR_GRANT: "{0} cannot {1} on key `{2}`",
    Routes.ANY: "{0} cannot {1} on key `{2}`",
    Routes.BOTH: "the key policy and the IAM policies do not both allow {1} to {0} on key `{2}`",
    Routes.DELEGATED_OR_OWN: "no policy of {0} allows {1} on key `{2}`, and the key policy does not delegate",
}
_CAN: Final = {
    Routes.KEY_POLICY: "{0} can {1} on key `{2}`",
    Routes.KEY_POLICY_OR_GRANT: "{0} can {1} on key `{2}`",
    Routes.ANY: "{0} can {1} on key `{2}`",
    Routes.BOTH: "the key policy and the IAM policies both allow {1} to {0} on key `{2}`",
    Routes.DELEGATED_OR_OWN: "{0} has the policy that AWS requires to {1} on key `{2}`",
}


def verdicts(stack: Stack, consumer: Consumer, need: Need) -> Iterator[Ruling]:
    """One verdict for a need, if it applies: a key is given, and is not an AWS managed one (rule 404 speaks there)."""
    for asked in _asked(stack, consumer, need):
        yield _verdict(need, asked, need.actions) if isinstance(asked, Question) else asked


def answers(stack: Stack, consumer: Consumer, need: Need) -> Iterator[Answer]:
    """What `verdicts` answers, without the evidence, which takes longer."""
    for asked in _asked(stack, consumer, need):
        if isinstance(asked, Question):
            yield all_of([ask(asked, each, need.routes).answer for each in need.actions])
        else:
            yield asked.answer


def verdicts_beyond(stack: Stack, consumer: Consumer, itself: Need, beyond: Need) -> Iterator[Ruling]:
    """The verdicts of a need `beyond` access: broken only where the same principal surely has access `itself`."""
    for told in verdicts(stack, consumer, beyond):
        own = verdicts(stack, consumer, itself) if told.answer.truth is Truth.NO else ()
        has = next((each for each in own if each.answer.truth is Truth.MAYBE), None)
        yield replace(told, answer=has.answer, message=has.message, notes=has.notes, remedy=None) if has else told


def _asked(stack: Stack, consumer: Consumer, need: Need) -> Iterator[Question | Ruling]:
    """What to ask the engine for a need, or the verdict that stays open as nobody knows of whom, or of which key."""
    if absent(need.key.value):
        return
    found = find_key(stack, need.key.value)
    if found.managed or consumers.names_no_key(consumer, need.key, found):
        return
    who = asker(need.by)
    if isinstance(who, Asker) and found.key is not None:
        yield Question(stack, consumer, who, found.key, need.via, need.parts)
    else:
        holes = who if not isinstance(who, Asker) else found.holes
        key = found.key.block.address if found.key else shown(need.key.value)
        yield _open(
            consumer, need, f"{who.words if isinstance(who, Asker) else 'the role'} can use the key `{key}`", holes
        )


def _open(consumer: Consumer, need: Need, what: str, holes: tuple[Hole, ...]) -> Ruling:
    """The key or the role is not known: so is everything about them."""
    message = f"cannot tell whether {what}"
    about = About(parameter=need.key.parameter, store=consumer.store, state=consumer.state, actions=need.actions)
    return Ruling(consumer.block, maybe(*holes), message, need.key.value.origin, need.level, about)


def _verdict(need: Need, question: Question, actions: Sequence[str]) -> Ruling:
    told = [ask(question, action, need.routes) for action in actions]
    answer = all_of(each.answer for each in told)
    decisive = [each for each in told if each.answer.truth is answer.truth]
    evidence = notes(decisive) if answer.truth is not Truth.YES else _assumed(decisive)
    advice = _helps(need, question, decisive) if answer.truth is Truth.NO else ()
    cause = _cause(decisive) if answer.truth is Truth.NO else None
    summary = next((note.message for note in advice if note.kind is NoteKind.HELP), None)
    return Ruling(
        subject=question.consumer.block,
        answer=answer,
        message=_message(answer, need, question, [each.action for each in decisive]),
        origin=need.key.value.origin,
        level=need.level,
        about=_about(need, question, decisive),
        notes=(*evidence, *advice, *assumed(*_blocks(question)), *attached(question.asker.identity)),
        remedy=Remedy(summary) if summary else None,
        statement=cause.statement if cause else None,
        element=cause.element if cause else "",
    )


def _helps(need: Need, question: Question, decisive: Sequence[Access]) -> tuple[Note, ...]:
    smallest = helps(decisive, need, partial(ask, question))
    return circles.kept_open(question.stack, question.key.block, question.asker.identity, smallest)


def _blocks(question: Question) -> Iterator[Block]:
    yield question.consumer.block
    yield question.key.block
    if question.asker.identity is not None:
        yield question.asker.identity.block


def _about(need: Need, question: Question, decisive: Sequence[Access]) -> About:
    consumer, actions = question.consumer, tuple(each.action for each in decisive)
    key, who = question.key.block.address, question.asker.name
    open_ = (route for each in decisive for route in each.decision.routes if route.answer.truth is not Truth.NO)
    routes = tuple(dict.fromkeys(route.route.value for route in open_))
    return About(key, need.key.parameter, consumer.store, consumer.state, who, actions, routes)


def _message(answer: Answer, need: Need, question: Question, actions: list[str]) -> str:
    words = (question.asker.words, joined(actions), question.key.block.address)
    match answer.truth:
        case Truth.YES:
            return _CAN[need.routes].format(*words)
        case Truth.NO:
            return _CANNOT[need.routes].format(*words)
        case Truth.MAYBE:
            return "cannot tell whether " + _CAN[need.routes].format(*words)


def _assumed(told: Sequence[Access]) -> tuple[Note, ...]:
    """What the answers take for granted about what lies outside the source."""
    return tuple(dict.fromkeys(note for each in told for note in each.assumptions))


def _cause(decisive: Sequence[Access]) -> Cause | None:
    """The statement and element that all the decisive answers blame; `None` where they blame several or none.

    A statement for somebody else is not the cause: it need not change.
    """
    causes = {_blamed(each) for each in decisive}
    return causes.pop() if len(causes) == 1 else None


def _blamed(told: Access) -> Cause | None:
    judgement = told.blamed
    if judgement is None or judgement.element is Element.PRINCIPAL:
        judgement = _left_to_identity(told)
    if judgement is None:
        return None
    element = "Effect" if told.decision.explicit or judgement.element is None else judgement.element.value
    return Cause(judgement.statement.origin, element)


def _left_to_identity(told: Access) -> Judgement | None:
    """What came closest in the identity policies, where the key policy surely leaves the action to them."""
    route = told.decision.route(Route.DELEGATION)
    delegated = route is not None and any(each.answer.truth is Truth.YES for each in route.by)
    return route.nearest if route is not None and delegated else None


def told(stack: Stack, consumer: Consumer, need: Need, action: str) -> Access | None:
    """The engine's answer about one action by any route, whoever needs it; `None` where key or asker are not known."""
    found, who = find_key(stack, need.key.value), asker(need.by)
    if found.key is None or not isinstance(who, Asker):
        return None
    return ask(Question(stack, consumer, who, found.key, need.via, need.parts), action, Routes.ANY)


def only_by_delegation(answer: Access) -> bool:
    """Whether the key policy surely does not give the action itself, and delegation surely does."""
    by_key, delegated = answer.decision.route(Route.KEY_POLICY), answer.decision.route(Route.DELEGATION)
    return (
        answer.decision.outcome is Outcome.ALLOWED
        and (by_key is None or by_key.answer == NO)
        and delegated is not None
        and delegated.answer == YES
    )
