"""Workflow commands of GitHub Actions: an annotation on the line to edit, for each finding that is shown.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Level, Verdict
from keyfit.render import sentences
from keyfit.render.entries import entries
from keyfit.render.summary import hidden, summary
from keyfit.value import NOWHERE
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.gate.places import Places
    from keyfit.model.findings import Finding
    from keyfit.render.entries import Entry
    from keyfit.render.page import Page
    from keyfit.scan import Report
    from keyfit.value import Origin

_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning"}
# What the toolkit of GitHub itself escapes, in this order, in what stands after the second `::`, and in a property.
_IN_DATA: Final = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY: Final = (*_IN_DATA, (":", "%3A"), (",", "%2C"))


def render(report: Report, page: Page) -> str:
    """The commands, and a line that says how much was checked."""
    return f"{commands(report, page)}{summary(report)}\n"


def commands(report: Report, page: Page) -> str:
    """The commands alone, a line each: what could not be checked, the settings, the findings, and notices."""
    lines = [*_failures(report, page.places)]
    lines.extend(_command(entry, page.places) for entry in entries(report) if entry.is_shown)
    lines.extend(_notices(report, page.places))
    return "".join(f"{line}\n" for line in lines)


def _failures(report: Report, places: Places) -> Iterator[str]:
    for failure in report.failures:
        properties = {**_place(failure.origin, places), "title": "keyfit could not check"}
        yield _line("error", properties, sentences.failed(failure))
    for source in report.sources:
        properties = {"file": printable(places.path(source.file)), "title": "keyfit settings"}
        yield _line("notice", properties, sentences.source(source))


def _notices(report: Report, places: Places) -> Iterator[str]:
    for notice in report.notices:
        properties = {**_place(notice.origin or NOWHERE, places), "title": "keyfit"}
        yield _line("warning", properties, printable(notice.message))
    if hidden(report):
        yield _line("notice", {"title": "keyfit"}, ", ".join(hidden(report)))


def _command(entry: Entry, places: Places) -> str:
    finding = entry.finding
    properties = {**_place(finding.origin, places), "title": f"keyfit {sentences.title(finding)}"}
    said = (sentences.sentence(finding), *(sentences.note(note, finding) for note in entry.notes))
    return _line(_level(finding), properties, "\n".join(said))


def _level(finding: Finding) -> str:
    return _LEVELS[finding.level] if finding.verdict is Verdict.BROKEN else "notice"


def _place(origin: Origin, places: Places) -> dict[str, str]:
    """Where it is; columns only within one line, for GitHub refuses them elsewhere."""
    if not origin.file:
        return {}
    start, end = origin.start, max(origin.start, origin.end)
    place = {"file": printable(places.path(origin.file)), "line": str(start.line), "endLine": str(end.line)}
    if start.line == end.line:
        place |= {"col": str(start.column), "endColumn": str(max(start.column, end.column - 1))}  # theirs is inclusive
    return place


def _line(command: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{name}={_escaped(value, _IN_PROPERTY)}" for name, value in properties.items())
    return f"::{command} {told}::{_escaped(message, _IN_DATA)}"


def _escaped(value: str, table: tuple[tuple[str, str], ...]) -> str:
    for character, escape in table:
        value = value.replace(character, escape)
    return value
