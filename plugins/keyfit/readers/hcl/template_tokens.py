"""A template's text as a row of tokens: literal text a line at a time, openers and closers of sequences.

HCL trims (`~`) and dedents (`<<-`) its tokens, not its text, so the tokens are HCL's own: in a heredoc and in a
template file a literal ends with its line.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.readers.hcl.scanning import CODE, RefusedError, past
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Literal:
    """Literal text, escapes already resolved."""

    text: str


@record
class Sequence:
    """`${…}` or `%{…}`: `source[start:end]` is its inside, strip markers left out."""

    opener: str
    start: int
    end: int


Token: TypeAlias = "Literal | Sequence"  # noqa: S105 - no password

_NEXT: Final = re.compile(r"\$\$\{|%%\{|\$\{~?|%\{~?")
_ESCAPE: Final = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.?))", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LAST_CODE_POINT: Final = 0x10FFFF
_SURROGATES: Final = range(0xD800, 0xE000)


def tokens(source: str, start: int, end: int, *, quoted: bool) -> list[Token]:
    """The tokens of `source[start:end]`, trimmed. `quoted`: a string's, with backslash escapes and no lines.

    `RefusedError` for an escape that is none, and for a sequence that does not end.
    """
    found: list[Token] = []
    trim = False
    for token, trims_before, trims_after in _tokens(source, start, end, quoted=quoted):
        if isinstance(token, Literal):
            found.append(Literal(token.text.lstrip()) if trim else token)
        else:
            if trims_before and found and isinstance(last := found[-1], Literal):
                last.text = last.text.rstrip()
            found.append(token)
        trim = trims_after
    return found


def _tokens(source: str, start: int, end: int, *, quoted: bool) -> Iterator[tuple[Token, bool, bool]]:
    offset = start
    while offset < end:
        opener = _NEXT.search(source, offset, end)
        while opener is not None and opener[0][0] == opener[0][1]:  # `$${` and `%%{`
            opener = _NEXT.search(source, opener.end(), end)
        stop = opener.start() if opener else end
        for literal in _literals(source[offset:stop], offset, quoted=quoted):
            yield literal, False, False
        if opener is None:
            return
        offset = past(source, opener.end(), CODE)
        after = source[offset - 2] == "~" and offset - 2 >= opener.end()
        inside = Sequence(opener[0][:2], opener.end(), offset - 1 - after)
        yield inside, opener[0].endswith("~"), after


def _literals(text: str, offset: int, *, quoted: bool) -> Iterator[Literal]:
    if quoted and text:
        yield Literal(_normal(_unescaped(text, offset)))
    elif text:
        for line in re.findall(r"[^\n]*\n|[^\n]+", text):
            yield Literal(_normal(_unmasked(line)))


def _normal(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _unmasked(text: str) -> str:
    return text.replace("$${", "${").replace("%%{", "%{")


def _unescaped(text: str, offset: int) -> str:
    def character(escape: re.Match[str]) -> str:
        code = escape[1] or escape[2]
        if code and int(code, 16) <= _LAST_CODE_POINT and int(code, 16) not in _SURROGATES:
            return chr(int(code, 16))
        if escape[3] and escape[3] in _ESCAPED:
            return _ESCAPED[escape[3]]
        raise RefusedError(f"`{escape[0]}` is not an escape of HCL", offset + escape.start())

    return _ESCAPE.sub(character, _unmasked(text)) if "\\" in text or "{" in text else text


def dedent(found: list[Token]) -> int:
    """Take from the lines of a `<<-` heredoc the indentation that all of them have, blank lines not counted.

    How many characters that are comes back.
    """
    adjusted: list[Literal] = []
    least: int | None = None
    begins_line = True
    for token in found:
        text = token.text if isinstance(token, Literal) else ""
        if begins_line and not (text.endswith("\n") and not text.strip()):
            if isinstance(token, Literal):
                adjusted.append(token)
            indent = len(text) - len(text.lstrip())
            least = indent if least is None else min(least, indent)
        begins_line = text.endswith("\n")
    for literal in adjusted:
        literal.text = literal.text[least or 0 :]
    return least or 0
