"""Why a route does not allow a request, and what restricts it: worked out from what the engine asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import kms_actions
from keyfit.explain.statement import in_words
from keyfit.policy.authorize import authorize
from keyfit.policy.decide import DIRECT, nearest
from keyfit.policy.decision import OF_THE_ACCOUNT, Outcome, Route
from keyfit.policy.policy_set import Governing, reached
from keyfit.policy.principal import Naming
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.words import marked, series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Decision, Judgement, RouteAnswer
    from keyfit.policy.policy_set import Reached
    from keyfit.policy.request import Request


@record
class WhyNot:
    """Why a route does not allow a request: the reason, where it is more than a statement; and the nearest statement.

    `for_good` says that no statement and no grant can open it.
    """

    reason: str = ""
    nearest: Judgement | None = None
    for_good: bool = False


def is_trust(request: Request) -> bool:
    """Whether it is for a role, and not for a key or bucket."""
    return not request.action.lower().startswith(("kms:", "s3:"))


def route_name(route: Route, request: Request | None) -> str:
    """What a route is called, for this request: what no key policy can allow, none can delegate (K43, K44)."""
    if request is None:
        return route.value
    if route is Route.KEY_POLICY and is_trust(request):
        return "trust policy"
    by_policies = route is Route.DELEGATION and not reached(request, Governing(())).by_key_policy
    return "IAM policies" if by_policies else route.value


def why_not(route: RouteAnswer, governing: Governing | None, ask: Reached) -> WhyNot:
    """Why `route` does not allow it; `governing` is what was given, `ask` what the engine made of it."""
    for_good = _FOR_GOOD[route.route](ask)
    if for_good:
        return WhyNot(for_good, for_good=True)
    if governing is None:
        near = route.nearest
        return WhyNot(nearest=near if near and near.answer.truth is not Truth.YES else None)
    if route.route is Route.GRANT:
        return _grant(route, governing, ask)
    return _policies(route, ask)


# --- for good ----------------------------------------------------------------------------------------------------


def _key_policy_for_good(ask: Reached) -> str:
    if ask.keyless:
        return f"only IAM policies can allow {_action(ask)}"  # K43
    return _across(ask) if ask.by_key_policy else f"no key policy can allow {_action(ask)}"  # K44


def _delegation_for_good(ask: Reached) -> str:
    reserved = ask.reserved.truth is Truth.YES
    return "names that begin with `alias/aws/` are reserved for AWS managed keys" if reserved else _across(ask)


def _grant_for_good(ask: Reached) -> str:
    action = kms_actions.find(ask.request.action)
    if action is not None and not action.grantable:
        return f"no grant can allow {_action(ask)}"  # K46
    return _across(ask)


def _across(ask: Reached) -> str:
    shut = ask.same_account.truth is Truth.NO and ask.across.truth is Truth.NO
    return f"{_action(ask)} cannot be used across accounts" if shut else ""  # K8


def _action(ask: Reached) -> str:
    return marked(ask.request.action)


_FOR_GOOD: Final[Mapping[Route, Callable[[Reached], str]]] = {
    Route.KEY_POLICY: _key_policy_for_good,
    Route.DELEGATION: _delegation_for_good,
    Route.GRANT: _grant_for_good,
    Route.BUCKET_POLICY: _across,
    Route.IDENTITY: _across,
}


# --- for now -----------------------------------------------------------------------------------------------------


def _grant(route: RouteAnswer, governing: Governing, ask: Reached) -> WhyNot:
    if not governing.grants:
        return WhyNot("there is none")
    return WhyNot(_silent(ask) if route.grant is not None else "")


def _policies(route: RouteAnswer, ask: Reached) -> WhyNot:
    """First the resource's policy has to allow it, then, where they are asked, its own policies, then what restricts.

    Within an account a bucket's policy need not allow what the IAM policies do.
    """
    governing, delegated = ask.governing, route.route in OF_THE_ACCOUNT
    alone = route.route is Route.IDENTITY and ask.same_account.truth is Truth.YES
    if (
        ask.by_key_policy
        and not alone
        and not any(each.policy is policy for each in route.by for policy in governing.resource)
    ):
        found = nearest(governing.resource, ask.request, governing.memory, Naming.ACCOUNT if delegated else DIRECT)
        return WhyNot("" if found else "no statement allows anything", found)
    foreign = ask.same_account.truth is Truth.NO
    if (delegated or foreign) and _unpermitted(ask):
        found = nearest(governing.identity, ask.request, governing.memory)
        return WhyNot(_both(ask) if foreign else "no IAM policy allows it", found)
    return WhyNot(_silent(ask))


def _unpermitted(ask: Reached) -> bool:
    """Whether the identity policies allow it not, whatever else restricts it."""
    free = reached(ask.request, replace(ask.governing, boundary=(), session=()))
    return free.permitted.truth is Truth.NO


def _both(ask: Reached) -> str:
    """K7, I5."""
    account = ask.request.principal.account
    whose = f" of {in_words(account)}" if account else ""
    return f"the IAM policies{whose} must allow it, too, and none does"


def _silent(ask: Reached) -> str:
    """What restricts a route that is open otherwise."""
    session = ask.governing.session if ask.session.truth is Truth.NO else ()
    policies = (*(ask.governing.boundary if ask.boundary.truth is Truth.NO else ()), *session)
    return disallowing(policies) if policies else ""


# --- what restricts ----------------------------------------------------------------------------------------------


def disallowing(policies: tuple[Policy, ...]) -> str:
    """That these policies do not allow it."""
    if not policies:
        return "a boundary, session policy or service control policy does not allow it"
    return f"{kinds(policies)} {'does' if len({policy.kind for policy in policies}) == 1 else 'do'} not allow it"


def kinds(policies: Iterable[Policy]) -> str:
    """What these policies are, each kind once."""
    return series(f"the {policy.kind.value}" for policy in policies)


def restricting(
    request: Request | None, decision: Decision, governing: Governing | None
) -> tuple[tuple[Policy, ...], ...]:
    """Each boundary, session policy or set of SCPs for which alone `request` is denied; empty for one not known."""
    if decision.restricted_by is None:
        return ()
    if request is not None and governing is not None:
        routes = tuple(each.route for each in decision.routes)
        every = (each for each in _alone(governing) if authorize(request, each, routes).outcome is Outcome.DENIED)
        found = tuple(map(_restrictors, every))
        if found:
            return found
    near = decision.restricted_by.nearest
    return ((near.policy,) if near else (),)


def restricting_perhaps(request: Request, decision: Decision, governing: Governing) -> Iterator[tuple[Policy, ...]]:
    """Each boundary, session policy or set of SCPs that helps to keep an undetermined decision open."""
    for each in _alone(governing):
        ask = reached(request, each)
        left = ask.boundary & ask.session & ask.service_control
        if left.truth is Truth.MAYBE and set(left.holes) & set(decision.holes):
            yield _restrictors(each)


def _alone(governing: Governing) -> Iterator[Governing]:
    """`governing` with only one of what can restrict; service control policies restrict together."""
    free = replace(governing, boundary=(), session=(), service_control=())
    yield from (replace(free, boundary=(policy,)) for policy in governing.boundary)
    yield from (replace(free, session=(policy,)) for policy in governing.session)
    if governing.service_control:
        yield replace(free, service_control=governing.service_control)


def _restrictors(governing: Governing) -> tuple[Policy, ...]:
    return (*governing.boundary, *governing.session, *governing.service_control)
