"""Does a statement apply to a request? Principal, action, resource, conditions: all of them, in the manual's order."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.model.policies import PolicyKind
from keyfit.policy.condition import holds, judge_conditions, judge_line, taken_apart
from keyfit.policy.decision import Element, Judgement
from keyfit.policy.principal import Names, Naming, Ways, ways
from keyfit.policy.refusals import is_action
from keyfit.policy.resource import matches as resource_matches
from keyfit.policy.resource import with_variables as with_resource_variables
from keyfit.policy.variables import Scope
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.policy.request import Request
    from keyfit.policy.statement import Condition, Document, Patterns, Statement


def judge(statement: Statement, document: Document, request: Request, naming: Naming = Naming.ANYHOW) -> Judgement:
    """Whether `statement` applies to `request`, and the element that keeps it from surely doing so.

    Where the policy has principals, `naming` says in which ways the statement has to name whoever makes the request.
    Whether the policy is there at all is not asked.
    """
    bare = but_for_conditions(statement, document, elements(statement, document, request, naming))
    if is_settled(bare):
        return bare
    scope = Scope(document, request.context)
    return with_conditions(bare, judge_conditions(taken_apart(statement.conditions), lambda line: holds(line, scope)))


class Answers(NamedTuple):
    """The answers of the elements but the conditions, in the order that `Element` has them."""

    presence: Answer
    principal: Answer
    action: Answer
    resource: Answer


def elements(statement: Statement, document: Document, request: Request, naming: Naming) -> Answers:
    """Whether each element of `statement` but its conditions applies to `request`."""
    return Answers(
        presence(statement),
        named(statement, Names(request.principal)).by(naming),
        covers(statement, request.action),
        reaches(statement, document, request),
    )


def but_for_conditions(statement: Statement, document: Document, answers: Answers) -> Judgement:
    """The judgement of `statement`, as if all conditions held."""
    there, principal, action, resource = answers
    answer = there & principal & action & resource
    applied = (principal.truth is Truth.YES) + (action.truth is Truth.YES) + (resource.truth is Truth.YES)
    if answer.truth is Truth.YES:
        return Judgement(document.policy, statement, YES, None, None, applied + 1)
    missing = next(element for element, each in zip(Element, answers, strict=False) if each.truth is answer.truth)
    return Judgement(document.policy, statement, answer, missing, None, applied + (answer.truth is Truth.MAYBE))


def is_settled(bare: Judgement) -> bool:
    """Whether conditions say nothing more: there are none, or it surely does not apply anyway."""
    return not bare.statement.conditions or bare.answer.truth is Truth.NO


def with_conditions(bare: Judgement, judged: tuple[Answer, Condition | None]) -> Judgement:
    """`bare` with what its conditions say."""
    conditions, line = judged
    if conditions.truth is Truth.YES:
        return bare
    element = bare.element
    if element is None or conditions.truth is Truth.NO:
        element = Element.CONDITION
    missing = line if element is Element.CONDITION else None
    return Judgement(bare.policy, bare.statement, bare.answer & conditions, element, missing, bare.elements - 1)


def if_there(condition: Answer, judgement: Judgement) -> Judgement:
    """`judgement`, given that `condition` holds."""
    if condition.truth is Truth.YES or judgement.answer.truth is Truth.NO:
        return judgement
    return replace(judgement, answer=condition & judgement.answer, element=Element.PRESENCE)


def open_elements(
    statement: Statement, document: Document, request: Request, naming: Naming
) -> Iterator[tuple[Element, Answer, Condition | None]]:
    """The elements that are open for `request`, each with what keeps it so; of the conditions, each line."""
    for element, answer in zip(Element, elements(statement, document, request, naming), strict=False):
        if answer.truth is Truth.MAYBE:
            yield element, answer, None
    scope = Scope(document, request.context)
    for line in statement.conditions:
        answer = judge_line(line, scope)
        if answer.truth is Truth.MAYBE:
            yield Element.CONDITION, answer, line


# --- element by element ------------------------------------------------------------------------------------------


def presence(statement: Statement) -> Answer:
    """Whether `statement` is there as it is read."""
    return YES if statement.unreadable is None else maybe(statement.unreadable)


def named(statement: Statement, names: Names) -> Ways:
    """How `statement` names the principal of these `names`.

    One of an identity policy speaks of nobody else; one that ought to have a Principal and has none cannot be read, and
    may name anybody in any way.
    """
    return _ANYBODY if statement.principals is None else ways(statement.principals, names, statement.effects)


_ANYBODY: Final = Ways.of(YES, YES, YES, YES)


def _unwritten(statement: Statement) -> Answer:
    """The answer of an element that is not written: it misses (K12, K13), unless it can be there and not be read."""
    return NO if statement.unreadable is None else YES


def covers(statement: Statement, action: str) -> Answer:
    """Whether the Action element of `statement` covers `action`, in whatever letter case (I17, I18)."""
    actions = statement.actions
    if actions is None:
        return _unwritten(statement)
    return _either_way(actions, any_of([_action_matches(wanted, action) for wanted in actions.values]))


def acts(statement: Statement, action: str) -> Truth:
    """As `covers`, without the holes."""
    return covers(statement, action).truth


def _action_matches(wanted: Text | Unknown, action: str) -> Answer:
    if isinstance(wanted, Unknown):
        return maybe(wanted)
    literal = wanted.literal
    if literal is None:
        return pattern.compare(wanted, text(action), fold_case=True)
    return _literal_matches(literal, action)


@lru_cache(4096)  # every policy has the same few
def _literal_matches(literal: str, action: str) -> Answer:
    if _ACTION.fullmatch(literal):
        return YES if pattern.fits(literal.lower(), action.lower()) else NO
    why = Why.INVALID if is_action(literal) else Why.REFUSED
    return maybe(Unknown(why, f"`{literal}` is not an action, nor a pattern of actions"))


# AWS refuses others (I17). A wildcard in the name of a service is no more than a suggestion of Access Analyzer.
_ACTION: Final = re.compile(r"\*+|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")


def reaches(statement: Statement, document: Document, request: Request) -> Answer:
    """Whether the Resource element of `statement` covers the request's resource; of a trust policy that is the role.

    A pattern is compared with the whole ARN, so that its stars go across colons (I19). An alias ARN or a bare key id is
    no pattern that matches a key's ARN (K37, K38).
    """
    if document.policy.kind is PolicyKind.TRUST:
        return YES
    resources = statement.resources
    return (
        _unwritten(statement)
        if resources is None
        else _either_way(resources, _one_matches(resources, document, request))
    )


def _one_matches(resources: Patterns, document: Document, request: Request) -> Answer:
    scope = Scope(document, request.context, excluding=resources.negated)
    complete = document.policy.kind in _COMPLETED

    def matches(wanted: Text) -> Answer:
        return resource_matches(wanted, request.resource, complete=complete)

    return any_of([with_resource_variables(wanted, scope, matches) for wanted in resources.values])


# Identity policies: IAM, reference_identifiers, "Amazon Resource Names".
_COMPLETED: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.AWS_MANAGED})


def _either_way(patterns: Patterns, matched: Answer) -> Answer:
    return ~matched if patterns.negated else matched
