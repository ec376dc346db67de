"""Functions of lists. https://developer.hashicorp.com/terraform/language/functions, section "Collection functions".

What is unknown about further elements (`List.rest`) stays unknown; it never becomes "none".
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from keyfit.answer import Answer, all_of, any_of
from keyfit.readers.terraform.functions import conversion
from keyfit.readers.terraform.functions.equality import alike
from keyfit.readers.terraform.functions.order import has_order, in_order
from keyfit.readers.terraform.functions.table import (
    MOST_ELEMENTS,
    CallContext,
    Function,
    RefusedError,
    StoppedError,
    UndecidedError,
    sound,
)
from keyfit.readers.terraform.values.convert import from_answer, to_answer
from keyfit.readers.terraform.values.terraform_values import OnlyThese, Set, joined_rest, only_these
from keyfit.readers.terraform.values.unknowns import because, bound
from keyfit.truth import Truth
from keyfit.value import Bool, List, Null, Object, Text, Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.value import Value

_LONGEST_RANGE: Final = 1024  # Terraform's own limit
_MOST_PAIRS: Final = 200


def limited(items: Iterable[Value]) -> tuple[Value, ...]:
    """The items, unless they are too many."""
    found: list[Value] = []
    for item in items:
        if len(found) == MOST_ELEMENTS:
            raise StoppedError(bound(f"the collection has more than {MOST_ELEMENTS} elements"))
        found.append(item)
    return tuple(found)


def all_items(value: List) -> tuple[Value, ...]:
    """The items of a list that surely has no others."""
    if value.rest is not None:
        raise UndecidedError(value.rest)
    return value.items


def whole(number: float) -> int:
    """A number as an integer."""
    if number != int(number):
        raise RefusedError("a whole number is required")
    return int(number)


def _true(together: Callable[[list[Answer]], Answer]) -> Callable[[List], Value]:
    """Whether the elements are true, all `together` or one of them."""
    return lambda values: from_answer(together([*map(_is_true, values.items), *_further(values)]))


def _further(values: List, *reasons: Value) -> list[Answer]:
    """The answer of the elements that nobody knows; none where there surely are no others."""
    if values.rest is None or isinstance(values.rest, OnlyThese):
        return []
    return [to_answer(because((values.rest, *reasons)) if reasons else values.rest)]


def _is_true(item: Value) -> Answer:
    answer = to_answer(Bool(value=False) if isinstance(item, Null) else item)
    for hole in answer.holes:
        sound(hole)
    return answer


def _chunklist(values: List, size: float) -> List:
    items, step = all_items(values), whole(size)
    if step < 0:
        raise RefusedError("the size is negative")
    if not items or not step:
        return List((List(items),)) if items else List()
    return List(tuple(List(items[at : at + step]) for at in range(0, len(items), step)))


def _compact(values: List) -> List:
    kept: list[Value] = []
    rest = values.rest
    for item in conversion.unified((*values.items, Text()))[:-1]:
        empty = is_empty(item)
        if empty is Truth.NO:
            kept.append(item)
        elif empty is Truth.MAYBE:  # it can be there or not
            rest = joined_rest(rest, because((item,)))
    return List(tuple(kept), rest)


def is_empty(value: Value) -> Truth:
    """Whether `value` is null or an empty string."""
    match value:
        case Null():
            return Truth.YES
        case Text(parts):
            if not parts:
                return Truth.YES
            sure = any(isinstance(part, str) or part.shape.shortest > 0 for part in parts)
            return Truth.NO if sure or not any(isinstance(part, Unknown) for part in parts) else Truth.MAYBE
        case Unknown():
            return Truth.MAYBE
        case _:
            return Truth.NO


def _concat(*arguments: Value, context: CallContext) -> List:
    items: list[Value] = []
    rests: list[Unknown | None] = [context.rest]
    for argument in arguments:
        match argument:
            case Set():
                raise RefusedError("an argument is a set")
            case List():
                items.extend(argument.items)
                rests.append(argument.rest)
            case Unknown():
                rests.append(because((argument,)))
            case _:
                raise RefusedError("an argument is not a list")
    return List(limited(items), joined_rest(*rests))


def _contains(values: Value, wanted: Value) -> Value:
    match values:
        case List(items):
            return from_answer(any_of([*(alike(item, wanted) for item in items), *_further(values, wanted)]))
        case Unknown():
            raise UndecidedError(values, wanted)
        case _:
            raise RefusedError("the first argument is not a list or set")


def _distinct(values: List) -> List:
    return conversion.apart(conversion.unified(values.items), values.rest)


def _element(values: List, index: float) -> Value:
    if isinstance(values, Set):
        raise RefusedError("a set has no indices")
    items = all_items(values)
    if not items:
        raise RefusedError("the list is empty")
    return items[whole(index) % len(items)]


def _flatten(values: List) -> List:
    items: list[Value] = []
    rests: list[Unknown | None] = []
    pending: list[Value] = [values]
    while pending:
        match pending.pop():
            case List(inner, rest) as found:
                rests.append(rest if has_order(found) else joined_rest(rest, only_these(inner)))
                pending.extend(reversed(inner))
            case Unknown() as unknown:  # it can be one element, or a list of any number
                rests.append(because((unknown,)))
            case item:
                items.append(item)
        if len(items) + len(pending) > MOST_ELEMENTS:
            raise StoppedError(bound(f"the collection has more than {MOST_ELEMENTS} elements"))
    return List(tuple(items), joined_rest(*rests))


def _index(values: List, wanted: Value) -> int:
    for at, item in enumerate(values.items):
        match alike(item, wanted).truth:
            case Truth.YES if values.rest is None:
                return at
            case Truth.NO:
                continue
            case _:
                raise UndecidedError(item, wanted, values.rest)
    all_items(values)
    raise RefusedError("the element is not in the list")


def _length(value: Value) -> int:
    match value:
        case Set() | List(rest=OnlyThese()):
            return len(_surely_distinct(value.items if isinstance(value.rest, OnlyThese) else all_items(value)))
        case List():
            return len(all_items(value))
        case Object(entries, None):
            keys = tuple(entry.key for entry in entries)
            return len(_surely_distinct(conversion.distinct(keys)))
        case Text():
            return _characters(value)
        case Object() | Unknown():
            raise UndecidedError(value)
        case _:
            raise RefusedError("the argument has no length")


def _surely_distinct(items: tuple[Value, ...]) -> tuple[Value, ...]:
    """The items, if none of them can equal another."""
    unsure = [item for item in items if holes_in(item)]
    if len(unsure) * len(items) > _MOST_PAIRS**2:
        raise UndecidedError(*unsure)
    _, left = conversion.surely_apart(items)
    if left:
        raise UndecidedError(*left)
    return items


def _characters(value: Text) -> int:
    """The number of characters, where it is known: holes of one length count."""
    total = 0
    for part in value.parts:
        if isinstance(part, str):
            if any(map(_joins, part)):
                raise StoppedError(Unknown(Why.UNSUPPORTED_FUNCTION, "length of composed characters"))
            total += len(part) - part.count("\r\n")
        elif part.shape.shortest == part.shape.longest:
            total += part.shape.shortest
        else:
            raise UndecidedError(value)
    return total


def _joins(character: str) -> bool:
    """Whether a character can be part of another one: Terraform counts grapheme clusters."""
    code = ord(character)
    return unicodedata.category(character) in _JOINING or any(first <= code <= last for first, last in _JOINING_RANGES)


_JOINING: Final = frozenset({"Mn", "Mc", "Me", "Cf"})
# Parts of Korean syllables, letters of flags, colours of skin.
_JOINING_RANGES: Final = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF), (0x1F1E6, 0x1F1FF), (0x1F3FB, 0x1F3FF))


def _matchkeys(values: List, keys: List, wanted: List) -> List:
    if len(all_items(values)) != len(all_items(keys)):
        raise RefusedError("the lists have different lengths")
    kept: list[Value] = []
    rest = None
    for value, key in zip(values.items, keys.items, strict=True):
        found = any_of(alike(key, each) for each in wanted.items)
        if found.truth is Truth.YES:
            kept.append(value)
        elif found.truth is Truth.MAYBE or wanted.rest is not None:
            rest = joined_rest(rest, because((key, value, wanted.rest)))
    return List(tuple(kept), rest)


def _one(values: Value) -> Value:
    match values:
        case List(items, rest):
            if len(items) > 1:
                raise RefusedError("the list has more than one element")
            if rest is not None:
                raise UndecidedError(rest)
            return items[0] if items else Null()
        case Unknown():
            raise UndecidedError(values)
        case Null():
            raise RefusedError("the argument is null")
        case _:
            raise RefusedError("the argument is not a list or set")


def _range(*limits: float) -> list[int | float]:
    if not 1 <= len(limits) <= 3:  # noqa: PLR2004 - end; start, end; start, end, step
        raise RefusedError("it takes one to three numbers")
    start, end = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) > 2 else (1 if start <= end else -1)  # noqa: PLR2004 - as above
    if step == 0 or (step > 0) != (start <= end):
        raise RefusedError("the step never reaches the end")
    if abs(end - start) / abs(step) > _LONGEST_RANGE:
        raise RefusedError(f"the range has more than {_LONGEST_RANGE} elements")
    found: list[int | float] = []
    while (start < end) if step > 0 else (start > end):
        found.append(start)
        start += step
    return found


def _reverse(values: List) -> List:
    if isinstance(values, Set):
        raise RefusedError("a set has no order")
    return List(values.items[::-1], values.rest)


def _slice(values: List, start: float, end: float) -> List:
    items = all_items(values)
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(items):
        raise RefusedError("the indices are outside the list")
    return List(items[first:last])


def _sort(values: List) -> List:
    texts = conversion.unified((*values.items, Text()))[:-1]
    return List(in_order(texts, values), values.rest)


FUNCTIONS: Final[dict[str, Function]] = {
    "alltrue": Function("l", _true(all_of)),
    "anytrue": Function("l", _true(any_of)),
    "chunklist": Function("ln", _chunklist),
    "compact": Function("l", _compact),
    "concat": Function("vv*", _concat, context=True),
    "contains": Function("vv", _contains),
    "distinct": Function("l", _distinct),
    "element": Function("ln", _element),
    "flatten": Function("l", _flatten),
    "index": Function("lv", _index),
    "length": Function("v", _length),
    "list": Function("v*", lambda *items: conversion.to_list(List(items))),
    "matchkeys": Function("lll", _matchkeys),
    "one": Function("v", _one),
    "range": Function("n*", _range),
    "reverse": Function("l", _reverse),
    "slice": Function("lnn", _slice),
    "sort": Function("l", _sort),
}
