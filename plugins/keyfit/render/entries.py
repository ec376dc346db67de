"""What every report shows: the findings that stand for themselves, each with all there is to say of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Level, Note, NoteKind, Verdict
from keyfit.record import record
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.scan.folding import cause_of
from keyfit.settings import FailOn, Settings, Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.model.findings import Finding
    from keyfit.scan import Report

_MOST: Final = 8  # findings that are told beside one of the same cause
_SHOWN_BY: Final = {Verdict.HOLDS: Shown.HOLDS, Verdict.UNPROVEN: Shown.UNPROVEN}


@record
class Entry:
    """A finding that is not part of another, the settings it was judged under, and the findings that are part of it."""

    finding: Finding
    settings: Settings = field(default_factory=Settings)
    parts: tuple[Finding, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Whether the settings ask for it: what is broken always."""
        return self.finding.verdict is Verdict.BROKEN or _SHOWN_BY[self.finding.verdict] in self.settings.show

    @property
    def notes(self) -> tuple[Note, ...]:
        """The finding's own notes and advice, and one for each finding that has the same cause."""
        same = tuple(dict.fromkeys(_same(part, self.finding) for part in self.parts))  # what a loop makes of one line
        more = (Note(NoteKind.NOTE, f"for the same reason, {len(same) - _MOST} more"),) if len(same) > _MOST + 1 else ()
        return (*every_note(self.finding, COMMAND_LINE), *(same[:_MOST] if more else same), *more)


def entries(report: Report) -> tuple[Entry, ...]:
    """Every finding that stands for itself and counts, sorted by path, line and rule; whether it is shown or not."""
    settings = {id(found): each.settings for each in report.checked for found in each.findings}
    parts = parts_of(report.findings)
    return tuple(
        Entry(found, settings[id(found)], parts.get(id(found), ()))
        for found in report.findings
        if found.part_of is None and found.suppressed is None
    )


def parts_of(findings: Iterable[Finding]) -> Mapping[int, tuple[Finding, ...]]:
    """The findings that are part of others, by the identity of those."""
    leaders: dict[int, object] = {}
    parts: dict[object, list[Finding]] = defaultdict(list)
    for found in findings:
        cause = cause_of(found)
        if cause is not None and found.part_of is not None:
            parts[cause].append(found)
        elif cause is not None and found.suppressed is None:
            leaders[id(found)] = cause
    return {leader: tuple(parts[cause]) for leader, cause in leaders.items() if cause in parts}


def _same(part: Finding, leader: Finding) -> Note:
    """A finding with its leader's cause: by its consumer alone where the words are one, or the line that makes both."""
    kind = (part.rule, part.level, part.scenarios) == (leader.rule, leader.level, leader.scenarios)
    copied = (part.origin.file, part.origin.start) == (leader.origin.file, leader.origin.start)
    if part.consumer and kind and (copied or part.message == leader.message):
        return Note(NoteKind.NOTE, f"the same for {part.consumer}", part.origin)
    words = f"for the same reason, {sentences.title(part)}: {sentences.sentence(part)}"
    return Note(NoteKind.NOTE, words, part.origin)


def fails(found: Finding, settings: Settings) -> bool:
    """Whether a finding gives status 1."""
    if found.suppressed is not None:
        return False
    wanted = settings.fail_on or FailOn.ERROR
    if found.verdict is Verdict.UNPROVEN:
        return wanted is FailOn.UNPROVEN
    return found.verdict is Verdict.BROKEN and not (wanted is FailOn.ERROR and found.level is Level.WARNING)
