"""Which files git tracks, from its index (https://git-scm.com/docs/index-format): read, and nothing run."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST: Final = 100_000_000  # bytes
_FIXED: Final = 62  # bytes of an entry before its name: times, numbers, mode, sizes, a hash of 20 bytes, flags
_EXTENDED: Final = 0x4000  # the flag that two more bytes of flags follow
_COMPRESSED: Final = 4  # the version whose names leave out what the one before begins with
_VERSIONS: Final = frozenset({2, 3, _COMPRESSED})


def tracked(index: Path) -> Sequence[str]:
    """The paths in an index, sorted; none where there is none, or it cannot be read."""
    try:
        if not index.is_file() or index.stat().st_size > LARGEST:
            return ()
        return sorted(_names(index.read_bytes()))
    except (OSError, ValueError, struct.error):
        return ()


def _names(data: bytes) -> Iterator[str]:
    mark, version, count = struct.unpack_from(">4sII", data)
    if mark != b"DIRC" or version not in _VERSIONS:
        return
    offset, name = 12, b""
    for _ in range(count):
        (flags,) = struct.unpack_from(">H", data, offset + _FIXED - 2)
        start = offset + _FIXED + (2 if flags & _EXTENDED else 0)
        if version == _COMPRESSED:
            cut, start = _number(data, start)
            kept = name[: len(name) - cut]
            end = data.index(b"\0", start)
            name, offset = kept + data[start:end], end + 1
        else:
            end = data.index(b"\0", start)
            name, offset = data[start:end], offset + ((end - offset) // 8 + 1) * 8
        yield name.decode("utf-8", "surrogateescape")


def _number(data: bytes, offset: int) -> tuple[int, int]:
    """A number as packs have it, and where what follows begins."""
    byte = data[offset]
    value = byte & 0x7F
    while byte & 0x80:
        offset += 1
        byte = data[offset]
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, offset + 1
