"""Files as they would be: what is read inside the `with` is the text given here, and nothing is written anywhere."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_NONE: Final[Mapping[str, bytes]] = {}
_OVERLAID: Final[ContextVar[Mapping[str, bytes]]] = ContextVar("overlaid", default=_NONE)
_NODES: Final[ContextVar[Mapping[tuple[int, int], bytes]]] = ContextVar("nodes", default={})  # noqa: B039 - never written


@contextmanager
def overlaid(files: Mapping[str, bytes]) -> Iterator[None]:
    """Reads give `files` (bytes by real path) in place of what is on the disk."""
    nodes = {(found.st_dev, found.st_ino): data for file, data in files.items() for found in (os.stat(file),)}  # noqa: PTH116
    token, marked = _OVERLAID.set(files), _NODES.set(nodes)
    try:
        yield
    finally:
        _OVERLAID.reset(token)
        _NODES.reset(marked)


def instead_of(found: os.stat_result) -> bytes | None:
    """The bytes that stand for those of a file; `None` where it counts as it is. Quicker than by its path."""
    return _NODES.get().get((found.st_dev, found.st_ino))


def content(path: Path) -> bytes | None:
    """The bytes that stand for those of `path`; `None` where the file counts as it is."""
    files = _OVERLAID.get()
    return files.get(os.path.realpath(path)) if files else None
