"""Texts with holes, a piece at a time: what a hole surely does not hold decides what can be said of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.pattern import matches
from keyfit.readers.terraform.functions.table import derived
from keyfit.truth import Truth
from keyfit.value import Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Hole, Text


def excludes(hole: Hole, characters: str) -> bool:
    """Whether `hole` surely holds none of `characters`."""
    allowed = hole.shape.characters
    return allowed is not None and allowed.isdisjoint(characters)


def opaque(source: Text, wanted: str) -> bool:
    """Whether every occurrence of `wanted` in `source` lies in a literal part, whatever fills the holes."""
    return all(excludes(hole, wanted) and (len(wanted) == 1 or hole.shape.shortest > 0) for hole in source.holes)


def piecewise(name: str, change: Callable[[str], str]) -> Callable[[Text], Text]:
    """A function that changes each character by itself, for texts with holes."""

    def changed(hole: Hole) -> Hole:
        allowed = hole.shape.characters
        if allowed is not None and all(change(each) == each for each in allowed):
            return hole
        return derived(name, hole)

    def whole(source: Text) -> Text:
        return text(*(change(part) if isinstance(part, str) else changed(part) for part in source.parts))

    return whole


def begins(source: Text, prefix: str) -> Truth:
    """Whether `source` starts with `prefix`."""
    known = source.prefix
    if known.startswith(prefix):
        return Truth.YES
    if source.literal is not None or not prefix.startswith(known):
        return Truth.NO
    return _matches(text(prefix), source, after=True)


def ends(source: Text, suffix: str) -> Truth:
    """Whether `source` ends with `suffix`."""
    last = source.parts[-1] if source.parts else ""
    known = last if isinstance(last, str) else ""
    if known.endswith(suffix):
        return Truth.YES
    if source.literal is not None or not suffix.endswith(known):
        return Truth.NO
    return _matches(text(suffix), source, before=True)


def holds(source: Text, wanted: str) -> Truth:
    """Whether `wanted` occurs in `source`."""
    if any(isinstance(part, str) and wanted in part for part in source.parts) or not wanted:
        return Truth.YES
    if opaque(source, wanted):
        return Truth.NO
    return _matches(text(wanted), source, before=True, after=True)


def _matches(wanted: Text, source: Text, *, before: bool = False, after: bool = False) -> Truth:
    if "*" in wanted.prefix or "?" in wanted.prefix:  # they would be wildcards
        return Truth.MAYBE
    return matches(text("*" if before else "", wanted, "*" if after else ""), source)


def without_prefix(source: Text, prefix: str) -> Text | None:
    """`source` without `prefix`, where it starts with it; `None` where that is not known."""
    match begins(source, prefix):
        case Truth.YES if source.prefix.startswith(prefix):
            return text(source.prefix[len(prefix) :], *source.parts[1:])
        case Truth.NO:
            return source
        case _:
            return None


def without_suffix(source: Text, suffix: str) -> Text | None:
    """`source` without `suffix`, where it ends with it; `None` where that is not known."""
    last = source.parts[-1] if source.parts else ""
    match ends(source, suffix):
        case Truth.YES if isinstance(last, str) and last.endswith(suffix):
            return text(*source.parts[:-1], last[: len(last) - len(suffix)])
        case Truth.NO:
            return source
        case _:
            return None


def stripped(source: Text, characters: str, *, left: bool = True, right: bool = True) -> Text | None:
    """`source` without `characters` at its ends; `None` where a hole at an end can hold them."""
    parts = list(source.parts)
    while left and parts:
        first = parts[0]
        if not isinstance(first, str):
            if not _solid(first, characters):
                return None
            break
        parts[0] = first.lstrip(characters)
        if parts[0]:
            break
        del parts[0]
    while right and parts:
        last = parts[-1]
        if not isinstance(last, str):
            if not _solid(last, characters):
                return None
            break
        parts[-1] = last.rstrip(characters)
        if parts[-1]:
            break
        del parts[-1]
    return text(*parts)


def _solid(hole: Hole, characters: str) -> bool:
    return excludes(hole, characters) and hole.shape.shortest > 0


def cut(source: Text, separator: str) -> list[Text] | None:
    """`source` split at `separator`; `None` where a hole can hold one."""
    if not separator or not opaque(source, separator):
        return None
    pieces: list[list[str | Hole]] = [[]]
    for part in source.parts:
        if not isinstance(part, str):
            pieces[-1].append(part)
            continue
        first, *others = part.split(separator)
        pieces[-1].append(first)
        pieces.extend([other] for other in others)
    return [text(*piece) for piece in pieces]


def whole_unknown(source: Text) -> Unknown | None:
    """The unknown that `source` is, with nothing beside it."""
    only = source.parts[0] if len(source.parts) == 1 else None
    return only if isinstance(only, Unknown) else None
