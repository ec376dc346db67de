"""What a reading looks at in the file system, so that its answer can be kept as long as all of that stays the same."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.readers.overlaid import instead_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

# Which file it is (a link can lead elsewhere later), when it changed last, its size; what stands for its bytes; `None`
# where there is no file.
State: TypeAlias = "tuple[int, int, int, int] | bytes | None"

_LOOKED: Final[ContextVar[dict[Path, State] | None]] = ContextVar("looked", default=None)


@contextmanager
def watched() -> Iterator[dict[Path, State]]:
    """Every file and directory that is looked at inside the `with`, as it was then."""
    seen: dict[Path, State] = {}
    token = _LOOKED.set(seen)
    try:
        yield seen
    finally:
        _LOOKED.reset(token)


def looked_at(path: Path) -> None:
    """Note that the reading looks at `path`, which need not be there."""
    seen = _LOOKED.get()
    if seen is not None and path not in seen:
        seen[path] = state(path)


def also_looked_at(states: Mapping[Path, State]) -> None:
    """Note what another reading, of which this one uses the answer, has looked at, as it was then."""
    seen = _LOOKED.get()
    if seen is not None:
        seen.update({path: before for path, before in states.items() if path not in seen})


def state(path: Path) -> State:
    """How `path` is now; a directory changes when a name in it does."""
    try:
        found = os.stat(path)  # noqa: PTH116 - the links are followed, and no Path is needed
    except (OSError, ValueError):
        return None
    data = instead_of(found)
    if data is not None:
        return data
    return found.st_dev << 64 | found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
