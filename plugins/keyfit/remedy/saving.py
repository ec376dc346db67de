"""Edited files on the disk: each is replaced as a whole, and only where it still is what was read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.settings.paths import real_path

if TYPE_CHECKING:
    from collections.abc import Mapping


class ChangedError(Exception):
    """A file that is no longer what was read: nothing is written."""


def save(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
    """Write the files of `after`; `ChangedError` where one is not what `before` says, `OSError` as the system says."""
    for file in after:
        if real_path(Path(file)).read_bytes() != before[file]:
            raise ChangedError(f"`{file}` has changed since it was read")
    for file, data in after.items():
        _replace(real_path(Path(file)), data)


def _replace(file: Path, data: bytes) -> None:
    """Write to a new file in the same directory, and put it in the old one's place, with its permissions."""
    handle, name = tempfile.mkstemp(prefix=".keyfit-", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(data)
        Path(name).chmod(file.stat().st_mode & 0o7777)
        os.replace(name, file)  # noqa: PTH105 - as atomic as the system allows
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
