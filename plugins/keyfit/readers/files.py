"""Reading files inside the scan root, and nothing else: symbolic links are resolved first, sizes are bounded."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.overlaid import content
from keyfit.readers.watching import looked_at
from keyfit.value import Origin

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 10_000_000  # bytes of one file
MOST: Final = 10_000  # files of one directory


def inside(path: Path, root: Path) -> bool:
    """Whether `path` lies in `root`, all symbolic links resolved. Nothing is looked at before this has been asked."""
    looked_at(path)
    try:
        found = path.resolve()
        # Python 3.13 gives a loop of links back as it is, where older ones raise an error.
        return found.is_relative_to(root.resolve()) and not found.is_symlink()
    except (OSError, RuntimeError, ValueError):
        return False


def read_text(path: Path, root: Path) -> str | Problem:
    """The text of a file, or why it cannot be read."""
    read = read_bytes(path, root, LARGEST)
    try:
        return read if isinstance(read, Problem) else read.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Problem(f"`{path}` is not encoded in UTF-8", Origin(str(path)))


def read_bytes(path: Path, root: Path, largest: int) -> bytes | Problem:
    """The bytes of a file, or why they cannot be read: there are more than `largest`, for one."""
    place = Origin(str(path))
    if not inside(path, root):
        return Problem(f"`{path}` is outside the scanned directory", place)
    try:
        if not path.is_file():
            return Problem(f"`{path}` is not a file", place)
        if path.stat().st_size > largest:
            return Problem(f"`{path}` is larger than {largest} bytes", place)
        overlaid = content(path)
        return path.read_bytes() if overlaid is None else overlaid
    except (OSError, ValueError) as error:
        return Problem(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}", place)


def glance(path: Path, root: Path) -> bytes | None:
    """The bytes of a file in a directory that lies inside `root`, for a quick look; `None` where it cannot be read."""
    try:
        status = path.lstat()
        plain = stat.S_ISREG(status.st_mode) or (inside(path, root) and path.is_file())
        if not plain or path.stat().st_size > LARGEST:
            return None
        overlaid = content(path)
        return path.read_bytes() if overlaid is None else overlaid
    except (OSError, ValueError):
        return None


def names(directory: Path, root: Path) -> tuple[str, ...]:
    """The names in a directory, sorted; none where it lies outside `root` or is none."""
    if not inside(directory, root):
        return ()
    try:
        return tuple(sorted(os.listdir(directory))[:MOST])  # noqa: PTH208 - names are enough, and ten times as fast
    except OSError:
        return ()
