"""The rules of KMS and of S3: what each route gives, what boundaries and the like leave of it (K1-K9, I1-I5).

| route to a key | holds when |
|---|---|
| key policy | a statement names the principal itself: role, session or user ARN, `*`, service principal |
| delegation | a statement names its account, for this action, **and** its identity policies allow it on the key |
| grant | a grant on the key has it as grantee and the action among the operations, constraints met |

| route to a bucket | holds when |
|---|---|
| bucket policy | a statement names the principal itself, as above |
| IAM policies | its identity policies allow it; across accounts a statement has to name its account besides |

ALLOWED if a route is open and no deny applies anywhere. Across accounts the principal's own account has to allow, too.
`sts:AssumeRole` follows the rule of KMS, with the trust policy in place of the key policy (I2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, any_of, maybe
from keyfit.policy.condition import asks_for_arn
from keyfit.policy.decide import DIRECT, applies, decide, nearest, those
from keyfit.policy.decision import OF_THE_ACCOUNT, Decision, Outcome, PolicyDecision, Route, RouteAnswer
from keyfit.policy.grants import gives, names_exactly
from keyfit.policy.policy_set import Governing, Reached, assumed, reached
from keyfit.policy.principal import Naming
from keyfit.policy.request import PrincipalKind
from keyfit.policy.retold import retold
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from keyfit.answer import Answer
    from keyfit.model.keys import Grant
    from keyfit.policy.decision import Judgement
    from keyfit.policy.request import Request

KMS: Final = (Route.KEY_POLICY, Route.DELEGATION, Route.GRANT)
S3: Final = (Route.BUCKET_POLICY, Route.IDENTITY)


def authorize(request: Request, governing: Governing, routes: Sequence[Route] | None = None) -> Decision:
    """Whether the service lets `request` pass by one of `routes`, all that it has by default, with the evidence."""
    return _settled(request, governing, _routes(request) if routes is None else routes)


def _routes(request: Request) -> Sequence[Route]:
    return S3 if request.action.lower().startswith("s3:") else KMS


MOST_KEYS: Final = 2


def _settled(request: Request, governing: Governing, routes: Sequence[Route], told: tuple[str, ...] = ()) -> Decision:
    """The decision; where a key that is asked more than once keeps it open, what it is whichever way that key is."""
    decision = _decided(request, governing, routes)
    if decision.outcome is not Outcome.UNDETERMINED or len(told) >= MOST_KEYS:
        return decision
    again = retold(decision, request, governing, told)
    if again is None:
        return decision
    each: list[Decision] = []
    for way in again.requests:
        each.append(_settled(way, governing, routes, (*told, again.name)))
        if each[-1].outcome is Outcome.UNDETERMINED or each[-1].outcome is not each[0].outcome:
            return decision
    determining = _once(tuple(judgement for found in each for judgement in found.determining))
    assumptions = tuple(dict.fromkeys(sentence for found in each for sentence in found.assumptions))
    explicit = all(found.explicit for found in each)
    return replace(each[0], explicit=explicit, determining=determining, assumptions=assumptions)


def _decided(request: Request, governing: Governing, routes: Sequence[Route]) -> Decision:
    ask = reached(request, governing)
    tried = _tried(ask, routes)
    denying = ask.governing.memory.judgements(ask.governing.policies, ask.request, Effect.DENY)
    deny = applies(denying)
    allow = _opened(ask, tried, routes) & ask.service_control
    if deny.truth is Truth.NO and allow.truth is Truth.YES:
        open_ = [each.route for each in tried if each.answer.truth is Truth.YES]
        sentences = assumed(ask, delegated=open_ == [Route.DELEGATION])
        return Decision(Outcome.ALLOWED, determining=_opening(tried, Truth.YES), routes=tried, assumptions=sentences)
    tried = tuple(_with_nearest(each, ask) for each in tried)
    if deny.truth is Truth.YES:
        return Decision(Outcome.DENIED, explicit=True, determining=those(denying, Truth.YES), routes=tried)
    if allow.truth is Truth.NO:
        return Decision(Outcome.DENIED, routes=tried, restricted_by=_restriction(ask, routes))
    determining = _once(denying + _opening(tried, allow.truth))
    return Decision(Outcome.UNDETERMINED, determining=determining, routes=tried, holes=(~deny & allow).holes)


def _tried(ask: Reached, routes: Sequence[Route]) -> tuple[RouteAnswer, ...]:
    return tuple(_TRY[route](ask) for route in routes if _is_open_to(route, ask))


def _opened(ask: Reached, tried: tuple[RouteAnswer, ...], routes: Sequence[Route]) -> Answer:
    """Whether a route is open; where the boundary is, too, only what matters whichever way it turns out is told."""
    answer = any_of([each.answer for each in tried])
    if answer.truth is not Truth.MAYBE or ask.boundary.truth is not Truth.MAYBE:
        return answer
    silent, left = (any_of([each.answer for each in _tried(ask.bounded(boundary), routes)]) for boundary in (NO, YES))
    return silent | ask.boundary & left


# --- the routes --------------------------------------------------------------------------------------------------


def _by_key_policy(ask: Reached) -> RouteAnswer:
    """What the key policy gives, which it cannot of every action (K43, K44)."""
    return _by_resource_policy(ask, Route.KEY_POLICY) if ask.by_key_policy else _CLOSED[Route.KEY_POLICY]


def _by_bucket_policy(ask: Reached) -> RouteAnswer:
    return _by_resource_policy(ask, Route.BUCKET_POLICY)


def _by_resource_policy(ask: Reached, route: Route) -> RouteAnswer:
    """A statement names the principal itself; what boundary and session policy leave of that depends on how."""
    restricted = ask.governing.boundary or ask.governing.session
    named = tuple(_restricted(ask)) if restricted else ((_naming(ask, Naming.DIRECT), YES),)
    by = tuple(judgement for judged, _ in named for judgement in judged)
    if not by:
        return _CLOSED[route]
    answer = any_of(applies(judged) & left for judged, left in named)
    answer &= ask.same_account | ask.permitted & ask.across
    needed = () if ask.same_account.truth is Truth.YES else ask.own
    return RouteAnswer(route, answer, _by(answer, by + needed))


def _restricted(ask: Reached) -> Iterator[tuple[tuple[Judgement, ...], Answer]]:
    """The statements that name who asks, way by way, with what boundary and session policy leave of each (I3).

    They do not restrict what `*` with a condition on `aws:PrincipalArn` gives (IAM, reference_policies_elements_
    principal); of `*` without one nothing is documented.
    """
    left = ask.boundary & ask.session
    is_user = ask.request.principal.kind is PrincipalKind.USER
    yield _naming(ask, Naming.EXACT), ask.session if is_user else YES
    yield _naming(ask, Naming.ITSELF), left
    everybody = _naming(ask, Naming.EVERYBODY)
    yield tuple(each for each in everybody if asks_for_arn(each.statement)), YES
    others = tuple(each for each in everybody if not asks_for_arn(each.statement))
    yield others, left | _undocumented("whether a boundary or session policy restricts what `*` is allowed")


def _by_delegation(ask: Reached) -> RouteAnswer:
    """A statement names the principal's account, and its own policies allow; on no key they decide alone (K43)."""
    if not ask.by_key_policy and not ask.keyless:
        answer = ask.permitted & maybe(_MAKER)
        return RouteAnswer(Route.DELEGATION, answer, _by(answer, ask.own))
    account = _naming(ask, Naming.ACCOUNT)
    delegated = YES if ask.keyless else applies(account)
    answer = delegated & ask.permitted & (ask.same_account | ask.across)
    return RouteAnswer(Route.DELEGATION, answer, _by(answer, account + ask.own))


def _by_identity(ask: Reached) -> RouteAnswer:
    """Its own policies allow; of a bucket of another account its policy has to name their account, too (I2, I5)."""
    account = () if ask.same_account.truth is Truth.YES else _naming(ask, Naming.ACCOUNT)
    answer = ask.permitted & (ask.same_account | applies(account) & ask.across)
    return RouteAnswer(Route.IDENTITY, answer, _by(answer, account + ask.own))


_MAKER: Final = Unknown(Why.UNREADABLE, "the account that made the grant is not known", identity="account of a grant")


def _by_grant(ask: Reached) -> RouteAnswer:
    """A grant needs no policy in its own account; what boundaries and other accounts do to one is not documented."""
    if not ask.governing.grants:
        return _CLOSED[Route.GRANT]
    given = [RouteAnswer(Route.GRANT, gives(grant, ask.request), grant=grant) for grant in ask.governing.grants]
    abroad = ask.permitted | _undocumented("whether a grant to another account needs an IAM policy")
    usable = (ask.boundary | _undocumented("whether a boundary restricts a grant")) & (
        ask.same_account | abroad & ask.across
    )
    answer = any_of([each.answer & _left_to(each.grant, ask) for each in given if each.grant]) & usable
    best = max(given, key=lambda each: each.answer.truth.value)
    return replace(best, answer=answer) if best.answer.truth is not Truth.NO else _CLOSED[Route.GRANT]


def _left_to(grant: Grant, ask: Reached) -> Answer:
    """What session policies leave of a grant; of one to the session itself that is not documented."""
    if ask.session.truth is Truth.YES or ask.request.principal.kind is PrincipalKind.USER:
        return ask.session
    itself = names_exactly(grant.grantee, ask.request)
    return ask.session | itself & _undocumented("whether a session policy restricts a grant to the session")


def _naming(ask: Reached, naming: Naming) -> tuple[Judgement, ...]:
    """The allow statements of the resource's policy that name who asks in one of the ways of `naming`."""
    return ask.governing.memory.judgements(ask.governing.resource, ask.request, Effect.ALLOW, naming)


def _undocumented(subject: str) -> Answer:
    return maybe(Unknown(Why.UNDOCUMENTED, subject, identity=subject))


_CLOSED: Final = {route: RouteAnswer(route, NO) for route in Route}
_TRY: Final[Mapping[Route, Callable[[Reached], RouteAnswer]]] = {
    Route.KEY_POLICY: _by_key_policy,
    Route.DELEGATION: _by_delegation,
    Route.GRANT: _by_grant,
    Route.BUCKET_POLICY: _by_bucket_policy,
    Route.IDENTITY: _by_identity,
}


def _is_open_to(route: Route, ask: Reached) -> bool:
    """A service principal has no account whose policies could allow (P14); a root user assumes no role."""
    match ask.request.principal.kind:
        case PrincipalKind.SERVICE:
            return route not in OF_THE_ACCOUNT
        case PrincipalKind.ROOT:  # STS, API_AssumeRole
            return ask.request.action.lower() != "sts:assumerole"
        case _:
            return True


# --- the evidence ------------------------------------------------------------------------------------------------


def _by(answer: Answer, judged: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """The statements that make the answer: those that surely apply, and, unless they are enough, the others."""
    return _once(those(judged, Truth.YES) if answer.truth is Truth.YES else judged)


def _with_nearest(route: RouteAnswer, ask: Reached) -> RouteAnswer:
    """`route` with the statement that came nearest to opening it: of the key policy, or of the others if it allows."""
    if route.route is Route.GRANT or route.answer.truth is Truth.YES:
        return route
    governing = ask.governing
    own = route.route is Route.IDENTITY and ask.same_account.truth is Truth.YES
    if ask.keyless or own or any(each.policy is policy for each in route.by for policy in governing.resource):
        return replace(route, nearest=nearest(governing.identity, ask.request, governing.memory))
    naming = Naming.ACCOUNT if route.route in OF_THE_ACCOUNT else DIRECT
    return replace(route, nearest=nearest(governing.resource, ask.request, governing.memory, naming))


def _opening(tried: Iterable[RouteAnswer], truth: Truth) -> tuple[Judgement, ...]:
    """The statements of the routes with that truth."""
    opening = [each.by for each in tried if each.answer.truth is truth]
    return opening[0] if len(opening) == 1 else _once(tuple(judgement for by in opening for judgement in by))


def _once(judged: tuple[Judgement, ...]) -> tuple[Judgement, ...]:
    """Each statement once: the judgement that says most of it."""
    if len(judged) < 2:  # noqa: PLR2004 - nothing can be there twice
        return judged
    found: dict[tuple[int, int], Judgement] = {}
    for each in judged:
        key = id(each.policy), id(each.statement)
        if key not in found or found[key].answer.truth.value < each.answer.truth.value:
            found[key] = each
    return tuple(found.values())


def _restriction(ask: Reached, routes: Sequence[Route]) -> PolicyDecision | None:
    """What a boundary, session policy or SCP lacks, where the request would not be denied without them."""
    governing = ask.governing
    together = (*((each,) for each in (*governing.boundary, *governing.session)), governing.service_control)
    decisions = [decide(policies, ask.request, governing.memory) for policies in together if policies]
    silent = [each for each in decisions if each.outcome is Outcome.DENIED]
    if not silent:
        return None
    freed = authorize(ask.request, replace(governing, boundary=(), session=(), service_control=()), routes)
    return silent[0] if freed.outcome is not Outcome.DENIED else None
