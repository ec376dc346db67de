"""An answer of the engine as people read it: why, by which statement, and by which routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.compare.difference import Answered
from keyfit.explain.decision import because
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from keyfit.catalogue.asking.answers import Told
    from keyfit.policy.decision import Decision


def answered(told: Told | None) -> Answered | None:
    """The answer for people; `None` where there is no such principal or key."""
    if told is None:
        return None
    decision = told.decision
    open_ = (each.route.value for each in decision.routes if each.answer.truth is not Truth.NO)
    routes = tuple(open_) if told.truth is not Truth.NO else ()
    return Answered(told.truth, because(decision, told.request, told.governing), _place(decision), routes)


def _place(decision: Decision) -> Origin:
    """The statement that decides, else the one that came closest."""
    for each in decision.determining:
        return each.statement.origin
    near = (route.nearest for route in decision.routes if route.nearest is not None)
    return next((each.statement.origin for each in near), NOWHERE)
