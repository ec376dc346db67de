"""Conversions between Terraform's primitive types, and what of them is known."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.readers.terraform.unknowns import invalid, of_holes
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.value import Origin, Value

_EXACT: Final = 1e15  # so far a float is an exact integer
_BOOLEANS: Final = {"true": YES, "false": NO}


def to_text(value: Value) -> Text | Unknown:
    """`value` as a string; unknown where it is not known, and invalid where it has no string form."""
    match value:
        case Text() | Unknown():
            return value
        case Number(number):
            return text(written_number(number), origin=value.origin)
        case Bool(truth):
            return text("true" if truth else "false", origin=value.origin)
        case Null():
            return invalid("a null value stands where a string is needed", value.origin)
        case List() | Object():
            return invalid("a collection stands where a string is needed", value.origin)


def written_number(number: float) -> str:
    """A number as Terraform writes it into a string."""
    whole = math.isfinite(number) and number == int(number) and abs(number) < _EXACT
    return str(int(number)) if whole else repr(number)


def to_number(value: Value) -> Number | Unknown:
    """`value` as a number."""
    match value:
        case Number():
            return value
        case Unknown():
            return value
        case Text(literal=None):
            return of_holes(value.holes, value.origin)
        case Text(literal=str() as digits):
            return _number(digits, value.origin)
        case _:
            return invalid("a number is needed", value.origin)


def _number(digits: str, origin: Origin) -> Number | Unknown:
    try:
        return Number(int(digits), origin) if digits.lstrip("-").isdecimal() else Number(float(digits), origin)
    except ValueError:
        return invalid(f"`{digits[:40]}` is no number", origin)


def to_answer(value: Value) -> Answer:
    """`value` as a truth: YES for true, NO for false, and MAYBE for what is unknown or no boolean."""
    match value:
        case Bool(truth):
            return YES if truth else NO
        case Text(literal=str() as word) if word in _BOOLEANS:
            return _BOOLEANS[word]
        case Unknown():
            return maybe(value)
        case Text() if value.holes:
            return maybe(*value.holes)
        case _:
            return maybe(invalid("a boolean is needed", value.origin))


def from_answer(answer: Answer, origin: Origin = NOWHERE) -> Bool | Unknown:
    """A truth as a value; one that nobody knows is unknown for the holes that decide it."""
    if answer.truth is Truth.MAYBE:
        return of_holes(answer.holes, origin)
    return Bool(answer.truth is Truth.YES, origin)


def located(value: Value, origin: Origin) -> Value:
    """`value`, written at `origin` if nothing says where it was written."""
    return replace(value, origin=origin) if value.origin == NOWHERE else value


def placed(value: Value, origin: Origin) -> Value:
    """`value`, as it is used at `origin`."""
    return replace(value, origin=origin) if origin != NOWHERE else value
