"""Values: text in normal form, holes and what they can be, what equality ignores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.shape import ACCOUNT_ID, ANY, KEY_ID, Shape
from keyfit.value import (
    Bool,
    Entry,
    List,
    Null,
    Number,
    Object,
    Origin,
    Own,
    Position,
    Reference,
    Text,
    Unknown,
    choices_in,
    differ,
    holes_in,
    same,
    text,
)
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Hole, Value

HERE = Origin("main.tf", Position(3), Position(3, 9))
NAMED = Unknown(Why.NO_VALUE, "P", identity="P", choices=frozenset({"P"}))
NAMELESS = Unknown(Why.NO_VALUE, "P", choices=frozenset({"Q"}))
ROLE = Reference("Role", "name_suffix")


@pytest.mark.parametrize(
    ("parts", "normal"),
    [
        ((), ()),
        (("",), ()),
        (("a", "b"), ("ab",)),
        (("a", "", Own.ACCOUNT, "", "b"), ("a", Own.ACCOUNT, "b")),
        ((text("a", ROLE), text("b"), "c"), ("a", ROLE, "bc")),
        ((ROLE, ROLE), (ROLE, ROLE)),
    ],
)
def test_text_has_one_spelling(parts: tuple[str | Hole | Text, ...], normal: tuple[str | Hole, ...]) -> None:
    """However a text is put together, its parts are in normal form."""
    assert text(*parts).parts == normal


@pytest.mark.parametrize(
    ("given", "literal", "prefix", "holes"),
    [
        (text(), "", "", ()),
        (text("ab"), "ab", "ab", ()),
        (text("a", ROLE), None, "a", (ROLE,)),
        (text(ROLE, "a"), None, "", (ROLE,)),
        (text(ROLE), None, "", (ROLE,)),
    ],
)
def test_what_is_known_of_a_text(given: Text, literal: str | None, prefix: str, holes: tuple[Hole, ...]) -> None:
    """A text without holes is its literal; one with holes has none, and a known beginning."""
    assert (given.literal, given.prefix, given.holes) == (literal, prefix, holes)


def test_places_are_no_part_of_equality() -> None:
    """Two values are equal wherever they are written."""
    for here, elsewhere in (
        (text("a", origin=HERE), text("a")),
        (Number(1, HERE), Number(1)),
        (Bool(True, HERE), Bool(True)),  # noqa: FBT003 - the value
        (Null(HERE), Null()),
        (List((text("a", origin=HERE),), origin=HERE), List((text("a"),))),
        (Unknown(Why.DATA, "x", origin=HERE), Unknown(Why.DATA, "x")),
    ):
        assert here == elsewhere
        assert hash(here) == hash(elsewhere)


@pytest.mark.parametrize(
    ("shape", "admitted", "refused"),
    [
        (ANY, ["", "a", "\n*"], []),
        (ACCOUNT_ID, ["111122223333"], ["", "11112222333", "1111222233334", "11112222333a"]),
        (Shape(frozenset("ab"), 1, 2), ["a", "ba"], ["", "c", "aba"]),
        (Shape(None, 2), ["ab", "abc"], ["a"]),
    ],
)
def test_shapes(shape: Shape, admitted: list[str], refused: list[str]) -> None:
    """A shape admits texts of its characters and its lengths, and no other."""
    assert all(map(shape.admits, admitted))
    assert not any(map(shape.admits, refused))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [(ANY, True), (ACCOUNT_ID, False), (Shape(frozenset("a:")), True), (Shape(None, 0, 0), False)],
)
def test_what_a_shape_can_hold(shape: Shape, expected: bool) -> None:  # noqa: FBT001 - a column
    """A character is possible where some text of the shape has it."""
    assert shape.can_hold(":") is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (NAMED, NAMED, True),
        (NAMELESS, NAMELESS, False),
        (ROLE, Reference("Role", "name_suffix", KEY_ID), True),
        (ROLE, Reference("Role", "unique_id"), False),
        (ROLE, Reference("Other", "name_suffix"), False),
        (Own.ACCOUNT, Own.ACCOUNT, True),
        (Own.ACCOUNT, Own.REGION, False),
        (NAMED, Own.ACCOUNT, False),
    ],
)
def test_which_holes_are_the_same(left: Hole, right: Hole, expected: bool) -> None:  # noqa: FBT001 - a column
    """Equal holes stand for the same text, but for unknowns that nothing identifies."""
    assert same(left, right) is expected
    assert same(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (Reference("A", "key_id"), Reference("B", "key_id"), True),
        (Reference("A", "unique_id"), Reference("B", "unique_id"), True),
        (Reference("A", "key_id"), Reference("A", "key_id"), False),
        (Reference("A", "name_suffix"), Reference("B", "name_suffix"), True),
        (Reference("A", "path"), Reference("B", "path"), False),
        (Reference("A", "key_id"), Reference("B", "unique_id"), False),
        (Reference("A", "key_id"), NAMED, False),
    ],
)
def test_which_holes_differ(left: Hole, right: Hole, expected: bool) -> None:  # noqa: FBT001 - a column
    """What AWS gives to one block alone is another text for another block."""
    assert differ(left, right) is expected
    assert differ(right, left) is expected


NESTED: Value = List(
    (
        Object((Entry(text("k", NAMED), text(ROLE, "x", Own.REGION)), Entry(text("n"), Null())), rest=NAMELESS),
        Number(1),
        NAMED,
    ),
    rest=NAMED,
)


def test_holes_come_in_the_order_written() -> None:
    """Every hole is found, in keys, values and rests, one as often as it is written."""
    assert holes_in(NESTED) == (NAMED, ROLE, Own.REGION, NAMELESS, NAMED, NAMED)
    assert holes_in(None) == ()


def test_choices_are_those_of_the_unknowns() -> None:
    """A value depends on the choices of every unknown in it."""
    assert choices_in(NESTED) == {"P", "Q"}


def test_holes_of_deep_values() -> None:
    """Depth is no matter: nothing recurses."""
    deep: Value = NAMED
    for _ in range(50_000):
        deep = List((deep,))
    assert holes_in(deep) == (NAMED,)


@pytest.mark.parametrize("why", list(Why))
def test_every_reason_is_a_phrase(why: Why) -> None:
    """A reason reads as one lower-case line with the subject in it, and no two reasons are one."""
    told = Unknown(why, "x")
    assert told.phrase
    assert "\n" not in told.phrase
    assert not told.phrase.endswith(".")
    assert "{" not in told.phrase
    assert told.advice is None or told.advice.subject == "x"


def test_no_reason_is_another() -> None:
    """Every name is a reason of its own: an enum would make aliases of equal values."""
    assert list(Why.__members__) == [why.name for why in Why]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((Entry(text("a"), Number(1)), Entry(text("a"), Number(2))), Number(2)),
        ((Entry(text("b"), Number(1)),), None),
        ((Entry(text("A"), Number(1)),), None),
    ],
)
def test_find_takes_the_last(entries: tuple[Entry, ...], expected: Value | None) -> None:
    """A key that comes twice has its last value; one that is not there has none."""
    assert Object(entries).find("a") == expected


@pytest.mark.parametrize(
    "given", [Object((), rest=NAMED), Object((Entry(text("a"), Number(1)), Entry(text(NAMED), Number(2))))]
)
def test_find_among_unknown_keys(given: Object) -> None:
    """Where a key is unknown, so is what any other key has."""
    assert isinstance(given.find("a"), Unknown)
