"""A decision as lines of text: what decided, each route tried, the statement, the element that missed and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.policy.decision import Element, Outcome, Route
from keyfit.policy.principal import SPARES_NOBODY_BOUNDED, covers_only_bounded
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.policy.decision import Decision, Judgement, PolicyDecision, RouteAnswer
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Condition, Patterns, Principals
    from keyfit.value import Hole, Value

_LONG: Final = 160  # characters of the user's text that a line repeats
_SAYS: Final = {Truth.YES: "yes", Truth.NO: "no", Truth.MAYBE: "cannot tell"}


def because(decision: Decision) -> str:
    """Why the decision is as it is, in one line."""
    match decision.outcome:
        case Outcome.ALLOWED:
            route = next(each for each in decision.routes if each.answer.truth is Truth.YES)
            return f"{_route_name(route)} allows it"
        case Outcome.DENIED if decision.explicit:
            return f"{_statement(decision.determining[0])} denies it"
        case Outcome.DENIED if decision.restricted_by is not None:
            return f"{_restrictor(decision.restricted_by)} does not allow it"
        case Outcome.DENIED:
            return "no route allows it: neither " + " nor ".join(each.route.value for each in decision.routes)
        case Outcome.UNDETERMINED:
            reasons = dict.fromkeys(hole_words(hole) for hole in decision.holes)
            return "cannot tell: " + "; ".join(reasons)


def explain(request: Request, decision: Decision) -> Iterator[str]:
    """The decision, line by line: a headline, then each route with its evidence, indented."""
    who, what = shown(request.principal.arn), shown(request.resource)
    yield f"{decision.outcome.value}: `{who}` `{request.action}` on `{what}`: {because(decision)}"
    for judgement in decision.determining if decision.explicit else ():
        spares = covers_only_bounded(judgement.statement, request.principal)
        yield f"  denied by {_statement(judgement)}" + (f": {SPARES_NOBODY_BOUNDED}" if spares else "")
    for route in decision.routes:
        yield from _route(route)
    if decision.restricted_by is not None:
        yield f"  restricted: {_restrictor(decision.restricted_by)} does not allow it"
        yield from _nearest(decision.restricted_by.nearest)
    for sentence in decision.assumptions:
        yield f"  assumed: {sentence}"
    for hole in decision.holes:
        yield f"  not known: {hole_words(hole)}"


def _route(route: RouteAnswer) -> Iterator[str]:
    yield f"  {route.route.value}: {_SAYS[route.answer.truth]}"
    if route.grant is not None:
        yield f"    grant `{route.grant.block.address}`"
    for judgement in route.by:
        yield f"    {_statement(judgement)} {_applies(judgement)}"
    yield from _nearest(route.nearest if route.answer.truth is Truth.NO else None)


def _restrictor(restriction: PolicyDecision) -> str:
    if restriction.nearest is None:  # it has no allow statement at all
        return "a boundary, session policy or service control policy"
    return f"the {restriction.nearest.policy.kind.value}"


def _nearest(judgement: Judgement | None) -> Iterator[str]:
    if judgement is not None:
        yield f"    {_statement(judgement)} comes nearest, and {_applies(judgement)}"


def _applies(judgement: Judgement) -> str:
    """Whether the statement applies, and if not, which element misses, with what is written there."""
    if judgement.element is None or judgement.answer.truth is Truth.YES:
        return "applies"
    reasons = "; ".join(dict.fromkeys(hole_words(hole) for hole in judgement.answer.holes))
    if judgement.element is Element.PRESENCE:
        return f"applies perhaps: {reasons}"
    what = _element(judgement)
    if judgement.answer.truth is Truth.NO:
        return f"does not apply: {what} does not match"
    return f"applies perhaps: {what} is not sure to match: {reasons}"


def _element(judgement: Judgement) -> str:
    statement = judgement.statement
    match judgement.element:
        case Element.PRINCIPAL if statement.principals is not None:
            return f"`{_not(statement.principals)}Principal` {_principals(statement.principals)}"
        case Element.ACTION if statement.actions is not None:
            return f"`{_not(statement.actions)}Action` {_patterns(statement.actions)}"
        case Element.RESOURCE if statement.resources is not None:
            return f"`{_not(statement.resources)}Resource` {_patterns(statement.resources)}"
        case Element.CONDITION if judgement.condition is not None:
            return _condition(judgement.condition)
        case element:
            return f"the missing `{element.value}`" if element else "it"


def _not(element: Principals | Patterns) -> str:
    return "Not" if element.negated else ""


def _principals(principals: Principals) -> str:
    return _cut(
        ", ".join(shown(each if isinstance(each, Unknown) else each.value) for each in principals.entries),
    )


def _patterns(patterns: Patterns) -> str:
    return _cut(", ".join(map(shown, patterns.values)))


def _condition(line: Condition) -> str:
    return f"condition {_cut(f'{shown(line.operator)} {shown(line.key)} ' + ', '.join(map(shown, line.values)))}"


def _cut(words: str) -> str:
    return f"`{words}`" if len(words) <= _LONG else f"`{words[:_LONG]}…`"


def _statement(judgement: Judgement) -> str:
    """A statement by its Sid, or its place in the policy where it has none, and the policy by what it is."""
    statement, policy = judgement.statement, judgement.policy
    which = f"`{statement.sid}`" if statement.sid else f"{statement.index + 1}"
    return f"statement {which} of {policy.kind.value} `{policy.name or policy.owner}`"


def _route_name(route: RouteAnswer) -> str:
    return {Route.KEY_POLICY: "the key policy", Route.DELEGATION: "delegation", Route.GRANT: "a grant"}[route.route]


def hole_words(hole: Hole) -> str:
    """Why a hole is one."""
    match hole:
        case Unknown():
            return hole.phrase
        case Own():
            return f"the deployment's own {hole.value} is not given"
        case Reference(block, attribute):
            return f"`{attribute}` of `{block}` is known only after deployment"


def shown(value: Value) -> str:
    """A value as a user would recognise it, with its holes as `${…}`."""
    match value:
        case Text(parts):
            return "".join(part if isinstance(part, str) else "${" + _hole_name(part) + "}" for part in parts)
        case Unknown():
            return "${" + _hole_name(value) + "}"
        case _:
            return "…"


def _hole_name(hole: Hole) -> str:
    match hole:
        case Own():
            return hole.value
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case Unknown(subject=subject):
            return subject or "unknown"
