"""Which files a run is about, and their text."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.readers.overlaid import content
from keyfit.readers.watching import looked_at
from keyfit.record import record
from keyfit.scan.tools import NAMES as TOOLS
from keyfit.settings.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LARGEST: Final = 8_000_000  # bytes of a template; CloudFormation itself takes one megabyte
_SUFFIXES: Final = (".json", ".template", ".yaml", ".yml")
_SKIPPED: Final = frozenset({"node_modules"})


@record
class Input:
    """A file to read, as the user would type it.

    `within` is the path that the user did type, or its directory; `named` says that it is the file itself.
    """

    path: Path
    within: Path
    named: bool = False


def _no_path(_top: Path) -> Callable[[str], bool]:
    return lambda _path: False


class UnreadableError(Exception):
    """A file that cannot be read as text: the message says why."""


def find_inputs(paths: Iterable[Path], left_out: Callable[[Path], Callable[[str], bool]] = _no_path) -> Iterator[Input]:
    """The files that `paths` name or hold, each once, sorted within each of `paths`.

    A file that the user names is one whatever it is called; in a directory only what could be a template is, or belongs
    to a tool that deploys some. Directories whose name begins with a dot are left out, as are `node_modules`, and what
    `left_out` says of a directory, unless the user names them.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _walk(path, left_out(path)) if path.is_dir() else (Input(path, path.parent, named=True),):
            real = real_path(found.path)
            if real not in seen:
                seen.add(real)
                yield found


def _walk(top: Path, left_out: Callable[[str], bool]) -> Iterator[Input]:
    for folder, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        folders[:] = [name for name in folders if not left_out(f"{folder}/{name}/")]
        here = Path(folder)
        wanted = (name for name in sorted(names) if name.endswith(_SUFFIXES) or name in TOOLS)
        yield from (Input(here / name, top) for name in wanted if not left_out(f"{folder}/{name}"))


def require_file(path: Path, root: Path) -> None:
    """`UnreadableError` where `path` is not a file inside `root`."""
    try:
        path.stat()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise UnreadableError("no such file" if missing else f"the file cannot be read: {error.strerror}") from None
    if not real_path(path).is_relative_to(root):
        raise UnreadableError(f"the file is outside the scanned directory `{root}`")
    if not path.is_file():
        raise UnreadableError("not a file")


def read_text(path: Path) -> str:
    """The file's text, whatever its byte order mark says; `UnreadableError` where it has none."""
    looked_at(path)
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise UnreadableError(f"the file has {size:,} bytes, more than {LARGEST:,}")
        overlaid = content(path)
        return decoded(path.read_bytes() if overlaid is None else overlaid)
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror}") from None


def decoded(data: bytes) -> str:
    """The text of a file, without its byte order mark; `UnreadableError` where it is neither UTF-8 nor UTF-16."""
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"the file is not {encoding.removesuffix('-sig').upper()}: byte {error.start}") from None
