"""One cause, one finding: what a finding is part of, in the selection that the user sees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.model.findings import Level, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.model.findings import Finding


def cause_of(found: Finding) -> object | None:
    """What several findings have in common that are one: a cause, or the words about who lacks what on a key.

    Without a statement to blame, the same words for several consumers are about what none of them can mend. What is
    unproven goes by its words alone: a statement that one unknown keeps open can be open for another reason, too.
    """
    if found.verdict is Verdict.HOLDS:
        return None
    if found.cause is not None and found.verdict is Verdict.BROKEN:
        return found.stack, found.cause, found.environments
    told = tuple((note.kind, note.message) for note in found.notes)
    same = (found.stack, found.verdict, found.rule, found.message, told, found.advice, found.environments)
    return same if found.about.principal else None


def fold(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings; one that shares its cause is part of the first that has it.

    A need comes before a rule about policies as written, an error before a warning.
    """
    findings = tuple(findings)
    first: dict[object, Finding] = {}
    for found in sorted(findings, key=_rank):
        cause = cause_of(found)
        if cause is not None:
            first.setdefault(cause, found)
    return tuple(_folded(found, first) for found in findings)


def _rank(found: Finding) -> tuple[bool, int, int]:
    return found.level is Level.WARNING, found.rule, found.origin.start.line


def _folded(found: Finding, first: Mapping[object, Finding]) -> Finding:
    cause = cause_of(found)
    leader = first.get(cause) if cause is not None else None
    return replace(found, part_of=None if leader is None or leader is found else leader.rule)
