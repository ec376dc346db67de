"""HCL's operators, in a table: Kleene's logic for truths, and unknown for numbers that are not all known."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of, any_of
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.convert import from_answer, to_answer, to_number
from keyfit.readers.terraform.values.unknowns import because, invalid
from keyfit.value import NOWHERE, Bool, Number, Unknown, number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.value import Origin, Value


def unary(symbol: str, operand: Value, origin: Origin = NOWHERE) -> Value:
    """`!operand` or `-operand`."""
    if symbol == "!":
        return from_answer(~to_answer(operand), origin)
    return binary("-", Number(0), operand, origin)


def binary(symbol: str, left: Value, right: Value, origin: Origin = NOWHERE) -> Value:
    """`left symbol right`."""
    if symbol in _LOGIC:
        return _LOGIC[symbol](left, right, origin)
    operands = to_number(left), to_number(right)
    if isinstance(operands[0], Unknown) or isinstance(operands[1], Unknown):
        return because(operands, origin)
    try:
        result = _NUMBERS[symbol](operands[0].value, operands[1].value)
    except (ArithmeticError, ValueError):
        return invalid(f"`{symbol}` cannot be computed of these numbers", origin)
    return Bool(result, origin) if isinstance(result, bool) else number(_normal(result), origin)


def _and(left: Value, right: Value, origin: Origin) -> Value:
    return from_answer(all_of((to_answer(left), to_answer(right))), origin)


def _or(left: Value, right: Value, origin: Origin) -> Value:
    return from_answer(any_of((to_answer(left), to_answer(right))), origin)


def _equal(left: Value, right: Value, origin: Origin) -> Value:
    return from_answer(equal(left, right), origin)


def _unequal(left: Value, right: Value, origin: Origin) -> Value:
    return from_answer(~equal(left, right), origin)


_LOGIC: Final[Mapping[str, Callable[[Value, Value, Origin], Value]]] = {
    "&&": _and,
    "||": _or,
    "==": _equal,
    "!=": _unequal,
}


def _quotient(left: float, right: float) -> float:
    exact = isinstance(left, int) and isinstance(right, int) and right != 0 and left % right == 0
    return left // right if exact else left / right


def _remainder(left: float, right: float) -> float:
    """The remainder with the sign of the dividend, as in Go."""
    return left - right * int(left / right)


_NUMBERS: Final[Mapping[str, Callable[[float, float], float | bool]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _quotient,
    "%": _remainder,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _normal(found: float) -> float:
    return int(found) if found % 1 == 0 else found
