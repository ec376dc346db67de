"""Rewriting a model: kinds of things stay what they are, and what nobody fills or renames is left as it was."""

from __future__ import annotations

import pytest

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.model.block import Block
from keyfit.model.consumers import Bucket
from keyfit.model.keys import Alias
from keyfit.model.rewriting import Rewriting, filled, renamed
from keyfit.value import Bool, List, Null, Number, Origin, Own, Position, Reference, Unknown, Value, text
from keyfit.why import Why

HOLE = Unknown(Why.NO_VALUE, "P", "P")
OTHER = Unknown(Why.NO_VALUE, "Q", "Q")
PLACE = Origin("a.yaml", Position(3), Position(4))
MOVED = Origin("b.tf", Position(7), Position(8))


def alias(name: Value | None = None, present: Answer = YES) -> Alias:
    """An alias; its target can be anything."""
    return Alias(Block("Alias", "T", PLACE, present), text(HOLE), text("arn:x:", HOLE), name or text(HOLE))


@pytest.mark.parametrize(
    ("filling", "written"),
    [
        (text("films"), text("films")),
        (text(), text()),
        (OTHER, text(OTHER)),
        (Number(7), text("7")),
        (Number(2.5), text("2.5")),
        (Bool(value=True), text("true")),
        (List((text("a"),)), text(HOLE)),
        (Null(), text(HOLE)),
    ],
    ids=str,
)
def test_a_text_stays_a_text_whatever_fills_its_holes(filling: Value, written: Value) -> None:
    """A record's name is a text: what no text can be made of leaves the hole."""
    made = filled({HOLE: filling}).of(alias())
    assert (made.name, made.target) == (written, written)
    assert made.arn == text("arn:x:", written)  # type: ignore[arg-type]  # each row has a text


@pytest.mark.parametrize("filling", [List((text("a"), OTHER)), Bool(value=True), Null(), OTHER], ids=str)
def test_an_unknown_value_becomes_whatever_fills_it(filling: Value) -> None:
    """At the place of the hole."""
    made = filled({HOLE: filling}).of(alias(Unknown(Why.NO_VALUE, "P", "P", origin=PLACE)))
    assert made.target == filling
    assert made.target.origin == PLACE


@pytest.mark.parametrize(
    ("before", "filling", "after"),
    [
        (maybe(HOLE), OTHER, maybe(OTHER)),
        (maybe(HOLE), text("x", OTHER), maybe(OTHER)),
        (maybe(HOLE), text("x"), maybe(HOLE)),  # nobody has asked again
        (maybe(HOLE, Own.REGION), text("x"), maybe(HOLE, Own.REGION)),
        (YES, text("x"), YES),
        (NO, text("x"), NO),
    ],
)
def test_an_answer_is_open_for_holes_alone(before: Answer, filling: Value, after: Answer) -> None:
    """Never for what fills one."""
    assert filled({HOLE: filling}).of(alias(present=before)).block.present == after


def test_a_renamed_block_is_renamed_wherever_it_is_spoken_of() -> None:
    """Its address, references to it, what is unknown of it, the choices it depends on, and its place."""
    target = Unknown(Why.NO_VALUE, "P", "P", frozenset({"IsProd"}), origin=PLACE)
    bucket = Bucket(Block("B", "T", PLACE), text(Reference("B", "name"), origin=PLACE), text(Own.REGION), key=target)
    made = renamed("child/".__add__, lambda block: Block(block.address, "U"), lambda _: MOVED).of(bucket)
    assert made.block == Block("child/B", "U")
    assert (made.name, made.name.origin) == (text(Reference("child/B", "name")), MOVED)
    assert made.arn == text(Own.REGION)
    assert made.key == Unknown(Why.NO_VALUE, "P", "child/P", frozenset({"child/IsProd"}))
    assert made.key is not None
    assert made.key.origin == MOVED


def test_what_nobody_rewrites_is_as_it_was() -> None:
    """The empty rewriting."""
    before = (alias(present=maybe(HOLE)), alias(List((HOLE, Number(1)))))
    assert Rewriting().of(before) == before
