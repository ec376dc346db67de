"""A baseline: the findings of one day, which do not count until they grow worse.

```json
{"version": 1, "findings": [{"fingerprint": "…", "rule": 101, "path": "stack.yaml", "resource": "Films",
                             "verdict": "broken", "actions": ["kms:CreateGrant"]}]}
```
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from keyfit.gate.fingerprint import fingerprint
from keyfit.gate.suppressions import refolded
from keyfit.model.findings import Note, NoteKind, SuppressedBy, Suppression, Verdict
from keyfit.record import record
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyfit.gate.places import Places
    from keyfit.model.findings import Finding
    from keyfit.scan import Report

VERSION: Final = 1
_GRAVITY: Final = {Verdict.UNPROVEN: 0, Verdict.BROKEN: 1}


class BaselineError(Exception):
    """A file that is no baseline: the message says why."""


@record
class Known:
    """What a baseline knows of a finding: where it was, how bad, and which actions it was about."""

    path: str
    verdict: Verdict
    actions: frozenset[str]

    def covers(self, found: Finding) -> bool:
        """Whether the finding is no worse than it was."""
        return _GRAVITY[found.verdict] <= _GRAVITY[self.verdict] and self.actions.issuperset(found.about.actions)


def written(report: Report, places: Places) -> str:
    """The baseline of all that is broken or unproven, and not suppressed in the source."""
    rows = [
        {
            "fingerprint": fingerprint(found, places),
            "rule": found.rule,
            "path": _path(found, places),
            "resource": found.resource,
            "verdict": found.verdict.value,
            "actions": sorted(found.about.actions),
        }
        for found in report.findings
        if found.verdict in _GRAVITY and found.suppressed is None
    ]
    rows.sort(key=lambda row: (str(row["path"]), str(row["resource"]), str(row["rule"]), str(row["fingerprint"])))
    return json.dumps({"version": VERSION, "findings": rows}, indent=2) + "\n"


def read(text: str) -> Mapping[str, Known]:
    """What a baseline knows, by fingerprint; `BaselineError` where it is none."""
    try:
        data = json.loads(text)
        if data["version"] != VERSION:
            raise BaselineError(f"it has version {data['version']}, and this keyfit reads version {VERSION}")
        return {row["fingerprint"]: _known(row) for row in data["findings"]}
    except json.JSONDecodeError as error:
        raise BaselineError(f"it is not JSON: line {error.lineno}: {error.msg}") from None
    except (LookupError, TypeError, ValueError):
        raise BaselineError("it does not have the form that `--write-baseline` writes") from None


def _known(row: Mapping[str, Any]) -> Known:
    verdict = Verdict(row["verdict"])
    if verdict not in _GRAVITY:
        raise ValueError(verdict)
    return Known(str(row["path"]), verdict, frozenset(map(str, row["actions"])))


def apply(report: Report, known: Mapping[str, Known], file: str, places: Places) -> Report:
    """The report, its findings marked that the baseline knows, and a notice where it knows some that are gone."""
    seen: set[str] = set()

    def mark(found: Finding) -> Finding:
        name = fingerprint(found, places)
        seen.add(name if found.verdict in _GRAVITY else "")
        covered = found.suppressed is None and found.verdict in _GRAVITY and name in known and known[name].covers(found)
        return replace(found, suppressed=Suppression(SuppressedBy.BASELINE, "", Origin(file))) if covered else found

    checked = tuple(replace(each, findings=refolded(map(mark, each.findings))) for each in report.checked)
    looked_at = {places.path(each.path) for each in checked} | {_path(found, places) for found in report.findings}
    gone = [each for name, each in known.items() if name not in seen and _is_told(each.path, looked_at, places)]
    return replace(report, checked=checked, notices=(*report.notices, *_gone(len(gone), file)))


def _is_told(path: str, looked_at: Collection[str], places: Places) -> bool:
    """Whether a run can tell that a finding is gone: it has looked there, or there is nothing any more."""
    return path in looked_at or not (places.root / path).exists()


def _path(found: Finding, places: Places) -> str:
    return places.path(found.stack or found.origin.file)


def _gone(count: int, file: str) -> tuple[Note, ...]:
    if not count:
        return ()
    what = "finding that is" if count == 1 else "findings that are"
    return (Note(NoteKind.NOTE, f"the baseline has {count} {what} gone: write it again", Origin(file)),)
