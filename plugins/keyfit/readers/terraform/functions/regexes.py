"""`regex`, `regexall` and `replace`: RE2 patterns through Python's `re`, guarded.

A pattern comes from a pull request, and `re` backtracks: what could take long is unknown, with that reason. So is a
pattern that the two dialects read differently.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions import pieces
from keyfit.readers.terraform.functions.table import RefusedError, StoppedError, UndecidedError, sized
from keyfit.readers.terraform.unknowns import bound
from keyfit.value import Entry, List, Null, Object, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.value import Value

LONGEST_PATTERN: Final = 1_000
MOST_STEPS: Final = 5_000_000  # what the worst pattern of that many loops could take on that text; it rarely does
LONGEST_NESTED: Final = 20  # characters, where a loop stands in a loop

_TOKEN: Final = re.compile(
    r"""(?P<class>\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\])*\])
      | (?P<escape>\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9a-fA-F]+\}|.))
      | (?P<group>\(\?P?<[A-Za-z_]\w*>|\(\?[a-zA-Z]*(?:-[a-zA-Z]+)?[:)]|\(\?.?|\()
      | (?P<loop>(?:[*+?]|\{\d+(?:,\d*)?\})\??)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7f",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_ESCAPES: Final = {r"\z": r"\Z", r"\A": r"\A"}
_NOT_IN_PYTHON: Final = frozenset("pPQEC")
_NOT_IN_RE2: Final = frozenset("123456789GRXkZ")
_FLAGS: Final = frozenset("ims-")


@dataclass(frozen=True, slots=True)
class _Pattern:
    compiled: re.Pattern[str]
    loops: int  # that can end in several places, where the match begins included
    nested: bool  # whether such a loop stands in another


def regex(pattern: str, source: str) -> Value:
    """The first match: the whole, or its groups as a list, or as a map where they have names."""
    compiled = _ready(pattern, source)
    found = compiled.search(source)
    if found is None:
        raise RefusedError("the pattern does not match")
    return _captured(found)


def regex_all(pattern: str, source: str) -> List:
    """Every match that does not overlap the one before."""
    return List(tuple(map(_captured, _matches(_ready(pattern, source), source))))


def replaced(source: Text, wanted: str, replacement: Text) -> Text:
    """`source` with each `wanted` replaced; between slashes `wanted` is a pattern."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        return _replaced_by_pattern(source, wanted[1:-1], replacement)
    if not source.parts and wanted:
        return source
    count = sum(part.count(wanted) + 1 for part in source.parts if isinstance(part, str))
    sized(count * sum(len(part) for part in replacement.parts if isinstance(part, str)))
    if source.literal is not None and not wanted:
        return text(*(part for each in source.literal for part in (replacement, each)), replacement)
    parts = pieces.cut(source, wanted)
    if parts is None:
        raise UndecidedError(source)
    return text(*(part for index, each in enumerate(parts) for part in ([replacement] if index else []) + [each]))


def _replaced_by_pattern(source: Text, pattern: str, replacement: Text) -> Text:
    if source.literal is None or replacement.literal is None:
        raise UndecidedError(source, replacement)
    replaced_pieces: list[str] = []
    end = length = 0
    for found in _matches(_ready(pattern, source.literal), source.literal):
        replaced_pieces.extend((source.literal[end : found.start()], _expanded(replacement.literal, found)))
        length += len(replaced_pieces[-1])
        sized(length)
        end = found.end()
    return text(*replaced_pieces, source.literal[end:])


def _matches(pattern: re.Pattern[str], source: str) -> Iterator[re.Match[str]]:
    """The matches that Go finds: an empty one right behind another does not count."""
    end = -1
    for found in pattern.finditer(source):
        if found.end() > found.start() or found.start() != end:
            yield found
        end = found.end()


_REFERENCE: Final = re.compile(r"\$(?:(\$)|\{(\w+)\}|(\w+))", re.ASCII)


def _expanded(template: str, found: re.Match[str]) -> str:
    """`$1`, `${1}`, `$name` as Go's Expand has them: a name is as long as it can be, what is no group is empty."""

    def referred(reference: re.Match[str]) -> str:
        if reference[1]:
            return "$"
        name = reference[2] or reference[3]
        if name.isdigit():
            return (found[int(name)] or "") if int(name) <= len(found.groups()) else ""
        return found.groupdict().get(name) or ""

    return _REFERENCE.sub(referred, template)


def _captured(found: re.Match[str]) -> Value:
    names = found.re.groupindex
    if names:
        if len(names) < found.re.groups:
            raise RefusedError("named and unnamed groups are mixed")
        return Object(tuple(Entry(text(name), _group(found[name])) for name in sorted(names)))
    if found.re.groups:
        return List(tuple(map(_group, found.groups())))
    return text(found[0])


def _group(matched: str | None) -> Value:
    return Null() if matched is None else text(matched)


def _ready(pattern: str, source: str) -> re.Pattern[str]:
    """The pattern, ready for that text; unknown where matching could take long."""
    ready = _compiled(pattern)
    too_long = len(source) ** ready.loops > MOST_STEPS or (ready.nested and len(source) > LONGEST_NESTED)
    if too_long:
        raise StoppedError(bound(f"matching `{pattern[:60]}` could take long"))
    return ready.compiled


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> _Pattern:
    if len(pattern) > LONGEST_PATTERN:
        raise StoppedError(bound("the pattern is long"))
    translation = _Translation([], [0], [False])
    for token in _TOKEN.finditer(pattern):
        translation.take(token.lastgroup or "", token[0])
    try:
        compiled = re.compile("".join(translation.pieces), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise RefusedError(f"`{pattern[:60]}` is no pattern") from error
    return _Pattern(compiled, translation.unbounded + (not pattern.startswith("^")), translation.nested)


def _unsupported(token: str) -> StoppedError:
    return StoppedError(Unknown(Why.UNSUPPORTED_FUNCTION, f"{token} in a pattern"))


@dataclass(slots=True)
class _Translation:
    """A pattern so far: its pieces, and for each group that is open the loops in it."""

    pieces: list[str]
    loops: list[int]
    alternatives: list[bool]
    closed: int = 0  # loops in the group that has just ended
    unbounded: int = 0
    excluded: str = ""  # what the characters of the loop that has just ended are not
    nested: bool = False
    multiline: bool = False

    def take(self, kind: str, piece: str) -> None:
        """One token of RE2, as Python has it."""
        if self.excluded and kind in {"other", "escape"} and piece[-1] in self.excluded:
            self.unbounded -= 1  # such a loop ends in one place only
        self.excluded = ""
        if kind == "loop":
            self._loop(piece)
        elif kind == "group":
            self._group(piece)
        elif piece == ")":
            self.closed = self.loops.pop() if len(self.loops) > 1 else 0
            self.loops[-1] += self.closed
            self.pieces.append(piece)
            return
        else:
            self.pieces.append(_ATOMS[kind](piece) if kind != "other" else self._other(piece))
        self.closed = 0

    def _loop(self, piece: str) -> None:
        if self.pieces and _is_loop(self.pieces[-1]):
            raise RefusedError("the pattern repeats a repetition")
        if "*" in piece or "+" in piece or piece.rstrip("?").endswith((",}", "}")):
            self.unbounded += 1
            before = self.pieces[-1] if self.pieces else ""
            self.excluded = before[2:-1] if before.startswith("[^") and not set(before) & set("\\-") else ""
            self.loops[-1] += 1
            self.nested = self.nested or self.closed > 0
        self.pieces.append(piece)

    def _group(self, piece: str) -> None:
        if piece.startswith(("(?P<", "(?<")):
            if piece[:4] in {"(?<=", "(?<!"}:
                raise RefusedError("the pattern looks around")
            piece = "(?P<" + piece.split("<", 1)[1]
        elif piece.startswith("(?") and piece != "(?:":
            flags = piece[2:-1]
            if not set(flags) <= _FLAGS or not piece.endswith((":", ")")):
                raise (
                    RefusedError("the pattern has a group that is none")
                    if piece[2:3] in "=!<#("
                    else _unsupported(piece)
                )
            self.multiline = self.multiline or "m" in flags
            if piece.endswith(")"):
                self._flags(piece)
                return
        self.loops.append(0)
        self.pieces.append(piece)

    def _flags(self, piece: str) -> None:
        if "".join(self.pieces) or "-" in piece:
            raise _unsupported(piece)
        self.pieces.append(piece)

    def _other(self, piece: str) -> str:
        if piece == "$":
            return "$" if self.multiline else r"\Z"
        return "\\" + piece if piece == "{" else piece


def _is_loop(piece: str) -> bool:
    return piece[:1] in {"*", "+", "?"} or (piece[:1] == "{" and piece[-1:] in {"}", "?"})


def _escape(piece: str) -> str:
    if piece[1:2] in _NOT_IN_RE2:
        raise RefusedError(f"`{piece}` is no escape of a pattern")
    if piece[1:2] in _NOT_IN_PYTHON or piece.startswith("\\x{"):
        raise _unsupported(piece)
    return _ESCAPES.get(piece, piece)


def _class(piece: str) -> str:
    def named(found: re.Match[str]) -> str:
        if found[1] or found[2] not in _POSIX:
            raise _unsupported(found[0])
        return _POSIX[found[2]]

    inside = re.sub(r"\[:(\^?)([a-z]+):\]", named, piece[1:-1])
    for escape in re.findall(r"\\.", inside):
        _escape(escape)
    # Python warns of what could become set operations.
    inside = re.sub(r"(?<!\\)\[", r"\\[", inside)
    return "[" + re.sub(r"(--|&&|\|\||~~)", lambda found: "\\" + found[0][0] + "\\" + found[0][1], inside) + "]"


_ATOMS: Final = {"class": _class, "escape": _escape}
