"""Evaluation: what a written value comes to under one scenario, each part once and only when asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from typing_extensions import override

from keyfit.answer import Answer, all_of, maybe
from keyfit.readers.cloudformation.evaluation import conditions
from keyfit.readers.cloudformation.evaluation.bindings import PSEUDO
from keyfit.readers.cloudformation.evaluation.functions import FUNCTIONS, can_vanish
from keyfit.readers.cloudformation.evaluation.scope import REF, Scope
from keyfit.readers.cloudformation.evaluation.substitution import is_dynamic, resolve_dynamic
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.readers.cloudformation.template.texts import at
from keyfit.readers.given import REST
from keyfit.truth import Truth
from keyfit.value import Entry, List, Object, Text, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from keyfit.readers.cloudformation.evaluation.scope import Attributes, Deployment
    from keyfit.readers.cloudformation.template.sections import Resource, Template
    from keyfit.value import Origin

DEEPEST: Final = 100  # values within values, each some five of Python's frames
_STEP: Final = 2  # a reference that is followed takes twice as many
_TOO_DEEP: Final = Unknown(Why.BOUND, f"values and references are nested deeper than {DEEPEST} levels")

T = TypeVar("T")


class Evaluator(Scope):
    """One template, as one deployment of it.

    It remembers what it has evaluated, and knows what it is evaluating: what refers to itself is unknown.
    """

    def __init__(self, template: Template, deployment: Deployment, attributes: Attributes) -> None:
        """Nothing is evaluated yet."""
        self.template = template
        self._given = deployment.given
        self._attributes = attributes
        self.scenario = deployment.scenario
        self.bound = deployment.bound
        self.open = deployment.open
        self._values: dict[int, tuple[Value, Value | None]] = {}
        self._memo: dict[Hashable, object] = {}
        self._active: set[Hashable] = set()
        self._depth = 0

    @override
    def value(self, written: Value) -> Value | None:
        known = self._values.get(id(written))
        if known is not None:
            return known[1]
        if self._depth >= DEEPEST:
            return replace(_TOO_DEEP, origin=written.origin)
        self._depth += 1
        try:
            value = self._evaluate(written)
        finally:
            self._depth -= 1
        self._values[id(written)] = (written, value)
        return value

    @override
    def condition(self, name: str, origin: Origin) -> Answer:
        written = self.template.conditions.get(name)
        if written is None:
            return maybe(Unknown(Why.NO_SUCH_BLOCK, f"condition {name}", f"condition {name}", origin=origin))
        cycle = Unknown(Why.CYCLE, f"condition {name}", f"condition {name}", origin=origin)
        return self._once(("condition", name), lambda: self.holds(written), (cycle, maybe))

    @override
    def holds(self, written: Value) -> Answer:
        if self._depth >= DEEPEST:
            return maybe(replace(_TOO_DEEP, origin=written.origin))
        self._depth += 1
        try:
            return conditions.holds(self, written)
        finally:
            self._depth -= 1

    @override
    def present(self, resource: Resource) -> Answer:
        made = conditions.named(self, resource.condition, resource.origin)
        if resource.unless:
            made = all_of([made, ~self.condition(resource.unless, resource.origin)])
        return made if resource.macro is None else all_of([made, maybe(resource.macro)])

    @override
    def reference(self, name: str, origin: Origin) -> Value | None:
        if name in PSEUDO:
            value: Value | None = PSEUDO[name](self.bound)
        elif name in self.template.parameters:
            value = self._parameter(name)
        elif name in self.template.resources:
            value = self.attribute(name, REF, origin)
        else:
            value = Unknown(Why.NO_SUCH_BLOCK, name, f"Ref {name}")
        return None if value is None else at(value, origin)

    @override
    def attribute(self, address: str, name: str, origin: Origin) -> Value:
        resource = self.template.resources.get(address)
        if resource is None:
            return Unknown(Why.NO_SUCH_BLOCK, address, f"{address}.{name}", origin=origin)
        if self.present(resource).truth is Truth.NO:
            return Unknown(Why.GONE, address, f"{address}.{name}", origin=origin)
        cycle = Unknown(Why.CYCLE, address, f"{address}.{name}")
        return at(self._once((address, name), lambda: self._attributes(self, resource, name), (cycle, _itself)), origin)

    def _once(self, key: Hashable, evaluate: Callable[[], T], otherwise: tuple[Unknown, Callable[[Unknown], T]]) -> T:
        """What `evaluate` gives, evaluated once; what `otherwise` makes of an unknown where it asks for itself."""
        cycle, made_of = otherwise
        if key in self._memo:
            return self._memo[key]  # type: ignore[return-value]  # put in below, under the same key
        if key in self._active:
            return made_of(cycle)
        if self._depth >= DEEPEST:
            return made_of(_TOO_DEEP)
        self._active.add(key)
        self._depth += _STEP
        try:
            result = evaluate()
        finally:
            self._active.discard(key)
            self._depth -= _STEP
        self._memo[key] = result
        return result

    def _parameter(self, name: str) -> Value:
        parameter = self.template.parameters[name]
        passed = self._given.passed.get(name)
        if passed is not None:
            return parameter.typed(passed) if isinstance(passed, Text) else passed
        given = self._given.parameters.get(name)
        if given is not None:
            return parameter.given(given)
        rest = self._given.passed.get(REST)
        if isinstance(rest, Unknown):
            return replace(rest.part(name), choices=frozenset())
        chosen = self.scenario.find(name)
        if chosen is not None:
            return chosen
        if name in self.open:
            return parameter.choice
        if parameter.default is None or parameter.stored:
            return parameter.unknown
        return parameter.typed(parameter.default)

    def _evaluate(self, written: Value) -> Value | None:
        call = function_of(written)
        if call is not None:
            name, argument = call
            function = FUNCTIONS.get(name)
            if function is None:
                return Unknown(Why.UNSUPPORTED_FUNCTION, name, origin=written.origin)
            return function(self, argument, written.origin)
        match written:
            case Text() if is_dynamic(written):
                return resolve_dynamic(written)
            case List():
                return self._list(written)
            case Object():
                return transforms.covering(written) or self._object(written)
            case _:
                return written

    def _list(self, written: List) -> List:
        items: list[Value] = []
        rest = written.rest
        for each in written.items:
            value = self.value(each)
            if isinstance(value, Unknown) and can_vanish(each):
                rest = _either(rest, value)
            elif value is not None:
                items.append(value)
        return List(tuple(items), rest, written.origin)

    def _object(self, written: Object) -> Object:
        entries: list[Entry] = []
        rest = written.rest
        for key, inner in written.entries:
            if key.prefix.startswith("Fn::"):
                # An include beside other keys adds entries; so does a loop that could not be unrolled.
                rest = _either(rest, _added(key, inner))
                continue
            value = self.value(inner)
            if value is not None:
                entries.append(Entry(key, value))
        return Object(tuple(entries), rest, written.origin)


def _added(key: Text, argument: Value) -> Unknown:
    """What a function adds to the map that it stands in."""
    if key.literal == transforms.CALL:
        return transforms.unknown(argument)
    return Unknown(Why.TRANSFORM, key.prefix, origin=argument.origin)


def _itself(unknown: Unknown) -> Value:
    return unknown


def _either(before: Unknown | None, more: Unknown) -> Unknown:
    """One unknown for what either of two stands for."""
    if before is None:
        return more
    return Unknown(before.why, before.subject, choices=before.choices | more.choices, origin=before.origin)
