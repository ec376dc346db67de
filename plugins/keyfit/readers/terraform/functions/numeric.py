"""Functions of numbers. https://developer.hashicorp.com/terraform/language/functions, section "Numeric functions"."""

from __future__ import annotations

import math
import string
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.table import Function, RefusedError, UndecidedError, sound
from keyfit.readers.terraform.values.convert import to_number
from keyfit.value import List, Null, Number

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Value

_DIGITS: Final = string.digits + string.ascii_letters
_LARGEST_BASE: Final = 62
_CASELESS_BASE: Final = 36
_LONGEST: Final = 400
_LARGEST_POWER: Final = 1e300


def _plain(number: float) -> int | float:
    if isinstance(number, int):
        return number
    if not math.isfinite(number):
        raise RefusedError("the result is not a finite number")
    return int(number) if number.is_integer() and abs(number) < _LARGEST_POWER else number


def _power(base: float, exponent: float) -> int | float:
    try:
        found = float(base) ** float(exponent)
    except (OverflowError, ZeroDivisionError) as error:
        raise RefusedError("the result is not a finite number") from error
    if isinstance(found, complex):
        raise RefusedError("the result is not a number")
    return _plain(found)


def _logarithm(number: float, base: float) -> int | float:
    try:
        return _plain(math.log(number) / math.log(base))
    except (ValueError, ZeroDivisionError) as error:
        raise RefusedError("the result is not a finite number") from error


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _parseint(digits: str, base: float) -> int:
    if base != int(base) or not 2 <= base <= _LARGEST_BASE:  # noqa: PLR2004 - as Terraform has it
        raise RefusedError("the base is not between 2 and 62")
    sign, unsigned = (-1, digits[1:]) if digits[:1] == "-" else (1, digits.removeprefix("+"))
    if base <= _CASELESS_BASE:
        unsigned = unsigned.lower()
    values = [_DIGITS.find(digit) for digit in unsigned]
    if not values or len(values) > _LONGEST or not all(0 <= value < base for value in values):
        raise RefusedError(f"`{digits[:40]}` is not a number of base {int(base)}")
    number = 0
    for value in values:
        number = number * int(base) + value
    return sign * number


def _extreme(choose: Callable[[list[float]], float]) -> Callable[..., float]:
    def chosen(*numbers: float) -> float:
        if not numbers:
            raise RefusedError("no number is given")
        return choose(list(numbers))

    return chosen


def _sum(numbers: List) -> int | float:
    if numbers.rest is not None:
        raise UndecidedError(numbers)
    if not numbers.items:
        raise RefusedError("the list is empty")
    found = [_number(item) for item in numbers.items]
    return _plain(math.fsum(found) if any(isinstance(each, float) for each in found) else sum(found))


def _number(item: Value) -> int | float:
    if isinstance(item, Null):
        raise RefusedError("an element is null")
    found = sound(to_number(item))
    if isinstance(found, Number):
        return found.value
    raise UndecidedError(item)


FUNCTIONS: Final[dict[str, Function]] = {
    "abs": Function("n", abs),
    "ceil": Function("n", math.ceil),
    "floor": Function("n", math.floor),
    "log": Function("nn", _logarithm),
    "max": Function("n*", _extreme(max)),
    "min": Function("n*", _extreme(min)),
    "parseint": Function("sn", _parseint),
    "pow": Function("nn", _power),
    "signum": Function("n", _sign),
    "sum": Function("l", _sum),
}
