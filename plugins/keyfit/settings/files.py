"""Where settings files lie: `keyfit.toml`, or `[tool.keyfit]` in `pyproject.toml`, nearest upward from the input.

What reads them is imported only where one is found: most runs have none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from keyfit.settings import Settings, SettingsError

OWN: Final = "keyfit.toml"
SHARED: Final = "pyproject.toml"


def real_path(path: Path) -> Path:
    """`path` without symbolic links; `Path.resolve` would raise for those that lead nowhere but to themselves."""
    return Path(os.path.realpath(path))


def find_root(path: Path) -> Path:
    """The git work tree that `path` (resolved) lies in; else `path` itself, or a file's directory."""
    start = path if path.is_dir() else path.parent
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)


def find_settings(start: Path, root: Path) -> Settings:
    """What the nearest settings file says, from the directory `start` upward to `root`."""
    for folder in (start, *start.parents):
        if not folder.is_relative_to(root):
            break
        found = _read(folder, root)
        if found is not None:
            return found
    return Settings()


def _read(folder: Path, root: Path) -> Settings | None:
    own, shared = folder / OWN, folder / SHARED
    if own.is_file():
        from keyfit.settings.reading import read_settings

        return read_settings(inside(own, root), root)
    if shared.is_file() and _mentions_keyfit(inside(shared, root)):
        from keyfit.settings.reading import read_shared_settings

        return read_shared_settings(shared, root)
    return None


def _mentions_keyfit(shared: Path) -> bool:
    """Whether the file may have a table of ours: most have none, and need not be parsed for that."""
    try:
        return b"keyfit" in shared.read_bytes()
    except OSError:
        return True  # reading it says what is the matter


def inside(path: Path, root: Path) -> Path:
    """`path`, if it lies inside `root`, symbolic links resolved."""
    if not real_path(path).is_relative_to(root):
        raise SettingsError(f"`{path}` lies outside the scanned directory `{root}`")
    return path
