"""What is different between two states of a source: decisions, verdicts, and what limits or gives access."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Verdict
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.model.findings import Failure, Finding, Note
    from keyfit.settings import Source


class Direction(Enum):
    """What a changed decision is for the principal; "perhaps" where an unknown decides one of the two answers."""

    GAINED = "gained"
    PERHAPS_GAINED = "perhaps gained"
    PERHAPS_LOST = "perhaps lost"
    LOST = "lost"

    @property
    def widens(self) -> bool:
        """Whether somebody has, or can have, more than before."""
        return self in {Direction.GAINED, Direction.PERHAPS_GAINED}


@record
class Answered:
    """One side's answer, and why: a sentence, the place of the statement that decides, the routes that are open."""

    truth: Truth
    because: str
    origin: Origin = NOWHERE
    routes: tuple[str, ...] = field(default=(), compare=False)


@record
class Decided:
    """That a principal gets other answers about actions on a key than before.

    `who` is the principal in words, `principal` and `key` are names or addresses, as they are now. `before` and `after`
    are `None` where that side has no such key or principal: `absent` is what it has not, in a word. `ways` are the
    calls that it is about, where others did not change; `scenario` the deployments, `None` for all; `environments`
    those of the settings, empty for all.
    """

    who: str
    actions: tuple[str, ...]
    before: Answered | None
    after: Answered | None
    absent: str = ""
    ways: tuple[str, ...] = ()
    scenario: Mapping[str, bool | str] | None = None
    stack: str = ""
    principal: str = ""
    key: str = ""
    environments: tuple[str, ...] = ()

    @property
    def direction(self) -> Direction:
        """What it is for the principal; what is not there gives nothing."""
        before, after = _rank(self.before), _rank(self.after)
        if after > before:
            return Direction.GAINED if (before, after) == _SURE else Direction.PERHAPS_GAINED
        return Direction.LOST if (after, before) == _SURE else Direction.PERHAPS_LOST

    @property
    def widens(self) -> bool:
        """Whether there is, or can be, more access than before to a key that was there."""
        return self.direction.widens and self.absent != KEY


KEY: Final = "key"
_SURE: Final = (Truth.NO.value, Truth.YES.value)


def _rank(answered: Answered | None) -> int:
    return Truth.NO.value if answered is None else answered.truth.value


@record
class Judged:
    """That a rule has another verdict about a subject than before; `None`: none.

    `is_quiet`: it says no more than that something is new, or gone, of which it holds, or held.
    """

    before: Finding | None
    after: Finding | None
    is_quiet: bool = False

    @property
    def finding(self) -> Finding:
        """What is told of it: as it is now, else as it was."""
        found = self.after or self.before
        if found is None:
            msg = "a change has at least one side"
            raise ValueError(msg)
        return found

    @property
    def breaks(self) -> bool:
        """Whether something that held is broken, and counts."""
        held = self.before is not None and self.before.verdict is Verdict.HOLDS
        now = self.after
        return held and now is not None and now.verdict is Verdict.BROKEN and now.suppressed is None


class Limit(Enum):
    """What else gives or limits access."""

    GRANT = "grant"
    BOUNDARY = "permissions boundary"


@record
class Altered:
    """That a grant or a permissions boundary is new, gone, or another; in words, with its place."""

    stack: str
    kind: Limit
    subject: str
    said: str
    origin: Origin = NOWHERE


@record
class Difference:
    """Everything that is different. `failures` and `settings` are told of either side, which they name.

    `homes` are the directories that places of "before" and "now" are told from.
    """

    decided: tuple[Decided, ...] = ()
    judged: tuple[Judged, ...] = ()
    altered: tuple[Altered, ...] = ()
    failures: tuple[tuple[str, Failure], ...] = ()
    settings: tuple[tuple[str, Source], ...] = ()
    notices: tuple[Note, ...] = ()
    compared: int = 0
    homes: Mapping[str, Path] = field(default_factory=dict)

    @property
    def broken(self) -> int:
        """How much held and is broken."""
        return sum(each.breaks for each in self.judged)

    @property
    def widened(self) -> int:
        """How many decisions, told together, give more access than before, or perhaps do."""
        return sum(each.widens for each in self.decided)
