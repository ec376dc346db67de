"""A file as its top-level blocks; `syntax` parses one when it is asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.readers.hcl.scanning import CODE, UnclosedError, comment_end, past
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.schema import Schema

# A file that a person wrote has one broken block or two; more are not looked for, so that the time stays linear.
MOST_RECOVERIES: Final = 16
MOST_BLOCKS: Final = 20_000  # of a file; a person writes some hundred, and a provider's own examples some thousand

_GAP: Final = re.compile(r"[\s\ufeff]*")
_COMMENT: Final = re.compile(r"#|//|/\*")
# A name is taken whole, or a long one could be cut into labels in a million ways.
_NAME: Final = r"[^\W\d][\w-]*(?![\w-])"
_LABEL: Final = rf"""(?:{_NAME}|"[^"\\$%\n]*(?:(?:\\[^\n]|[$%](?!\{{))[^"\\$%\n]*)*")"""
# Spaces are taken at once, since a group for each would keep a place for each. A comment in a header ends on its line:
# else each line that begins one would be followed to the end of the file.
_BETWEEN: Final = r"[ \t]*(?:/\*(?:[^*\n]|\*(?!/)){0,500}\*/[ \t]*){0,8}"
_HEADER: Final = re.compile(rf"({_NAME}){_BETWEEN}((?:{_LABEL}{_BETWEEN}){{0,8}})\{{")
_LABELS: Final = re.compile(rf"/\*.*?\*/|({_LABEL})", re.DOTALL)
_BEGINNING: Final = re.compile("^" + _HEADER.pattern, re.MULTILINE)


@record
class Span:
    """One top-level block of a file: `source[start:end]`, which begins in `line`.

    `problem` says in one line why the block cannot be one, and is empty otherwise. A span without a type is text that
    belongs to no block.
    """

    type: str
    labels: tuple[str, ...]
    start: int
    end: int
    line: int
    problem: str = ""


def split(source: str, schema: Schema) -> tuple[Span, ...]:
    """The top-level blocks of a file in their order; what lies between them is white space and comments only.

    Nothing is refused: what is no block is a span with a problem. After a block that is never closed, the file is taken
    up again at the next line that can only begin a block.
    """
    return tuple(_spans(source, schema.restart()))


def _spans(source: str, restart: re.Pattern[str]) -> Iterator[Span]:
    offset, line, counted, recoveries, left = 0, 1, 0, 0, MOST_BLOCKS
    while (offset := _past_gap(source, offset)) < len(source):
        line, counted, left = line + source.count("\n", counted, offset), offset, left - 1
        if left < 0:
            yield Span("", (), offset, len(source), line, f"the file has more than {MOST_BLOCKS:,} blocks")
            return
        span = _block(source, offset, line) or _junk(source, offset, line)
        if span.problem and span.type:
            recoveries += 1
            span = _cut(source, span, restart if recoveries < MOST_RECOVERIES else None)
        yield span
        offset = span.end


def _past_gap(source: str, offset: int) -> int:
    while True:
        blank = _GAP.match(source, offset)
        offset = blank.end() if blank else offset
        if not _COMMENT.match(source, offset):
            return offset
        try:
            offset = comment_end(source, offset)
        except UnclosedError:
            return offset


def _block(source: str, start: int, line: int) -> Span | None:
    header = _HEADER.match(source, start)
    if header is None:
        return None
    labels = tuple(label.strip('"') for label in _LABELS.findall(header[2]) if label)
    try:
        return Span(header[1], labels, start, past(source, header.end(), CODE), line)
    except UnclosedError as unclosed:
        where = line + source.count("\n", start, unclosed.offset)
        problem = f"{unclosed.message}" if unclosed.offset == header.end() else f"{unclosed.message} (line {where})"
        return Span(header[1], labels, start, len(source), line, problem)


def _junk(source: str, start: int, line: int) -> Span:
    """What comes before the next line that looks like the beginning of a block."""
    if source.startswith("/*", start):
        return Span("", (), start, len(source), line, "comment is not closed")
    following = _BEGINNING.search(source, start + 1)
    stop = following.start() if following else len(source)
    text = source[start:stop].split("\n", 1)[0].strip()
    return Span("", (), start, stop, line, f"`{text[:60]}` does not begin a block")


def _cut(source: str, span: Span, restart: re.Pattern[str] | None) -> Span:
    """A block without an end, up to the next line that can only begin another one."""
    following = None if restart is None else restart.search(source, span.start + 1)
    end = following.start() if following else len(source)
    return Span(span.type, span.labels, span.start, end, span.line, span.problem)
