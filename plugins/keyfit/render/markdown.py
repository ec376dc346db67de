"""Markdown for a comment on a pull request: a name from the source is text in it, whatever is in the name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Verdict
from keyfit.render import sentences
from keyfit.render.entries import entries
from keyfit.render.summary import checked, counted, hint, number
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.findings import Finding, Note
    from keyfit.render.entries import Entry
    from keyfit.render.page import Page
    from keyfit.scan import Report

MARK: Final = "<!-- keyfit -->"  # by which a comment that is to be updated is found
LONGEST: Final = 65_000  # characters; GitHub takes 65,536 in a comment
_HEADINGS: Final = {Verdict.BROKEN: "Broken", Verdict.UNPROVEN: "Unproven", Verdict.HOLDS: "Holds"}
_SPECIAL: Final = re.compile(r"[\\`*_{}\[\]<>#+!|~&@/=$^\"%?]|[.:](?=\S)")
_PINGING: Final = re.compile(r"\\[@#]")  # GitHub looks for `@name` and `#1` in the text that was escaped, too
_LIKE_A_BACKTICK: Final = "\N{MODIFIER LETTER GRAVE ACCENT}"
_APART: Final = "&#8203;"  # a space without width


def render(report: Report, page: Page) -> str:
    """The counts, the settings, what could not be checked, and as many of the shown findings as a comment can hold."""
    head = [MARK, f"### keyfit: {counted(report)}", "", f"{checked(report)} checked{escaped(hint(report))}."]
    head.extend(f"\n{escaped(sentences.source(each))}" for each in report.sources)
    blocks = [*_failures(report), *_findings(report), *_notices(report)]
    kept = _fitting(blocks, LONGEST - sum(map(len, head)))
    left = sum(block.startswith("- ") for block in blocks[kept:])
    tail = [f"_{number(left, 'more finding')} left out here: a comment cannot hold more._"] if left else []
    if left:
        page.warn(f"the Markdown leaves out {number(left, 'finding')}: a comment cannot hold more")
    return "\n".join((*head, "", *blocks[:kept], *tail)).rstrip("\n") + "\n"


def _fitting(blocks: list[str], room: int) -> int:
    """How many of the blocks go into so many characters."""
    for index, block in enumerate(blocks):
        room -= len(block) + 1
        if room < 0:
            return index
    return len(blocks)


def _failures(report: Report) -> Iterator[str]:
    if report.failures:
        yield "#### Could not be checked\n"
    for failure in report.failures:
        yield f"- {code(sentences.place(failure.origin))}: {escaped(sentences.failed(failure))}\n"
    for skipped in report.skipped:
        yield f"- {code(printable(skipped.origin.file))} skipped: {escaped(printable(skipped.message))}\n"


def _notices(report: Report) -> Iterator[str]:
    if report.notices:
        yield "#### Also\n"
    for notice in report.notices:
        yield f"- {code(sentences.noticed(notice))}: {escaped(printable(notice.message))}\n"


def _findings(report: Report) -> Iterator[str]:
    shown = [entry for entry in entries(report) if entry.is_shown]
    for verdict, heading in _HEADINGS.items():
        of_it = [entry for entry in shown if entry.finding.verdict is verdict]
        if of_it:
            yield f"#### {heading}\n"
        yield from map(_finding, of_it)


def _finding(entry: Entry) -> str:
    found = entry.finding
    lines = [
        f"- **{escaped(sentences.title(found))}** {code(sentences.place(found.origin))}  ",
        f"  {escaped(sentences.sentence(found))}",
    ]
    lines.extend(f"  - {_note(note, found)}" for note in entry.notes)
    return "\n".join(lines) + "\n"


def _note(note: Note, found: Finding) -> str:
    origin = sentences.elsewhere(note, found)
    said = f"{note.kind.value}: {escaped(printable(note.message))}"
    return f"{said} ({code(sentences.place(origin, column=False))})" if origin is not None else said


def escaped(said: str) -> str:
    """A sentence of ours: what stands between backticks is code, all else is text."""
    pieces = said.split("`")
    if len(pieces) % 2 == 0:  # one is not closed: it is a backtick
        pieces[-2:] = [f"{pieces[-2]}`{pieces[-1]}"]
    return "".join(code(piece) if index % 2 else _plain(piece) for index, piece in enumerate(pieces))


def code(piece: str) -> str:
    """Code, in which nothing is special but backticks: those become what they look like."""
    inside = piece.replace("`", _LIKE_A_BACKTICK)
    return f"` {inside} `" if inside.strip(" ") != inside or not inside else f"`{inside}`"


def _plain(piece: str) -> str:
    said = _SPECIAL.sub(lambda found: f"\\{found[0]}", piece)
    return _PINGING.sub(lambda found: f"{found[0]}{_APART}", said)
