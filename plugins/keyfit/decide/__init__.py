"""Authorization cases as JSON, and their answers: `keyfit decide`.

A case is `{id, policies: {identity, resource, permission_boundaries, session, scps, rcps, grants}, request:
{principal, action, resource, resource_account, context}}`. What is not given is not there, and a context key that is
not listed is absent. `{"unknown": "why"}` stands for any string, list, statement, document, grant or context,
`{"text": ["known ", {"unknown": "why"}]}` for a string that is known in part.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.decide.fields import CaseError
from keyfit.decide.reading import read_cases
from keyfit.explain.decision import because, explain
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Decision, Outcome
from keyfit.policy.statement import WHOLE
from keyfit.words import printable, reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyfit.decide.reading import Case
    from keyfit.policy.policy_set import Governing
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Statement
    from keyfit.value import Text

__all__ = ["CaseError", "answer", "explanation"]


def answer(document: object) -> list[dict[str, object]]:
    """The answer to each case of `document`, one case or a list of them, in their order. Raises `CaseError`."""
    return [_answer(case.id, _decided(case)) for case in read_cases(document)]


def explanation(document: object) -> list[str]:
    """The same answers with all their evidence, as lines of text. Raises `CaseError`."""
    lines: list[str] = []
    for case in read_cases(document):
        lines += [f"{printable(case.id)}:", *(f"  {line}" for line in explain(*_decided(case)))]
    return lines


class _Decided(NamedTuple):
    """A decision, and what it came from."""

    request: Request
    decision: Decision
    governing: Governing


def _answer(name: str, decided: _Decided) -> dict[str, object]:
    decision = decided.decision
    deny = None if decision.outcome is not Outcome.DENIED else "explicit" if decision.explicit else "implicit"
    return {
        "id": name,
        "decision": decision.outcome.value,
        "deny": deny,
        "because": because(decision, decided.request, decided.governing),
        "statements": [
            {"policy": each.policy.owner, "index": _index(each.statement), "sid": each.statement.sid}
            for each in decision.determining
        ],
    }


def _index(statement: Statement) -> int | None:
    return None if statement.index == WHOLE else statement.index


# --- one decision of several -------------------------------------------------------------------------------------


def _decided(case: Case) -> _Decided:
    """The decision that all levels of service control policies leave; of an unknown principal, that for every kind."""
    each = [_weakest(request, case.levels) for request in case.requests]
    if len(each) == 1:
        return each[0]
    decisions = [decided.decision for decided in each]
    first = min(each, key=lambda decided: decided.decision.explicit)  # it is explicit if it is so for every kind
    request = replace(first.request, principal=replace(first.request.principal, arn=case.who))
    if len({decision.outcome for decision in decisions}) > 1 or first.decision.outcome is Outcome.UNDETERMINED:
        return _Decided(request, _open(decisions, case.who), first.governing)
    return first._replace(request=request)


_WEAKEST_FIRST: Final = (Outcome.DENIED, Outcome.UNDETERMINED, Outcome.ALLOWED)


def _weakest(request: Request, levels: Iterable[Governing]) -> _Decided:
    """What all levels leave: each has to allow, and what one denies explicitly is denied so."""
    each = (_Decided(request, authorize(request, level), level) for level in levels)
    return min(
        each, key=lambda decided: (_WEAKEST_FIRST.index(decided.decision.outcome), not decided.decision.explicit)
    )


def _open(decisions: Sequence[Decision], who: Text) -> Decision:
    """That it depends on who asks, and on what else keeps one of the decisions open; each reason once."""
    holes = (*who.holes, *(hole for decision in decisions for hole in decision.holes))
    reasons = {reason(hole): hole for hole in reversed(holes)}
    statements = next((each.determining for each in decisions if each.outcome is Outcome.UNDETERMINED), ())
    return Decision(Outcome.UNDETERMINED, determining=statements, holes=tuple(reversed(reasons.values())))
