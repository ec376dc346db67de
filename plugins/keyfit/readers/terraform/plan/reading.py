"""A plan in JSON beside the source: values from the plan, structure from the source.

A plan shows no policy that has one unknown part, and the source shows no value that only AWS knows. So of a plan are
taken the values of variables, and what data sources have returned; everything else is read from the source.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.files import read_bytes
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.value import Bool, Entry, List, Null, Object, Origin, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.value import Value

LARGEST: Final = 50_000_000  # bytes of a plan: it has the source, and everything twice
DEEPEST: Final = 60  # levels of one value
LONGEST: Final = 100  # characters of each
_FORMAT: Final = "1."  # https://developer.hashicorp.com/terraform/internals/json-format


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan knows: values of the root module's variables, and attributes of data sources by full address.

    `account` and `region` are what a data source of the default provider has returned. `declared` are the blocks of
    the root module that was planned, by kind and labels.
    """

    variables: Mapping[str, Value] = field(default_factory=dict)
    data: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    account: str | None = None
    region: str | None = None
    declared: tuple[tuple[str, ...], ...] = ()


NO_PLAN: Final = Plan()


def read_plan(path: Path) -> Plan | Problem:
    """The plan in a file that the user names, wherever it lies."""
    place = Origin(str(path))
    source = read_bytes(path, Path(os.path.realpath(path)).parent, LARGEST)
    if isinstance(source, Problem):
        return source
    try:
        document = json.loads(source, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        document = None
    configuration = _object(document).get("configuration")
    if not isinstance(configuration, dict):
        advice = "`terraform show -json` converts a plan file to it"
        return Problem(f"`{path}` is not a plan in JSON: {advice}", place)
    version = str(_object(document).get("format_version"))[:LONGEST]
    if not version.startswith(_FORMAT):
        return Problem(f"`{path}` is a plan in format `{version}`, which is not supported", place)
    return _plan(_object(document), configuration, str(path))


def _finite(word: str) -> float:
    """A number as JSON has them; `ValueError` for Python's other ones."""
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number


def _plan(document: Mapping[str, object], configuration: Mapping[str, object], file: str) -> Plan:
    place = Origin(file, note="plan")
    variables = {
        name: _value(given["value"], place)
        for name, given in _object(document.get("variables")).items()
        if isinstance(given, dict) and "value" in given
    }
    state = _object(_object(document.get("prior_state")).get("values"))
    later = set(_read_later(document))
    data = {address: found for address, found in _data(state.get("root_module"), place) if address not in later}
    root = _object(configuration.get("root_module"))
    return Plan(
        variables,
        data,
        _told(root, data, "aws_caller_identity", ("account_id",)),
        _told(root, data, "aws_region", ("region", "name")),
        tuple(_declared(root)),
    )


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> Iterator[dict[str, object]]:
    return (each for each in (value if isinstance(value, list) else []) if isinstance(each, dict))


def _read_later(document: Mapping[str, object]) -> Iterator[str]:
    """The data sources that are read when the plan is applied: what is known of them is old."""
    for change in _objects(document.get("resource_changes")):
        if _object(change.get("change")).get("actions") == ["read"]:
            yield str(change.get("address"))


def _data(root: object, place: Origin) -> Iterator[tuple[str, Mapping[str, Value]]]:
    pending = [_object(root)]
    while pending:
        module = pending.pop()
        pending.extend(_objects(module.get("child_modules")))
        for resource in _objects(module.get("resources")):
            if resource.get("mode") == "data":
                values = _object(resource.get("values"))
                found = {name: _value(value, place) for name, value in values.items() if value is not None}
                yield str(resource.get("address")), found


def _told(
    root: Mapping[str, object], data: Mapping[str, Mapping[str, Value]], type_: str, names: tuple[str, ...]
) -> str | None:
    """The literal that data sources of a type return of the default provider; one with arguments is about another."""
    found = {
        literal
        for resource in _objects(root.get("resources"))
        if resource.get("type") == type_ and resource.get("provider_config_key") == "aws"
        if not resource.get("expressions")
        for name in names
        if (literal := getattr(data.get(str(resource.get("address")), {}).get(name), "literal", None)) is not None
    }
    return next(iter(found)) if len(found) == 1 else None


def _declared(root: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    yield from (("variable", name) for name in _object(root.get("variables")))
    yield from (("module", name) for name in _object(root.get("module_calls")))
    for resource in _objects(root.get("resources")):
        kind = "data" if resource.get("mode") == "data" else "resource"
        if resource.get("mode") in ("data", "managed"):
            yield kind, str(resource.get("type")), str(resource.get("name"))


def _value(value: object, place: Origin, depth: int = 0) -> Value:
    match value:
        case None:
            return Null(place)
        case bool():
            return Bool(value, place)
        case int() | float():
            return number(value, place)
        case str():
            return text(value, origin=place)
        case list() if depth < DEEPEST:
            return List(tuple(_value(each, place, depth + 1) for each in value), None, place)
        case dict() if depth < DEEPEST:
            entries = (Entry(text(str(name)), _value(each, place, depth + 1)) for name, each in value.items())
            return Object(tuple(entries), None, place)
        case _:
            return bound("the value is nested too deeply to process", place)
