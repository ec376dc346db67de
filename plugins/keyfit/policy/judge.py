"""Does a statement apply to a request? Principal, action, resource, conditions: all of them, in the manual's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import arn, pattern
from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.model import PolicyKind
from keyfit.policy.condition import judge_conditions
from keyfit.policy.decision import Element, Judgement
from keyfit.policy.document import has_principals
from keyfit.policy.principal import Naming, ways
from keyfit.policy.variables import Scope, has_variables, with_variables
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Document, Patterns, Statement

__all__ = ["Naming", "acting", "acts", "judge"]


def judge(statement: Statement, document: Document, request: Request, naming: Naming = Naming.ANYHOW) -> Judgement:
    """Whether `statement` applies to `request`, and the element that keeps it from surely doing so.

    Where the policy has principals, `naming` says in which ways the statement has to name whoever makes the request.
    Whether the policy is there at all is not asked.
    """
    memory = statement.memory
    if memory.request is not request or memory.document is not document:
        memory.request, memory.document, memory.judgements = request, document, {}
    found = memory.judgements.get(naming)
    if found is None:
        found = memory.judgements[naming] = _judged(statement, document, request, naming)
    return found


def acting(document: Document, action: str) -> tuple[Statement, ...]:
    """The statements of `document` whose Action does not surely miss `action`."""
    found = document.acting.get(action)
    if found is None:
        found = tuple(each for each in document.statements if acts(each, action) is not Truth.NO)
        document.acting[action] = found
    return found


def acts(statement: Statement, action: str) -> Truth:
    """Whether the Action element of `statement` covers `action`."""
    return _action(statement, action).truth


def _judged(statement: Statement, document: Document, request: Request, naming: Naming) -> Judgement:
    presence = YES if statement.unreadable is None else maybe(statement.unreadable)
    principal = _principal(statement, document, request, naming)
    action = _action(statement, request.action)
    resource = _resource(statement, document, request)
    answers = (presence, principal, action, resource)
    applied = sum(answer is YES for answer in answers[1:])
    if NO in answers:
        return Judgement(document.policy, statement, NO, _ELEMENTS[answers.index(NO)], None, applied)
    conditions, line = judge_conditions(statement.conditions, Scope(document, request.context))
    if conditions is NO:
        return Judgement(document.policy, statement, NO, Element.CONDITION, line, applied)
    whole = all_of((*answers, conditions))
    applied += conditions is YES
    if whole is YES:
        return Judgement(document.policy, statement, YES, elements=applied)
    first = next(
        (each for each, answer in zip(_ELEMENTS, answers, strict=False) if answer is not YES), Element.CONDITION
    )
    return Judgement(document.policy, statement, whole, first, line if first is Element.CONDITION else None, applied)


_ELEMENTS: Final = (Element.PRESENCE, Element.PRINCIPAL, Element.ACTION, Element.RESOURCE, Element.CONDITION)


def _unwritten(statement: Statement) -> Answer:
    """The answer of an element that is not written: it misses (K12, K13), unless it can be there and not be read."""
    return NO if statement.unreadable is None else YES


def _principal(statement: Statement, document: Document, request: Request, naming: Naming) -> Answer:
    """Whether the statement speaks of who makes the request; in an identity policy it always does."""
    if not has_principals(document.policy.kind):
        return YES
    if statement.principals is None:
        return _unwritten(statement)
    principal = request.principal
    about = (principal.arn, principal.kind, principal.account, principal.role)
    kept = statement.memory.ways
    found = kept.find(*about) or kept.keep(ways(statement.principals, principal, statement.effects), *about)
    return found.by(naming)


def _action(statement: Statement, action: str) -> Answer:
    """Whether the statement speaks of `action`, in whatever letter case (I17, I18)."""
    actions = statement.actions
    if actions is None:
        return _unwritten(statement)
    found = statement.memory.actions.get(action)
    if found is None:
        found = _either_way(actions, any_of(_action_matches(wanted, action) for wanted in actions.values))
        statement.memory.actions[action] = found
    return found


def _action_matches(wanted: Text | Unknown, action: str) -> Answer:
    if isinstance(wanted, Unknown):
        return maybe(wanted)
    return pattern.compare(wanted, text(action), fold_case=True)


def _resource(statement: Statement, document: Document, request: Request) -> Answer:
    """Whether the statement speaks of the request's resource; in a trust policy that is the role itself.

    A pattern is compared with the whole ARN, so that its stars go across colons (I19). An alias ARN or a bare key id is
    no pattern that matches a key's ARN (K37, K38).
    """
    if document.policy.kind is PolicyKind.TRUST:
        return YES
    resources = statement.resources
    if resources is None:
        return _unwritten(statement)
    kept = statement.memory.resources
    found = kept.find(request.resource)
    if found is None:
        found = _either_way(resources, _one_matches(resources, document, request))
        if not any(map(has_variables, resources.values)):  # they depend on the context
            kept.keep(found, request.resource)
    return found


def _one_matches(resources: Patterns, document: Document, request: Request) -> Answer:
    scope = Scope(document, request.context, negated=resources.negated)

    def matches(wanted: Text) -> Answer:
        return arn.matches(wanted, request.resource)

    return any_of(with_variables(wanted, scope, matches) for wanted in resources.values)


def _either_way(patterns: Patterns, matched: Answer) -> Answer:
    return ~matched if patterns.negated else matched
