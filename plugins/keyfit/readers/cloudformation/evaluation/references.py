"""What a resource refers to, and whether the branch of `Fn::If` is taken that the reference stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import Answer, all_of, maybe
from keyfit.model.graph import Edge
from keyfit.readers.cloudformation.template.calls import calls, names
from keyfit.truth import Truth
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.calls import Call, Guard
    from keyfit.readers.cloudformation.template.sections import Resource, Template
    from keyfit.value import Value


def references(scope: Scope, resource: Resource) -> Iterator[Edge]:
    """The names that `resource` refers to, each with whether the branch is taken that it stands in."""
    for call in calls_of(scope.template, resource.properties):
        answer = taken(scope, call)
        yield from (Edge(name, call.argument.origin, answer) for name in names(call))


def calls_of(template: Template, written: Value | None) -> tuple[Call, ...]:
    """Every call of a function in a value of `template`, found once."""
    if written is None:
        return ()
    known = template.calls.get(id(written))
    if known is None:
        known = template.calls[id(written)] = tuple(calls(written))
    return known


def _answer(scope: Scope, call: Call, guard: Guard) -> Answer:
    """Whether the branch is taken; a condition that is not given by name is one that nobody can tell."""
    if not guard.condition:
        return maybe(Unknown(Why.UNREADABLE, "the condition of `Fn::If` is not a name", origin=call.argument.origin))
    answer = scope.condition(guard.condition, call.argument.origin)
    return answer if guard.wanted is Truth.YES else ~answer


def taken(scope: Scope, call: Call) -> Answer:
    """Whether the branches are taken that a call stands in."""
    return all_of(_answer(scope, call, guard) for guard in call.guards)


def surely(scope: Scope, call: Call) -> bool:
    """Whether a call is evaluated under every way of deciding what is open."""
    return taken(scope, call).truth is Truth.YES
