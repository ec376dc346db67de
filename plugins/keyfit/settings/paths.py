"""Which directory bounds reading: what lies outside it is not read."""

from __future__ import annotations

import os
from pathlib import Path

from keyfit.settings import SettingsError


def real_path(path: Path) -> Path:
    """`path` without symbolic links; `Path.resolve` would raise for those that lead nowhere but to themselves."""
    return Path(os.path.realpath(path))


def find_root(path: Path) -> Path:
    """The git work tree that `path` (resolved) lies in; else `path` itself, or a file's directory."""
    start = path if path.is_dir() else path.parent
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def inside(path: Path, root: Path) -> Path:
    """`path`, if it lies inside `root`, symbolic links resolved."""
    if "\0" in str(path):
        raise SettingsError(f"{str(path)!r} is not a path: it contains a null character")
    if not real_path(path).is_relative_to(root):
        raise SettingsError(f"`{path}` is outside the scanned directory `{root}`")
    return path
