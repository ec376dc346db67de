"""RE2 patterns to trees. https://github.com/google/re2/wiki/Syntax, as Go's regexp reads it.

Python's `re` is another dialect and can take exponential time; a pattern comes from whoever wrote the source.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST: Final = 1_000  # characters of a pattern
DEEPEST: Final = 50  # groups in each other
_MOST_REPEATS: Final = 1_000  # RE2's own limit


class PatternError(Exception):
    """A pattern that RE2 refuses."""


class PatternLimitError(Exception):
    """A pattern that is too long or deep, or that uses what is not read here."""


@record
class Character:
    """One character for which `test` holds."""

    test: Callable[[str], bool]


@record
class Assertion:
    """A place between characters: `^`, `$`, `b` and `B`; `A` and `z` are begin and end of the text."""

    kind: str


@record
class Sequence:
    """One after the other."""

    parts: tuple[Pattern, ...]


@record
class Either:
    """The first that leads to a match."""

    branches: tuple[Pattern, ...]


@record
class Repeat:
    """From `low` to `high` times (`None`: any number); as often as possible where `greedy`."""

    inner: Pattern
    low: int
    high: int | None
    greedy: bool


@record
class Group:
    """A group that is captured."""

    inner: Pattern
    number: int


Pattern: TypeAlias = "Character | Assertion | Sequence | Either | Repeat | Group"


class Flags(NamedTuple):
    """`(?imsU)`."""

    fold: bool = False
    multiline: bool = False
    dot_all: bool = False
    ungreedy: bool = False


class Parsed(NamedTuple):
    """A pattern, and the names of its groups; empty for one without a name."""

    pattern: Pattern
    names: tuple[str, ...]


def parse(source: str) -> Parsed:
    """The tree of a pattern. `PatternError` where RE2 refuses it, `PatternLimitError` where it is not read."""
    if len(source) > LONGEST:
        raise PatternLimitError(f"the pattern has more than {LONGEST} characters")
    parser = _Parser(source)
    pattern = parser.alternatives(Flags(), 0)
    if parser.at < len(source):
        raise PatternError("a `)` has no `(`")
    return Parsed(pattern, tuple(parser.names))


_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": "\0-\x7f",
    "blank": "\t ",
    "cntrl": "\0-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": "!-/:-@[-`{-~",
    "space": "\t\n\v\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_PERL: Final = {"d": "0-9", "s": "\t\n\f\r ", "w": "0-9A-Za-z_"}
_CONTROL: Final = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}
_FLAGS: Final = {"i": "fold", "m": "multiline", "s": "dot_all", "U": "ungreedy"}
_COUNT: Final = re.compile(r"\{([0-9]{1,9})(?:(,)([0-9]{0,9}))?\}")
_NAME: Final = re.compile(r"\(\?P?<([A-Za-z0-9_]+)>")
_OPTIONS: Final = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_CODE: Final = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|x\{([0-9A-Fa-f]{1,6})\}|(0[0-7]{0,2}|[1-7][0-7]{1,2}))")
_PROPERTY: Final = re.compile(r"\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))")
_CATEGORIES: Final = re.compile(r"[CLMNPSZ][a-z]?")


def _ranges(written: str) -> Callable[[str], bool]:
    """What is in a class without escapes, such as `0-9a-f_`."""
    found = re.findall(r"(.)-(.)|(.)", written, re.DOTALL)
    pairs = tuple((low or only, high or only) for low, high, only in found)
    return lambda each: any(low <= each <= high for low, high in pairs)


def _not(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda each: not test(each)


def _folded(test: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda each: test(each) or test(each.lower()) or test(each.upper())


def _any_of(tests: list[Callable[[str], bool]]) -> Callable[[str], bool]:
    return lambda each: any(test(each) for test in tests)


@dataclass(slots=True)
class _Parser:
    """Recursive descent, no deeper than `DEEPEST`."""

    source: str
    at: int = 0
    names: list[str] = field(default_factory=list)

    def alternatives(self, flags: Flags, depth: int) -> Pattern:
        """Up to the end, or to a `)` that it leaves."""
        if depth > DEEPEST:
            raise PatternLimitError(f"groups are nested more than {DEEPEST} deep")
        branches: list[Pattern] = []
        parts: list[Pattern] = []
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "|":
                self.at += 1
                branches.append(Sequence(tuple(parts)))
                parts = []
                continue
            options = _OPTIONS.match(self.source, self.at)
            if options and options[3] == ")":
                flags = _changed(flags, options)
                self.at = options.end()
            elif self.source.startswith("\\Q", self.at):
                parts.extend(self._literally(flags))
            else:
                parts.append(self._repeated(self._atom(flags, depth), flags))
        return Either((*branches, Sequence(tuple(parts)))) if branches else Sequence(tuple(parts))

    def _literally(self, flags: Flags) -> list[Pattern]:
        end = self.source.find("\\E", self.at)
        stop = len(self.source) if end < 0 else end
        text = self.source[self.at + 2 : stop]
        self.at = min(stop + 2, len(self.source))
        return [_literal(each, flags) for each in text]

    def _repeated(self, atom: Pattern, flags: Flags) -> Pattern:
        count = self._count()
        if count is None:
            return atom
        lazy = self.source.startswith("?", self.at)
        self.at += lazy
        if self._count() is not None:
            raise PatternError("the pattern repeats a repetition")
        return Repeat(atom, *count, greedy=lazy == flags.ungreedy)

    def _count(self) -> tuple[int, int | None] | None:
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(self.source[self.at : self.at + 1])
        if simple is not None:
            self.at += 1
            return simple
        counted = _COUNT.match(self.source, self.at)
        if counted is None:
            return None
        self.at = counted.end()
        low = int(counted[1])
        high = (int(counted[3]) if counted[3] else None) if counted[2] else low
        if max(low, high or 0) > _MOST_REPEATS or (high is not None and high < low):
            raise PatternError("the pattern repeats too often")
        return low, high

    def _atom(self, flags: Flags, depth: int) -> Pattern:
        character = self.source[self.at]
        if character == "(":
            return self._group(flags, depth)
        if character == "[":
            return self._class(flags)
        if character == "\\":
            return self._escape(flags)
        if character in "*+?" or (character == "{" and _COUNT.match(self.source, self.at)):
            raise PatternError("a repetition repeats nothing")
        self.at += 1
        match character:
            case ".":
                return Character((lambda _: True) if flags.dot_all else (lambda each: each != "\n"))
            case "^":
                return Assertion("^" if flags.multiline else "A")
            case "$":
                return Assertion("$" if flags.multiline else "z")
            case _:
                return _literal(character, flags)

    def _group(self, flags: Flags, depth: int) -> Pattern:
        named = _NAME.match(self.source, self.at)
        options = _OPTIONS.match(self.source, self.at)
        if named is None and options is None and self.source.startswith("(?", self.at):
            raise PatternError("the pattern has a group that RE2 does not have")
        number = 0
        if options:
            flags = _changed(flags, options)
            self.at = options.end()
        else:
            self.names.append(named[1] if named else "")
            number = len(self.names)
            self.at = named.end() if named else self.at + 1
        inner = self.alternatives(flags, depth + 1)
        if not self.source.startswith(")", self.at):
            raise PatternError("a `(` is not closed")
        self.at += 1
        return Group(inner, number) if number else inner

    def _escape(self, flags: Flags) -> Pattern:
        kind = self.source[self.at + 1 : self.at + 2]
        if kind in {"A", "z", "b", "B"}:
            self.at += 2
            return Assertion(kind)
        test, _ = self._escaped()
        return Character(_folded(test) if flags.fold else test)

    def _escaped(self) -> tuple[Callable[[str], bool], str]:
        """What an escape stands for, and the character that it is, if it is one."""
        found = _CODE.match(self.source, self.at) or _PROPERTY.match(self.source, self.at)
        if found is not None:
            self.at = found.end()
            return _property(found) if found.re is _PROPERTY else _is(_code(found))
        letter = self.source[self.at + 1 : self.at + 2]
        self.at += 2
        if letter in _CONTROL:
            return _is(_CONTROL[letter])
        if letter and letter.lower() in _PERL:
            test = _ranges(_PERL[letter.lower()])
            return (test if letter.islower() else _not(test)), ""
        if not letter or letter.isalnum() or not letter.isascii():
            raise PatternError(f"`\\{letter}` is not an escape of RE2")
        return _is(letter)

    def _class(self, flags: Flags) -> Pattern:
        negated = self.source.startswith("[^", self.at)
        self.at += 1 + negated
        tests: list[Callable[[str], bool]] = []
        while not self.source.startswith("]", self.at) or not tests:
            if self.at >= len(self.source):
                raise PatternError("a `[` is not closed")
            tests.append(self._member())
        self.at += 1
        test = _folded(_any_of(tests)) if flags.fold else _any_of(tests)
        return Character(_not(test) if negated else test)

    def _member(self) -> Callable[[str], bool]:
        posix = re.compile(r"\[:(\^?)(\w+):\]").match(self.source, self.at)
        if posix:
            if posix[2] not in _POSIX:
                raise PatternError(f"`{posix[0]}` is not a class")
            self.at = posix.end()
            return _not(_ranges(_POSIX[posix[2]])) if posix[1] else _ranges(_POSIX[posix[2]])
        test, low = self._one()
        follows = self.source[self.at : self.at + 2]
        if not low or len(follows) < 2 or follows[0] != "-" or follows[1] == "]":  # noqa: PLR2004 - `-` and an end
            return test
        self.at += 1
        _, high = self._one()
        if not high or high < low:
            raise PatternError("a range of a character class is not valid")
        return lambda each: low <= each <= high

    def _one(self) -> tuple[Callable[[str], bool], str]:
        if self.source.startswith("\\", self.at):
            return self._escaped()
        self.at += 1
        return _is(self.source[self.at - 1])


def _literal(character: str, flags: Flags) -> Pattern:
    test, _ = _is(character)
    return Character(_folded(test) if flags.fold else test)


def _is(character: str) -> tuple[Callable[[str], bool], str]:
    return (lambda each: each == character), character


def _code(found: re.Match[str]) -> str:
    code = int(found[3], 8) if found[3] else int(found[1] or found[2], 16)
    if code > 0x10FFFF:  # noqa: PLR2004 - the last code point
        raise PatternError(f"`{found[0]}` is not a character")
    return chr(code)


def _property(found: re.Match[str]) -> tuple[Callable[[str], bool], str]:
    name = found[3] or found[4]
    if not _CATEGORIES.fullmatch(name):
        raise PatternLimitError(f"`{found[0]}` is not read")
    negated = (found[1] == "P") != bool(found[2])
    return (lambda each: unicodedata.category(each).startswith(name) != negated), ""


def _changed(flags: Flags, options: re.Match[str]) -> Flags:
    on = {_FLAGS[letter]: True for letter in options[1]}
    off = {_FLAGS[letter]: False for letter in options[2] or ""}
    return flags._replace(**on, **off)
