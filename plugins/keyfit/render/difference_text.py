"""What differs, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.compare.difference import Direction
from keyfit.model.findings import Verdict
from keyfit.render import difference_words as words
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE
from keyfit.render.text import unpainted
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.compare.difference import Decided, Difference, Judged


def render(found: Difference, paint: Callable[[str, str], str] = unpainted) -> str:
    """Verdicts first, for they decide the status; then access, grants and boundaries, and the counts."""
    lines = [
        *_failures(found),
        *(printable(f"{side}: {sentences.source(each)}") for side, each in found.settings),
        *(line for each in found.judged if not each.is_quiet for line in _judged(each, paint)),
        *(line for each in found.decided for line in _decided(each, paint)),
        *(printable(f"{sentences.place(each.origin)}: {each.said}") for each in found.altered),
        words.summary(found),
    ]
    return "\n".join(lines) + "\n"


def _failures(found: Difference) -> Iterator[str]:
    for side, each in found.failures:
        yield printable(f"{side}: {sentences.place(each.origin)}: {sentences.failed(each)}")


def _judged(each: Judged, paint: Callable[[str, str], str]) -> Iterator[str]:
    found = each.finding
    change = words.verdict(each)
    colour = "red" if each.breaks else "green" if found.verdict is Verdict.HOLDS and each.after else "yellow"
    head = f"{sentences.place(found.origin)}: {found.rule:03} {found.name}: {paint(change, colour)}"
    yield f"{head}: {sentences.sentence(found)}"
    if each.after is not None and found.verdict is not Verdict.HOLDS:
        yield from (f"  {note}" for note in sentences.notes(found, COMMAND_LINE))


def _decided(each: Decided, paint: Callable[[str, str], str]) -> Iterator[str]:
    colour = "red" if each.direction is Direction.GAINED else "yellow"
    yield f"{printable(each.stack)}: {paint(each.direction.value, colour)}: {words.decision(each)}"
    yield from (f"  {line}" for line in words.evidence(each))
