"""IAM's `*` and `?` against text, where both sides can have holes: exactly, in three values.

Every hole stands for some string of its shape, the same one wherever the same hole stands. `matches` is YES if the
match holds for every way of filling the holes, NO if it holds for none. Holes that stand once are decided exactly; for
one that repeats the answer is sound, and can be MAYBE where a cleverer one would be definite.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Final, TypeAlias

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.pattern.automaton import Question
from keyfit.pattern.completion import decide
from keyfit.pattern.literal import How, escape, fits, fold, has_wildcards, unescape
from keyfit.truth import Truth
from keyfit.value import Hole, Text, same

__all__ = ["compare", "escape", "fits", "matches"]

Parts: TypeAlias = "tuple[str | Hole, ...]"


def matches(pattern: Text, text: Text, *, fold_case: bool = False, wildcards: bool = True) -> Truth:
    """Whether `pattern` matches the whole of `text`.

    A hole of `pattern` can bring wildcards with it where its shape has them. `fold_case` ignores letter case;
    without `wildcards`, `*` and `?` are characters like all others.
    """
    return compare(pattern, text, fold_case=fold_case, wildcards=wildcards).truth


def compare(pattern: Text, text: Text, *, fold_case: bool = False, wildcards: bool = True) -> Answer:
    """As `matches`, with the holes that decide: those that do not stand in the same place on both sides."""
    wanted, given = pattern.literal, text.literal
    if wanted is not None and given is not None:
        if fold_case:
            wanted, given = fold(wanted), fold(given)
        return YES if (fits(wanted, given) if wildcards else unescape(wanted) == given) else NO
    how = _HOWS[fold_case, wildcards]
    if wildcards and pattern.parts == _ANYTHING:
        return YES
    if pattern.parts == text.parts and all(_is_itself(part, how) for part in pattern.parts):
        return YES
    stripped = _strip(_folded(pattern.parts, how), _folded(text.parts, how), how)
    if stripped is None:
        return NO
    holes = tuple(part for side in stripped for part in side if not isinstance(part, str))
    truth = decide(Question(*stripped, tuple(hole.shape for hole in holes), how))
    if truth is Truth.MAYBE:
        return maybe(*holes)
    return YES if truth is Truth.YES else NO


_ANYTHING: Final = ("*",)
_HOWS: Final = {
    (fold_case, wildcards): How(fold_case, wildcards) for fold_case, wildcards in product((False, True), repeat=2)
}


def _folded(parts: Parts, how: How) -> Parts:
    return tuple(fold(part) if isinstance(part, str) else part for part in parts) if how.fold_case else parts


def _strip(pattern: Parts, text: Parts, how: How) -> tuple[Parts, Parts] | None:
    """Both sides without their common beginning and end, which decide nothing; `None` where those differ."""
    left = _strip_left(pattern, text, how)
    if left is None:
        return None
    right = _strip_left(_reverse(left[0]), _reverse(left[1]), how)
    return None if right is None else (_reverse(right[0]), _reverse(right[1]))


def _reverse(parts: Parts) -> Parts:
    return tuple([part[::-1] if isinstance(part, str) else part for part in reversed(parts)])


def _strip_left(pattern: Parts, text: Parts, how: How) -> tuple[Parts, Parts] | None:
    passed = 0
    for wanted, given in zip(pattern, text, strict=False):
        if isinstance(wanted, str) and isinstance(given, str):
            plain = _before_wildcard(wanted) if how.wildcards else unescape(wanted)
            length = min(len(plain), len(given))
            if plain[:length] != given[:length]:
                return None
            if length < len(wanted) or length < len(given):
                return _rest(wanted, length) + pattern[passed + 1 :], _rest(given, length) + text[passed + 1 :]
        elif isinstance(wanted, str) or isinstance(given, str) or not _rigid(wanted, given, how):
            break
        passed += 1
    return pattern[passed:], text[passed:]


_WILDCARD: Final = re.compile(r"[*?]")


def _before_wildcard(pattern: str) -> str:
    """The text that stands before the first wildcard."""
    found = _WILDCARD.search(pattern)
    return unescape(pattern[: found.start()] if found else pattern)


def _rest(part: str, start: int) -> Parts:
    return (part[start:],) if start < len(part) else ()


def _is_itself(part: str | Hole, how: How) -> bool:
    """Whether a part of a pattern matches the same part of a text, and no other."""
    if isinstance(part, str):
        return part.isascii() and not (how.wildcards and _WILDCARD.search(part))
    return _rigid(part, part, how)


def _rigid(wanted: Hole, given: Hole, how: How) -> bool:
    """Whether both are one hole that stands for itself alone: it brings no wildcard with it."""
    return same(wanted, given) and not (how.wildcards and has_wildcards(wanted.shape))
