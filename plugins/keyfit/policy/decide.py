"""One set of policies, one request, one decision: two filters and a table.

| a deny applies | an allow applies | outcome |
|---|---|---|
| YES | any | DENIED, explicitly |
| any | NO | DENIED, implicitly: an uncertain deny changes nothing |
| NO | YES | ALLOWED |
| else | | UNDETERMINED, for what keeps the two open |
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of, any_of, maybe
from keyfit.policy import document
from keyfit.policy.decision import Element, Outcome, PolicyDecision
from keyfit.policy.judge import acts, judge
from keyfit.policy.principal import Naming
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import Unknown, Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.answer import Answer
    from keyfit.model import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.policy.request import Request

DIRECT: Final = Naming.EXACT | Naming.ITSELF


def decide(policies: Iterable[Policy], request: Request, naming: Naming = DIRECT) -> PolicyDecision:
    """What `policies`, taken together, say to `request`.

    Where statements have principals, an Allow has to name who asks in one of the ways of `naming`, a Deny in any way.
    """
    policies = tuple(policies)
    denying = judgements(policies, request, Effect.DENY)
    allowing = judgements(policies, request, Effect.ALLOW, naming)
    deny, allow = applies(denying), applies(allowing)
    if deny.truth is Truth.YES:
        return PolicyDecision(Outcome.DENIED, explicit=True, determining=those(denying, Truth.YES))
    if deny.truth is Truth.NO and allow.truth is Truth.YES:
        return PolicyDecision(Outcome.ALLOWED, determining=those(allowing, Truth.YES))
    miss = nearest(policies, request, naming)
    if allow.truth is Truth.NO:
        return PolicyDecision(Outcome.DENIED, nearest=miss)
    open_ = those(denying, Truth.MAYBE) + those(allowing, Truth.MAYBE if allow.truth is Truth.MAYBE else Truth.YES)
    return PolicyDecision(Outcome.UNDETERMINED, determining=open_, nearest=miss, holes=all_of((~deny, allow)).holes)


def judgements(
    policies: Iterable[Policy], request: Request, effect: Effect, naming: Naming = Naming.ANYHOW
) -> tuple[Judgement, ...]:
    """The judgements of the statements of `policies` that can have `effect` and speak of the action.

    What is not sure to be there, or to have this effect, applies perhaps at best.
    """
    found: list[Judgement] = []
    for policy in policies:
        if policy.present.truth is not Truth.NO:
            judged = judgements_if_present(policy, request, effect, naming)
            found += judged if policy.present.truth is Truth.YES else (_if(policy.present, each) for each in judged)
    return tuple(found)


def judgements_if_present(
    policy: Policy, request: Request, effect: Effect, naming: Naming = Naming.ANYHOW
) -> list[Judgement]:
    """As `judgements` of one policy, given that it is there."""
    read = document.read(policy)
    return [
        _sure_of_effect(judge(statement, read, request, naming))
        for statement in read.statements
        if effect in statement.effects and acts(statement, request.action) is not Truth.NO
    ]


def applies(judgements: Iterable[Judgement]) -> Answer:
    """Whether one of the statements applies."""
    return any_of(judgement.answer for judgement in judgements)


def those(judgements: Iterable[Judgement], truth: Truth) -> tuple[Judgement, ...]:
    """The judgements with that truth."""
    return tuple(judgement for judgement in judgements if judgement.answer.truth is truth)


def nearest(policies: Iterable[Policy], request: Request, naming: Naming = DIRECT) -> Judgement | None:
    """The allow statement that comes closest to applying: by its truth, then by how many of its elements do."""
    allowing = [
        _if(policy.present, _sure_of_effect(judge(statement, read, request, naming)))
        for policy in policies
        if policy.present.truth is not Truth.NO
        for read in (document.read(policy),)
        for statement in read.statements
        if Effect.ALLOW in statement.effects
    ]
    return max(allowing, key=_closeness, default=None)


def _closeness(judgement: Judgement) -> tuple[int, bool, int]:
    """How close a statement comes: one that names who asks is closer than one for somebody else, whatever it gives."""
    return judgement.answer.truth.value, judgement.element is not Element.PRINCIPAL, judgement.elements


def _sure_of_effect(judgement: Judgement) -> Judgement:
    """A statement that can have both effects has the one in question perhaps."""
    statement = judgement.statement
    if len(statement.effects) == 1:
        return judgement
    hole = statement.unreadable or Unknown(Why.UNREADABLE, "its effect is not known", origin=statement.origin)
    return _if(maybe(hole), judgement)


def _if(condition: Answer, judgement: Judgement) -> Judgement:
    """`judgement`, given that `condition` holds."""
    if condition.truth is Truth.YES or judgement.answer.truth is Truth.NO:
        return judgement
    return replace(judgement, answer=all_of((condition, judgement.answer)), element=Element.PRESENCE)
