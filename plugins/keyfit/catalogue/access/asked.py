"""What a rule says of calls: each asked for each consumer of its pages, on whichever keys it is about."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from keyfit.answer import NO, YES, all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls as page_calls
from keyfit.catalogue.access import encrypted, needs, told, workers
from keyfit.catalogue.creator import creator, some_way
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.services.page import By, On
from keyfit.truth import Truth
from keyfit.value import Unknown
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.explain.access import Access
    from keyfit.model.consumers import Consumer
    from keyfit.model.stack import Stack
    from keyfit.services.need import Need
    from keyfit.services.page import Call


def check(calls: tuple[Call, ...], pages: tuple[str, ...]) -> Callable[[Stack, Options], Iterator[Ruling]]:
    """A rule's check: a verdict for each call that a consumer of these pages needs, on each of its keys."""
    besides = {at: calls.index(call.beyond) for at, call in enumerate(calls) if call.beyond in calls}

    def checked(stack: Stack, _options: Options) -> Iterator[Ruling]:
        for call in calls:
            yield from workers.verdicts(stack, call) if call.doing else ()
        for consumer in consumers.of(stack, *pages):
            said: list[list[Ruling]] = []  # by call: one that another is besides comes before it
            for at, call in enumerate(calls):
                there = _making(stack, consumer, call)
                if there is None:
                    said.append([])
                elif at in besides:
                    said.append(_besides(stack, there, call, said[besides[at]]))
                else:
                    said.append(list(_verdicts(stack, there, call)))
                yield from said[-1]

    return checked


def _making(stack: Stack, consumer: Consumer, call: Call) -> Consumer | None:
    """The consumer where it makes the call, present as far as it does; `None` where it surely does not."""
    made = NO if call.doing else page_calls.made(stack, consumer, call)
    if made.truth is Truth.NO:
        return None
    return replace(consumer, block=replace(consumer.block, present=all_of((consumer.block.present, made))))


def _verdicts(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Ruling]:
    if call.on is not On.OWN:
        yield from encrypted.verdicts(stack, consumer, call)
    elif call.by is By.CREATOR and creator(stack, consumer) is None:
        yield from _creation(stack, consumer, call)
    elif call.beyond is not None:
        less = page_calls.of(stack, consumer, call.beyond)
        for itself, need in zip(less, page_calls.of(stack, consumer, call), strict=True):
            yield from needs.verdicts_beyond(stack, consumer, itself, need)
    else:
        for need in page_calls.of(stack, consumer, call):
            yield from _of_need(stack, consumer, call, need)


def _of_need(stack: Stack, consumer: Consumer, call: Call, need: Need) -> Iterator[Ruling]:
    """The verdicts of one need, as the call tells them."""
    for verdict in needs.verdicts(stack, consumer, need):
        ruling = verdict.with_notes(*_notes(call, verdict, partial(needs.told, stack, consumer, need)))
        instead = _instead(call, verdict)
        if instead and _is_met(stack, consumer, instead, need):
            ruling = _as_warning(ruling)
        if call.likewise and ruling.answer == NO:
            ruling = _likewise(call, ruling, consumer, partial(_answers, stack, consumer, need))
        yield told.of(call, _at_role(consumer, ruling) if call.at_role else ruling)


def _at_role(consumer: Consumer, verdict: Ruling) -> Ruling:
    """The verdict about the parameter that names the role."""
    if consumer.role is None:
        return verdict
    about = replace(verdict.about, parameter=consumer.role.parameter)
    return replace(verdict, about=about, origin=consumer.role.value.origin)


def _creation(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Ruling]:
    """Whether anybody can create the consumer, where nobody is named who does."""
    for use in page_calls.uses(consumer, call):
        for each in some_way(stack, consumer, use, call):
            yield told.of(call, replace(each, level=Level(call.level)))


def _besides(stack: Stack, consumer: Consumer, call: Call, itself: Iterable[Ruling]) -> list[Ruling]:
    """What AWS's page asks for besides a call of the same rule: only where that one holds, which speaks itself."""
    held = {each.ident for each in itself if each.answer == YES}
    asked = _verdicts(stack, consumer, call._replace(beyond=None)) if held else ()
    return [each for each in asked if each.ident in held]


def _likewise(call: Call, verdict: Ruling, consumer: Consumer, ask: Callable[[Call], list[Answer]]) -> Ruling:
    """The verdict, open where a principal has access of which nobody says whether the service calls as it, too."""
    for name in call.likewise:
        other = call._replace(principal=name)
        if any(answer != NO for answer in ask(other)):
            who = shown(page_calls.principal(consumer, other))
            hole = Unknown(Why.UNDOCUMENTED, f"whether the service calls as `{who}`", identity=f"calls as {name}")
            message = f"cannot tell whether {verdict.message.replace(' cannot ', ' can ', 1)}"
            return replace(verdict, answer=maybe(hole), message=message, notes=(), remedy=None)
    return verdict


def _instead(call: Call, verdict: Ruling) -> Call | None:
    """The call that makes up for what is missing, where AWS's pages differ on all of that."""
    missing = verdict.about.actions
    contested = verdict.answer == NO and set(missing) <= set(call.contested)
    return call.instead._replace(actions=missing) if call.instead and contested else None


def _is_met(stack: Stack, consumer: Consumer, call: Call, need: Need) -> bool:
    """Whether a call surely succeeds on the key of a need of another's."""
    answers = _answers(stack, consumer, need, call)
    return bool(answers) and all(answer == YES for answer in answers)


def _answers(stack: Stack, consumer: Consumer, need: Need, call: Call) -> list[Answer]:
    """What is said of another call on the key of a need."""
    other = page_calls.on(stack, consumer, call, need.key)
    return [each for instead in other for each in needs.answers(stack, consumer, instead)]


def _as_warning(verdict: Ruling) -> Ruling:
    words = "AWS's pages differ: another one has a key policy without it, where the role is allowed it"
    return replace(verdict, level=Level.WARNING, notes=(Note(NoteKind.NOTE, words), *verdict.notes))


def _notes(call: Call, verdict: Ruling, ask: Callable[[str], Access | None]) -> Iterator[Note]:
    """What AWS's page asks for besides, and the verdict does not rest on."""
    for action in call.in_key_policy:
        answer = ask(action)
        if answer is not None and needs.only_by_delegation(answer):
            by_key = f"`{action}` is allowed by an IAM policy, through delegation; AWS documents it for the key policy"
            yield Note(NoteKind.NOTE, by_key)
    for action in call.listed if verdict.answer.truth is Truth.YES else ():
        answer = ask(action)
        if answer is not None and answer.answer == NO:
            not_in_example = (
                f"it is not allowed `{action}`, which the AWS documentation lists but its own example omits"
            )
            yield Note(NoteKind.NOTE, not_in_example)
