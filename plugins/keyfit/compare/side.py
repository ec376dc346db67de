"""One of the two states: what its scan found, told and asked from where it lies."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.scan import Report


@dataclass(frozen=True, slots=True)
class Side:
    """A report, and the directory that its paths are told from, in which it was made.

    Stacks are read on demand: what asks one asks it `at_home`, so that both sides call a file by the same name.
    """

    name: str
    home: Path
    report: Report


@contextmanager
def at_home(home: Path) -> Iterator[None]:
    """With `home` as the current directory."""
    before = os.open(".", os.O_RDONLY)
    os.chdir(home)
    try:
        yield
    finally:
        os.fchdir(before)
        os.close(before)
