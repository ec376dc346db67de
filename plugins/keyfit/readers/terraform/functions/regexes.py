"""`regex`, `regexall` and `replace`. What reads and runs patterns is imported when there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions import pieces
from keyfit.readers.terraform.functions.table import RefusedError, StoppedError, UndecidedError, sized
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.value import Entry, List, Null, Object, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.functions.re2_machine import Match, Program
    from keyfit.value import Value


def regex(pattern: str, source: str) -> Value:
    """The first match: the whole, or its groups as a list, or as a map where they have names."""
    ready = _ready(pattern)
    found = next(_matches(ready, source), None)
    if found is None:
        raise RefusedError("the pattern does not match")
    return _captured(ready, found)


def regex_all(pattern: str, source: str) -> List:
    """Every match that does not overlap the one before."""
    ready = _ready(pattern)
    return List(tuple(_captured(ready, found) for found in _matches(ready, source)))


def matches(pattern: str, source: str) -> bool:
    """Whether the pattern matches somewhere."""
    return next(_matches(_ready(pattern), source), None) is not None


def replaced(source: Text, wanted: str, replacement: Text) -> Text:
    """`source` with each `wanted` replaced; between slashes `wanted` is a pattern."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return _replaced_by_pattern(source, wanted[1:-1], replacement)
    count = sum(part.count(wanted) + 1 for part in source.parts if isinstance(part, str))
    sized(count * sum(len(part) for part in replacement.parts if isinstance(part, str)))
    if not source.parts and wanted:
        return source
    if source.literal is not None and not wanted:
        return text(*(part for each in source.literal for part in (replacement, each)), replacement)
    parts = pieces.cut(source, wanted)
    if parts is None:
        raise UndecidedError(source)
    return text(*(part for index, each in enumerate(parts) for part in ([replacement] if index else []) + [each]))


def _replaced_by_pattern(source: Text, pattern: str, replacement: Text) -> Text:
    if source.literal is None or replacement.literal is None:
        raise UndecidedError(source, replacement)
    ready = _ready(pattern)
    made: list[str] = []
    end = length = 0
    for found in _matches(ready, source.literal):
        made.extend((source.literal[end : found.places[0]], _expanded(replacement.literal, ready, found)))
        length += len(made[-1])
        sized(length)
        end = found.places[1]
    return text(*made, source.literal[end:])


_REFERENCE: Final = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


def _expanded(template: str, ready: Program, found: Match) -> str:
    """`$1`, `${1}`, `$name` as Go's Expand has them: a name is as long as it can be, what is no group is empty."""

    def referred(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name.isdigit():
            return (found.group(int(name[:4])) or "") if int(name[:4]) <= len(ready.names) else ""
        return (found.group(ready.names.index(name) + 1) or "") if name in ready.names else ""

    return _REFERENCE.sub(referred, template)


def _captured(ready: Program, found: Match) -> Value:
    groups = {name: _group(found.group(number)) for number, name in enumerate(ready.names, 1)}
    if not ready.names:
        return text(found.group(0) or "")
    if any(ready.names):
        if not all(ready.names):
            raise RefusedError("named and unnamed groups are mixed")
        return Object(tuple(Entry(text(name), groups[name]) for name in sorted(groups)))
    return List(tuple(_group(found.group(number)) for number in range(1, len(ready.names) + 1)))


def _group(matched: str | None) -> Value:
    return Null() if matched is None else text(matched)


def _ready(pattern: str) -> Program:
    from keyfit.readers.terraform.functions.re2_machine import program
    from keyfit.readers.terraform.functions.re2_syntax import PatternError, PatternLimitError

    try:
        return program(pattern)
    except PatternError as error:
        raise RefusedError(f"{error} in `{pattern[:60]}`") from error
    except PatternLimitError as error:
        raise StoppedError(bound(f"pattern `{pattern[:60]}`: {error}")) from error


def _matches(ready: Program, source: str) -> Iterator[Match]:
    from keyfit.readers.terraform.functions.re2_syntax import PatternLimitError

    try:
        yield from ready.matches(source)
    except PatternLimitError as error:
        raise StoppedError(bound(str(error))) from error
