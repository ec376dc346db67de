"""Does a statement apply to a request? Principal, action, resource, conditions: all of them, in the manual's order."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import NO, YES, Answer, any_of, maybe
from keyfit.model.stack import PolicyKind
from keyfit.policy.condition import judge_conditions, judge_line
from keyfit.policy.decision import Element, Judgement
from keyfit.policy.principal import Naming, Ways, ways
from keyfit.policy.resource import matches as resource_matches
from keyfit.policy.resource import with_variables as with_resource_variables
from keyfit.policy.variables import Scope, has_variables
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.policy.request import Request
    from keyfit.policy.statement import Condition, Document, Effect, Patterns, Statement

__all__ = ["Naming", "acting", "acts", "judge", "judgements", "named", "open_elements"]


def judge(statement: Statement, document: Document, request: Request, naming: Naming = Naming.ANYHOW) -> Judgement:
    """Whether `statement` applies to `request`, and the element that keeps it from surely doing so.

    Where the policy has principals, `naming` says in which ways the statement has to name whoever makes the request.
    Whether the policy is there at all is not asked.
    """
    return _with_conditions(_bare(statement, document, request, naming), document, request)


def judgements(document: Document, request: Request, effect: Effect, naming: Naming) -> list[Judgement]:
    """As `judge` of each statement of `document` that can have `effect`, without those that surely miss."""
    about = request.line, effect, naming
    reaching = document.reaching.get(about)
    if reaching is None:
        reaching = tuple(_reaching(document, request, effect, naming))
        if not any(map(_has_variables, acting(document, request.action, effect))):
            document.reaching.keep(about, reaching)
    judged = [_with_conditions(bare, document, request) for bare in reaching]
    return [each for each in judged if each.answer.truth is not Truth.NO]


def _reaching(document: Document, request: Request, effect: Effect, naming: Naming) -> Iterator[Judgement]:
    """The judgements of the statements that do not surely miss, as if all conditions held."""
    for statement in acting(document, request.action, effect):
        if named(statement, request).by(naming).truth is not Truth.NO:  # asked first, for it misses most
            bare = _bare(statement, document, request, naming)
            if bare.answer.truth is not Truth.NO:
                yield bare


def _bare(statement: Statement, document: Document, request: Request, naming: Naming) -> Judgement:
    """As `judge`, as if all conditions held."""
    kept, about = statement.memory.judgements, (request.line, naming)
    bare = kept.get(about)
    if bare is None:
        bare = _but_for_conditions(statement, document, request, naming)
        if not _has_variables(statement):
            kept.keep(about, bare)
    return bare


def _with_conditions(bare: Judgement, document: Document, request: Request) -> Judgement:
    """`bare` with what the conditions say."""
    statement = bare.statement
    if not statement.conditions or bare.answer.truth is Truth.NO:
        return bare
    conditions, line = _conditions(statement, document, request)
    if conditions.truth is Truth.YES:
        return bare
    element = bare.element
    if element is None or conditions.truth is Truth.NO:
        element = Element.CONDITION
    missing = line if element is Element.CONDITION else None
    return Judgement(bare.policy, statement, bare.answer & conditions, element, missing, bare.elements - 1)


def acting(document: Document, action: str, effect: Effect) -> tuple[Statement, ...]:
    """The statements of `document` that can have `effect` and whose Action does not surely miss `action`."""
    key = (action, effect)
    found = document.acting.get(key)
    if found is None:
        every = (*document.statements, document.omitted) if document.omitted else document.statements
        able = (each for each in every if effect in each.effects)
        found = document.acting[key] = tuple(each for each in able if acts(each, action) is not Truth.NO)
    return found


def acts(statement: Statement, action: str) -> Truth:
    """Whether the Action element of `statement` covers `action`."""
    return _action(statement, action).truth


def named(statement: Statement, request: Request) -> Ways:
    """How `statement` names who makes the request.

    One of an identity policy speaks of nobody else; one that ought to have a Principal and has none cannot be read, and
    may name anybody in any way.
    """
    if statement.principals is None:
        return _ANYBODY
    kept = statement.memory.principals
    found = kept.get(request.who)
    return found or kept.keep(request.who, ways(statement.principals, request.principal, statement.effects))


_ANYBODY: Final = Ways.of(YES, YES, YES, YES)


def _but_for_conditions(statement: Statement, document: Document, request: Request, naming: Naming) -> Judgement:
    """As `_bare`, worked out."""
    presence, *others = answers = _elements(statement, document, request, naming)
    principal, action, resource = others
    answer = presence & principal & action & resource
    applied = (principal.truth is Truth.YES) + (action.truth is Truth.YES) + (resource.truth is Truth.YES)
    if answer.truth is Truth.YES:
        return Judgement(document.policy, statement, YES, None, None, applied + 1)
    missing = next(element for element, each in zip(Element, answers, strict=False) if each.truth is answer.truth)
    return Judgement(document.policy, statement, answer, missing, None, applied + (answer.truth is Truth.MAYBE))


def _elements(
    statement: Statement, document: Document, request: Request, naming: Naming
) -> tuple[Answer, Answer, Answer, Answer]:
    """The answers of presence, principal, action and resource, which `Element` has in that order."""
    return (
        YES if statement.unreadable is None else maybe(statement.unreadable),
        named(statement, request).by(naming),
        _action(statement, request.action),
        _resource(statement, document, request),
    )


def open_elements(
    statement: Statement, document: Document, request: Request, naming: Naming
) -> Iterator[tuple[Element, Answer, Condition | None]]:
    """The elements that are open for `request`, each with what keeps it so; of the conditions, each line."""
    for element, answer in zip(Element, _elements(statement, document, request, naming), strict=False):
        if answer.truth is Truth.MAYBE:
            yield element, answer, None
    scope = Scope(document, request.context)
    for line in statement.conditions:
        answer = judge_line(line, scope)
        if answer.truth is Truth.MAYBE:
            yield Element.CONDITION, answer, line


def _conditions(statement: Statement, document: Document, request: Request) -> tuple[Answer, Condition | None]:
    memory = statement.memory
    if memory.conditions is None or memory.request is not request:
        memory.conditions = judge_conditions(statement.conditions, Scope(document, request.context))
        memory.request = request
    return memory.conditions


def _unwritten(statement: Statement) -> Answer:
    """The answer of an element that is not written: it misses (K12, K13), unless it can be there and not be read."""
    return NO if statement.unreadable is None else YES


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
    if wanted.literal is not None and not _ACTION.fullmatch(wanted.literal):
        return maybe(Unknown(Why.INVALID, f"`{wanted.literal}` is no action, nor a pattern of actions"))
    return pattern.compare(wanted, _action_name(action), fold_case=True)


# AWS refuses others (I17): the name of a service has no wildcards but a lone star.
_ACTION: Final = re.compile(r"\*+|(\*|[A-Za-z0-9-]+):[A-Za-z0-9*?]+")


@lru_cache(maxsize=1024)
def _action_name(action: str) -> Text:
    return text(action)


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
    found = kept.get(request.on)
    if found is None:
        found = _either_way(resources, _one_matches(resources, document, request))
        if not _has_variables(statement):
            kept.keep(request.on, found)
    return found


def _has_variables(statement: Statement) -> bool:
    """Whether its resources depend on the context."""
    memory, resources = statement.memory, statement.resources
    if memory.variables is None:
        memory.variables = resources is not None and any(map(has_variables, resources.values))
    return memory.variables


def _one_matches(resources: Patterns, document: Document, request: Request) -> Answer:
    scope = Scope(document, request.context, excluding=resources.negated)
    complete = document.policy.kind in _COMPLETED

    def matches(wanted: Text) -> Answer:
        return resource_matches(wanted, request.resource, complete=complete)

    return any_of(with_resource_variables(wanted, scope, matches) for wanted in resources.values)


# Identity policies: IAM, reference_identifiers, "Amazon Resource Names".
_COMPLETED: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.AWS_MANAGED})


def _either_way(patterns: Patterns, matched: Answer) -> Answer:
    return ~matched if patterns.negated else matched
