"""The words of an explanation: the user's text is cut, and on one line; reasons are told once, and not too many."""

from __future__ import annotations

import pytest

from keyfit.value import Bool, List, Null, Number, Own, Reference, Unknown, text
from keyfit.why import Why
from keyfit.words import joined, marked, printable, quoted, reason, reasons, series, shown
from tests.policy.worlds import value

HOLE = Unknown(Why.NO_VARIABLE, "x")


@pytest.mark.parametrize(
    ("hole", "words", "sign"),
    [
        (Own.ACCOUNT, "the account that it is deployed to is not given", "${account}"),
        (Reference("Key", "key_id"), "`key_id` of `Key` is known only after deployment", "${Key.key_id}"),
        (Unknown(Why.NO_VARIABLE, "x"), "variable `x` has no default and no value given", "${x}"),
        (Unknown(Why.RUN_TIME, "`each.key`"), "`each.key` is known only at run time", "${each.key}"),
        (Unknown(Why.RUN_TIME, "the input"), "the input is known only at run time", "${…}"),
        (Unknown(Why.UNDOCUMENTED, "this"), "AWS does not document this", "${…}"),
        (Unknown(Why.UNREADABLE), "", "${…}"),
    ],
)
def test_holes(hole: Own | Reference | Unknown, words: str, sign: str) -> None:
    """Every hole has words for why it is one, and a sign for where it stands; no words of ours are the user's text."""
    assert reason(hole) == words
    assert shown(text("a", hole)) == f"a{sign}"


def test_other_values() -> None:
    """Lists and maps are told in a row; what cannot be told is left out."""
    assert shown(HOLE) == "${x}"
    assert shown(value(["a", "b"])) == "a, b"
    assert shown(value({"a": "b", "c": "d"})) == "a=b, c=d"
    assert shown(List((), HOLE)) == "…"
    assert shown(Null()) == "null"
    assert shown(Number(7)) == "7"
    assert shown(Bool(value=True)) == "true"
    assert shown(None) == ""


def test_joined() -> None:
    """Each name once, with an `and` before the last."""
    assert series(["a"]) == "a"
    assert series(["a", "b", "c", "b"]) == "a, b and c"
    assert joined(["a", "b", "a"]) == "`a` and `b`"
    assert joined([]) == ""
    assert quoted(["a", "b"]) == "`a`, `b`"


def test_the_users_text() -> None:
    """It is cut after 160 characters, and what moves a cursor is spelled out."""
    assert marked("x" * 160) == f"`{'x' * 160}`"
    assert marked("x" * 161) == f"`{'x' * 160}…`"
    assert marked("a\nb\x1b[1m") == "`a\\nb\\x1b[1m`"
    assert shown(text("a\u202eb")) == "a\\u202eb"
    assert printable("a\nb\x1b[1m") == "a b\\x1b[1m"


def test_reasons() -> None:
    """Each once, up to twelve of them, each of up to 320 characters."""
    holes = [Unknown(Why.UNREADABLE, f"reason {number}") for number in range(14)]
    assert reasons(holes[:12] * 2) == "; ".join(f"reason {number}" for number in range(12))
    assert reasons(holes) == "; ".join((*(f"reason {number}" for number in range(12)), "and 2 more"))
    assert reasons([Unknown(Why.UNREADABLE, "x" * 320)]) == "x" * 320
    assert reasons([Unknown(Why.UNREADABLE, "x" * 321)]) == "x" * 320 + "…"
