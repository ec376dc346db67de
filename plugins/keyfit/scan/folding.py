"""One cause, one finding: what a broken finding is part of, in the selection that the user sees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.model.findings import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.findings import Cause, Finding


def fold(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings; a broken one that shares its cause, an element of a statement, is part of the first that has it.

    A need comes before a rule about policies as written, an error before a warning.
    """
    findings = tuple(findings)
    first: dict[Cause, Finding] = {}
    for found in sorted(findings, key=_rank):
        if found.verdict is Verdict.BROKEN and found.cause is not None:
            first.setdefault(found.cause, found)
    return tuple(_folded(found, first) for found in findings)


def _rank(found: Finding) -> tuple[bool, int, int]:
    return found.level is Level.WARNING, found.rule, found.origin.start.line


def _folded(found: Finding, first: dict[Cause, Finding]) -> Finding:
    leader = first.get(found.cause) if found.cause is not None and found.verdict is Verdict.BROKEN else None
    return replace(found, part_of=None if leader is None or leader is found else leader.rule)
