"""How far a scan is, for somebody who waits."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What is told of it: how much more there is to do, and each part that is done."""

    def expect(self, parts: int) -> None:
        """There are so many parts more."""

    def done(self, what: str) -> None:
        """One part is done: `READ` or `JUDGED`."""


READ = "read"
JUDGED = "judged"


class Silent:
    """Nobody waits."""

    def expect(self, parts: int) -> None:
        """Nothing to tell."""

    def done(self, what: str) -> None:
        """Nothing to tell."""


SILENT = Silent()
