"""Conversion of types: `tostring`, `tolist` and the others, and what templates and constraints need of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.equality import alike
from keyfit.readers.terraform.values.convert import to_number, to_text
from keyfit.readers.terraform.values.terraform_values import OnlyThese, Set, joined_rest, only_these
from keyfit.readers.terraform.values.unknowns import invalid, of_holes
from keyfit.truth import Truth
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import Value

_MOST_PAIRS: Final = 10_000  # of values that are compared with each other
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}


def as_text(value: Value) -> Text | Unknown:
    """`value` as a string; an unknown stays what it is; what has no string form is an error."""
    return to_text(value)


def as_number(value: Value) -> Number | Unknown:
    """`value` as a number."""
    return to_number(value)


def as_bool(value: Value) -> Bool | Unknown:
    """`value` as a boolean: a string must read `true`, `false`, `1` or `0`."""
    match value:
        case Bool() | Unknown():
            return value
        case Text(literal=str() as word) if word in _BOOLEANS:
            return Bool(_BOOLEANS[word], value.origin)
        case Text(literal=None):
            return of_holes(value.holes, value.origin)
        case _:
            return invalid("a boolean is required", value.origin)


def unified(values: Iterable[Value]) -> tuple[Value, ...]:
    """Primitive values as values of one type, as the elements of a list are; others stay what they are.

    Only strings have something in common with the other types.
    """
    found = tuple(values)
    kinds = {type(value) for value in found if isinstance(value, Text | Number | Bool)}
    others = any(isinstance(value, List | Object) for value in found)
    if len(kinds) <= 1 or others or Text not in kinds:
        return found
    return tuple(value if isinstance(value, Null) else to_text(value) for value in found)


def distinct(values: Iterable[Value]) -> tuple[Value, ...]:
    """The values, each that surely equals an earlier one left out."""
    kept: list[Value] = []
    seen: set[Value] = set()
    for value in values:
        if value in seen and alike(value, value).truth is Truth.YES:
            continue
        seen.add(value)
        kept.append(value)
    return tuple(kept)


def apart(values: Iterable[Value], rest: Unknown | None = None) -> List:
    """The distinct values; where some can be equal, how many there are is not known."""
    found = distinct(values)
    _, left = surely_apart(found)
    return List(found, joined_rest(rest, only_these(left)) if left else rest)


def surely_apart(values: tuple[Value, ...]) -> tuple[tuple[Value, ...], tuple[Value, ...]]:
    """Values that surely differ from each other, and the others, each of which can equal one of them.

    What is known best is among the first.
    """
    unsure = [at for at, value in enumerate(values) if holes_in(value)]
    kept = [at for at in range(len(values)) if at not in set(unsure)]
    if len(unsure) * len(values) <= _MOST_PAIRS:
        for at in sorted(unsure, key=lambda each: isinstance(values[each], Unknown)):
            if all(alike(values[at], values[other]).truth is Truth.NO for other in kept):
                kept.append(at)
    left = sorted(set(range(len(values))).difference(kept))
    return tuple(values[at] for at in sorted(kept)), tuple(values[at] for at in left)


def to_set(value: List) -> Set:
    """The elements as a set: of one type, distinct, sorted."""
    found = apart(unified(value.items), None if isinstance(value.rest, OnlyThese) else value.rest)
    return Set(tuple(sorted(found.items, key=_order)), found.rest, value.origin)


def _order(value: Value) -> tuple[int, float, tuple[str, ...]]:
    match value:
        case Number(number) | Bool(number):
            return 0, number, ()
        case Text(parts):
            return 1, 0, tuple(part if isinstance(part, str) else repr(part) for part in parts)
        case _:
            return 2, 0, (repr(value),)


def to_list(value: List) -> List:
    """The elements as a list: of one type."""
    return List(unified(value.items), value.rest, value.origin)


def to_map(value: Object) -> Object:
    """The entries as a map: the values of one type."""
    values = unified(entry.value for entry in value.entries)
    entries = tuple(Entry(entry.key, each) for entry, each in zip(value.entries, values, strict=True))
    return Object(entries, value.rest, value.origin)
