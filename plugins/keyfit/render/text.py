"""The report for people, on a terminal or in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.render import sentences
from keyfit.render.entries import entries
from keyfit.render.summary import hint, summary
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.render.entries import Entry
    from keyfit.scan import Report

    Paint = Callable[[str, str], str]

_COLOURS: Final = {"": "red", "warning": "yellow", "unproven": "cyan", "holds": "green"}


def unpainted(words: str, _colour: str) -> str:
    """The words as they are."""
    return words


def render(report: Report, paint: Paint = unpainted) -> str:
    """The findings to show, what could not be checked, and a summary; `paint` puts a colour on some words."""
    lines: list[str] = []
    for entry in entries(report):
        if entry.is_shown:
            lines.extend(_entry(entry, paint))
    lines.extend(_failures(report, paint))
    lines.extend(map(sentences.source, report.sources))
    lines.append(f"{summary(report)}{hint(report)}")
    return "\n".join(lines) + "\n"


def _entry(entry: Entry, paint: Paint) -> Iterator[str]:
    finding = entry.finding
    heading = paint(sentences.title(finding), _COLOURS[sentences.verdict(finding)])
    yield f"{sentences.place(finding.origin)}: {heading}: {sentences.sentence(finding)}"
    yield from (f"  {_note(sentences.note(note, finding), paint)}" for note in entry.notes)


def _note(note: str, paint: Paint) -> str:
    kind, colon, rest = note.partition(":")
    return f"{paint(kind, 'bright_black')}{colon}{rest}"


def _failures(report: Report, paint: Paint) -> Iterator[str]:
    for failure in report.failures:
        where = sentences.place(failure.origin)
        yield f"{where}: {paint('error', 'red')}: {sentences.failed(failure)}"
    for skipped in report.skipped:
        yield f"{printable(skipped.origin.file)}: skipped: {printable(skipped.message)}"
    for notice in report.notices:
        yield f"{sentences.noticed(notice)}: {paint('notice', 'yellow')}: {printable(notice.message)}"
