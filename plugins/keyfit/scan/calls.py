"""A finding inside a called module says where that is called: what decides it can stand there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Note, NoteKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.findings import Finding
    from keyfit.value import Origin

# One module instance of an address; a key in brackets can hold anything, quotes being escaped.
_STEP: Final = re.compile(r'module\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?(?:\.|$)')


def with_calls(findings: Iterable[Finding], root: Path, calls: Mapping[str, Origin]) -> tuple[Finding, ...]:
    """The findings; one that is not known to hold, at a place that is not in `root` itself, names the calls."""
    return tuple(_told(each, root, calls) for each in findings)


def _told(finding: Finding, root: Path, calls: Mapping[str, Origin]) -> Finding:
    if finding.verdict is Verdict.HOLDS or Path(finding.origin.file).parent == root:
        return finding
    notes = tuple(_note(module, calls[module]) for module in called(finding.resource) if module in calls)
    return replace(finding, notes=(*finding.notes, *notes)) if notes else finding


def _note(module: str, origin: Origin) -> Note:
    return Note(NoteKind.NOTE, f"`{module}` is called here", origin)


def called(address: str) -> Iterator[str]:
    """The module instances that an address lies in, the innermost first."""
    ends = []
    offset = 0
    while step := _STEP.match(address, offset):
        offset = step.end()
        ends.append(address[:offset].rstrip("."))
    yield from reversed(ends)
