"""Text with holes as one string, and the way from its offsets to places in the file."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, TypeAlias

from keyfit.record import record
from keyfit.value import Origin, Position, Text

if TYPE_CHECKING:
    from keyfit.value import Hole

Path: TypeAlias = "tuple[str | int, ...]"


@record
class Joined:
    """A text as one string, in which `stand_in`, a character that is nowhere else in it, stands for each hole."""

    characters: str
    stand_in: str
    holes: tuple[Hole, ...]
    at: tuple[int, ...]  # where the holes are

    @classmethod
    def of(cls, source: Text) -> Joined:
        """`source` as one string."""
        known = source.known
        # Private-use characters; in the end there is a code point that JSON text cannot hold.
        stand_in = next((each for each in map(chr, range(0xE000, 0xF900)) if each not in known), "\uffff")
        characters = "".join(part if isinstance(part, str) else stand_in for part in source.parts)
        at = tuple(index for index, each in enumerate(characters) if each == stand_in) if source.holes else ()
        return cls(characters, stand_in, source.holes, at)

    def hole(self, offset: int) -> Hole:
        """The hole at `offset`."""
        return self.holes[bisect_right(self.at, offset) - 1]

    def slice(self, start: int, end: int) -> list[str | Hole]:
        """The pieces between two offsets."""
        pieces: list[str | Hole] = []
        for index in range(bisect_right(self.at, start - 1), bisect_right(self.at, end - 1)):
            pieces.extend((self.characters[start : self.at[index]], self.holes[index]))
            start = self.at[index] + 1
        return [*pieces, self.characters[start:end]]


class Places:
    """From offsets in the joined text to places in the file."""

    def __init__(self, joined: Joined, origin: Origin, *, whole: bool = False) -> None:
        self._origin = origin
        self._joined = joined
        self._lines = [0, *(found.end() for found in re.finditer("\n", joined.characters))]
        height = origin.end.line - origin.start.line
        written = {len(self._lines) - 1, joined.characters.rstrip("\r\n").count("\n")}
        self.exact = whole or (height > 0 and height in written)

    def position(self, offset: int) -> Position:
        """The place of the character at `offset`."""
        line = bisect_right(self._lines, offset) - 1
        start = self._lines[line]
        holes = self._joined.at
        hole = bisect_right(holes, start - 1) if holes else 0
        if hole < len(holes):
            offset = min(offset, holes[hole])
        return Position(self._origin.start.line + line, self._origin.start.column + offset - start)

    def line_and_column(self, offset: int) -> tuple[int, int]:
        """Line and column inside the text, both from 1."""
        line = bisect_right(self._lines, offset) - 1
        return line + 1, offset - self._lines[line] + 1

    def origin(self, start: int, end: int, path: Path = ()) -> Origin:
        """The place of the characters from `start` to `end`; `path` is added to that of the text."""
        if not self.exact:
            return self._origin
        here = self._origin
        return Origin(here.file, self.position(start), self.position(end), (*here.path, *path), here.note)
