"""The answers about one need, as notes: what decides, and where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.explain import evidence
from keyfit.explain.statement import called
from keyfit.model.findings import Note, NoteKind
from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import DIRECT
from keyfit.policy.decision import OF_THE_ACCOUNT, Outcome, Route
from keyfit.policy.principal import Naming
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.explain.access import Access
    from keyfit.policy.decision import Judgement, RouteAnswer


_MOST_OPEN: Final = 8  # statements of one route that are told: a reader who settles these can ask again
KEY_POLICIES: Final = frozenset({PolicyKind.KEY, PolicyKind.DEFAULT_KEY})


def notes(told: Sequence[Access]) -> tuple[Note, ...]:
    """The evidence for answers that are not YES: each statement that decides, once."""
    found = [note for each in told for note in _notes(each)]
    return tuple(dict.fromkeys((*_denials(told), *found, *_without_policy(told))))


def _denials(told: Sequence[Access]) -> Iterator[Note]:
    """Each statement that denies, once, with the actions that it denies."""
    denied: dict[Judgement, list[str]] = {}
    for each in told:
        for judgement in each.decision.determining if each.decision.explicit else ():
            same = replace(judgement, element=None, condition=None, elements=0)  # whatever the action
            denied.setdefault(same, []).append(each.action)
    return (evidence.judged(judgement, *actions) for judgement, actions in denied.items())


def _notes(told: Access) -> Iterator[Note]:
    decision = told.decision
    if decision.explicit:
        return
    if decision.outcome is not Outcome.ALLOWED:
        if decision.outcome is Outcome.UNDETERMINED:
            denying = (each for each in decision.determining if Effect.DENY in each.statement.effects)
            yield from (evidence.judged(each, told.action) for each in denying)
        for route in decision.routes:
            yield from _route_notes(told, route)
        if decision.restricted_by is not None and decision.restricted_by.nearest is not None:
            yield evidence.missed(decision.restricted_by.nearest, told.request)
    own = told.identity
    if own is not None and own.explicit:
        yield from (evidence.judged(each, told.action) for each in own.determining)
    elif own is not None and own.outcome is not Outcome.ALLOWED and own.nearest is not None:
        yield evidence.missed(own.nearest, told.request)
    yield from told.assumptions


def _route_notes(told: Access, route: RouteAnswer) -> Iterator[Note]:
    """Why one route does not surely allow it; a grant that does not exist is no news."""
    request, delegated = told.request, delegating(told)
    if route.answer.truth is Truth.YES or (route.route is Route.GRANT and route.grant is None):
        return
    if route.answer.truth is Truth.MAYBE and (open_ := [each for each in route.by if each.answer.truth is Truth.MAYBE]):
        naming = Naming.ACCOUNT if route.route in OF_THE_ACCOUNT else DIRECT
        yield from (evidence.missed(each, request, naming) for each in open_[:_MOST_OPEN])
        if len(open_) > _MOST_OPEN:
            yield evidence.told(open_[_MOST_OPEN], f"{len(open_) - _MOST_OPEN} more statements are open for it, too")
        return
    if route.route is Route.KEY_POLICY and delegated is not None:
        yield evidence.told(delegated, f"{called(delegated)} delegates to the IAM policies of `{told.asker.name}`")
    elif route.nearest is not None:
        yield from (evidence.missed(each, request) for each in (route.nearest,) if each.answer.truth is not Truth.YES)
    elif route.route is Route.KEY_POLICY:
        yield evidence.nothing(told.key.policy)


def _without_policy(told: Sequence[Access]) -> Iterator[Note]:
    """The actions that no statement of the asker's own policies comes near, in one note."""
    own = ((each.action, each.identity) for each in told)
    actions = [
        action
        for action, found in own
        if found is not None and found.outcome is not Outcome.ALLOWED and not found.explicit and found.nearest is None
    ]
    if actions:
        yield Note(NoteKind.NOTE, f"{told[0].asker.words} has no policy that allows {joined(actions)} on the key")


def delegating(told: Access) -> Judgement | None:
    """The statement of the key policy that surely delegates the action to the account; `None` where there is none."""
    route = told.decision.route(Route.DELEGATION)
    sure = (each for each in route.by if each.answer.truth is Truth.YES) if route is not None else iter(())
    return next((each for each in sure if each.policy.kind in KEY_POLICIES), None)
