"""Kleene's three truth values: what is proven, what is refuted, and what an unknown leaves open."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Iterable


class Truth(Enum):
    """YES holds and NO fails in every completion of the unknowns; MAYBE is everything else.

    There is no `bool`: a MAYBE that slips into an `if` is the bug this type exists to prevent.
    """

    NO = 0
    MAYBE = 1
    YES = 2

    __hash__ = object.__hash__  # Enum hashes the name, in Python; there is one object of each

    def __bool__(self) -> NoReturn:
        msg = "a Truth has three values: compare it with Truth.YES, Truth.NO or Truth.MAYBE"
        raise TypeError(msg)

    def __invert__(self) -> Truth:
        """YES for NO, NO for YES, MAYBE for itself."""
        return _NEGATION[self]


_NEGATION = {Truth.NO: Truth.YES, Truth.MAYBE: Truth.MAYBE, Truth.YES: Truth.NO}


def known(fact: bool) -> Truth:  # noqa: FBT001 - this is the one gate from bool into Truth
    """YES for true, NO for false."""
    return Truth.YES if fact else Truth.NO


def every(truths: Iterable[Truth]) -> Truth:
    """Kleene's conjunction: the least of `truths`; YES for none of them."""
    least = Truth.YES
    for truth in truths:
        if truth is Truth.NO:
            return Truth.NO
        if truth is Truth.MAYBE:
            least = Truth.MAYBE
    return least


def some(truths: Iterable[Truth]) -> Truth:
    """Kleene's disjunction: the greatest of `truths`; NO for none of them."""
    greatest = Truth.NO
    for truth in truths:
        if truth is Truth.YES:
            return Truth.YES
        if truth is Truth.MAYBE:
            greatest = Truth.MAYBE
    return greatest
