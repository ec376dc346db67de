"""The file that a resource stands in, and whether it can have to do with keys: asked before the engine is imported."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from keyfit.services import search

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILES: Final[dict[str, str]] = {}  # the file of each `scanned_file`, as some resource in it told
_CONCERNED: Final[dict[str, bool]] = {}  # by file
_LARGEST: Final = 64 << 20  # of a larger one the engine says that it is too large


def concerns(scanned: str, conf: Mapping[str, Any]) -> bool:
    """Whether something in the template of a resource can be judged; read once a process."""
    file = find_file(scanned, conf)
    if file not in _CONCERNED:
        _CONCERNED[file] = _speaks(Path(file))
    return _CONCERNED[file]


def _speaks(file: Path) -> bool:
    """Whether a template speaks of what keyfit judges; so does one that only the engine can say more about."""
    try:
        if file.stat().st_size > _LARGEST:
            return True
        source = file.read_bytes()
    except OSError:
        return True
    return b"\0" in source[:4] or search.may_hold_subject(source.lower())  # two bytes a character


def find_file(scanned: str, conf: Mapping[str, Any]) -> str:
    """The file that a resource stands in; `FileNotFoundError` where that cannot be told.

    Checkov leaves its name in the properties. Where there are none (or the file is JSON with tabs), another resource of
    the file told it, or it lies in the current directory or in one that Checkov was started with.
    """
    properties = conf.get("Properties")
    named = properties.get("__file__") if isinstance(properties, dict) else None
    if isinstance(named, str):
        _FILES[scanned] = named
    if scanned not in _FILES:
        folders = (Path(), *(Path(word) for word in sys.argv[1:] if Path(word).is_dir()))
        candidates = (folder / scanned.lstrip("/") for folder in folders)
        found = {str(each.resolve()) for each in candidates if each.is_file()}
        if len(found) != 1:
            raise FileNotFoundError(f"Checkov does not say where `{scanned}` is")
        (_FILES[scanned],) = found
    return _FILES[scanned]
