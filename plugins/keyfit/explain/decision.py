"""A decision as lines of text: what decided, each route tried, the statement, the element that missed and why."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from keyfit.explain.grant import granted
from keyfit.explain.routes import (
    WhyNot,
    disallowing,
    is_trust,
    kinds,
    restricting,
    restricting_perhaps,
    route_name,
    why_not,
)
from keyfit.explain.statement import called, held, misses
from keyfit.policy.decide import DIRECT, nearest
from keyfit.policy.decision import OF_THE_ACCOUNT, Outcome, Route
from keyfit.policy.policy_set import Governing, reached
from keyfit.policy.principal import SPARES_NOBODY_BOUNDED, Naming, covers_only_bounded
from keyfit.policy.statement import Effect
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.words import marked, reason, reasons, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Decision, Judgement, RouteAnswer
    from keyfit.policy.policy_set import Reached
    from keyfit.policy.request import Request

__all__ = ["because", "explain"]

_SAYS: Final = {Truth.YES: "yes", Truth.NO: "no", Truth.MAYBE: "cannot tell"}


def because(decision: Decision, request: Request | None = None, governing: Governing | None = None) -> str:
    """Why the decision is as it is, in one line; the more is given of what it came from, the more closely."""
    match decision.outcome:
        case Outcome.ALLOWED:
            return _allowing(next(each for each in decision.routes if each.answer.truth is Truth.YES), request)
        case Outcome.DENIED if decision.explicit:
            return f"{called(decision.determining[0])} denies it"
        case Outcome.DENIED if decision.restricted_by is not None:
            return disallowing(tuple(chain(*restricting(request, decision, governing))))
        case Outcome.DENIED:
            return _no_route([route_name(each.route, request) for each in _routes(decision, request)])
        case Outcome.UNDETERMINED:
            return f"cannot tell: {reasons(decision.holes)}"


def explain(request: Request, decision: Decision, governing: Governing | None = None) -> Iterator[str]:
    """The decision, line by line: a headline, then each route with its evidence, indented.

    Without what governed the request, why a route does not allow it is told by the evidence of the decision alone.
    """
    told = _Told(request, decision, governing, reached(request, governing or Governing(())))
    who, what = marked(shown(request.principal.arn)), marked(shown(request.resource))
    yield f"{decision.outcome.value}: {who} {marked(request.action)} on {what}: {because(decision, request, governing)}"
    yield from _denials(told)
    for route in _routes(decision, request):
        yield from _route(route, told)
    yield from _restrictions(told)
    yield from (f"  assumed: {sentence}" for sentence in decision.assumptions)
    yield from (f"  not known: {reason}" for reason in dict.fromkeys(map(reason, decision.holes)))


@record
class _Told:
    """What is told: a decision, with all it came from."""

    request: Request
    decision: Decision
    governing: Governing | None
    ask: Reached


# --- the headline ------------------------------------------------------------------------------------------------


def _no_route(names: list[str]) -> str:
    if not names:
        return "the root user of an account cannot assume a role"
    return (
        f"the {names[0]} does not allow it" if len(names) == 1 else f"no route allows it: neither {' nor '.join(names)}"
    )


def _allowing(route: RouteAnswer, request: Request | None) -> str:
    name = route_name(route.route, request)
    return _ALLOWS.get(name) or f"the {name} allows it"


def _routes(decision: Decision, request: Request | None) -> tuple[RouteAnswer, ...]:
    """Those that there are: roles have no grants."""
    trust = request is not None and is_trust(request)
    return tuple(each for each in decision.routes if not (trust and each.route is Route.GRANT))


_ALLOWS: Final = {
    "delegation": "delegation allows it",
    "grant": "a grant allows it",
    "IAM policies": "the IAM policies allow it",
}


# --- what denies -------------------------------------------------------------------------------------------------


def _denials(told: _Told) -> Iterator[str]:
    """The statements that deny; of an undetermined decision, those that possibly deny."""
    for judgement in told.decision.determining:
        if told.decision.explicit:
            spares = covers_only_bounded(judgement.statement, told.request.principal)
            yield f"  denied by {called(judgement)}" + (f": {SPARES_NOBODY_BOUNDED}" if spares else "")
            yield from (f"    {held(line, told.ask.request)}" for line in judgement.statement.conditions)
        elif told.decision.outcome is Outcome.UNDETERMINED and Effect.DENY in judgement.statement.effects:
            yield f"  possibly denied by {called(judgement)}, which {_misses(judgement, told, Naming.ANYHOW)}"


# --- the routes --------------------------------------------------------------------------------------------------


def _route(route: RouteAnswer, told: _Told) -> Iterator[str]:
    """A route with its evidence; why it does not allow it does not matter where another one is open."""
    shut = route.answer.truth is Truth.NO and told.decision.outcome is not Outcome.ALLOWED
    why = why_not(route, told.governing, told.ask) if shut else WhyNot()
    says = filter(None, (_SAYS[route.answer.truth], why.reason))
    yield f"  {route_name(route.route, told.request)}: {': '.join(says)}"
    if not why.for_good and (shut or route.answer.truth is not Truth.NO):
        yield from _evidence(route, told)
    yield from _nearest(why.nearest, told, _naming(route))


def _evidence(route: RouteAnswer, told: _Told) -> Iterator[str]:
    for judgement in route.by:
        yield f"    {called(judgement)} {_misses(judgement, told, _naming(route)) or 'applies'}"
    if route.route is not Route.GRANT:
        return
    every = told.governing.grants if told.governing else ()
    for grant in (route.grant,) if route.answer.truth is Truth.YES else every or (route.grant,):
        if grant is not None:
            yield f"    grant {marked(grant.block.address)} {granted(grant, told.ask.request)}"


def _naming(route: RouteAnswer) -> Naming:
    return Naming.ACCOUNT if route.route in OF_THE_ACCOUNT else DIRECT


def _nearest(judgement: Judgement | None, told: _Told, naming: Naming = DIRECT) -> Iterator[str]:
    if judgement is not None:
        yield f"    nearest: {called(judgement)} {_misses(judgement, told, naming)}"


def _misses(judgement: Judgement, told: _Told, naming: Naming) -> str:
    """What keeps the statement from surely applying; empty where it does."""
    return "; ".join(dict.fromkeys(each.in_full for each in misses(judgement, told.ask.request, naming)))


# --- what restricts ----------------------------------------------------------------------------------------------


def _restrictions(told: _Told) -> Iterator[str]:
    for policies in restricting(told.request, told.decision, told.governing):
        yield from _restriction(f"  restricted: {disallowing(policies)}", policies, told)
    for open_ in () if told.governing is None else restricting_perhaps(told.request, told.decision, told.governing):
        yield from _restriction(f"  possibly restricted by {kinds(open_)}", open_, told)


def _restriction(head: str, policies: tuple[Policy, ...], told: _Told) -> Iterator[str]:
    yield head
    found = nearest(policies, told.ask.request, told.ask.governing.memory)
    yield from _nearest(found, told)
    if found is None:
        yield from (f"    {policy.called} has no statement that allows anything" for policy in policies)
