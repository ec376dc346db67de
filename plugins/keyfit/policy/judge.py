"""Does a statement apply to a request? Principal, action, resource, conditions: all of them, in the manual's order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit import arn, pattern
from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.model import PolicyKind
from keyfit.policy.condition import judge_conditions
from keyfit.policy.decision import Element, Judgement
from keyfit.policy.document import has_principals
from keyfit.policy.principal import Naming, names
from keyfit.policy.variables import with_variables
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Document, Patterns, Statement


def judge(statement: Statement, document: Document, request: Request, naming: Naming = Naming.ANYHOW) -> Judgement:
    """Whether `statement` applies to `request`, and the element that keeps it from surely doing so.

    Where the policy has principals, `naming` says in which ways the statement has to name whoever makes the request.
    Whether the policy is there at all is not asked.
    """
    elements = (
        (Element.PRESENCE, maybe(statement.unreadable) if statement.unreadable else YES),
        (Element.PRINCIPAL, _principal(statement, document, request, naming)),
        (Element.ACTION, _action(statement, request.action)),
        (Element.RESOURCE, _resource(statement, document, request)),
    )
    applied = sum(answer.truth is Truth.YES for element, answer in elements[1:])
    missed = next((element for element, answer in elements if answer.truth is Truth.NO), None)
    if missed is not None:
        return Judgement(document.policy, statement, NO, missed, None, applied)
    conditions, line = judge_conditions(statement.conditions, document, request.context)
    if conditions.truth is Truth.NO:
        return Judgement(document.policy, statement, NO, Element.CONDITION, line, applied)
    whole = all_of((*(answer for _, answer in elements), conditions))
    open_ = next((element for element, answer in elements if answer.truth is Truth.MAYBE), None)
    if open_ is None and line is not None:
        open_ = Element.CONDITION
    applied += conditions.truth is Truth.YES
    return Judgement(document.policy, statement, whole, open_, line if open_ is Element.CONDITION else None, applied)


def acts(statement: Statement, action: str) -> Truth:
    """Whether the Action element of `statement` covers `action`: the cheapest of the four questions."""
    return _action(statement, action).truth


def _missing(statement: Statement) -> Answer:
    """The answer of an element that is not written: nothing (K13), unless it can be there and not be read."""
    return NO if statement.unreadable is None else YES


def _principal(statement: Statement, document: Document, request: Request, naming: Naming) -> Answer:
    """Whether the statement speaks of who makes the request; in an identity policy it always does."""
    if not has_principals(document.policy.kind):
        return YES
    if statement.principals is None:
        return _missing(statement)
    return names(statement.principals, request.principal, statement.effects, naming)


def _action(statement: Statement, action: str) -> Answer:
    """Whether the statement speaks of `action`, in whatever letter case (I17, I18)."""
    actions = statement.actions
    if actions is None:
        return _missing(statement)
    return _negated(actions, any_of(_action_matches(wanted, action) for wanted in actions.values))


def _action_matches(wanted: Text | Unknown, action: str) -> Answer:
    if isinstance(wanted, Unknown):
        return maybe(wanted)
    return pattern.compare(wanted, text(action), fold_case=True)


def _resource(statement: Statement, document: Document, request: Request) -> Answer:
    """Whether the statement speaks of the request's resource; in a trust policy it is the role itself.

    A pattern is compared with the whole ARN, so that its stars go across colons (I19). An alias ARN or a bare key id is
    no pattern that matches a key's ARN (K37, K38).
    """
    if document.policy.kind is PolicyKind.TRUST:
        return YES
    resources = statement.resources
    if resources is None:
        return _missing(statement)
    return _negated(resources, any_of(_resource_matches(w, resources, document, request) for w in resources.values))


def _resource_matches(wanted: Text | Unknown, resources: Patterns, document: Document, request: Request) -> Answer:
    if isinstance(wanted, Unknown):
        return maybe(wanted)

    def ask(filled: Text) -> Answer:
        return arn.matches(filled, request.resource)

    return with_variables(wanted, document, request.context, ask, negated=resources.negated)


def _negated(patterns: Patterns, matched: Answer) -> Answer:
    return ~matched if patterns.negated else matched
