"""The report for people, on a terminal or in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Level, Verdict
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE
from keyfit.settings import Shown
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.model.findings import Finding
    from keyfit.scan import Checked, Report

    Paint = Callable[[str, str], str]

_SHOWN_BY: Final = {Verdict.HOLDS: Shown.HOLDS, Verdict.UNPROVEN: Shown.UNPROVEN}
_COLOURS: Final = {"": "red", "warning": "yellow", "unproven": "cyan", "holds": "green"}


def unpainted(words: str, _colour: str) -> str:
    """The words as they are."""
    return words


def render(report: Report, paint: Paint = unpainted) -> str:
    """The findings to show, what could not be checked, and a summary; `paint` puts a colour on some words."""
    lines: list[str] = []
    shown = {id(found) for each in report.checked for found in each.findings if _is_shown(found, each)}
    for finding in report.findings:
        if id(finding) in shown:
            lines.extend(_finding(finding, paint))
            lines.extend(f"  {_note(each, paint)}" for each in _parts(finding, report))
    lines.extend(_failures(report, paint))
    lines.extend(_summary(report))
    return "\n".join(lines) + "\n"


def _is_shown(finding: Finding, checked: Checked) -> bool:
    """Whether the settings ask for it: what is broken always, once for each cause."""
    if finding.verdict is Verdict.BROKEN:
        return finding.part_of is None
    return _SHOWN_BY[finding.verdict] in checked.settings.show


def _finding(finding: Finding, paint: Paint) -> Iterator[str]:
    heading = paint(sentences.title(finding), _COLOURS[sentences.verdict(finding)])
    yield f"{sentences.place(finding.origin)}: {heading}: {sentences.sentence(finding)}"
    yield from (f"  {_note(note, paint)}" for note in sentences.notes(finding, COMMAND_LINE))


def _note(note: str, paint: Paint) -> str:
    kind, colon, rest = note.partition(":")
    return f"{paint(kind, 'bright_black')}{colon}{rest}"


def _parts(leader: Finding, report: Report) -> Iterator[str]:
    """The findings that have the same cause and are not shown on their own."""
    if leader.cause is None or leader.part_of is not None or leader.verdict is not Verdict.BROKEN:
        return
    parts = (found for found in report.findings if found.part_of is not None and found.cause == leader.cause)
    yield from dict.fromkeys(map(_same, parts))  # what a loop makes of one line is told once


def _same(part: Finding) -> str:
    place = sentences.place(part.origin, column=False)
    return f"note: for the same reason, {sentences.title(part)}: {sentences.sentence(part)} ({place})"


def _failures(report: Report, paint: Paint) -> Iterator[str]:
    for failure in report.failures:
        where = sentences.place(failure.origin)
        yield f"{where}: {paint('error', 'red')}: {sentences.failed(failure)}"
    for skipped in report.skipped:
        yield f"{printable(skipped.origin.file)}: skipped: {printable(skipped.message)}"


def _summary(report: Report) -> Iterator[str]:
    counts = report.counts
    warnings = sum(f.verdict is Verdict.BROKEN and f.level is Level.WARNING for f in report.findings)
    broken = f"{counts[Verdict.BROKEN]} broken"
    parts = [
        f"{broken} ({_number(warnings, 'warning')})" if warnings else broken,
        f"{counts[Verdict.UNPROVEN]} unproven",
        _counted(counts[Verdict.HOLDS], "holds", "hold"),
    ]
    if report.failures:
        parts.append(f"{len(report.failures)} could not be checked")
    yield f"{_checked(report)}: {', '.join(parts)}{_hint(report)}"


def _checked(report: Report) -> str:
    """How much was checked; what there is none of is not told, but for templates alone."""
    templates = _number(len(report.checked) - report.roots, "template")
    roots = _number(report.roots, "root module")
    if not report.roots:
        return templates
    return roots if report.roots == len(report.checked) else f"{templates} and {roots}"


def _hint(report: Report) -> str:
    """How to see the unproven, where there are some that are not shown."""
    hidden = any(
        found.verdict is Verdict.UNPROVEN and Shown.UNPROVEN not in each.settings.show
        for each in report.checked
        for found in each.findings
    )
    return " (see the unproven with `--show unproven`)" if hidden else ""


def _number(count: int, noun: str) -> str:
    return _counted(count, noun, f"{noun}s")


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
