"""JSON that is already Python's, as values: the documents that keyfit ships, and the cases that it is given."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.value import Value

    Special = Callable[[Mapping[str, object]], Value | None]

DEPTH: Final = 100  # a policy needs six


def no_special(_: Mapping[str, object]) -> Value | None:
    """Every map is an object."""
    return None


def value(data: object, special: Special = no_special, depth: int = DEPTH) -> Value:
    """`data` as a value; `special` may read a map as something else than an object. Too deep: unknown."""
    if depth == 0:
        return Unknown(Why.BOUND, f"the value is nested more than {DEPTH} deep")
    if isinstance(data, str):
        return Text((data,) if data else ())
    match data:
        case dict():
            return special(data) or _object(data, special, depth)
        case list():
            return List(tuple([value(item, special, depth - 1) for item in data]))
        case bool():
            return Bool(data)
        case int() | float():
            return Number(data)
        case None:
            return Null()
        case _:
            raise TypeError(type(data).__name__)


def _object(data: Mapping[str, object], special: Special, depth: int) -> Object:
    return Object(tuple([Entry(_name(name), value(inner, special, depth - 1)) for name, inner in data.items()]))


@lru_cache(maxsize=1024)
def _name(name: str) -> Text:
    return text(name)  # there are few


def digits(number: float) -> str:
    """A number as it is written without an exponent."""
    return str(number) if isinstance(number, int) else format(Decimal(repr(number)), "f")


def scalar(written: Value) -> Text | Unknown | None:
    """A string, number or boolean as the text that IAM reads; `None` for anything else."""
    match written:
        case Text() | Unknown():
            return written
        case Bool(truth):
            return text("true" if truth else "false", origin=written.origin)
        case Number(number):
            return text(digits(number), origin=written.origin)
        case _:
            return None
