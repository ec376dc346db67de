"""Whether a scenario can be deployed at all: a map without the key, a failed rule, a reference to what is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.cloudformation.evaluation.maps import Missing, lookup_of, walk
from keyfit.readers.cloudformation.evaluation.references import calls_of, surely
from keyfit.readers.cloudformation.resources.leads import leads
from keyfit.readers.cloudformation.template.calls import names
from keyfit.truth import Truth
from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.graph import Lead
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.calls import Call
    from keyfit.value import Value


def deployable(scope: Scope) -> bool:
    """Whether nothing surely keeps CloudFormation from deploying `scope`."""
    return not (
        any(_fails(scope, rule) for rule in scope.template.rules.values())
        or any(_lacks(scope, call) for call in _in_conditions(scope))
        or any(_lacks(scope, call) for call in _evaluated(scope))
    )


def dangles(scope: Scope) -> bool:
    """Whether a reference surely leads to a resource that is surely not there."""
    return any(_dangles(scope, call) for call in _evaluated(scope)) or any(map(_fails_to_lead, leads(scope)))


def _fails_to_lead(lead: Lead) -> bool:
    return lead.missing.truth is Truth.YES and lead.block.present.truth is Truth.YES


def _in_conditions(scope: Scope) -> Iterator[Call]:
    for written in scope.template.conditions.values():
        yield from calls_of(scope.template, written)


def _evaluated(scope: Scope) -> Iterator[Call]:
    """Every call in a resource that is surely there, outside branches that are not surely taken."""
    for resource in scope.template.resources.values():
        for call in calls_of(scope.template, resource.properties):
            interesting = call.function == "Fn::FindInMap" or _conditional(scope, call)
            if interesting and scope.present(resource).truth is Truth.YES and surely(scope, call):
                yield call


def _conditional(scope: Scope, call: Call) -> tuple[str, ...]:
    """The resources with a condition that a call refers to."""
    resources = scope.template.resources
    return tuple(name for name in names(call) if name in resources and resources[name].condition)


def _dangles(scope: Scope, call: Call) -> bool:
    """Whether a call refers to a resource that is surely not there."""
    resources = scope.template.resources
    return any(scope.present(resources[name]).truth is Truth.NO for name in _conditional(scope, call))


def _lacks(scope: Scope, call: Call) -> bool:
    """Whether a look-up surely finds nothing, and has no default value."""
    lookup = lookup_of(scope, call.argument) if call.function == "Fn::FindInMap" else None
    return lookup is not None and lookup.default is None and isinstance(walk(scope, lookup), Missing)


def _fails(scope: Scope, rule: Value) -> bool:
    """Whether an assertion of a rule that surely applies surely fails."""
    if not isinstance(rule, Object):
        return False
    when, assertions = rule.find("RuleCondition"), rule.find("Assertions")
    if when is not None and scope.holds(when).truth is not Truth.YES:
        return False
    asserted = assertions.items if isinstance(assertions, List) else ()
    tests = (each.find("Assert") for each in asserted if isinstance(each, Object))
    return any(test is not None and scope.holds(test).truth is Truth.NO for test in tests)
