"""Patterns and texts without holes: the hot path, compiled once a pattern; linear, for nothing ever backtracks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Shape

WILDCARDS: Final = frozenset("*?")

# How a pattern spells a star or question mark that is none: private characters, which no policy can hold (K11).
_ESCAPES: Final = {"*": "\ue000", "?": "\ue001"}
_ESCAPE: Final = str.maketrans(_ESCAPES)
_UNESCAPE: Final = str.maketrans({escaped: plain for plain, escaped in _ESCAPES.items()})


class How(NamedTuple):
    """How to compare: with no regard to letter case, and with wildcards or with `*` and `?` as plain characters."""

    fold_case: bool
    wildcards: bool


def escape(literal: str) -> str:
    """A pattern that matches `literal` alone."""
    return literal.translate(_ESCAPE)


def unescape(pattern: str) -> str:
    """The text that a pattern without wildcards matches; of the same length."""
    return pattern if pattern.isascii() else pattern.translate(_UNESCAPE)


def fold(text: str) -> str:
    """`text` in lower case, character by character: the length stays."""
    return text.lower() if text.isascii() else "".join(low if len(low := c.lower()) == 1 else c for c in text)


def has_wildcards(shape: Shape) -> bool:
    """Whether a hole of that shape can bring wildcards with it."""
    return any(map(shape.can_hold, WILDCARDS))


@lru_cache(maxsize=1 << 14)
def literal_matcher(pattern: str, how: How) -> Callable[[str], bool]:
    """What says whether `pattern` matches the whole of a text."""
    if how.fold_case:
        folded = literal_matcher(fold(pattern), how._replace(fold_case=False))
        return lambda text: folded(fold(text))
    if not how.wildcards or WILDCARDS.isdisjoint(pattern):
        plain = unescape(pattern)
        return lambda text: text == plain
    pieces = re.split(r"\*+", pattern)
    if len(pieces) == 1:
        return _piece(pattern).is_whole
    if len(pieces) == 2 and not pieces[1] and "?" not in pattern:  # noqa: PLR2004 - `kms:*`
        start = unescape(pieces[0])
        return lambda text: text.startswith(start)
    head, *middle, tail = map(_piece, pieces)
    return _Glob(head, tuple(middle), tail).matches


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of a pattern without `*`: as long as what it matches. `find` is as `str.find`."""

    length: int
    find: Callable[[str, int, int], int]

    def is_whole(self, text: str) -> bool:
        """Whether the piece matches all of `text`."""
        return len(text) == self.length and self.find(text, 0, self.length) == 0


def _piece(pattern: str) -> _Piece:
    plain = unescape(pattern)
    if "?" not in pattern:
        return _Piece(len(plain), lambda text, start, end: text.find(plain, start, end))
    search = re.compile("".join("." if c == "?" else re.escape(unescape(c)) for c in pattern), re.DOTALL).search

    def find(text: str, start: int, end: int) -> int:
        found = search(text, start, end)
        return found.start() if found else -1

    return _Piece(len(plain), find)


@dataclass(frozen=True, slots=True)
class _Glob:
    """Pieces between stars: the first and the last are anchored, each other is found as far left as it goes."""

    head: _Piece
    middle: tuple[_Piece, ...]
    tail: _Piece

    def matches(self, text: str) -> bool:
        """Whether the pieces stand in `text` in their order."""
        start, end = self.head.length, len(text) - self.tail.length
        if start > end or self.head.find(text, 0, start) != 0 or self.tail.find(text, end, len(text)) != end:
            return False
        for piece in self.middle:
            found = piece.find(text, start, end)
            if found < 0:
                return False
            start = found + piece.length
        return True
