"""IAM's `*` and `?` against text, where both sides can have holes: exactly, in three values.

Every hole stands for some string of its shape, the same one wherever the same hole stands. `matches` is YES if the
match holds for every way of filling the holes, NO if it holds for none. Holes that stand once are decided exactly; for
one that repeats the answer is sound, and can be MAYBE where a cleverer one would be definite.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from keyfit.answer import NO, YES, Answer, maybe
from keyfit.pattern.automaton import Question, decide
from keyfit.pattern.literal import WILDCARDS, escape, has_wildcards, literal_matcher
from keyfit.truth import Truth, known
from keyfit.value import Hole, Text, same

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["compare", "escape", "matches"]

Parts: TypeAlias = "tuple[str | Hole, ...]"


def matches(pattern: Text, text: Text, *, fold_case: bool = False, wildcards: bool = True) -> Truth:
    """Whether `pattern` matches the whole of `text`.

    A hole of `pattern` can bring wildcards with it where its shape has them. `fold_case` ignores letter case;
    without `wildcards`, `*` and `?` are characters like all others.
    """
    wanted, given = pattern.literal, text.literal
    if wanted is not None and given is not None:
        return known(literal_matcher(wanted, fold_case=fold_case, wildcards=wildcards)(given))
    return compare(pattern, text, fold_case=fold_case, wildcards=wildcards).truth


def compare(pattern: Text, text: Text, *, fold_case: bool = False, wildcards: bool = True) -> Answer:
    """As `matches`, with the holes that decide: those that do not stand in the same place on both sides."""
    wanted, given = pattern.literal, text.literal
    if wanted is not None and given is not None:
        return YES if literal_matcher(wanted, fold_case=fold_case, wildcards=wildcards)(given) else NO
    left, right = _strip(pattern.parts, text.parts, wildcards=wildcards)
    holes = _holes((*left, *right))
    shapes = tuple(hole.shape for hole in holes)
    truth = decide(Question(left, right, shapes, fold_case, wildcards))
    if truth is Truth.MAYBE:
        return maybe(*holes)
    return YES if truth is Truth.YES else NO


def _holes(parts: Iterable[str | Hole]) -> tuple[Hole, ...]:
    return tuple(part for part in parts if not isinstance(part, str))


def _strip(pattern: Parts, text: Parts, *, wildcards: bool) -> tuple[Parts, Parts]:
    """Both sides without their common beginning and end, which decide nothing."""
    left, right = _strip_left(pattern, text, wildcards=wildcards)
    left, right = _strip_left(_reverse(left), _reverse(right), wildcards=wildcards)
    return _reverse(left), _reverse(right)


def _reverse(parts: Parts) -> Parts:
    return tuple(part[::-1] if isinstance(part, str) else part for part in reversed(parts))


def _strip_left(pattern: Parts, text: Parts, *, wildcards: bool) -> tuple[Parts, Parts]:
    at = 0
    for wanted, given in zip(pattern, text, strict=False):
        if isinstance(wanted, str) and isinstance(given, str):
            length = _common(wanted, given, wildcards=wildcards)
            if length < len(wanted) or length < len(given):
                return _rest(wanted, length) + pattern[at + 1 :], _rest(given, length) + text[at + 1 :]
        elif isinstance(wanted, str) or isinstance(given, str) or not _rigid(wanted, given, wildcards=wildcards):
            break
        at += 1
    return pattern[at:], text[at:]


def _rest(part: str, start: int) -> Parts:
    return (part[start:],) if start < len(part) else ()


def _common(wanted: str, given: str, *, wildcards: bool) -> int:
    length = 0
    for left, right in zip(wanted, given, strict=False):
        if left != right or (wildcards and left in WILDCARDS):
            break
        length += 1
    return length


def _rigid(wanted: Hole, given: Hole, *, wildcards: bool) -> bool:
    """Whether both are one hole that stands for itself alone: it brings no wildcard with it."""
    return same(wanted, given) and not (wildcards and has_wildcards(wanted.shape))
