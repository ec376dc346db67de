"""What the engine answers, with the evidence: no answer without it."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from keyfit.record import record

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.model.keys import Grant
    from keyfit.model.policies import Policy
    from keyfit.policy.statement import Condition, Statement
    from keyfit.value import Hole


class Outcome(Enum):
    """The answer to a request. Explicit or implicit denial is evidence, not an outcome."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDETERMINED = "undetermined"


class Element(Enum):
    """The elements of a statement, in the order of the manual page; each can be what misses."""

    PRESENCE = "presence"  # the policy, the statement or its attachment exists
    PRINCIPAL = "Principal"
    ACTION = "Action"
    RESOURCE = "Resource"
    CONDITION = "Condition"


@record
class Judgement:
    """One statement's answer to one request.

    `answer` says whether it applies. `element` is the first element that keeps it from surely applying (`None` for
    YES), `condition` the line of the condition block where that is CONDITION, and `elements` how many elements did.
    """

    policy: Policy
    statement: Statement
    answer: Answer
    element: Element | None
    condition: Condition | None
    elements: int


class Route(Enum):
    """The ways by which KMS lets a principal use a key, and S3 a bucket."""

    KEY_POLICY = "key policy"
    DELEGATION = "delegation"
    GRANT = "grant"
    BUCKET_POLICY = "bucket policy"
    IDENTITY = "IAM policies"

    __hash__ = object.__hash__  # as of Truth


OF_THE_ACCOUNT: Final = frozenset({Route.DELEGATION, Route.IDENTITY})  # by policies that only an account has


@record
class RouteAnswer:
    """Whether one route gives the action, and by which judgements or grant; denials are not counted here.

    `nearest` is the judgement that came closest where the route is not YES.
    """

    route: Route
    answer: Answer
    by: tuple[Judgement, ...] = ()
    grant: Grant | None = None
    nearest: Judgement | None = None


@record
class PolicyDecision:
    """What one set of policies answers (`decide`): a key policy, identity policies, a boundary; with its evidence."""

    outcome: Outcome
    explicit: bool = False
    determining: tuple[Judgement, ...] = ()
    nearest: Judgement | None = None
    holes: tuple[Hole, ...] = ()


@record
class Decision:
    """The answer to a request by all routes together (`authorize`).

    `explicit` says that a deny made it. `determining` are the statements that made it; `routes` every route that was
    tried; `restricted_by` the boundary, session policy or SCP that lacks the allow, where that decides. `holes` are,
    for UNDETERMINED, the unknowns that mattered and only those. `assumptions` are sentences about what lies outside the
    source and was taken to allow, or not to deny.
    """

    outcome: Outcome
    explicit: bool = False
    determining: tuple[Judgement, ...] = ()
    routes: tuple[RouteAnswer, ...] = ()
    restricted_by: PolicyDecision | None = None
    holes: tuple[Hole, ...] = ()
    assumptions: tuple[str, ...] = ()

    def route(self, route: Route) -> RouteAnswer | None:
        """What one route answered; `None` where it was not tried for this principal."""
        return next((each for each in self.routes if each.route is route), None)
