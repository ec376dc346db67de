"""A finding inside a called module says where that is called: what decides it can stand there."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.findings import Note, NoteKind, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.findings import Finding
    from keyfit.value import Origin

# One module instance of an address; a key in brackets can hold anything, quotes being escaped.
_STEP: Final = re.compile(r'module\.[^.\[]+(?:\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?(?:\.|$)')
_DEEPEST: Final = 16  # modules that call each other


class Calls(NamedTuple):
    """Where each module instance of a root module is called, by its address; `data` is where Terraform puts modules.

    `named` has the same by the names alone, as Terraform names the directories.
    """

    root: Path
    sites: Mapping[str, Origin]
    data: str
    named: Mapping[str, Origin]

    @classmethod
    def of(cls, root: Path, sites: Mapping[str, Origin], data: str) -> Calls:
        """The calls of a root module."""
        return cls(root, sites, data, {".".join(map(_name, _steps(each))): site for each, site in sites.items()})

    def within(self, origin: Origin) -> Origin:
        """A place that the author of the root module can edit: of one in a downloaded module, where that is called."""
        for _ in range(_DEEPEST):
            _, downloaded, rest = f"/{origin.file}".partition(f"/{self.data}/modules/")
            site = self.named.get(rest.partition("/")[0]) if downloaded else None
            if site is None:
                break
            origin = site
        return origin


def with_calls(findings: Iterable[Finding], calls: Calls) -> tuple[Finding, ...]:
    """The findings; one that is not known to hold, at a place that is not in the root module itself, names the calls.

    What is in a downloaded module is told where that is called: nobody edits what `terraform init` fetches.
    """
    return tuple(_told(_moved(each, calls), calls) for each in findings)


def _moved(finding: Finding, calls: Calls) -> Finding:
    origin = calls.within(finding.origin)
    notes = tuple(replace(note, origin=calls.within(note.origin)) if note.origin else note for note in finding.notes)
    if origin is not finding.origin:
        where = f"{finding.origin.file}:{finding.origin.start.line}"
        notes = (*notes, Note(NoteKind.NOTE, f"in the downloaded module, the place is `{where}`"))
    return replace(finding, origin=origin, notes=notes) if calls.sites else finding


def _told(finding: Finding, calls: Calls) -> Finding:
    if finding.verdict is Verdict.HOLDS or Path(finding.origin.file).parent == calls.root:
        return finding
    sites = calls.sites
    notes = tuple(_note(module, sites[module]) for module in called(finding.resource) if module in sites)
    return replace(finding, notes=(*finding.notes, *notes)) if notes else finding


def _note(module: str, origin: Origin) -> Note:
    return Note(NoteKind.NOTE, f"`{module}` is called here", origin)


def called(address: str) -> Iterator[str]:
    """The module instances that an address lies in, the innermost first."""
    ends = [address[: step.end()].rstrip(".") for step in _steps(address)]
    yield from reversed(ends)


def _steps(address: str) -> Iterator[re.Match[str]]:
    """The module instances of an address, one by one."""
    offset = 0
    while step := _STEP.match(address, offset):
        offset = step.end()
        yield step


def _name(step: re.Match[str]) -> str:
    """The name of a module, without the key of the instance."""
    return step[0].removeprefix("module.").partition("[")[0].rstrip(".")
