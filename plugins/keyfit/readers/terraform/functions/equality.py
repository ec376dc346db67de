"""Whether two elements of one collection are equal: they have one type, so their structure decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import NO, Answer
from keyfit.readers.terraform.values.compare import equal, lists, objects
from keyfit.value import Bool, List, Number, Object, Text

if TYPE_CHECKING:
    from keyfit.value import Value


def alike(left: Value, right: Value) -> Answer:
    """Whether two values of one type are equal: definite where every way of filling in the unknowns agrees."""
    match left, right:
        case List(), List():
            return lists(left, right, alike)
        case Object(), Object():
            return objects(left, right, alike)
        case (Text(literal=str()) | Number() | Bool(), Text(literal=str()) | Number() | Bool()) if type(
            left
        ) is not type(right):
            return NO  # the types of elements are those that they have here
        case _:
            return equal(left, right)
