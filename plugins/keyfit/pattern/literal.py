"""Patterns and texts without holes: the hot path, which is nothing but strings; nothing ever backtracks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from keyfit.shape import Shape

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


def fits(pattern: str, text: str) -> bool:
    """Whether `pattern` matches the whole of `text`."""
    pieces = pattern.split("*")
    if "?" in pattern:
        return _fit_marked(pieces, text)
    return _fit(pieces if pattern.isascii() else list(map(unescape, pieces)), text)


def _fit(pieces: list[str], text: str) -> bool:
    """Whether the pieces stand in `text` in their order.

    The first and the last are anchored, each other is found as far left as it goes.
    """
    head, *middle = pieces
    if not middle:
        return head == text
    start, end = len(head), len(text) - len(middle[-1])
    if start > end or not text.startswith(head) or not text.endswith(middle[-1]):
        return False
    for piece in middle[:-1]:
        start = text.find(piece, start, end)
        if start < 0:
            return False
        start += len(piece)
    return True


def _fit_marked(pieces: list[str], text: str) -> bool:
    """As `_fit`, of pieces with question marks."""
    head, *middle = pieces
    start, end = len(head), len(text) - len(middle[-1] if middle else "")
    if start > end or not _marked(head).fullmatch(text, 0, start if middle else len(text)):
        return False
    for piece in middle[:-1]:
        found = _marked(piece).search(text, start, end)
        if found is None:
            return False
        start = found.end()
    return not middle or _marked(middle[-1]).fullmatch(text, end) is not None


@lru_cache(maxsize=1 << 10)
def _marked(piece: str) -> re.Pattern[str]:
    return re.compile("".join("." if c == "?" else re.escape(unescape(c)) for c in piece), re.DOTALL)
