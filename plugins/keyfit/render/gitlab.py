"""A Code Quality report of GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from keyfit.gate.fingerprint import fingerprint
from keyfit.model.findings import Level, Note, NoteKind, Verdict
from keyfit.render import sentences
from keyfit.render.entries import entries
from keyfit.render.report_json import written
from keyfit.render.summary import hidden
from keyfit.value import NOWHERE, Origin
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.gate.places import Places
    from keyfit.model.findings import Finding
    from keyfit.render.entries import Entry
    from keyfit.render.page import Page
    from keyfit.scan import Report

_SEVERITIES: Final = {Level.ERROR: "critical", Level.WARNING: "minor"}
_NO_FINDING: Final = "info"


def render(report: Report, page: Page) -> str:
    """An issue for each finding that is shown, for all that could not be checked, and for what settings do."""
    issues = [
        _told(sentences.failed(each), each.origin, page.places)
        | {"check_name": "keyfit-could-not-check", "severity": "blocker"}
        for each in report.failures
    ]
    issues.extend(
        _told(sentences.source(each), Origin(each.file), page.places)
        | {"check_name": "keyfit-settings", "severity": _NO_FINDING}
        for each in report.sources
    )
    issues.extend(_issue(entry, page.places) for entry in entries(report) if entry.is_shown)
    issues.extend(
        _told(printable(each.message), each.origin or NOWHERE, page.places)
        | {"check_name": "keyfit", "severity": _NO_FINDING}
        for each in _notices(report)
    )
    return written(issues)


def _notices(report: Report) -> Iterator[Note]:
    yield from report.notices
    where = next((found.suppressed.origin for found in report.findings if found.suppressed is not None), NOWHERE)
    if hidden(report):
        yield Note(NoteKind.NOTE, ", ".join(hidden(report)), where)


def _issue(entry: Entry, places: Places) -> dict[str, Any]:
    finding = entry.finding
    said = (sentences.sentence(finding), *(sentences.note(note, finding) for note in entry.notes))
    return {
        "description": "; ".join(said),
        "check_name": sentences.title(finding),
        "fingerprint": fingerprint(finding, places),
        "severity": _severity(finding),
        "location": _location(finding.origin, finding.stack, places),
    }


def _severity(finding: Finding) -> str:
    return _SEVERITIES[finding.level] if finding.verdict is Verdict.BROKEN else _NO_FINDING


def _told(said: str, origin: Origin, places: Places) -> dict[str, Any]:
    location = _location(origin, "", places)
    return {
        "description": said,
        "fingerprint": hashlib.sha256(f"{location['path']}\n{said}".encode()).hexdigest(),
        "location": location,
    }


def _location(origin: Origin, stack: str, places: Places) -> dict[str, Any]:
    path = printable(places.path(origin.file or stack))
    return {"path": path or ".", "lines": {"begin": origin.start.line, "end": max(origin.start, origin.end).line}}
