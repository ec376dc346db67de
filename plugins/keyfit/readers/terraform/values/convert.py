"""Conversions between Terraform's primitive types, and what of them is known."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.readers.terraform.values.unknowns import bound, invalid, of_holes
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.value import Origin, Value

_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]{1,400}(?:\.[0-9]{0,400})?|\.[0-9]{1,400})(?:[eE][-+]?[0-9]{1,4})?")
_LONGEST: Final = 300  # digits of a number that is read
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
            return invalid("null is used where a string is required", value.origin)
        case List() | Object():
            return invalid("a collection is used where a string is required", value.origin)


def written_number(number: float) -> str:
    """A number as Terraform writes it into a string."""
    if not math.isfinite(number):
        return repr(number)
    # Python itself refuses to write an integer of more than some thousand digits.
    exact = Decimal(number) if number == int(number) else Decimal(repr(number)).normalize()
    return format(exact, "f")


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
            return invalid("a number is required", value.origin)


def _number(digits: str, origin: Origin) -> Number | Unknown:
    if not _NUMBER.fullmatch(digits):
        return invalid(f"`{digits[:40]}` is not a number", origin)
    exact = Decimal(digits)
    if not -_LONGEST < exact.adjusted() < _LONGEST:
        return bound(f"`{digits[:40]}` is too long for a number", origin)
    return Number(int(exact) if exact == exact.to_integral_value() else float(exact), origin)


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
            return maybe(invalid("a boolean is required", value.origin))


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
