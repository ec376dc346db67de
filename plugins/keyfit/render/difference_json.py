"""What differs, for programs: JSON of version 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.render import difference_words as words
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE
from keyfit.render.report_json import SCHEMA as REPORT
from keyfit.render.report_json import finding, written
from keyfit.value import NOWHERE

if TYPE_CHECKING:
    from keyfit.compare.difference import Altered, Answered, Decided, Difference, Judged
    from keyfit.value import Origin

VERSION: Final = 1
SCHEMA: Final = Path(__file__).with_name("difference_schema.json")


def render(found: Difference) -> str:
    """Everything that differs."""
    return written(described(found))


def schema() -> dict[str, Any]:
    """The schema of it, with that of a finding, which is as in a report."""
    own, report = (json.loads(each.read_text(encoding="utf-8")) for each in (SCHEMA, REPORT))
    return {**own, "$defs": {**report["$defs"], **own["$defs"]}}


def described(found: Difference) -> dict[str, Any]:
    """The difference as plain data."""
    return {
        "version": VERSION,
        "decisions": [_decided(each) for each in found.decided],
        "verdicts": [_judged(each) for each in found.judged],
        "limits": [_altered(each) for each in found.altered],
        "errors": [
            {"side": side, "message": each.message, "location": _place(each.origin), "internal": each.internal}
            for side, each in found.failures
        ],
        "settings": [
            {"side": side, "path": sentences.relative(each.file), "effects": list(each.effects)}
            for side, each in found.settings
        ],
        "stats": {"compared": found.compared, "broken": found.broken, "widened": found.widened},
    }


def _decided(each: Decided) -> dict[str, Any]:
    return {
        "stack": each.stack,
        "principal": each.principal,
        "key": each.key,
        "actions": list(each.actions),
        "change": each.direction.value,
        "widens": each.widens,
        "before": _answered(each.before),
        "after": _answered(each.after),
        "absent": each.absent or None,
        "ways": list(each.ways),
        "scenario": dict(each.scenario) if each.scenario is not None else None,
        "environments": list(each.environments),
        "message": words.decision(each),
    }


def _answered(answered: Answered | None) -> dict[str, Any]:
    if answered is None:
        return {"answer": words.state(None)}
    return {
        "answer": words.state(answered),
        "because": answered.because,
        "routes": list(answered.routes),
        "location": _place(answered.origin),
    }


def _judged(each: Judged) -> dict[str, Any]:
    before, after = each.before, each.after
    return {
        "rule": each.finding.rule,
        "resource": each.finding.resource,
        "before": before.verdict.value if before is not None else None,
        "after": after.verdict.value if after is not None else None,
        "breaks": each.breaks,
        "finding": finding(each.finding, COMMAND_LINE),
    }


def _altered(each: Altered) -> dict[str, Any]:
    return {
        "stack": each.stack,
        "kind": each.kind.value,
        "resource": each.subject,
        "message": each.said,
        "location": _place(each.origin),
    }


def _place(origin: Origin) -> dict[str, Any] | None:
    if origin == NOWHERE or not origin.file:
        return None
    return {"path": origin.file, "line": origin.start.line, "column": origin.start.column}
