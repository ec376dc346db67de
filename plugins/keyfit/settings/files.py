"""Where settings files lie: `keyfit.toml`, or `[tool.keyfit]` in `pyproject.toml`, nearest upward from the input.

What reads them is imported only where one is found: most runs have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.settings import Choice, Settings, SettingsError
from keyfit.settings.paths import find_root, inside, real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from pathlib import Path

OWN: Final = "keyfit.toml"
SHARED: Final = "pyproject.toml"
NEAREST: Final = Choice()


def find_settings(start: Path, root: Path, choice: Choice = NEAREST) -> Settings:
    """What the chosen settings file says; or the nearest, from the directory `start` upward to `root`."""
    if choice.isolated:
        return Settings()
    if choice.file is not None:
        return _named(choice.file)
    for folder in (start, *start.parents):
        if not folder.is_relative_to(root):
            break
        found = _read(folder, root)
        if found is not None:
            return found
    return Settings()


def _named(file: Path) -> Settings:
    """What a file says that the user names, wherever it lies; what it names lies around it."""
    from keyfit.settings.reading import read_settings, read_shared_settings

    root = find_root(real_path(file))
    found = read_shared_settings(file, root) if file.name == SHARED else read_settings(file, root)
    if found is None:
        raise SettingsError("the file has no table `[tool.keyfit]`", Origin(str(file)))
    return found


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
