"""A law of every function: what it says of unknown arguments holds for every way of filling them in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from keyfit.readers.terraform.values.terraform_values import OnlyThese, Set, failed
from keyfit.value import (
    Bool,
    Entry,
    Hole,
    List,
    Null,
    Number,
    Object,
    Own,
    Reference,
    Text,
    Unknown,
    Value,
    text,
)

from .evaluation import value_of
from .test_function_unknowns import NAMES, ROWS
from .worlds import words

pytestmark = pytest.mark.hcl

HERE = Path(__file__).parent
MOST = 10  # characters of a hole that stands for anything

FILLINGS: list[Value] = [
    *map(text, ("", "a", "b", "x", "a-b", "-key", "key", "/", "A b", "x/y:z", "app-x", "\n", "1", "true")),
    Null(),
    Bool(value=True),
    Number(1),
    Number(0),
    List(),
    List((text("a"),)),
    List((text("x"), text("y"))),
    List((text("a"), text(""))),
    Object(),
    Object((Entry(text("a"), Number(9)),)),
    Object((Entry(text("b"), Number(9)), Entry(text("c"), text("d")))),
]
OWN = {
    Own.ACCOUNT: "111122223333",
    Own.PARTITION: "aws-cn",
    Own.REGION: "eu-west-1",
}
MADE_UP = {"k": "1234abcd-12ab", "r": "made-up"}


def with_all(value: Value, filling: Value) -> Value | None:
    """`value` with `u` filled in, and every other hole too; `None` where such a value cannot be there."""
    match value:
        case Unknown(identity="var.u"):
            return filling
        case Text(parts):
            pieces = [part if isinstance(part, str) else characters(part, filling) for part in parts]
            return None if None in pieces else text(*(piece or "" for piece in pieces))
        case List(items, rest):
            return filled_list(items, rest, filling)
        case Object(entries, rest):
            return filled_object(entries, rest, filling)
        case _:
            return value


def characters(hole: Hole, filling: Value) -> str | None:
    """What a hole in a text is filled with."""
    match hole:
        case Own():
            return OWN[hole]
        case Reference(block):
            return MADE_UP[block]
        case Unknown(identity="var.u"):
            return filling.literal if isinstance(filling, Text) else None
        case _:
            return None


def filled_list(items: tuple[Value, ...], rest: Unknown | None, filling: Value) -> Value | None:
    """A list, its rest the elements of the filling."""
    if rest is not None and not isinstance(filling, List):
        return None
    more = filling.items if rest is not None and isinstance(filling, List) else ()
    found = [with_all(item, filling) for item in items]
    return None if None in found else List((*(each for each in found if each is not None), *more))


def filled_object(entries: tuple[Entry, ...], rest: Unknown | None, filling: Value) -> Value | None:
    """An object, its rest the entries of the filling: they have other keys than those that are known."""
    known = {entry.key for entry in entries}
    if rest is not None and not (isinstance(filling, Object) and not any(e.key in known for e in filling.entries)):
        return None
    more = filling.entries if rest is not None and isinstance(filling, Object) else ()
    pairs = [(with_all(key, filling), with_all(each, filling)) for key, each in entries]
    if any(key is None or each is None for key, each in pairs):
        return None
    written = tuple(Entry(key, each) for key, each in pairs if isinstance(key, Text) and each is not None)
    keys = [entry.key for entry in (*written, *more)]
    return Object((*written, *more)) if len(set(keys)) == len(keys) else None


def agrees(said: Value, known: Value, filling: Value) -> bool:
    """Whether what was said of the unknown holds for the known result."""
    match said:
        case Unknown(identity="var.u"):
            return same(known, filling)
        case Unknown():
            return True
        case Set(items, None):  # unknown items can be equal, and stand anywhere
            return isinstance(known, List) and all(
                any(agrees(one, other, filling) for one in items) for other in known.items
            )
        case List(items, OnlyThese()):  # each is there, or one that it equals, and nothing else
            return isinstance(known, List) and all(
                any(agrees(one, other, filling) for one in ours for other in theirs)
                for ours, theirs in [
                    *((items, [other]) for other in known.items),
                    *(([one], known.items) for one in items),
                ]
            )
        case Text():
            return isinstance(known, Text) and pattern(said, filling).fullmatch(known.literal or "") is not None
        case List(items, None):
            return (
                isinstance(known, List)
                and len(items) == len(known.items)
                and all(agrees(one, other, filling) for one, other in zip(items, known.items, strict=True))
            )
        case List(items):
            return isinstance(known, List) and each_once(items, known.items, filling)
        case Object(entries, rest):
            return isinstance(known, Object) and object_agrees(entries, rest, known, filling)
        case _:
            return same(said, known)


def same(left: Value, right: Value) -> bool:
    """Whether two known values are equal; a primitive value can have become a string."""
    return words(left) == words(right) or words(left).strip('"') == words(right).strip('"')


def pattern(said: Text, filling: Value) -> re.Pattern[str]:
    """The texts that `said` can be; a hole that is no known one can be anything, nothing after a comma included."""
    pieces = (re.escape(part) if isinstance(part, str) else hole_pattern(part, filling) for part in said.parts)
    return re.compile("".join(pieces).replace(",.*", "(?:,.*)?"), re.DOTALL)


def hole_pattern(hole: Hole, filling: Value) -> str:
    """What a hole can be: the text itself, or the text as JSON writes it; JSON of other values nobody checks here."""
    found = characters(hole, filling)
    if found is None:
        return ".*"
    encoded = json.dumps(found)
    return "|".join(map(re.escape, (found, encoded, encoded[1:-1]))).join(("(?:", ")"))


def each_once(items: tuple[Value, ...], known: tuple[Value, ...], filling: Value) -> bool:
    """Whether the items are all among the known ones, each its own."""
    left = list(known)
    for item in items:
        match = next((each for each in left if agrees(item, each, filling)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def object_agrees(entries: tuple[Entry, ...], rest: Unknown | None, known: Object, filling: Value) -> bool:
    """Whether the entries are those of the known object, and nothing else unless there is a rest."""
    for key, value in entries:
        names = [entry for entry in known.entries if agrees(key, entry.key, filling)]
        if not any(agrees(value, entry.value, filling) for entry in names):
            return False
    return rest is not None or len(known.entries) == len(entries)


# A conversion of an unknown is the same unknown: it has its text, and a type that the unknown cannot have.
CONVERSIONS = {"tobool(u)", "tolist(u)", "tomap(u)", "tonumber(u)", "toset(u)", "tostring(u)"}


@pytest.mark.parametrize("expression", [expression for expression, _ in ROWS if expression not in CONVERSIONS])
def test_what_is_said_holds_for_every_filling(expression: str) -> None:
    """Whatever `u` turns out to be, the answer given before is true of the answer given then."""
    said = value_of(expression, HERE, NAMES)
    for filling in FILLINGS:
        names = {
            name: with_all(value, filling) for name, value in NAMES.items() if name not in {"v", "anonymous", "error"}
        }
        given = {name: value for name, value in names.items() if value is not None}
        given |= {name: NAMES[name] for name in ("v", "anonymous", "error")}
        if any(name not in given and re.search(rf"\b{name}\b", expression) for name in NAMES):
            continue
        known = value_of(expression, HERE, given)
        if failed(known) is None and not isinstance(known, Unknown):
            assert agrees(said, known, filling), (words(filling), words(said), words(known))
        elif failed(said) is not None:
            assert failed(known) is not None, (words(filling), words(said), words(known))
