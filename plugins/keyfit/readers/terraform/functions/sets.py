"""Functions of sets. https://developer.hashicorp.com/terraform/language/functions, section "Collection functions"."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

from keyfit.answer import any_of
from keyfit.readers.terraform.functions.conversion import to_set
from keyfit.readers.terraform.functions.equality import alike
from keyfit.readers.terraform.functions.lists import all_items, limited
from keyfit.readers.terraform.functions.table import MOST_ELEMENTS, Function, RefusedError, StoppedError
from keyfit.readers.terraform.values.terraform_values import OnlyThese, Set, joined_rest
from keyfit.readers.terraform.values.unknowns import because, bound
from keyfit.truth import Truth
from keyfit.value import List, Unknown

if TYPE_CHECKING:
    from keyfit.value import Value

_MOST_PAIRS: Final = 1_000_000


def _set(value: Value) -> Set:
    """A set, of which nothing has to be known."""
    match value:
        case List():
            return to_set(value)
        case Unknown():
            return Set((), because((value,)))
        case _:
            raise RefusedError("an argument is not a set")


def _union(*values: Value) -> Set:
    sets = [_set(value) for value in values]
    items = limited(item for each in sets for item in each.items)
    return to_set(List(items, joined_rest(*(each.rest for each in sets))))


def _intersection(first: Value, *others: Value) -> Set:
    found = _set(first)
    for other in others:
        found = _kept(found, _set(other), wanted=Truth.YES)
    return found


def _kept(left: Set, right: Set, *, wanted: Truth) -> Set:
    """The items of `left` that surely are (YES) or surely are not (NO) in `right`; the undecided ones may be there."""
    if len(left.items) * len(right.items) > _MOST_PAIRS:
        raise StoppedError(bound("the sets have too many elements"))
    known = set(right.items)
    kept: list[Value] = []
    only = isinstance(left.rest, OnlyThese) and _complete(right)
    rest = left.rest if left.rest is None or only else because((left.rest, right.rest))
    for item in left.items:
        inside = _inside(item, right, known)
        if inside is wanted:
            kept.append(item)
        elif inside is Truth.MAYBE:
            rest = joined_rest(rest, because((item, *right.items, right.rest)))
    return Set(tuple(kept), rest)


def _inside(item: Value, right: Set, known: set[Value]) -> Truth:
    if item in known and alike(item, item).truth is Truth.YES:
        return Truth.YES
    found = any_of(alike(item, other) for other in right.items).truth
    return Truth.MAYBE if found is Truth.NO and not _complete(right) else found


def _complete(found: Set) -> bool:
    """Whether a set has no items but those that are known."""
    return found.rest is None or isinstance(found.rest, OnlyThese)


def _product(*values: List) -> List:
    if len(values) < 2:  # noqa: PLR2004 - as Terraform has it
        raise RefusedError("it takes two or more lists")
    columns = [all_items(value) for value in values]
    if prod(map(len, columns)) > MOST_ELEMENTS:
        raise StoppedError(bound(f"the product has more than {MOST_ELEMENTS} elements"))
    rows = tuple(List(row) for row in product(*columns))
    return Set(rows) if all(isinstance(value, Set) for value in values) else List(rows)


FUNCTIONS: Final[dict[str, Function]] = {
    "setintersection": Function("vv*", _intersection),
    "setproduct": Function("l*", _product),
    "setsubtract": Function("vv", lambda left, right: _kept(_set(left), _set(right), wanted=Truth.NO)),
    "setunion": Function("v*", _union),
}
