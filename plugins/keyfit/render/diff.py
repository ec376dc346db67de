"""Edits as a unified diff, which `git apply` and `patch` take; nothing in it commands a terminal or a log."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Final

from keyfit.render import sentences
from keyfit.scan.files import decoded
from keyfit.words import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LINE: Final = re.compile(r"[^\n]*\n|[^\n]+")  # only a line feed ends a line of a diff
_NO_NEWLINE: Final = "\\ No newline at end of file"


def render(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> str:
    """What changes in each file."""
    return "".join(line for file in sorted(after) for line in _file(file, before[file], after[file]))


def _file(file: str, before: bytes, after: bytes) -> Iterator[str]:
    name = printable(sentences.relative(file)).lstrip("/")
    old, new = (_LINE.findall(decoded(data)) for data in (before, after))
    for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
        body = line.removesuffix("\n")
        ending = "\r\n" if body.endswith("\r") else "\n"
        yield f"{_shown(body.removesuffix(chr(13)))}{ending}"
        if not line.endswith("\n"):
            yield f"{_NO_NEWLINE}\n"


def _shown(line: str) -> str:
    """A line with its tabs, and without what would command whatever shows it."""
    return "\t".join(map(printable, line.split("\t")))
