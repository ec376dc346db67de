"""Remedies: what a help says, as an edit of the author's own text, offered only where the engine proves it.

A remedy mends its finding, breaks nothing else and changes no decision but those that it is about: the same scan, asked
again on the edited text, says so. Nothing is written before the user asks for it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.model.findings import Edit, Note, NoteKind, Remedy, Verdict
from keyfit.readers.overlaid import overlaid
from keyfit.record import record
from keyfit.remedy.ground import Ground
from keyfit.remedy.proof import Prover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.remedy.proof import Proven
    from keyfit.scan import Checked, Report, Run

__all__ = ["Ground", "Mended", "mend", "with_edits"]

MOST_MENDED: Final = 50_000  # as `proof.MOST`, where the user asks for nothing else
_SKIPPED: Final = Note(
    NoteKind.NOTE, "edits were not looked for everywhere: there are too many; `keyfit fix` tries more"
)

Mark: TypeAlias = "Callable[[Report], Report]"


def with_edits(report: Report, paths: tuple[Path, ...], run: Run) -> Report:
    """The report, each broken finding that counts with the edits that are proven to mend it, where there are any."""
    prover = Prover(Ground.of(paths, run))
    failed: list[Note] = []
    checked = tuple(_edited(each, prover, failed) for each in report.checked)
    notices = (*report.notices, *dict.fromkeys(failed), *((_SKIPPED,) if prover.skipped else ()))
    return replace(report, checked=checked, notices=notices)


def _edited(checked: Checked, prover: Prover, failed: list[Note]) -> Checked:
    """The findings with their edits; that looking for one failed takes nothing from what was found."""
    findings = []
    for found in checked.findings:
        try:
            findings.append(_offered(found, checked, prover))
        except Exception as error:  # noqa: BLE001, PERF203 - what was found stands without an edit
            words = " ".join(f"no edit could be looked for: {type(error).__name__}: {error}".split())
            failed.append(Note(NoteKind.NOTE, words, found.origin))
            findings.append(found)
    prover.forget()
    return replace(checked, findings=tuple(findings))


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


@record
class Mended:
    """What was mended, and the bytes of each file before and after it, by the name that places have.

    `skipped` says that more could be tried than one run does.
    """

    findings: tuple[Finding, ...]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    skipped: bool = False


def mend(paths: tuple[Path, ...], run: Run, rules: Mapping[str, frozenset[int]], mark: Mark) -> Mended:
    """All remedies of findings of `rules` (by path), one after the other, each proven on the text with those before it.

    `mark` says which findings of a report are suppressed: those stay.
    """
    mending = _Mending(Prover(Ground.of(paths, run), MOST_MENDED), rules, mark)
    while mending.step():
        pass
    return Mended(tuple(mending.mended), mending.before, mending.after, mending.prover.skipped)


@dataclass
class _Mending:
    """`marked` is what is found with what was mended so far, without marks and with them; `failed` no edit mends."""

    prover: Prover
    rules: Mapping[str, frozenset[int]]
    mark: Mark
    marked: list[tuple[Checked, Checked]] = field(default_factory=list)
    mended: list[Finding] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    failed: set[object] = field(default_factory=set)
    progress: bool = False

    def step(self) -> bool:
        """Mend one finding; whether there can be more. What could not be mended is tried again after the others."""
        self._look(self.prover.report)
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

    def _look(self, report: Report) -> None:
        """Take up what is found, and mark what of it is new."""
        known = {id(bare): found for bare, found in self.marked}
        new = tuple(each for each in report.checked if id(each) not in known)
        with overlaid(self.prover.ground.files):
            fresh = self.mark(replace(report, checked=new)).checked
        known |= {id(bare): found for bare, found in zip(new, fresh, strict=True)}
        self.marked = [(each, known[id(each)]) for each in report.checked]

    def _broken(self) -> Iterator[tuple[Checked, Finding]]:
        for _, checked in self.marked:
            wanted = self.rules.get(checked.path, frozenset())
            for found in checked.findings:
                if found.verdict is Verdict.BROKEN and found.suppressed is None and found.rule in wanted:
                    yield checked, found

    def _take(self, found: Finding, proven: Proven) -> None:
        self.mended.append(found)
        self.progress = True
        for file in proven.plan:
            self.before.setdefault(file, self.prover.ground.data(file))
        self.prover.advanced(proven)
        for file in proven.plan:
            self.after[file] = self.prover.ground.data(file)
