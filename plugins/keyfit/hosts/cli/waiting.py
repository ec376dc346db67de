"""A bar on the terminal of whoever waits: files read, stacks judged, the time left; nothing in a pipeline."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import click

from keyfit.scan.progress import JUDGED, READ, SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.scan.progress import Progress

PATIENCE: Final = 0.7  # seconds that nobody calls waiting
_CLEAR: Final = "\r\x1b[K"


@contextmanager
def waiting() -> Iterator[Progress]:
    """What a scan tells how far it is; a terminal has the line to itself again afterwards."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield SILENT
        return
    bar = Bar()
    try:
        yield bar
    finally:
        bar.clear()


class Bar:
    """One line, once it takes a while."""

    def __init__(self) -> None:
        """Nothing is shown yet."""
        self._began = time.monotonic()
        self._expected = 0
        self._counts = {READ: 0, JUDGED: 0}
        self._bar: Any = None

    def expect(self, parts: int) -> None:
        """The bar is as long as all that is known to be done."""
        self._expected += parts
        if self._bar is not None:
            self._bar.length = self._expected

    def done(self, what: str) -> None:
        """One step."""
        self._counts[what] += 1
        if self._bar is None and time.monotonic() - self._began > PATIENCE:
            self._bar = click.progressbar(length=self._expected, file=sys.stderr, show_pos=True)
            self._bar.update(sum(self._counts.values()) - 1)
        if self._bar is not None:
            self._bar.label = f"{self._counts[READ]} files read, {self._counts[JUDGED]} stacks judged"
            self._bar.update(1)

    def clear(self) -> None:
        """Leave nothing behind."""
        if self._bar is not None:
            self._bar.render_finish()
            click.echo(_CLEAR, nl=False, err=True)
