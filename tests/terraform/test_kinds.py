"""Sets, encoded documents and errors; and that `jsonencode` loses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfit import json_text
from keyfit.readers.terraform.functions import call
from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.functions.json_encoding import normal
from keyfit.readers.terraform.values.terraform_values import Encoded, Set, failed, ordered
from keyfit.readers.terraform.values.unknowns import invalid
from keyfit.value import (
    Bool,
    Entry,
    Hole,
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
    Value,
    text,
)
from keyfit.why import Why

from .evaluation import context

pytestmark = pytest.mark.hcl

HERE = Path(__file__).parent
U = Unknown(Why.NO_VARIABLE, "u", "var.u", frozenset({"var.u"}))

CHARACTERS = st.text(st.sampled_from('ab"\\/<>&\n\t\u2028é😀${}%'), max_size=6)
HOLES: list[Hole] = [Own.ACCOUNT, Reference("r", "a"), U]
PARTS: st.SearchStrategy[str | Hole] = st.one_of(CHARACTERS, st.sampled_from(HOLES))
TEXTS = st.lists(PARTS, max_size=3).map(lambda parts: text(*parts))
SCALARS = st.one_of(
    TEXTS,
    st.integers(-(10**20), 10**20).map(Number),
    st.sampled_from([Number(0.1), Number(-2.5), Number(1e-7)]),
    st.booleans().map(Bool),
    st.just(Null()),
    st.just(U),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: List(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: Set(tuple(items))),
        st.lists(inner, max_size=3).map(lambda items: List(tuple(items), U)),
        st.dictionaries(CHARACTERS, inner, max_size=3).map(
            lambda found: Object(tuple(Entry(text(key), each) for key, each in found.items()))
        ),
        st.dictionaries(CHARACTERS, inner, max_size=3).map(
            lambda found: Object(tuple(Entry(text(key), each) for key, each in found.items()), U)
        ),
    ),
    max_leaves=8,
)


def encode(value: Value) -> Text:
    """What `jsonencode` gives."""
    found = call("jsonencode", (value,), context(HERE))
    assert isinstance(found, Text)
    return found


@given(VALUES)
def test_an_encoded_document_is_decoded_whole(value: Value) -> None:
    """`jsondecode(jsonencode(x))` is `x`, with sets as lists and keys in order; unknown parts keep their identity."""
    assert decoded(encode(value)) == normal(value)
    assert call("jsondecode", (encode(value),), context(HERE)) == normal(value)


def without_elements(value: Value) -> Value:
    """`value` as JSON text can hold it: an unknown element of a list is unknown further elements there."""
    match value:
        case List(items, rest):
            known = tuple(without_elements(item) for item in items if not isinstance(item, Unknown))
            return List(known, U if rest or len(known) < len(items) else None)
        case Object(entries, rest):
            return Object(tuple(Entry(key, without_elements(each)) for key, each in entries), rest)
        case _:
            return value


def reason_only(value: Value) -> str:
    """A value with its reasons, and nothing that tells one unknown from another."""
    return repr(value).replace("identity='var.u'", "identity=''")


@given(VALUES)
def test_the_text_is_read_back_too(value: Value) -> None:
    """As a mere text it says the same: holes in value position, and what may follow the last element."""
    plain = Text(encode(value).parts)
    assert reason_only(json_text.read(plain)) == reason_only(without_elements(normal(value)))


def test_an_encoded_document_knows_where_it_was_written() -> None:
    """The places of the parts are kept: a finding points at the line that a person must edit."""
    place = Origin("main.tf", Position(7, 3), Position(7, 9))
    document = Object((Entry(text("a"), text("b", origin=place)),))
    found = decoded(encode(document))
    assert isinstance(found, Object)
    assert found.entries[0].value.origin == place


def test_an_encoded_text_is_the_text() -> None:
    """It equals the text that is written out, and has its hash."""
    assert encode(List((Number(1),))) == text("[1]")
    assert text("[1]") == encode(List((Number(1),)))
    assert hash(encode(List())) == hash(Encoded(("[]",), document=Null()))
    assert encode(List()) != text("[1]")


def test_a_set_equals_a_list() -> None:
    """In the model a set and a list of the same items are the same."""
    items = (text("a"), text("b"))
    assert Set(items) == List(items)
    assert List(items) == Set(items)
    assert Set(items) != List(items, U)
    assert Set(items) != text("a")
    assert hash(Set(items)) == hash(Set(items))
    assert {Set(items): 1}[Set(items)] == 1


def test_errors() -> None:
    """An error is found at any depth; what is merely unknown is none."""
    error = invalid("no such thing")
    assert failed(List((Object((Entry(text("a"), error),)),))) == error
    assert failed(List((U,))) is None
    assert failed(text("a", error)) == error


def test_order_of_entries() -> None:
    """Entries come by key; of two with one key the last stays."""
    entries = (Entry(text("b"), Number(1)), Entry(text("a"), Number(2)), Entry(text("b"), Number(3)))
    assert ordered(Object(entries, U)) == Object((entries[1], entries[2]), U)
