"""Reading files inside the scan root, and nothing else: symbolic links are resolved first, sizes are bounded."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from keyfit.readers.overlaid import content
from keyfit.readers.watching import looked_at

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import Problem

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
        return read.decode("utf-8-sig") if isinstance(read, bytes) else read
    except UnicodeDecodeError:
        return _problem(path, "is not encoded in UTF-8")


def read_bytes(path: Path, root: Path, largest: int) -> bytes | Problem:
    """The bytes of a file, or why they cannot be read: there are more than `largest`, for one."""
    if not inside(path, root):
        return _problem(path, "is outside the scanned directory")
    try:
        if not path.is_file():
            return _problem(path, "is not a file")
        if path.stat().st_size > largest:
            return _problem(path, f"is larger than {largest} bytes")
        overlaid = content(path)
        return path.read_bytes() if overlaid is None else overlaid
    except (OSError, ValueError) as error:
        return _problem(path, f"cannot be read: {getattr(error, 'strerror', None) or error}")


def _problem(path: Path, what: str) -> Problem:
    """That the file is or cannot be so; a glance at a tree does without the model."""
    from keyfit.model.stack import Problem
    from keyfit.value import Origin

    return Problem(f"`{path}` {what}", Origin(str(path)))


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
