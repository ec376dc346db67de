"""What every report shows: the findings that stand for themselves, each with all there is to say of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Level, Note, NoteKind, Verdict
from keyfit.render import sentences
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.settings import FailOn, Settings, Shown

if TYPE_CHECKING:
    from keyfit.model.findings import Cause, Finding
    from keyfit.scan import Report

_SHOWN_BY: Final = {Verdict.HOLDS: Shown.HOLDS, Verdict.UNPROVEN: Shown.UNPROVEN}


@dataclass(frozen=True, slots=True)
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
        return (
            *every_note(self.finding, COMMAND_LINE),
            *dict.fromkeys(map(_same, self.parts)),
        )  # what a loop makes of one line is one


def entries(report: Report) -> tuple[Entry, ...]:
    """Every finding that stands for itself and counts, sorted by path, line and rule; whether it is shown or not."""
    settings = {id(found): each.settings for each in report.checked for found in each.findings}
    parts: dict[Cause, list[Finding]] = defaultdict(list)
    for found in report.findings:
        if found.part_of is not None and found.cause is not None:
            parts[found.cause].append(found)
    return tuple(
        Entry(found, settings[id(found)], _parts(found, parts))
        for found in report.findings
        if found.part_of is None and found.suppressed is None
    )


def _parts(leader: Finding, parts: dict[Cause, list[Finding]]) -> tuple[Finding, ...]:
    if leader.cause is None or leader.verdict is not Verdict.BROKEN:
        return ()
    return tuple(parts.get(leader.cause, ()))


def _same(part: Finding) -> Note:
    return Note(NoteKind.NOTE, f"for the same reason, {sentences.title(part)}: {sentences.sentence(part)}", part.origin)


def fails(found: Finding, settings: Settings) -> bool:
    """Whether a finding gives status 1."""
    if found.suppressed is not None:
        return False
    wanted = settings.fail_on or FailOn.WARNING
    if found.verdict is Verdict.UNPROVEN:
        return wanted is FailOn.UNPROVEN
    return found.verdict is Verdict.BROKEN and not (wanted is FailOn.ERROR and found.level is Level.WARNING)
