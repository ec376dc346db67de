"""Remedies: what a help says, as an edit of the author's own text, offered only where the engine proves it.

A remedy mends its finding, breaks nothing else and changes no decision but those that it is about: the same scan, asked
again on the edited text, says so. Nothing is written before the user asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from keyfit.model.findings import Edit, Remedy, Verdict
from keyfit.readers.overlaid import overlaid
from keyfit.remedy.ground import Ground
from keyfit.remedy.proof import Prover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.remedy.proof import Proven
    from keyfit.scan import Checked, Report, Run

__all__ = ["Ground", "Mended", "mend", "with_edits"]

Mark: TypeAlias = "Callable[[Report], Report]"


def with_edits(report: Report, paths: tuple[Path, ...], run: Run) -> Report:
    """The report, each broken finding that counts with the edits that are proven to mend it, where there are any."""
    prover = Prover(Ground.of(paths, run))
    return replace(report, checked=tuple(_edited(each, prover) for each in report.checked))


def _edited(checked: Checked, prover: Prover) -> Checked:
    return replace(checked, findings=tuple(_offered(each, checked, prover) for each in checked.findings))


def _offered(found: Finding, checked: Checked, prover: Prover) -> Finding:
    if found.verdict is not Verdict.BROKEN or found.suppressed is not None or found.remedy is None:
        return found
    proven = prover.remedy(found, checked)
    return found if proven is None else replace(found, remedy=_remedy(found.remedy, proven, prover.ground))


def _remedy(remedy: Remedy, proven: Proven, ground: Ground) -> Remedy:
    edits = [
        Edit(source.origin(splice), splice.replacement)
        for file, splices in proven.plan.items()
        for source in (ground.source(file),)
        for splice in sorted(splices, key=lambda each: (each.start, each.end))
    ]
    return replace(remedy, edits=tuple(edits))


@dataclass(frozen=True, slots=True)
class Mended:
    """What was mended, and the bytes of each file before and after it, by the name that places have."""

    findings: tuple[Finding, ...]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def mend(paths: tuple[Path, ...], run: Run, rules: Mapping[str, frozenset[int]], mark: Mark) -> Mended:
    """All remedies of findings of `rules` (by path), one after the other, each proven on the text with those before it.

    `mark` says which findings of a report are suppressed: those stay.
    """
    mending = _Mending(Prover(Ground.of(paths, run)), rules, mark)
    while mending.step():
        pass
    return Mended(tuple(mending.mended), mending.before, mending.after)


@dataclass
class _Mending:
    """`failed` are the subjects that no edit was found for since `progress` was made."""

    prover: Prover
    rules: Mapping[str, frozenset[int]]
    mark: Mark
    mended: list[Finding] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    failed: set[object] = field(default_factory=set)
    progress: bool = False

    def step(self) -> bool:
        """Mend one finding; whether there can be more. What could not be mended is tried again after the others."""
        for checked, found in self._broken():
            subject = (checked.path, found.rule, found.resource, found.about)
            if subject in self.failed:
                continue
            proven = self.prover.remedy(found, checked)
            if proven is not None:
                self._take(found, proven)
                return True
            self.failed.add(subject)
        again, self.progress = self.progress and bool(self.failed), False
        self.failed.clear()
        return again

    def _broken(self) -> Iterator[tuple[Checked, Finding]]:
        with overlaid(self.prover.ground.files):
            report = self.mark(self.prover.ground.report())
        for checked in report.checked:
            wanted = self.rules.get(checked.path, frozenset())
            for found in checked.findings:
                if found.verdict is Verdict.BROKEN and found.suppressed is None and found.rule in wanted:
                    yield checked, found

    def _take(self, found: Finding, proven: Proven) -> None:
        self.mended.append(found)
        self.progress = True
        for file in proven.plan:
            self.before.setdefault(file, self.prover.ground.data(file))
        self.prover = Prover(self.prover.ground.with_files(proven.files), self.prover.left)
        for file in proven.plan:
            self.after[file] = self.prover.ground.data(file)
