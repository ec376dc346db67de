"""The report for programs: JSON of version 1, described by `schema.json` beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.render.entries import parts_of
from keyfit.value import NOWHERE

if TYPE_CHECKING:
    from keyfit.model.findings import Edit, Failure, Finding, Note, Remedy, Suppression
    from keyfit.render.advice import Phrases
    from keyfit.scan import Report
    from keyfit.value import Origin

VERSION: Final = 1
SCHEMA: Final = Path(__file__).with_name("schema.json")


def render(report: Report) -> str:
    """The whole report: every finding whatever its verdict, every failure, and the counts."""
    return written(described(report))


def written(data: object) -> str:
    """JSON of pure ASCII, in which no pipeline finds a command: some obey `##` wherever it stands in a log."""
    return json.dumps(data, indent=2).replace("##", "\\u0023#") + "\n"


def described(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    parts = parts_of(report.findings)
    return {
        "version": VERSION,
        "findings": [finding(each, COMMAND_LINE, parts.get(id(each), ())) for each in report.findings],
        "errors": [_failure(each) for each in report.failures],
        "settings": [{"path": sentences.relative(each.file), "effects": list(each.effects)} for each in report.sources],
        "notices": [_notice(each) for each in report.notices],
        "stats": {
            "checked": report.templates + report.roots,
            "idle": report.idle,
            "seen": report.seen,
            "roots": report.roots,
            "skipped": len(report.skipped),
            "left_out": report.left_out,
            **{verdict.value: count for verdict, count in report.counts.items()},
            "suppressed": sum(report.hidden.values()),
        },
    }


def finding(found: Finding, phrases: Phrases, parts: tuple[Finding, ...] = ()) -> dict[str, Any]:
    """One finding as plain data, its advice in the words of a host; `parts` are the findings that are part of it."""
    return {
        "rule": found.rule,
        "name": found.name,
        "verdict": found.verdict.value,
        "level": found.level.value,
        "resource": found.resource,
        "about": _about(found),
        "part_of": found.part_of,
        "message": sentences.said(found),
        **_span(found.origin),
        "scenario": dict(found.scenario) if found.scenario else None,
        "scenarios": [dict(each) for each in found.scenarios],
        "environments": list(found.environments),
        "construct": found.construct or None,
        "consumers": _consumers((found, *parts)),
        "notes": [_note(each, found) for each in every_note(found, phrases)],
        "remedy": _remedy(found.remedy),
        "failure": found.about.failure or None,
        "suppressed": _suppression(found.suppressed),
    }


def _consumers(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The consumers that something is at fault for, each where it says so."""
    told = [each for each in findings if each.consumer]
    places = dict.fromkeys((each.resource, each.origin.file, each.origin.start.line) for each in told)
    return [{"resource": resource, "path": path, "line": line} for resource, path, line in places]


def _about(found: Finding) -> dict[str, Any]:
    """What there is to tell; the rest is absent."""
    about = found.about
    words = {name: getattr(about, name) for name in ("key", "parameter", "store", "state", "principal")}
    told: dict[str, Any] = {name: word for name, word in words.items() if word}
    return told | ({"actions": list(about.actions)} if about.actions else {})


def _span(origin: Origin) -> dict[str, Any]:
    return {
        "path": origin.file,
        "line": origin.start.line,
        "column": origin.start.column,
        "end_line": origin.end.line,
        "end_column": origin.end.column,
    }


def _note(note: Note, found: Finding) -> dict[str, Any]:
    origin = note.origin if note.origin and note.origin.file else found.origin
    return {"kind": note.kind.value, "message": note.message, "path": origin.file, "line": origin.start.line}


def _remedy(remedy: Remedy | None) -> dict[str, Any] | None:
    if remedy is None:
        return None
    return {"summary": remedy.summary, "edits": [_edit(each) for each in remedy.edits]}


def _edit(edit: Edit) -> dict[str, Any]:
    return {**_span(edit.origin), "replacement": edit.replacement}


def _suppression(suppressed: Suppression | None) -> dict[str, Any] | None:
    if suppressed is None:
        return None
    origin = suppressed.origin
    return {"by": suppressed.by.value, "reason": suppressed.reason, "path": origin.file, "line": origin.start.line}


def _notice(notice: Note) -> dict[str, Any]:
    origin = notice.origin or NOWHERE
    return {"path": origin.file, "line": origin.start.line, "message": notice.message}


def _failure(failure: Failure) -> dict[str, Any]:
    return {"path": failure.origin.file, "line": failure.origin.start.line, "message": failure.message}
