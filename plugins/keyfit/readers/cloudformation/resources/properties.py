"""The properties of a resource: one at a time, so that a resource can refer to another that refers back to its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.readers.cloudformation.template.sections import kind_of
from keyfit.readers.cloudformation.template.texts import as_text, at
from keyfit.value import Bool, List, Null, Object, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource


def find(scope: Scope, resource: Resource, path: str) -> Value | None:
    """The value of the property at a dotted `path`; `None` where it is absent, or null.

    Unknown where a value on the way to it is not known, or is no map.
    """
    here = resource.properties
    steps = path.split(".")
    while steps and isinstance(here, Object) and function_of(here) is None:
        here = transforms.covering(here) or _member(here, steps.pop(0))
    value = None if here is None else scope.value(here)
    return within(value, ".".join(steps))


def _member(here: Object, step: str) -> Value | None:
    found = here.find(step)
    if found is not None:
        return found
    added = next((each for each in here.entries if each.key.prefix.startswith("Fn::")), None)
    if added is None:
        return None
    if added.key.literal == transforms.CALL:
        return transforms.unknown(added.value)
    return Unknown(Why.TRANSFORM, added.key.prefix, origin=here.origin)


def within(value: Value | None, path: str) -> Value | None:
    """The value at a dotted `path` inside a value that is evaluated; as `find`."""
    for step in path.split(".") if path else ():
        match value:
            case None | Null():
                return None
            case Object():
                value = value.find(step)
            case Unknown():
                value = value.part(step)
            case _:
                return Unknown(Why.INVALID, f"`{step}` is in {kind_of(value)}, not in a map", origin=value.origin)
    return None if isinstance(value, Null) else value


def flag(value: Value | None, *, default: bool) -> Value:
    """A boolean, which CloudFormation also takes as text; `default` where it is absent."""
    if value is None:
        return Bool(default)
    if isinstance(value, Text):
        literal = value.literal
        known = {"true": True, "false": False}.get(literal.lower()) if literal is not None else None
        if known is not None:
            return Bool(known, value.origin)
        hole = next((each for each in value.holes if isinstance(each, Unknown)), None)
        return at(hole, value.origin) if hole else _wrong(value, "true or false")
    return value if isinstance(value, Bool | Unknown) else _wrong(value, "true or false")


def word(value: Value | None) -> Value | None:
    """A text or an unknown; a number or boolean as its text; what is neither is unknown."""
    if value is None or isinstance(value, Unknown):
        return value
    return as_text(value) or _wrong(value, "text")


def items(value: Value | None) -> tuple[tuple[Value, ...], Unknown | None]:
    """The elements of a list, and the unknown further ones; a single value is its own only element."""
    match value:
        case None | Null():
            return (), None
        case List(elements, rest):
            return elements, rest
        case Unknown():
            return (), value
        case _:
            return (value,), None


def _wrong(value: Value, wanted: str) -> Unknown:
    return Unknown(Why.INVALID, f"a value is {kind_of(value)}, not {wanted}", origin=value.origin)


def missing(name: str, resource: Resource) -> Unknown:
    """What a property stands for that `resource` needs and does not have."""
    return Unknown(Why.MISSING, f"the `{name}` of `{resource.address}`", origin=resource.origin)


def identified(value: Value, name: str) -> Text:
    """`value` as a text that is the same wherever it is used: its unknowns are told by `name`."""
    written = as_text(value) or Text((_wrong(value, "text"),), value.origin)
    parts = [
        Unknown(part.why, part.subject, f"{name}#{index}", part.choices, part.not_in, part.shape, part.origin)
        if isinstance(part, Unknown) and not part.identity
        else part
        for index, part in enumerate(written.parts)
    ]
    return text(*parts, origin=written.origin)
