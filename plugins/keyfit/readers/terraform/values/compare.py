"""Whether two values are equal, as far as the source tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.answer import NO, YES, Answer, all_of, answer, maybe
from keyfit.pattern import matches
from keyfit.readers.terraform.values.convert import to_text
from keyfit.truth import Truth, known
from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, holes_in, same
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Value

Same: TypeAlias = "Callable[[Value, Value], Answer]"

# Terraform compares types too, and nothing tells here whether `[…]` became a list or stayed a tuple.
_TYPES: Final = Unknown(Why.UNREADABLE, "whether both sides of the comparison have the same type is not known")


def equal(left: Value, right: Value) -> Answer:
    """Whether `left == right`: definite where every way of filling in the unknowns agrees."""
    match left, right:
        case (Unknown(), _) | (_, Unknown()):
            return _with_unknown(left, right)
        case (Null(), Null()):
            return YES
        case (Null(), _) | (_, Null()):
            return NO
        case (Text(), Text()):
            return answer(matches(left, right, wildcards=False), (*left.holes, *right.holes))
        case (Number(), Number()) | (Bool(), Bool()):
            return answer(known(left == right), ())
        case (List(), List()):
            return _of_one_type(lists(left, right, equal))
        case (Object(), Object()):
            return _of_one_type(objects(left, right, equal))
        case (List() | Object(), _) | (_, List() | Object()):
            return NO
        case _:
            return _of_two_types(left, right)


def _with_unknown(left: Value, right: Value) -> Answer:
    if isinstance(left, Unknown) and isinstance(right, Unknown) and same(left, right):
        return YES
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unknown) and isinstance(other, Text) and other.literal in one.not_in:
            return NO
    return maybe(*holes_in(left), *holes_in(right))


def _of_two_types(left: Value, right: Value) -> Answer:
    """Values of two primitive types differ; but a string that reads like the other can have become its type."""
    return NO if equal(to_text(left), to_text(right)).truth is Truth.NO else maybe(_TYPES)


def lists(left: List, right: List, same_element: Same) -> Answer:
    """Whether two lists have the same elements, as `same_element` says of each."""
    if left.rest is not None or right.rest is not None:
        return maybe(*holes_in(left), *holes_in(right))
    if len(left.items) != len(right.items):
        return NO
    return all_of(same_element(*pair) for pair in zip(left.items, right.items, strict=True))


def objects(left: Object, right: Object, same_element: Same) -> Answer:
    """Whether two objects have the same entries, as `same_element` says of each value."""
    ours, theirs = ({entry.key.literal: entry.value for entry in each.entries} for each in (left, right))
    if left.rest is not None or right.rest is not None or None in ours or None in theirs:
        return maybe(*holes_in(left), *holes_in(right))
    if ours.keys() != theirs.keys():
        return NO
    return all_of(same_element(value, theirs[key]) for key, value in ours.items())


def _of_one_type(same_elements: Answer) -> Answer:
    return maybe(_TYPES) if same_elements.truth is Truth.YES else same_elements
