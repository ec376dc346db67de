"""JSON text to values: recursive descent over tokens, of which a hole is one."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from keyfit.json_text.places import Joined, Places
from keyfit.value import Bool, Entry, List, Null, Object, Origin, Text, Unknown, choices_in, number, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.json_text.places import Path
    from keyfit.value import Value

DEEPEST: Final = 100  # levels of nesting; policies and templates have some ten
LONGEST: Final = 4 * 1024 * 1024  # characters
_LONGEST_NUMBER: Final = 300  # digits; Python refuses to read 4,301

_BLANKS: Final = frozenset({" ", "\t", "\r", "\n", ""})
_BLANK: Final = re.compile(r"[ \t\r\n]*")
_TOKEN: Final = re.compile(
    r'(?P<string>"[^"\\]*(?:\\.[^"\\]*)*")'  # each character one way: a string that does not end is seen at once
    r"|(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
    r"|(?P<word>true|false|null)"
    r"|(?P<mark>[{}\[\]:,])",
    re.DOTALL,
)


def read(source: Text) -> Value:
    """The value that the JSON in `source` describes; unknown, with line and column, where it is no JSON.

    Duplicate keys are kept. Places: a text over several lines whose lines are those of the file (a block scalar, a
    heredoc, a whole file; its origin spans from its first to its last character) gives each value its own line and
    column, the column up to the first hole of a line; in every other text, all values have the place of the text.
    """
    if len(source.parts) == 1 and isinstance(source.parts[0], Unknown):
        return source.parts[0]
    try:
        joined = Joined.of(source)
        return _Reader(joined, Places(joined, source.origin)).document()
    except _UnreadableError as error:
        return Unknown(error.why, error.reason, choices=choices_in(source), origin=error.origin)


def read_file(source: str, file: str) -> Value:
    """The value that a file of JSON holds, each with its place in the file and its path; unknown as in `read`."""
    try:
        joined = Joined.of(text(source))
        return _Reader(joined, Places(joined, Origin(file), whole=True), paths=True).document()
    except _UnreadableError as error:
        return Unknown(error.why, error.reason, origin=error.origin)


class _UnreadableError(Exception):
    def __init__(self, why: Why, reason: str, origin: Origin) -> None:
        super().__init__(reason)
        self.why = why
        self.reason = reason
        self.origin = origin


@dataclass(slots=True)
class _Members:
    """What a list or an object has so far."""

    items: list[Value] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rest: Unknown | None = None


class _Token(NamedTuple):
    """`kind` is "string", "number", "word", "hole", the mark itself, or "end"."""

    kind: str
    start: int
    end: int


_HELD: Final = {"string", "number", "word", "hole", "{", "["}  # what a value begins with
_QUOTED_OR_NESTED: Final = {"string", "{", "["}


class _Reader:
    """Recursive descent, no deeper than `DEEPEST`."""

    def __init__(self, joined: Joined, places: Places, *, paths: bool = False) -> None:
        self._joined = joined
        self._places = places
        self._paths = paths
        self._path: Path = ()
        self._depth = 0
        self._bare = False  # whether a hole stands outside strings
        if len(joined.characters) > LONGEST:
            self._refuse(f"it is longer than {LONGEST} characters", 0, Why.BOUND)
        self._next = self._token(0)

    def document(self) -> Value:
        value = self._value()
        if self._next.kind != "end":
            self._fail("the end")
        return value

    def _token(self, offset: int) -> _Token:
        characters = self._joined.characters
        start = offset
        if characters[start : start + 1] in _BLANKS:  # so is the end
            blank = _BLANK.match(characters, offset)
            start = blank.end() if blank else offset
        if start == len(characters):
            return _Token("end", start, start)
        if characters[start] == self._joined.stand_in:
            self._bare = True
            return _Token("hole", start, start + 1)
        found = _TOKEN.match(characters, start)
        if found is None:
            return _Token("", start, start + 1)
        kind = found.lastgroup or ""
        return _Token(found.group() if kind == "mark" else kind, start, found.end())

    def _take(self) -> _Token:
        token = self._next
        self._next = self._token(token.end)
        return token

    def _fail(self, expected: str) -> NoReturn:
        # Inside a string, no hole but one that is wholly unknown can hold a quote.
        open_ = self._bare or any(isinstance(hole, Unknown) for hole in self._joined.holes)
        why = Why.UNREADABLE if open_ else Why.REFUSED
        self._refuse(f"expected {expected}", self._next.start, why)

    def _refuse(self, reason: str, offset: int, why: Why = Why.UNREADABLE) -> NoReturn:
        line, column = self._places.line_and_column(offset)
        origin = self._places.origin(offset, offset)
        where = f"line {line}, column {column} of it"
        raise _UnreadableError(why, f"the JSON text cannot be read: {reason} at {where}", origin)

    def _value(self) -> Value:
        token = self._next
        if token.kind not in _HELD:
            self._fail("a value")
        if token.kind in "{[":
            return self._nested(token)
        self._take()
        if token.kind == "string":
            return self._string(token)
        origin = self._origin(token.start, token.end)
        if token.kind == "hole":
            return self._unquoted(token, origin)
        return self._scalar(token, origin)

    def _origin(self, start: int, end: int) -> Origin:
        return self._places.origin(start, end, self._path)

    def _scalar(self, token: _Token, origin: Origin) -> Value:
        written = self._joined.characters[token.start : token.end]
        if self._joined.stand_in in self._joined.characters[max(token.start - 1, 0) : token.end + 1]:
            self._refuse("a value outside quotes is not known", token.start)
        if token.kind == "word":
            return Null(origin) if written == "null" else Bool(written == "true", origin)
        if len(written) > _LONGEST_NUMBER:
            self._refuse("a number has too many digits", token.start)
        return number(int(written) if written.lstrip("-").isdigit() else float(written), origin)

    def _unquoted(self, token: _Token, origin: Origin) -> Unknown:
        hole = self._joined.hole(token.start)
        if isinstance(hole, Unknown):
            return hole
        return Unknown(Why.UNREADABLE, "a value in the JSON text is outside quotes", origin=origin)

    def _string(self, token: _Token) -> Text:
        if not self._joined.at and "\\" not in (plain := self._joined.characters[token.start + 1 : token.end - 1]):
            return text(plain, origin=self._origin(token.start, token.end))
        pieces = self._joined.slice(token.start + 1, token.end - 1)
        known = (self._unescaped(each, token) if isinstance(each, str) and "\\" in each else each for each in pieces)
        return text(*known, origin=self._origin(token.start, token.end))

    def _unescaped(self, piece: str, token: _Token) -> str:
        try:
            plain = str(json.loads(f'"{piece}"', strict=False))
        except ValueError:
            self._refuse("an invalid escape", token.start)
        # Half a surrogate pair cannot be printed.
        return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _nested(self, opening: _Token) -> Value:
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(f"it is nested deeper than {DEEPEST} levels", opening.start, Why.BOUND)
        self._take()
        members, closing = _Members(), "}" if opening.kind == "{" else "]"
        while self._next.kind != closing:
            before = self._next
            self._member(members) if closing == "}" else self._element(members)
            self._separate(members, closing, after=before)
        origin = self._origin(opening.start, self._take().end)
        self._depth -= 1
        if closing == "}":
            return Object(tuple(members.entries), members.rest, origin)
        return List(tuple(members.items), members.rest, origin)

    def _separate(self, members: _Members, closing: str, after: _Token) -> None:
        """Past the comma; a hole beside it or in its place holds more elements or members, or nothing."""
        glue = after.kind == "hole"
        while self._next.kind == "hole":
            self._further(members)
            glue = True
        if self._next.kind == ",":
            self._take()
            if self._next.kind == closing:
                self._fail("a value" if closing == "]" else "a key")
        elif self._next.kind != closing and not (glue and self._next.kind in _QUOTED_OR_NESTED):
            self._fail(f"`,` or `{closing}`")

    def _element(self, members: _Members) -> None:
        if self._next.kind == "hole":
            self._further(members)
        else:
            members.items.append(self._within(len(members.items)))

    def _member(self, members: _Members) -> None:
        key = self._next
        if key.kind not in {"string", "hole"}:
            self._fail("a key")
        self._take()
        if key.kind == "hole" and self._next.kind != ":":
            members.rest = self._rest(members.rest, key)
            return
        name = self._string(key) if key.kind == "string" else text(self._joined.hole(key.start))
        if self._next.kind != ":":
            self._fail("`:`")
        self._take()
        value = self._within(name.prefix)
        if self._paths:
            at = name.origin
            name = Text(name.parts, Origin(at.file, at.start, at.end, value.origin.path, at.note))
        members.entries.append(Entry(name, value))

    def _within(self, step: str | int) -> Value:
        """The next value, whose path is one step longer."""
        if not self._paths:
            return self._value()
        before, self._path = self._path, (*self._path, step)
        value = self._value()
        self._path = before
        return value

    def _further(self, members: _Members) -> None:
        members.rest = self._rest(members.rest, self._take())

    def _rest(self, before: Unknown | None, token: _Token) -> Unknown:
        more = self._unquoted(token, self._origin(token.start, token.end))
        if before is None:
            return more
        choices = before.choices | more.choices
        return Unknown(before.why, before.subject, choices=choices, origin=before.origin)
