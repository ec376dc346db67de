"""The answers about one need, as notes: what decides, where; and as help: the smallest change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.catalogue import evidence
from keyfit.catalogue.rule import Asked
from keyfit.catalogue.words import joined, policy_name, statement_name
from keyfit.findings import Note, NoteKind
from keyfit.model import PolicyKind
from keyfit.policy.decision import Element, Outcome, Route
from keyfit.policy.principal import SPARES_NOBODY_BOUNDED, covers_only_bounded
from keyfit.policy.request import PrincipalKind
from keyfit.policy.statement import Effect
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.catalogue.asking import Question, Told
    from keyfit.catalogue.rule import Need
    from keyfit.policy.decision import Judgement, RouteAnswer


_KEY_POLICIES: Final = frozenset({PolicyKind.KEY, PolicyKind.DEFAULT_KEY})


def notes(question: Question, told: Sequence[Told]) -> tuple[Note, ...]:
    """The evidence for answers that are not YES: each statement that decides, once."""
    found = [note for each in told for note in _notes(question, each)]
    return tuple(dict.fromkeys((*_denials(told), *found, *_without_policy(question, told))))


def _denials(told: Sequence[Told]) -> Iterator[Note]:
    """Each statement that denies, once, with the actions that it denies."""
    denied: dict[Judgement, list[str]] = {}
    for each in told:
        for judgement in each.decision.determining if each.decision.explicit else ():
            denied.setdefault(_bare(judgement), []).append(each.action)
    return (evidence.judged(judgement, *actions) for judgement, actions in denied.items())


def _notes(question: Question, told: Told) -> Iterator[Note]:
    decision = told.decision
    if decision.explicit:
        return
    if decision.outcome is not Outcome.ALLOWED:
        if decision.outcome is Outcome.UNDETERMINED:
            yield from (evidence.judged(each, told.action) for each in decision.determining if _denies(each))
        for route in decision.routes:
            yield from _route_notes(question, route, _delegating(told))
        if decision.restricted_by is not None and decision.restricted_by.nearest is not None:
            yield evidence.missed(decision.restricted_by.nearest)
    if told.identity is not None and told.identity.outcome is not Outcome.ALLOWED:
        yield from _identity_notes(told)
    yield from told.assumptions


def _bare(judgement: Judgement) -> Judgement:
    """The judgement without what differs from action to action."""
    return replace(judgement, element=None, condition=None, elements=0)


def _denies(judgement: Judgement) -> bool:
    return Effect.DENY in judgement.statement.effects


def _route_notes(question: Question, route: RouteAnswer, delegated: Judgement | None) -> Iterator[Note]:
    """Why one route does not surely give it; a grant that does not exist is no news."""
    if route.answer.truth is Truth.YES or (route.route is Route.GRANT and route.grant is None):
        return
    if route.answer.truth is Truth.MAYBE and (open_ := [each for each in route.by if each.answer.truth is Truth.MAYBE]):
        yield from (evidence.missed(each) for each in open_)
        return
    if route.route is Route.KEY_POLICY and delegated is not None:
        name = statement_name(delegated.statement, delegated.policy)
        place = evidence.place(delegated.statement.origin)
        yield Note(NoteKind.NOTE, f"{name} leaves it to the policies of `{question.asker.name}`", place)
    elif route.nearest is not None:
        yield from (evidence.missed(each) for each in (route.nearest,) if each.answer.truth is not Truth.YES)
    elif route.route is Route.KEY_POLICY:
        yield evidence.nothing(question.key.policy)


def _identity_notes(told: Told) -> Iterator[Note]:
    own = told.identity
    if own is not None and own.explicit:
        yield from (evidence.judged(each, told.action) for each in own.determining)
    elif own is not None and own.nearest is not None:
        yield evidence.missed(own.nearest)


def _without_policy(question: Question, told: Sequence[Told]) -> Iterator[Note]:
    """The actions that no statement of the asker's own policies comes near, in one note."""
    own = ((each.action, each.identity) for each in told)
    actions = [
        action
        for action, found in own
        if found is not None and found.outcome is not Outcome.ALLOWED and not found.explicit and found.nearest is None
    ]
    if actions:
        yield Note(NoteKind.NOTE, f"{question.asker.words} has no policy that gives {joined(actions)} on the key")


def helps(question: Question, told: Sequence[Told], need: Need) -> tuple[Note, ...]:
    """The smallest change that mends a broken need."""
    denied = [each for each in told if each.decision.explicit]
    if denied:
        statement = denied[0].decision.determining[0]
        if covers_only_bounded(statement.statement, question.asker.principal):
            name = statement_name(statement.statement, statement.policy)
            return (_help(f"give {name} Principal `*` and {_BY_CONDITION}: {SPARES_NOBODY_BOUNDED}", statement),)
        words = f"narrow the Deny of {statement_name(statement.statement, statement.policy)} so that it leaves out"
        return (_help(f"{words} `{question.asker.name}`", statement),)
    actions = [each.action for each in told]
    by_own = need.asked is Asked.BOTH and all(each.decision.outcome is Outcome.ALLOWED for each in told)
    if by_own or need.asked is Asked.DELEGATED_OR_OWN:
        return (Note(NoteKind.HELP, _identity_advice(question, actions)),)
    restricted = told[0].decision.restricted_by
    if restricted is not None and restricted.nearest is not None:
        return (_help(f"add {joined(actions)} to {policy_name(restricted.nearest.policy)}", restricted.nearest),)
    if need.asked is Asked.ANY and all(_delegated(each) for each in told):
        return (Note(NoteKind.HELP, _identity_advice(question, actions)),)
    return (_key_policy_advice(question, told, actions),)


_BY_CONDITION: Final = "a condition `ArnNotEquals` on `aws:PrincipalArn` instead of `NotPrincipal`"


def _help(message: str, judgement: Judgement) -> Note:
    return Note(NoteKind.HELP, message, evidence.place(judgement.statement.origin))


def _identity_advice(question: Question, actions: list[str]) -> str:
    key = question.key.block.address
    return f"allow {joined(actions)} on the ARN of key `{key}` in a policy of {question.asker.words}"


def _delegated(told: Told) -> bool:
    """Whether the key policy hands the action to the account, so that an identity policy is all that is missing."""
    return _delegating(told) is not None


def _delegating(told: Told) -> Judgement | None:
    """The statement of the key policy that surely hands the action to the account; `None` where there is none."""
    route = told.decision.route(Route.DELEGATION)
    sure = (each for each in route.by if each.answer.truth is Truth.YES) if route is not None else iter(())
    return next((each for each in sure if each.policy.kind in _KEY_POLICIES), None)


def _key_policy_advice(question: Question, told: Sequence[Told], actions: list[str]) -> Note:
    """Add actions to the statement that names the principal already, where one does; else a new statement."""
    named = [each.blamed for each in told]
    first = named[0]
    if first is not None and all(each == first or _lacks_action(each) for each in named) and _lacks_action(first):
        return _help(f"add {joined(actions)} to that statement", first)
    is_service = question.asker.principal.kind is PrincipalKind.SERVICE
    whom = f"service {question.asker.words}" if is_service else question.asker.words
    words = f"add a statement to {policy_name(question.key.policy)} that allows {joined(actions)} to {whom}"
    if question.key.policy.kind is PolicyKind.DEFAULT_KEY:
        key = question.key.block.address
        words = f"give key `{key}` a key policy: the default statement, and one that allows {joined(actions)} to {whom}"
    return Note(NoteKind.HELP, words, evidence.place(question.key.policy.origin))


def _lacks_action(judgement: Judgement | None) -> bool:
    return (
        judgement is not None
        and judgement.element is Element.ACTION
        and judgement.statement.actions is not None
        and not judgement.statement.actions.negated
    )
