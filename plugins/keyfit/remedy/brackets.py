"""What stands between brackets: where the last thing in them ends, and how a further one is written behind it."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.readers.hcl.scanning import HEREDOC, STRING, RefusedError, comment_end, past
from keyfit.remedy.sources import Splice, UnpatchableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.remedy.sources import Source


class Language(Enum):
    """What a text is written in: JSON in a heredoc of Terraform is JSON."""

    HCL = "hcl"
    YAML = "yaml"
    JSON = "json"


_OPEN: Final = frozenset("[{(")
_CLOSE: Final = frozenset("]})")
_WORD: Final = re.compile(r"[^\s\[\]{}(),\"'#]+")
_JSON_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_YAML_STRING: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\'[^\']*(?:\'\'[^\']*)*\'', re.DOTALL)
_YAML_COMMENT: Final = re.compile(r"(?<!\S)#[^\n]*")


class Token(NamedTuple):
    """A piece of the text that is neither blank nor comment."""

    start: int
    end: int
    text: str


class Bracketed(NamedTuple):
    """What stands in brackets: their offsets, and the last token in between, `None` where there is none."""

    start: int
    end: int
    last: Token | None


def bracketed(source: Source, start: int, language: Language) -> Bracketed:
    """The brackets that open at `start`."""
    depth, last = 0, None
    for token in _tokens(source.text, start, language):
        if token.text in _CLOSE:
            depth -= 1
            if depth == 0:
                return Bracketed(start, token.end, last)
        if token.text in _OPEN:
            depth += 1
        if token.start > start:
            last = token
    raise UnpatchableError("a bracket is not closed")


def _tokens(text: str, offset: int, language: Language) -> Iterator[Token]:
    while offset < len(text):
        character = text[offset]
        if character.isspace():
            offset += 1
            continue
        end = _PAST[language](text, offset)
        if end > 0:
            yield Token(offset, end, text[offset:end] if end == offset + 1 else "")
        offset = abs(end)


def _past_hcl(text: str, offset: int) -> int:
    """The offset behind a token; negative behind a comment."""
    if text[offset] == "#" or text.startswith(("//", "/*"), offset):
        return -_guarded(lambda: comment_end(text, offset))
    if text[offset] == '"':
        return _guarded(lambda: past(text, offset + 1, STRING))
    heredoc = HEREDOC.match(text, offset)
    if heredoc is not None:
        return _guarded(lambda: past(text, heredoc.end(), heredoc[2]))
    return _past_word(text, offset)


def _guarded(find: Callable[[], int]) -> int:
    try:
        return find()
    except RefusedError as refused:
        raise UnpatchableError(refused.message) from None


def _past_json(text: str, offset: int) -> int:
    found = _JSON_STRING.match(text, offset)
    return found.end() if found else _past_word(text, offset)


def _past_yaml(text: str, offset: int) -> int:
    comment = _YAML_COMMENT.match(text, offset)
    if comment is not None:
        return -comment.end()
    found = _YAML_STRING.match(text, offset)
    return found.end() if found else _past_word(text, offset)


def _past_word(text: str, offset: int) -> int:
    found = _WORD.match(text, offset)
    return found.end() if found else offset + 1


_PAST: Final[dict[Language, Callable[[str, int], int]]] = {
    Language.HCL: _past_hcl,
    Language.YAML: _past_yaml,
    Language.JSON: _past_json,
}


def added(source: Source, inside: Bracketed, write: Callable[[str], str], separators: str = ",") -> list[Splice]:
    """A further thing behind the last one in brackets; `write` gives it for the indentation that it stands at.

    On one line where the brackets are; else on a line of its own. An object that opens where its list does is followed
    on the same line: `}, {`.
    """
    last = inside.last
    if last is None:
        return [Splice(inside.start + 1, inside.start + 1, write(source.indent(inside.start)))]
    comma = last.text == ","
    glue = "" if comma else separators
    if "\n" not in source.text[inside.start : inside.end] or _hugs(source, inside):
        return [Splice(last.end, last.end, f"{glue} {write(source.indent(inside.end - 1))}")]
    indent = source.indent(last.start)
    line = f"{source.newline()}{indent}{write(indent)}{',' if comma else ''}"
    end = source.line_end(last.end)
    rest = source.text[last.end : end]
    if rest.strip() and inside.end - 1 > end:  # a comment behind the last one stays with it
        return [Splice(last.end, last.end, glue), Splice(end, end, line)] if glue else [Splice(end, end, line)]
    return [Splice(last.end, last.end, f"{glue}{line}")]


def _hugs(source: Source, inside: Bracketed) -> bool:
    """Whether the first thing opens on the line of the brackets, and the last closes on theirs: `[{` … `}]`."""
    first = source.text[inside.start + 1 : inside.start + 2]
    before = source.text[inside.end - 2 : inside.end - 1]
    return first in _OPEN and before in _CLOSE
