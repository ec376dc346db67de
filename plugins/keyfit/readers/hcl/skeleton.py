"""HCL with everything taken out that the two `hcl2` distributions read differently, and nothing moved.

Each string and heredoc becomes `""` and blanks, each comment blanks, and so does each newline that HCL ignores (between
parentheses and brackets, and in `for` expressions). Numbers, names in other letters, and names that one distribution
reserves where HCL does not become plain names. The text keeps its length: an offset in the skeleton is the offset in
the source, where the tree's reader finds names, numbers and strings as they are written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.readers.hcl.scanning import HEREDOC, STRING, RefusedError, UnclosedError, comment_end, past
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST_BRACKETS: Final = 200

_TOKEN: Final = re.compile(
    r"""(?P<word>[^\W\d][\w-]*)
      | (?P<string>")
      | (?P<open>[(\[]|\{(?P<for>\s*for\s+[^\W\d][\w-]*\s*(?:,|in\b))?)
      | (?P<close>[)\]}])
      | (?P<newline>\n)
      | (?P<index>\.\d+)
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<comment>\#|//|/\*)
      | (?P<heredoc><<-?[^\W\d][\w.-]*[ \t]*\r?\n)
      | (?P<nots>!(?:\s*!(?!=))+)
      | (?P<return>\r)""",
    re.VERBOSE,
)
_RESERVED: Final = frozenset({"for", "in", "if", "else", "endif", "endfor"})
_ASSIGNED: Final = re.compile(r"[ \t]*(?:=(?![=>])|:(?!:))")


@record
class Quoted:
    """The inside of a string or heredoc: `source[start:end]`. `marker` is a heredoc's, `dedent` says it is `<<-`."""

    start: int
    end: int
    marker: str = ""
    dedent: bool = False


@record
class Skeleton:
    """What `hcl2` is given, and what was taken out, by its offset in `text`.

    Add `base` for the offset in the source; `start` is where the source begins, behind the prefix. `nots` are the
    further `!` before the one at that offset: neither grammar takes two.
    """

    text: str
    quoted: Mapping[int, Quoted]
    nots: Mapping[int, int]
    base: int
    start: int


def skeleton(source: str, start: int, end: int, prefix: str = "") -> Skeleton:
    """`source[start:end]` as `hcl2` is to see it, after `prefix`.

    With a prefix the source is one expression, in which no newline counts. `RefusedError` for what is not closed.
    """
    making = _Making(source, end, [prefix], ["("] if prefix else [], start - len(prefix))
    offset = start
    while (token := _TOKEN.search(source, offset, end)) is not None:
        making.pieces.append(source[offset : token.start()])
        offset = making.take(token)
    making.pieces.append(source[offset:end])
    return Skeleton("".join(making.pieces), making.quoted, making.nots, making.base, start)


@dataclass(slots=True)
class _Making:
    source: str
    end: int
    pieces: list[str]
    brackets: list[str]
    base: int
    quoted: dict[int, Quoted] = field(default_factory=dict)
    nots: dict[int, int] = field(default_factory=dict)

    def take(self, token: re.Match[str]) -> int:
        """Write what stands for the token; the offset after it."""
        return _TAKE[token.lastgroup or ""](self, token)

    def on_close(self, token: re.Match[str]) -> int:
        """A closing bracket."""
        del self.brackets[-1:]
        return self._write(token[0], token.end())

    def on_newline(self, token: re.Match[str]) -> int:
        """A newline, where it counts."""
        counts = not self.brackets or self.brackets[-1] == "{"
        return self._write("\n" if counts else " ", token.end())

    def on_index(self, token: re.Match[str]) -> int:
        """The legacy `.0`."""
        return self._write(token[0], token.end())

    def on_comment(self, token: re.Match[str]) -> int:
        """A comment is blank."""
        return self._blank(token.start(), min(comment_end(self.source, token.start()), self.end))

    def on_nots(self, token: re.Match[str]) -> int:
        """Of several `!` the last stays."""
        self.nots[token.end() - 1 - self.base] = token[0].count("!") - 1
        return self._write(" " * (len(token[0]) - 1) + "!", token.end())

    def on_return(self, token: re.Match[str]) -> int:
        """A carriage return is blank."""
        return self._blank(token.start(), token.end())

    def on_open(self, token: re.Match[str]) -> int:
        """An opening bracket, and whether it opens a `for`."""
        self.brackets.append("{for" if token["for"] else token[0][0])
        if len(self.brackets) > MOST_BRACKETS:
            raise RefusedError("brackets are nested more than 200 deep", token.start())
        return self._write(token[0][0], token.start() + 1)

    def on_string(self, token: re.Match[str]) -> int:
        """A quoted string becomes an empty one."""
        start = token.start()
        end = past(self.source, start + 1, STRING)
        self.quoted[start - self.base] = Quoted(start + 1, end - 1)
        return self._write('""' + " " * (end - start - 2), end)

    def on_heredoc(self, token: re.Match[str]) -> int:
        """A heredoc becomes an empty string."""
        opening = HEREDOC.match(self.source, token.start())
        if opening is None:  # it is what the token's pattern has just matched
            raise UnclosedError("heredoc is not closed", token.start())
        end = past(self.source, opening.end(), opening[2])
        last = self.source.rfind("\n", 0, end) + 1
        self.quoted[token.start() - self.base] = Quoted(opening.end(), last, opening[2], bool(opening[1]))
        return self._write('""' + " " * (end - token.start() - 2), end)

    def on_word(self, token: re.Match[str]) -> int:
        """A name: of other letters, or reserved by one of the grammars and a name here, it is masked."""
        name = token[0]
        if name == "core" and self.source.startswith("::", token.end()):  # `core::upper` is `upper`
            return self._blank(token.start(), token.end() + 2)
        masked = not name.isascii() or (name in _RESERVED and _ASSIGNED.match(self.source, token.end()))
        return self._write("x" * len(name) if masked else name, token.end())

    def on_number(self, token: re.Match[str]) -> int:
        """A name of the same length; before a minus, which would belong to the name, a whole number."""
        mask = "1" if self.source.startswith("-", token.end()) else "x"
        return self._write(mask * len(token[0]), token.end())

    def _blank(self, start: int, end: int) -> int:
        return self._write(" " * (end - start), end)

    def _write(self, piece: str, offset: int) -> int:
        self.pieces.append(piece)
        return offset


# By the name of the token's group; `for` is the last group of a brace that has it.
_TAKE: Final[dict[str, Callable[[_Making, re.Match[str]], int]]] = {
    "word": _Making.on_word,
    "string": _Making.on_string,
    "open": _Making.on_open,
    "for": _Making.on_open,
    "close": _Making.on_close,
    "newline": _Making.on_newline,
    "index": _Making.on_index,
    "number": _Making.on_number,
    "comment": _Making.on_comment,
    "heredoc": _Making.on_heredoc,
    "nots": _Making.on_nots,
    "return": _Making.on_return,
}
