"""A plan in JSON beside the source: values from the plan, structure from the source.

A plan shows no policy that has one unknown part, and the source shows no value that only AWS knows. So of a plan are
taken the values of variables, and what data sources have returned; everything else is read from the source.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.model import Problem
from keyfit.value import Bool, Entry, List, Null, Number, Object, Origin, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from keyfit.readers.terraform.configuration import Library
    from keyfit.value import Value

DEEPEST: Final = 60  # levels of one value


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan knows: values of the root module's variables, and attributes of data sources by full address."""

    variables: Mapping[str, Value] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def only(self, type_: str, attribute: str) -> str | None:
        """The literal that all data sources of a type have returned; `None` where they differ or nothing is known."""
        found = {
            value
            for address, attributes in self.data.items()
            if f"data.{type_}." in address and (value := attributes.get(attribute)) is not None
        }
        only = next(iter(found)) if len(found) == 1 else None
        return getattr(only, "literal", None)


NO_PLAN: Final = Plan()


def read_plan(path: Path, library: Library) -> Plan:
    """The plan in a file; one that cannot be read is a problem, and knows nothing."""
    source = library.text(path)
    if isinstance(source, Problem):
        return NO_PLAN
    try:
        return _plan(json.loads(source), str(path))
    except (ValueError, RecursionError):
        library.problems.setdefault(Problem(f"`{path}` is no plan in JSON", Origin(str(path))))
        return NO_PLAN


def _plan(document: object, file: str) -> Plan:
    place = Origin(file, note="plan")
    variables = {
        str(name): _value(given.get("value"), place)
        for name, given in _object(_object(document).get("variables")).items()
        if isinstance(given, dict)
    }
    state = _object(_object(_object(document).get("prior_state")).get("values"))
    return Plan(variables, dict(_data(state.get("root_module"), place)))


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _data(root: object, place: Origin) -> Iterator[tuple[str, Mapping[str, Value]]]:
    pending = [root]
    while pending:
        module = _object(pending.pop())
        inner, resources = module.get("child_modules"), module.get("resources")
        pending.extend(inner if isinstance(inner, list) else [])
        for each in resources if isinstance(resources, list) else []:
            resource = _object(each)
            if resource.get("mode") == "data":
                values = _object(resource.get("values"))
                found = {name: _value(value, place) for name, value in values.items() if value is not None}
                yield str(resource.get("address")), found


def _value(value: object, place: Origin, depth: int = 0) -> Value:
    match value:
        case bool():
            return Bool(value, place)
        case int() | float():
            return Number(value, place)
        case str():
            return text(value, origin=place)
        case list() if depth < DEEPEST:
            return List(tuple(_value(each, place, depth + 1) for each in value), None, place)
        case dict() if depth < DEEPEST:
            entries = (Entry(text(str(name)), _value(each, place, depth + 1)) for name, each in value.items())
            return Object(tuple(entries), None, place)
        case _:
            return Null(place)
