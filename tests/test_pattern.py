"""Patterns with holes against texts with holes, held to what filling the holes in would give.

The oracle knows regular expressions and sets of words, and nothing of automata. A set of words is an integer with a bit
for each of `WORDS`; a hole of the text stands for any word, one of the pattern for any pattern.
"""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import pytest

from keyfit.pattern import compare, escape, matches
from keyfit.pattern.literal import fold
from keyfit.shape import ACCOUNT_ID, ANY, KEY_ID, NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.value import Hole

HOLE = "H"
FRESH = "d"  # a letter that no pattern and no text spells
# No pattern and text of four without a common word of six letters, or with a word on one side only that is longer.
WORDS = tuple("".join(word) for length in range(7) for word in product("abc" + FRESH, repeat=length))
FILLINGS = ("", "*", FRESH * 7)  # of a hole of the pattern: the least, the most, and what no text in WORDS has


def _regex(glob: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\*+", "*", glob).replace("*", ".*").replace("?", "."))


@cache
def _language(glob: str) -> int:
    """The set of words that `glob` matches."""
    found = _regex(glob).fullmatch
    return sum(1 << index for index, word in enumerate(WORDS) if found(word))


@cache
def _possible(pattern: str) -> int:
    """The words that some filling of the pattern matches: stars match whatever any other filling does."""
    return _language(pattern.replace(HOLE, "*"))


@cache
def _certain(pattern: str) -> int:
    """The words that every filling of the pattern matches."""
    common = -1
    for fillings in product(FILLINGS, repeat=pattern.count(HOLE)):
        remaining = iter(fillings)
        common &= _language("".join(next(remaining) if c == HOLE else c for c in pattern))
    return common


def _expected(pattern: str, string: str) -> Truth:
    meant = _language(string.replace(HOLE, "*"))
    if not meant & _possible(pattern):
        return Truth.NO
    return Truth.MAYBE if meant & ~_certain(pattern) else Truth.YES


def _with_holes(spelled: str, side: str) -> Text:
    """`H` as a hole of its own, wherever it stands."""
    parts = (_hole(f"{side}{index}") if c == HOLE else c for index, c in enumerate(spelled))
    return text(*parts)


def _hole(name: str, shape: Shape = ANY) -> Unknown:
    return Unknown(Why.NO_VALUE, name, identity=name, shape=shape)


def _strings(alphabet: str, longest: int) -> Iterator[str]:
    for length in range(longest + 1):
        yield from map("".join, product(alphabet, repeat=length))


def _in_order(letters: str) -> bool:
    """Whether a, b and c come first in this order: other strings differ from such a one in the names of letters."""
    return "".join(dict.fromkeys(c for c in letters if c in "abc")) in {"", "a", "ab", "abc"}


def _wrong(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str, Truth, Truth]]:
    found = []
    for pattern, string in pairs:
        expected = _expected(pattern, string)
        answer = matches(_with_holes(pattern, "p"), _with_holes(string, "t"))
        if answer is not expected:
            found.append((pattern, string, answer, expected))
    return found


def test_every_pattern_of_four_against_every_text_of_four() -> None:
    """YES says that all fillings match, NO that none does, and MAYBE is never said where they agree."""
    texts = tuple(_strings("abc" + HOLE, 4))
    pairs = ((p, t) for p in _strings("abc*?" + HOLE, 4) if _in_order(p) for t in texts if _in_order(p + t))
    assert _wrong(pairs) == []


# --- the same hole more than once --------------------------------------------------------------------------

SHARED = {"h": Shape(), "k": Shape(frozenset("abd"), 0, 2)}
SHARED_FILLINGS = {"h": ("", "a", "b", "ab", "d", "dd", "*", "a*"), "k": ("", "a", "b", "d", "ab", "dd")}


def _shared(spelled: str) -> Text:
    return text(*(_hole(c, SHARED[c]) if c in SHARED else c for c in spelled))


def _completions(pattern: str, string: str) -> Iterator[bool]:
    holes = sorted(set(pattern + string) & set(SHARED))
    for fillings in product(*(SHARED_FILLINGS[hole] for hole in holes)):
        filling = dict(zip(holes, fillings, strict=True))
        glob, word = ("".join(filling.get(c, c) for c in spelled) for spelled in (pattern, string))
        yield _compiled(glob).fullmatch(word) is not None


@cache
def _compiled(glob: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, c) for c in re.sub(r"\*+", "*", glob)))


def test_a_hole_on_both_sides_is_one_text() -> None:
    """A definite answer holds for every filling, also where a hole stands twice or on both sides."""
    wrong = []
    for pattern, string in product(_strings("ab*?hk", 3), _strings("abhk", 3)):
        answer = matches(_shared(pattern), _shared(string))
        if answer is not Truth.MAYBE:
            wrong += [(pattern, string, answer)] * ({*_completions(pattern, string)} != {answer is Truth.YES})
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "string"),
    [
        ("h", "h"),
        ("ahb", "ahb"),
        ("*h", "ah"),
        ("h*", "hb"),
        ("*h*", "ahb"),
        ("hk", "hk"),
        ("a*k*", "ahk"),
        ("k?", "ka"),
    ],
)
def test_a_hole_matches_itself(pattern: str, string: str) -> None:
    """A hole of the text is passed by the same hole of the pattern, wherever that stands."""
    assert matches(_shared(pattern), _shared(string)) is Truth.YES


@pytest.mark.parametrize(("pattern", "string"), [("ka", "kb"), ("ak", "bk"), ("hka", "hkb"), ("a*ka", "akb")])
def test_what_differs_beside_a_common_hole_differs(pattern: str, string: str) -> None:
    """Known parts that differ beside the same hole decide."""
    assert matches(_shared(pattern), _shared(string)) is Truth.NO


# --- holes of a shape --------------------------------------------------------------------------------------

SHAPES = (
    *(Shape(frozenset("a"), low, high) for low, high in ((0, 1), (1, 2), (2, 2))),
    *(Shape(frozenset("ab"), low, high) for low, high in ((0, 0), (0, 2), (1, 1), (2, 2))),
    Shape(frozenset("ab?"), 1, 2),
    Shape(frozenset("ab*"), 1, 2),
    Shape(frozenset("abd"), 1, 3),
)


def _fillings(shape: Shape) -> list[str]:
    letters = sorted(shape.characters or ())
    lengths = range(shape.shortest, (shape.longest or 0) + 1)
    return ["".join(word) for length in lengths for word in product(letters, repeat=length)]


def _filled(spelled: tuple[str | Shape, ...]) -> Iterator[str]:
    parts = ([part] if isinstance(part, str) else _fillings(part) for part in spelled)
    yield from map("".join, product(*parts))


def _shaped(spelled: tuple[str | Shape, ...], side: str) -> Text:
    parts = (part if isinstance(part, str) else _hole(f"{side}{index}", part) for index, part in enumerate(spelled))
    return text(*parts)


@pytest.mark.parametrize("wildcards", [True, False])
def test_holes_of_known_shapes_are_decided_exactly(wildcards: bool) -> None:  # noqa: FBT001 - a column
    """All fillings of finite holes, one after the other, give the answer of the holes.

    One thing is left open: a hole of the pattern none of whose fillings matters to a star beside it.
    """
    choose = random.Random(7)  # noqa: S311 - no secret
    for _ in range(4000):
        holes = choose.choices(SHAPES, k=2)
        string: tuple[str | Shape, ...] = tuple(choose.choices(("a", "b", "ab", *holes), k=choose.randint(1, 3)))
        pattern: tuple[str | Shape, ...] = tuple(
            choose.choices(("a", "b", "*", "?", "*", choose.choice(SHAPES)), k=choose.randint(1, 4))
        )
        outcomes = set()
        for glob in _filled(pattern):
            found = _compiled(glob) if wildcards else re.compile(re.escape(glob))
            outcomes |= {found.fullmatch(word) is not None for word in _filled(string)}
        expected = Truth.MAYBE if len(outcomes) == 2 else Truth.YES if outcomes == {True} else Truth.NO
        answer = matches(_shaped(pattern, "p"), _shaped(string, "t"), wildcards=wildcards)
        if any(isinstance(part, Shape) for part in pattern) and expected is Truth.YES:
            assert answer is not Truth.NO
        else:
            assert answer is expected, (pattern, string)


# --- no holes ----------------------------------------------------------------------------------------------


def test_every_literal_pattern_of_five() -> None:
    """Without holes, a pattern is the regular expression of the same meaning."""
    words = tuple(_strings("ab", 5))
    for pattern in _strings("ab*?", 5):
        found = _compiled(pattern).fullmatch
        for word in words:
            assert (matches(text(pattern), text(word)) is Truth.YES) is (found(word) is not None), (pattern, word)


LITERALS = [
    ("kms:*", "kms:Decrypt", {}, True),
    ("kms:generatedatakey*", "KMS:GenerateDataKeyWithoutPlaintext", {"fold_case": True}, True),
    ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", {}, False),
    ("KMS:Decrypt", "kms:Decrypt", {}, False),
    ("a.c", "abc", {}, False),
    ("a[bc]*", "a[bc]d", {}, True),
    ("a\\*", "a\\b", {}, True),
    ("a*", "a*", {"wildcards": False}, True),
    ("a*", "ab", {"wildcards": False}, False),
    ("a*c", "a\nb\nc", {}, True),
    ("a?c", "a\nc", {}, True),
    ("", "", {}, True),
    ("", "a", {}, False),
    ("*", "", {}, True),
    ("?", "", {}, False),
    ("*abab*ab", "abababab", {}, True),
    ("a?a*", "aa", {}, False),
    ("?a?*b?", "xayzb!", {}, True),
    ("stra\u00dfe", "STRA\u00dfE", {"fold_case": True}, True),
    (escape("*"), "*", {}, True),
    (escape("*"), "a", {}, False),
    (escape("a?") + "*", "a?b", {}, True),
    (escape("a?") + "*", "abb", {}, False),
    (escape("?"), "?", {"wildcards": False}, True),
]


@pytest.mark.parametrize(("pattern", "string", "how", "expected"), LITERALS)
def test_literals(pattern: str, string: str, how: dict[str, bool], expected: bool) -> None:  # noqa: FBT001 - a column
    """`*` and `?` alone are special, `?` is one character, and both cross lines."""
    assert matches(text(pattern), text(string), **how) is (Truth.YES if expected else Truth.NO)


@pytest.mark.parametrize(("pattern", "string", "how", "expected"), LITERALS)
def test_literals_read_by_the_automaton(
    pattern: str,
    string: str,
    how: dict[str, bool],
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    """A hole at the end of both sides, which decides nothing there, gives the answers of the literals."""
    end = _hole("end", Shape(frozenset("#"), 1, 1))
    assert matches(text(pattern, end), text(string, end), **how) is (Truth.YES if expected else Truth.NO)


# --- what holes are known to be ----------------------------------------------------------------------------

NOT_EMPTY = Unknown(Why.NO_VALUE, "y", identity="y", not_in=frozenset({""}))
OTHERS = Unknown(Why.NO_VALUE, "x", identity="x", not_in=frozenset({"aws:kms", "AES256"}))
ONE_KEY, OTHER_KEY = (Reference(block, "key_id", KEY_ID) for block in ("One", "Other"))
NAMES = tuple(Reference(block, "name_suffix", NAME) for block in ("One", "Other"))


@pytest.mark.parametrize(
    ("pattern", "string", "how", "expected"),
    [
        (text("aws:kms"), text(OTHERS), {}, Truth.NO),
        (text("aws:kms:dsse"), text(OTHERS), {}, Truth.MAYBE),
        (text("aws:*"), text(OTHERS), {}, Truth.MAYBE),
        (text("*"), text(OTHERS), {}, Truth.YES),
        (text("AWS:KMS"), text(OTHERS), {}, Truth.MAYBE),
        (text("AWS:KMS"), text(OTHERS), {"fold_case": True}, Truth.MAYBE),  # it can be that very text
        (text(OTHERS), text("aws:kms"), {}, Truth.MAYBE),  # it can be a star
        (text(OTHERS), text("aws:kms"), {"wildcards": False}, Truth.NO),
        (text("x-aws:kms"), text("x-", OTHERS), {}, Truth.NO),
        (text("AES256"), text(OTHERS), {}, Truth.NO),
        (text("aes256"), text(OTHERS), {}, Truth.MAYBE),
        (text("aes256"), text(OTHERS), {"fold_case": True}, Truth.MAYBE),
        (text(), text(NOT_EMPTY), {}, Truth.NO),
        (text(NOT_EMPTY), text(), {"wildcards": False}, Truth.NO),
        (text("X"), text(NOT_EMPTY), {}, Truth.MAYBE),
        (text("key/", ONE_KEY), text("key/", OTHER_KEY), {}, Truth.NO),
        (text("key/", ONE_KEY), text("key/", ONE_KEY), {}, Truth.YES),
        (text("key/", ONE_KEY), text("key/1234"), {}, Truth.MAYBE),
        (text("key/", ONE_KEY), text("alias/", ONE_KEY), {}, Truth.NO),
        (text("a-", NAMES[0]), text("a-", NAMES[1]), {}, Truth.NO),
        (text("a-", NAMES[0]), text("a-b", NAMES[1]), {}, Truth.MAYBE),
        (text("12345678901?"), text(Own.ACCOUNT), {}, Truth.MAYBE),
        (text("????????????"), text(Own.ACCOUNT), {}, Truth.YES),
        (text("???????????"), text(Own.ACCOUNT), {}, Truth.NO),
        (text("12345678901a"), text(Own.ACCOUNT), {}, Truth.NO),
        (text("*:*"), text(Own.REGION), {}, Truth.NO),
        (text("EU-*"), text(Own.REGION), {}, Truth.NO),
        (text("EU-*"), text(Own.REGION), {"fold_case": True}, Truth.MAYBE),
        (text(_hole("unit", Shape(frozenset("a"), 2, 2))), text("aa"), {}, Truth.YES),
        (text(_hole("unit", Shape(frozenset("A"), 1, 1))), text("A"), {}, Truth.YES),
        (text(_hole("unit", Shape(frozenset("A"), 1, 1))), text("a"), {}, Truth.NO),
        (text(_hole("unit", Shape(frozenset("A"), 1, 1))), text("a"), {"fold_case": True}, Truth.YES),
        (text("a", _hole("none", Shape(None, 0, 0))), text("a"), {}, Truth.YES),
        (text("?" * 513), text(_hole("longest", Shape(None, 0, 512))), {}, Truth.NO),
        # many sets of states on the way, and each holds the same least one
        (text("*a" + "?" * 8), text(_hole("ab", Shape(frozenset("ab"), 0, None)), "axxxxxxxx"), {}, Truth.YES),
        (text("?" * 300), text(_hole("few", Shape(None, 0, 300)), "a" * 300), {}, Truth.MAYBE),  # too many sets
        (text("?" * 63, "*"), text(_hole("any"), "a" * 63), {}, Truth.YES),  # as many as are followed, and one more
        (text("?" * 64, "*"), text(_hole("any"), "a" * 64), {}, Truth.MAYBE),
        (text("x"), text(_hole("long", Shape(None, 2, 100_000))), {}, Truth.NO),
        (text("*"), text(_hole("long", Shape(None, 2, 100_000))), {}, Truth.YES),
    ],
)
def test_what_is_known_of_a_hole_counts(pattern: Text, string: Text, how: dict[str, bool], expected: Truth) -> None:
    """Shapes, values ruled out, and ids that AWS gives once only decide where they can."""
    assert matches(pattern, string, **how) is expected


@pytest.mark.parametrize(
    ("pattern", "string", "holes"),
    [
        (text("a", Own.ACCOUNT, "b"), text("a", NAMES[0], "b"), (Own.ACCOUNT, NAMES[0])),
        (text(Own.REGION, ":x*", Own.ACCOUNT), text(Own.REGION, ":xy", Own.ACCOUNT), ()),
        (text(Own.REGION, ":x-*"), text(Own.REGION, ":x", NAMES[0]), (NAMES[0],)),
        (text("1*", Own.REGION), text(Own.ACCOUNT, Own.REGION), (Own.ACCOUNT,)),
    ],
)
def test_the_holes_of_an_answer_are_those_that_decide(pattern: Text, string: Text, holes: tuple[Hole, ...]) -> None:
    """A hole in the same place on both sides decides nothing; without further words, letter case and stars count."""
    assert compare(text("A", Own.REGION), text("a", Own.REGION)).truth is Truth.NO
    assert compare(text("*", Own.REGION), text("a", Own.REGION)).truth is Truth.YES
    assert compare(pattern, string).holes == holes


# --- hostile input -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "string", "expected"),
    [
        (text("*" * 10_000), text("a" * 10_000), Truth.YES),
        (text("*a" * 10_000), text("a" * 9_999), Truth.NO),
        (text("a*" * 5_000 + "b"), text("a" * 30_000), Truth.NO),
        (text("*" * 10_000, "?"), text(_hole("x")), Truth.MAYBE),
        (text("*a" * 5_000), text(*(_hole(str(n)) if n % 2 else "a" for n in range(200))), Truth.MAYBE),
        (text("?*" * 2_000), text(*(_hole(str(n), ACCOUNT_ID) for n in range(100))), Truth.NO),
        (text("*1" * 8), text(*(_hole(str(n), Shape(frozenset("12"), 0, 9)) for n in range(12))), Truth.MAYBE),
    ],
)
def test_the_work_is_bounded(pattern: Text, string: Text, expected: Truth) -> None:
    """No pattern makes matching explode: the answer comes, and is right."""
    assert matches(pattern, string) is expected


def test_folding_keeps_the_length() -> None:
    """What is longer in lower case stays as it is, for places are counted in characters."""
    assert fold("AbC\u00c9\u0130X") == "abc\u00e9\u0130x"
    assert matches(text("\u0130?"), text("\u0130X"), fold_case=True) is Truth.YES
