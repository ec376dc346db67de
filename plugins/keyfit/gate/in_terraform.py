"""What a line of HCL begins, and in which block it is."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.gate.written import Covered, Language, in_comments
from keyfit.readers.hcl.scanning import CODE, RefusedError, past

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.gate.written import Written
    from keyfit.model.findings import Failure

_OPENS: Final = re.compile(r"\{[ \t]*(?:#.*|//.*|/\*.*)?$")
_TOP: Final = re.compile(
    r'^(?P<kind>resource|data|module)[ \t]+"(?P<type>[^"\n]+)"(?:[ \t]+"(?P<name>[^"\n]+)")?[ \t]*\{', re.MULTILINE
)


def written_in(source: str, file: str) -> Iterator[Written | Failure]:
    """The suppressions of a file of HCL."""
    language = Language(partial(_begun, source), partial(_around, source))
    return in_comments(source, file, language)


def _begun(source: str, line: int) -> Covered:
    """The block that a line opens; else the line alone."""
    start = _offset(source, line)
    text = source[start:].partition("\n")[0].rstrip("\r")
    opening = _OPENS.search(text)
    end = None if opening is None else _end(source, start + opening.start() + 1)
    if end is None:
        return Covered(line, line)
    top = _TOP.match(text)
    return Covered(line, source.count("\n", 0, end) + 1, "" if top is None else _address(top))


def _around(source: str, line: int) -> Covered | None:
    """The block at the top of the file in which a line is."""
    for found in _TOP.finditer(source):
        first = source.count("\n", 0, found.start()) + 1
        end = _end(source, found.end())
        if end is not None and first <= line <= source.count("\n", 0, end) + 1:
            return Covered(first, source.count("\n", 0, end) + 1, _address(found))
    return None


def _end(source: str, start: int) -> int | None:
    """The offset past the brace that closes the one before `start`; `None` where nothing does."""
    try:
        return past(source, start, CODE)
    except RefusedError:
        return None


def _address(top: re.Match[str]) -> str:
    """`aws_kms_key.portal`, `module.portal`, `data.aws_kms_key.portal`."""
    kind, first, second = top["kind"], top["type"], top["name"] or ""
    return f"{first}.{second}" if kind == "resource" else f"{kind}.{first}" + (f".{second}" if second else "")


def _offset(source: str, line: int) -> int:
    offset = 0
    for _ in range(line - 1):
        offset = source.find("\n", offset) + 1
    return offset
