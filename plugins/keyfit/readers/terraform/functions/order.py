"""The order of texts of which parts are not known: the known beginnings often decide it."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.table import RefusedError, UndecidedError
from keyfit.readers.terraform.values.terraform_values import Set
from keyfit.value import Text, Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import List, Value

_SEVERAL: Final = 2


def in_order(texts: Iterable[Value], *reasons: Value) -> tuple[Text, ...]:
    """The texts, sorted; undecided where their known beginnings do not decide."""
    found: list[Text] = []
    for value in texts:
        if isinstance(value, Unknown):
            raise UndecidedError(value, *reasons)
        if not isinstance(value, Text):
            raise RefusedError("an element is not a string")
        found.append(value)
    return tuple(sorted(found, key=cmp_to_key(_compared)))


def sequence(value: List) -> tuple[Value, ...]:
    """The items in their order; undecided where they are a set's, and what is not known of them decides it."""
    if not isinstance(value, Set) or len(value.items) + (value.rest is not None) < _SEVERAL or not holes_in(value):
        return value.items
    if any(not isinstance(item, Text) for item in value.items):
        raise UndecidedError(value)
    return in_order(value.items, value)


def has_order(value: List) -> bool:
    """Whether it is known in which order the items stand, as far as they are known."""
    try:
        sequence(value)
    except (UndecidedError, RefusedError):
        return False
    return True


def _compared(left: Text, right: Text) -> int:
    if left.literal is not None and right.literal is not None:
        return (left.literal > right.literal) - (left.literal < right.literal)
    if left.parts == right.parts:
        return 0
    for one, other in zip(left.prefix, right.prefix, strict=False):
        if one != other:
            return -1 if one < other else 1
    shorter, longer = (left, right) if len(left.prefix) <= len(right.prefix) else (right, left)
    if shorter.literal is not None and len(longer.prefix) > len(shorter.prefix):
        return -1 if shorter is left else 1
    raise UndecidedError(left, right)
