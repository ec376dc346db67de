"""A file's text as it is, byte order mark, encoding and line endings included; from places to offsets and back."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from typing import TYPE_CHECKING, Final, TypeVar, cast

from keyfit.record import record
from keyfit.scan.files import UnreadableError, decoded
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Made = TypeVar("Made")
# Marks, and the codec for what follows each.
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# What ends a line in YAML and in no other language: then places cannot be told.
_ODD_BREAKS: Final = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class UnpatchableError(Exception):
    """A change that cannot be made in the text: nothing is offered then."""


@record
class Splice:
    """`text[start:end]` is replaced; equal offsets insert."""

    start: int
    end: int
    replacement: str


@record
class Source:
    """A file: its name as places have it, its text without the mark, and what is needed to write it as it was."""

    file: str
    text: str
    mark: bytes = b""
    codec: str = "utf-8"
    starts: tuple[int, ...] = field(default=(), repr=False)
    _made: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: object, make: Callable[[], Made]) -> Made:
        """What is made of the text, made once."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Made", self._made[key])

    @classmethod
    def of(cls, file: str, data: bytes) -> Source:
        """The file whose bytes are `data`; `UnpatchableError` where it is no text whose lines can be counted."""
        mark, codec = next(((mark, codec) for mark, codec in _MARKS if data.startswith(mark)), (b"", "utf-8"))
        try:
            text = decoded(data)
        except UnreadableError as error:
            raise UnpatchableError(str(error)) from None
        if _ODD_BREAKS.search(text):
            raise UnpatchableError("the file has line breaks that are none in every language")
        return cls(file, text, mark, codec, (0, *(found.end() for found in re.finditer("\n", text))))

    def encoded(self, text: str) -> bytes:
        """The bytes of the file with another text."""
        return self.mark + text.encode(self.codec)

    def offset(self, position: Position) -> int:
        """Where the character at a place stands."""
        if not 1 <= position.line <= len(self.starts):
            raise UnpatchableError("a place is not in the file")
        offset = self.starts[position.line - 1] + position.column - 1
        if offset > self.line_end(self.starts[position.line - 1]):
            raise UnpatchableError("a place is not in its line")
        return offset

    def position(self, offset: int) -> Position:
        """The place of the character at an offset."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def span(self, origin: Origin) -> tuple[int, int]:
        """The offsets that a value lies between, in this file."""
        if origin.file != self.file:
            raise UnpatchableError("it is written in another file")
        start, end = self.offset(origin.start), self.offset(origin.end)
        if end < start:
            raise UnpatchableError("its place has no end")
        return start, end

    def line_start(self, offset: int) -> int:
        """Where the line of `offset` begins."""
        return self.starts[bisect_right(self.starts, offset) - 1]

    def line_end(self, offset: int) -> int:
        """Where the line of `offset` ends, its break not included."""
        end = self.text.find("\n", offset)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > offset and self.text[end - 1] == "\r" else end

    def indent(self, offset: int) -> str:
        """The blanks that the line of `offset` begins with."""
        start = self.line_start(offset)
        line = self.text[start : self.line_end(start)]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def newline(self) -> str:
        """How the file ends its lines."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def origin(self, splice: Splice) -> Origin:
        """The place of a splice."""
        return Origin(self.file, self.position(splice.start), self.position(splice.end))


def applied(text: str, splices: Iterable[Splice]) -> str:
    """`text` with all splices made; `UnpatchableError` where two of them overlap."""
    pieces: list[str] = []
    last = 0
    for splice in sorted(splices, key=lambda each: (each.start, each.end)):
        if splice.start < last:
            raise UnpatchableError("two changes overlap")
        pieces.extend((text[last : splice.start], splice.replacement))
        last = splice.end
    return "".join((*pieces, text[last:]))
