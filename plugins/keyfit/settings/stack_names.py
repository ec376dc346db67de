"""What the stacks of templates are called, which no template says: names of exports can be made of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.settings import SettingsError
from keyfit.settings.paths import real_path

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")


def stack_names(written: object, folder: Path) -> dict[str, str]:
    """Names of stacks by the real paths of their templates, which are given from `folder` on."""
    if not isinstance(written, dict):
        raise SettingsError(f"`{written}` is not a table of stack names by template")
    return dict(_named(path, name, folder) for path, name in written.items())


def stack_name(word: str, folder: Path) -> tuple[str, str]:
    """The same of `PATH=NAME`."""
    path, equals, name = word.rpartition("=")
    if not equals or not path:
        raise SettingsError(f"`{word}` is not of the form `PATH=NAME`, such as `keys.yaml=keys`")
    return _named(path, name, folder)


def _named(path: str, name: object, folder: Path) -> tuple[str, str]:
    if "\0" in path or not (folder / path).is_file():
        raise SettingsError(f"`{path}` is not a template: no such file")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SettingsError(f"`{name}` is not the name of a stack: letters, digits and hyphens, and a letter first")
    return str(real_path(folder / path)), name
