"""SARIF 2.1.0, as code scanning reads it: one run, its rules with their help, and a result for each finding.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. What is broken has the kind `fail` and its level, what
is unproven the kind `open`, what holds (where it is shown) the kind `pass`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import keyfit
from keyfit import catalogue
from keyfit.catalogue.examples import documented
from keyfit.gate.fingerprint import VERSION, fingerprint
from keyfit.model.findings import Level, SuppressedBy, Suppression, Verdict
from keyfit.render import sentences
from keyfit.render.entries import Entry, entries
from keyfit.render.report_json import written
from keyfit.render.summary import number, summary
from keyfit.value import NOWHERE, Origin
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.catalogue.rule import Rule
    from keyfit.gate.places import Places
    from keyfit.model.findings import Finding, Note, Remedy
    from keyfit.render.page import Page
    from keyfit.scan import Report

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# What GitHub takes: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files
MOST_RESULTS: Final = 25_000
MOST_BYTES: Final = 10_000_000
_DEPTH: Final = 8  # spaces before each line of a result
_MOST_NOTES: Final = 100  # GitHub shows as many places of one result

_KINDS: Final = {Verdict.BROKEN: "fail", Verdict.UNPROVEN: "open", Verdict.HOLDS: "pass"}
_LEVELS: Final = {Level.ERROR: "error", Level.WARNING: "warning"}
_OTHER_LEVELS: Final = {Verdict.UNPROVEN: "note", Verdict.HOLDS: "none"}
_SUPPRESSIONS: Final = {SuppressedBy.SOURCE: "inSource", SuppressedBy.BASELINE: "external"}
_GRAVITY: Final = ("error", "warning", "note", "none")
_LINK: Final = re.compile(r"https://[^\s)>`]+")
_LINKING: Final = re.compile(r"[\\\[\]]")  # what makes a link in a message


def render(report: Report, page: Page) -> str:
    """The log: the gravest results first where not all of them can be taken, and how many are left out."""
    every = [_result(entry, page.places) for entry in entries(report) if _is_told(entry)]
    every.extend(_suppressed(found, page.places) for found in report.findings if found.suppressed is not None)
    rules = _rules(every)
    empty = _log(report, _Results(rules, [], len(every)), page.places)
    kept = _kept(every, MOST_BYTES - len(empty))
    left = len(every) - len(kept)
    if left:
        page.warn(f"the SARIF log leaves out {number(left, 'result')}: GitHub accepts no more")
    return _log(report, _Results(rules, kept, left), page.places)


class _Results(NamedTuple):
    """The results, the rules that they are of, and how many are left out."""

    rules: list[Rule]
    kept: list[dict[str, Any]]
    left: int


def _log(report: Report, results: _Results, places: Places) -> str:
    return written({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, results, places)]})


def _is_told(entry: Entry) -> bool:
    """What is unproven is: its kind keeps it apart from what is broken."""
    return entry.is_shown or entry.finding.verdict is Verdict.UNPROVEN


def _kept(results: list[dict[str, Any]], room: int) -> list[dict[str, Any]]:
    """The results that go into so many bytes, in the order they have; of the others the least grave are left out."""
    fitting = set[int]()
    order = sorted(range(len(results)), key=lambda index: _GRAVITY.index(results[index]["level"]))
    for index in order[:MOST_RESULTS]:
        text = written(results[index])
        room -= len(text) + _DEPTH * text.count("\n") + 1
        if room < 0:
            break
        fitting.add(index)
    return [each for index, each in enumerate(results) if index in fitting]


def _rules(results: list[dict[str, Any]]) -> list[Rule]:
    """The rules that results are of; each result gets the place of its own."""
    used = {each["ruleId"] for each in results}
    rules = [rule for rule in catalogue.every_rule() if f"{rule.number:03}" in used]
    places = {f"{rule.number:03}": index for index, rule in enumerate(rules)}
    for each in results:
        each["ruleIndex"] = places[each["ruleId"]]
    return rules


def _run(report: Report, results: _Results, places: Places) -> dict[str, Any]:
    return {
        "tool": {"driver": _driver(results.rules)},
        "invocations": [_invocation(report, results.left, places)],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": results.kept,
        "properties": {"summary": summary(report), "omittedResults": results.left},
    }


def _driver(rules: Iterable[Rule]) -> dict[str, Any]:
    return {
        "name": "keyfit",
        "semanticVersion": keyfit.__version__,
        "shortDescription": {
            "text": "Proves that KMS keys, IAM roles and the AWS services that use them fit together."
        },
        "rules": [_rule(rule) for rule in rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    link = _LINK.search(rule.documentation)
    page = documented(rule)
    described = {
        "id": f"{rule.number:03}",
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": _escaped(page), "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
        "properties": {
            "tags": ["aws", "kms", "iam"],
            "precision": "very-high",
            "problem.severity": _LEVELS[rule.level],
        },
    }
    return described | ({"helpUri": link[0]} if link else {})


def _invocation(report: Report, left: int, places: Places) -> dict[str, Any]:
    """What the settings do, what could not be checked, what was left out of the scan, and what is left out here."""
    told = [*(_notification("error", sentences.failed(each), each.origin, places) for each in report.failures)]
    skipped = ((f"skipped: {printable(each.message)}", each.origin) for each in report.skipped)
    noticed = ((printable(each.message), each.origin or NOWHERE) for each in report.notices)
    told.extend(_notification("note", *each, places) for each in (*skipped, *noticed))
    if left:
        told.append(
            {"level": "warning", "message": {"text": f"{number(left, 'result')} left out: GitHub accepts no more"}}
        )
    settings = [_notification("note", sentences.source(each), Origin(each.file), places) for each in report.sources]
    found = {"executionSuccessful": not report.failures, "toolExecutionNotifications": told}
    return found | ({"toolConfigurationNotifications": settings} if settings else {})


def _notification(level: str, said: str, origin: Origin, places: Places) -> dict[str, Any]:
    locations = [{"physicalLocation": _place(origin, places)}] if origin.file else []
    return {"level": level, "message": {"text": _escaped(said)}, "locations": locations}


def _result(entry: Entry, places: Places) -> dict[str, Any]:
    found = entry.finding
    notes = entry.notes[:_MOST_NOTES]
    result = {
        "ruleId": f"{found.rule:03}",
        "kind": _KINDS[found.verdict],
        "level": _OTHER_LEVELS.get(found.verdict, _LEVELS[found.level]),
        "message": {"text": "\n".join((_escaped(sentences.sentence(found)), *_told(notes, found)))},
        "locations": [_location(found, places)],
        "relatedLocations": list(_related(notes, found, places)),
        "partialFingerprints": {VERSION: fingerprint(found, places)},
    } | ({"properties": {"scenario": dict(found.scenario)}} if found.scenario else {})
    return result | ({"fixes": [_fix(found.remedy, places)]} if found.remedy and found.remedy.edits else {})


def _fix(remedy: Remedy, places: Places) -> dict[str, Any]:
    """The edits of a remedy, file by file."""
    changes: dict[str, dict[str, Any]] = {}
    for edit in remedy.edits:
        place = _place(edit.origin, places)
        artifact = place["artifactLocation"]
        change = changes.setdefault(artifact["uri"], {"artifactLocation": artifact, "replacements": []})
        content = {"text": edit.replacement}
        change["replacements"].append({"deletedRegion": place["region"], "insertedContent": content})
    return {"description": {"text": _escaped(printable(remedy.summary))}, "artifactChanges": [*changes.values()]}


def _suppressed(found: Finding, places: Places) -> dict[str, Any]:
    """A result that does not count, why, and where that is written."""
    suppressed = found.suppressed or Suppression(SuppressedBy.SOURCE)
    told: dict[str, Any] = {"kind": _SUPPRESSIONS[suppressed.by], "status": "accepted"}
    if suppressed.reason:
        told["justification"] = printable(suppressed.reason)
    if suppressed.origin.file:
        told["location"] = {"physicalLocation": _place(suppressed.origin, places)}
    return {**_result(Entry(found), places), "suppressions": [told]}


def _told(notes: tuple[Note, ...], found: Finding) -> Iterator[str]:
    """The notes; the place of one is a link to the related location of the same number."""
    for index, note in enumerate(notes, start=1):
        said = _escaped(printable(f"{note.kind.value}: {note.message}"))
        origin = sentences.elsewhere(note, found)
        yield f"{said} ([{_escaped(sentences.place(origin, column=False))}]({index}))" if origin is not None else said


def _related(notes: tuple[Note, ...], found: Finding, places: Places) -> Iterator[dict[str, Any]]:
    for index, note in enumerate(notes, start=1):
        origin = sentences.elsewhere(note, found)
        if origin is not None:
            said = {"text": _escaped(printable(note.message))}
            yield {"id": index, "physicalLocation": _place(origin, places), "message": said}


def _location(found: Finding, places: Places) -> dict[str, Any]:
    """Where to edit first, and the subject; a finding without a place is about its template or root module."""
    subject = {"name": printable(found.resource), "kind": "resource"}
    if found.origin.file:
        return {"physicalLocation": _place(found.origin, places), "logicalLocations": [subject]}
    artifact = {"uri": places.uri(found.stack) or ".", "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact}, "logicalLocations": [subject]}


def _place(origin: Origin, places: Places) -> dict[str, Any]:
    uri = places.uri(origin.file)
    artifact = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": "%SRCROOT%"}
    start, end = origin.start, max(origin.start, origin.end)
    region = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }
    return {"artifactLocation": artifact, "region": region}


def _escaped(said: str) -> str:
    """Words without links. Braces stay single: without arguments no reader takes them for placeholders."""
    return _LINKING.sub(lambda found: f"\\{found[0]}", said)
