"""One of the two states: what its scan found, told and asked from where it lies."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path  # noqa: TC003 - a field's type
from typing import TYPE_CHECKING

from keyfit.record import record
from keyfit.scan import Report, Run, scan
from keyfit.scan.processes import SENT
from keyfit.scan.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.scan import Checked
    from keyfit.scan.judging import Remembered


@record
class Side:
    """A report, and the directory that its paths are told from, in which it was made.

    Stacks are read on demand: what asks one asks it `at_home`, so that both sides call a file by the same name.
    """

    name: str
    home: Path
    report: Report
    paths: tuple[Path, ...] = ()
    run: Run = field(default_factory=Run)

    @classmethod
    def scanned(cls, name: str, home: Path, paths: tuple[Path, ...], run: Run) -> Side:
        """What is found there."""
        with at_home(home):
            return cls(name, home, scan(paths, run), paths, replace(run, progress=SILENT))

    @property
    def sent(self) -> Mapping[object, Remembered[Checked]]:
        """The root modules that other processes have judged: of these there is no stack that can be asked."""
        return {key: each for key, each in self.run.roots.items() if isinstance(key, tuple) and key[0] == SENT}

    def here(self, keys: set[object]) -> Side:
        """The same, where some of them are read in this process."""
        run = replace(self.run, jobs=1, roots={key: each for key, each in self.run.roots.items() if key not in keys})
        return Side.scanned(self.name, self.home, self.paths, run) if keys else self


def whole(base: Side, head: Side) -> tuple[Side, Side]:
    """Both sides, where each root module that was read from other files can be asked about what is decided in it.

    What was read from the same files, and has nothing to do with others, is decided in the same way.
    """
    old, new = base.sent, head.sent
    same = {key for key in old if key in new and _files(base, old[key]) == _files(head, new[key])}
    return base.here({*old} - same), head.here({*new} - same)


def _files(side: Side, read: Remembered[Checked]) -> Mapping[str, object]:
    """What a root module was read from, by the path from where the side lies."""
    with at_home(side.home):
        return {os.path.relpath(path): _content(path) for path in read.states}


def _content(path: Path) -> object:
    if path.is_dir():
        return sorted(os.listdir(path))  # noqa: PTH208 - names
    return path.read_bytes() if path.is_file() else None


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
