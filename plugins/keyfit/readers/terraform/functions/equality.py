"""Whether two elements of one collection are equal: they have one type, so their structure decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import NO, Answer, all_of, maybe
from keyfit.readers.terraform.values.compare import equal
from keyfit.value import Bool, List, Number, Object, Text, holes_in

if TYPE_CHECKING:
    from keyfit.value import Value


def alike(left: Value, right: Value) -> Answer:
    """Whether two values of one type are equal: definite where every way of filling in the unknowns agrees."""
    match left, right:
        case List(), List():
            return _lists(left, right)
        case Object(), Object():
            return _objects(left, right)
        case (Text(literal=str()) | Number() | Bool(), Text(literal=str()) | Number() | Bool()) if type(
            left
        ) is not type(right):
            return NO  # the types of elements are those that they have here
        case _:
            return equal(left, right)


def _lists(left: List, right: List) -> Answer:
    if left.rest is not None or right.rest is not None:
        return maybe(*holes_in(left), *holes_in(right))
    if len(left.items) != len(right.items):
        return NO
    return all_of(alike(*pair) for pair in zip(left.items, right.items, strict=True))


def _objects(left: Object, right: Object) -> Answer:
    ours, theirs = ({entry.key.literal: entry.value for entry in each.entries} for each in (left, right))
    if left.rest is not None or right.rest is not None or None in ours or None in theirs:
        return maybe(*holes_in(left), *holes_in(right))
    if ours.keys() != theirs.keys():
        return NO
    return all_of(alike(value, theirs[key]) for key, value in ours.items())
