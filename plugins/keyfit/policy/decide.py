"""One set of policies, one request, one decision: two filters and a table.

| a deny applies | an allow applies | outcome |
|---|---|---|
| YES | any | DENIED, explicitly |
| any | NO | DENIED, implicitly: an uncertain deny changes nothing |
| NO | YES | ALLOWED |
| else | | UNDETERMINED, for what keeps the two open |
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.answer import any_of
from keyfit.policy.decision import Element, Outcome, PolicyDecision
from keyfit.policy.judge import if_there
from keyfit.policy.principal import Naming
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyfit.answer import Answer
    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.policy.memo import Memory
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Statement

DIRECT: Final = Naming.DIRECT


def decide(policies: Sequence[Policy], request: Request, memory: Memory, naming: Naming = DIRECT) -> PolicyDecision:
    """What `policies`, taken together, say to `request`.

    Where statements have principals, an Allow has to name who asks in one of the ways of `naming`, a Deny in any way.
    """
    denying = memory.judgements(policies, request, Effect.DENY)
    allowing = memory.judgements(policies, request, Effect.ALLOW, naming)
    deny, allow = applies(denying), applies(allowing)
    if deny.truth is Truth.YES:
        return PolicyDecision(Outcome.DENIED, explicit=True, determining=those(denying, Truth.YES))
    if deny.truth is Truth.NO and allow.truth is Truth.YES:
        return PolicyDecision(Outcome.ALLOWED, determining=those(allowing, Truth.YES))
    miss = nearest(policies, request, memory, naming)
    if allow.truth is Truth.NO:
        return PolicyDecision(Outcome.DENIED, nearest=miss)
    open_ = those(denying, Truth.MAYBE) + those(allowing, Truth.MAYBE if allow.truth is Truth.MAYBE else Truth.YES)
    return PolicyDecision(Outcome.UNDETERMINED, determining=open_, nearest=miss, holes=(~deny & allow).holes)


def applies(judgements: Iterable[Judgement]) -> Answer:
    """Whether one of the statements applies."""
    return any_of([judgement.answer for judgement in judgements])


def those(judgements: Iterable[Judgement], truth: Truth) -> tuple[Judgement, ...]:
    """The judgements with that truth."""
    return tuple(judgement for judgement in judgements if judgement.answer.truth is truth)


def nearest(policies: Iterable[Policy], request: Request, memory: Memory, naming: Naming = DIRECT) -> Judgement | None:
    """The allow statement that comes closest to applying: by its truth, then by how many of its elements do."""
    allowing = [
        if_there(policy.present, memo.judge(statement, request, naming))
        for policy in policies
        if policy.present.truth is not Truth.NO
        for memo in (memory.of(policy),)
        for statement in memo.document.statements
        if Effect.ALLOW in statement.effects
    ]
    return max(allowing, key=partial(_closeness, action=request.action), default=None)


_ORDER: Final = tuple(Element)


def _closeness(judgement: Judgement, action: str) -> tuple[int, int, bool, int]:
    """How close a statement comes: the later in the manual's order the element that misses, the closer.

    So one that names who asks is closer than one for somebody else, and the action on another key than another action;
    of two that miss the same, one about the service that is asked.
    """
    missing = _ORDER.index(judgement.element) if judgement.element else len(_ORDER)
    same_service = _is_about_service(judgement.statement, action)
    return judgement.answer.truth.value, missing, same_service, judgement.elements


def _is_about_service(statement: Statement, action: str) -> bool:
    """Whether a statement names an action of the service that `action` is of, or may."""
    service = f"{action.partition(':')[0]}:".lower()
    actions = statement.actions.values if statement.actions else ()
    names = (each.prefix.lower() if isinstance(each, Text) else "" for each in actions)
    return any(name.startswith(service) or service.startswith(name.partition("*")[0]) for name in names)
