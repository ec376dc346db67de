"""What differs, for a comment on a pull request; as short as it can be told, the evidence folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.render import difference_words as words
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE
from keyfit.render.markdown import LONGEST, code, escaped
from keyfit.render.summary import number
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.compare.difference import Decided, Difference, Judged
    from keyfit.model.findings import Failure

MARK: Final = "<!-- keyfit diff -->"  # by which a comment that is to be updated is found
_ROOM: Final = 200  # characters for what is said at the end


def render(found: Difference) -> str:
    """The counts, what could not be read, and as much of what differs as a comment can hold."""
    head = "\n".join((MARK, "### keyfit: what this changes", "", f"{escaped(words.summary(found))}.", ""))
    room, kept, left = LONGEST - len(head) - _ROOM, list[str](), 0
    for block in _blocks(found):
        room -= len(block) + 1
        if room >= 0:
            kept.append(block)
        elif block.startswith("- "):
            left += 1
    tail = [f"_{number(left, 'more change')} left out here: a comment cannot hold more._"] if left else []
    return "\n".join((head, *kept, *tail)).rstrip("\n") + "\n"


def _blocks(found: Difference) -> Iterator[str]:
    yield from _titled("Could not be read", [_failure(side, each) for side, each in found.failures])
    told = [each for each in found.judged if not each.is_quiet]
    yield from _titled("Broken now", [_judged(each) for each in told if each.breaks])
    yield from _titled("Other needs", [_judged(each) for each in told if not each.breaks])
    yield from _titled("More access", [_decided(each) for each in found.decided if each.direction.widens])
    yield from _titled("Less access", [_decided(each) for each in found.decided if not each.direction.widens])
    limits = [f"- {escaped(printable(each.said))} {code(sentences.place(each.origin))}\n" for each in found.altered]
    yield from _titled("Grants and boundaries", limits)
    yield from _titled(
        "Settings", [f"- {escaped(f'{side}: {sentences.source(each)}')}\n" for side, each in found.settings]
    )


def _titled(title: str, blocks: list[str]) -> Iterator[str]:
    if blocks:
        yield f"#### {title}\n"
    yield from blocks


def _failure(side: str, failure: Failure) -> str:
    where = code(sentences.place(failure.origin))
    return f"- {escaped(printable(side))}: {where}: {escaped(sentences.failed(failure))}\n"


def _judged(each: Judged) -> str:
    found = each.finding
    title = f"**{found.rule:03} {escaped(found.name)}: {words.verdict(each)}**"
    lines = [f"- {title} {code(sentences.place(found.origin))}  ", f"  {escaped(sentences.sentence(found))}"]
    notes = sentences.notes(found, COMMAND_LINE) if each.breaks else ()
    return "\n".join((*lines, *(f"  - {escaped(note)}" for note in notes))) + "\n"


def _decided(each: Decided) -> str:
    head = f"- **{each.direction.value}** {code(printable(each.stack))}: {escaped(words.decision(each))}"
    return "\n".join((head, *(f"  - {escaped(line)}" for line in words.evidence(each)))) + "\n"
