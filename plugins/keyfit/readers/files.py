"""Reading files inside the scan root, and nothing else: symbolic links are resolved first, sizes are bounded."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.watching import looked_at
from keyfit.value import Origin

if TYPE_CHECKING:
    from pathlib import Path

LARGEST: Final = 10_000_000  # bytes of one file
MOST: Final = 10_000  # files of one directory
_CONFIGURATION: Final = (".tf", ".tf.json", ".tofu", ".tofu.json")


def inside(path: Path, root: Path) -> bool:
    """Whether `path` lies in `root`, all symbolic links resolved. Nothing is looked at before this has been asked."""
    looked_at(path)
    try:
        return path.resolve().is_relative_to(root.resolve())
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
        return Problem(f"`{path}` lies outside the scanned directory", place)
    try:
        if not path.is_file():
            return Problem(f"`{path}` is no file", place)
        if path.stat().st_size > largest:
            return Problem(f"`{path}` is larger than {largest} bytes", place)
        return path.read_bytes()
    except (OSError, ValueError) as error:
        return Problem(f"`{path}` cannot be read: {getattr(error, 'strerror', None) or error}", place)


def glance(path: Path, root: Path) -> bytes | None:
    """The bytes of a file in a directory that lies inside `root`, for a quick look; `None` where it cannot be read."""
    try:
        status = path.lstat()
        plain = stat.S_ISREG(status.st_mode) or (inside(path, root) and path.is_file())
        return path.read_bytes() if plain and path.stat().st_size <= LARGEST else None
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


def is_configuration(name: str) -> bool:
    """Whether Terraform or OpenTofu reads a file of that name as configuration."""
    return name.endswith(_CONFIGURATION) and not name.startswith((".", "#")) and not name.endswith("~")


def configuration_files(directory: Path, root: Path) -> tuple[Path, ...]:
    """The configuration files of a directory: the ordinary ones first, then those that override them, each by name.

    Of `x.tofu` and `x.tf` only the first is read, as OpenTofu does.
    """
    found = [name for name in names(directory, root) if is_configuration(name)]
    shadowed = {name.replace(".tofu", ".tf") for name in found if name.endswith((".tofu", ".tofu.json"))}
    ordered = sorted((name for name in found if name not in shadowed), key=lambda name: (is_override(name), name))
    return tuple(directory / name for name in ordered)


def is_override(name: str) -> bool:
    """Whether the blocks of that file override those of the others."""
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


def variable_files(directory: Path, root: Path) -> tuple[Path, ...]:
    """The files that give variables values without being asked to; the last one wins."""
    present = names(directory, root)
    first = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in present]
    automatic = [name for name in present if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    return tuple(directory / name for name in (*first, *automatic))
