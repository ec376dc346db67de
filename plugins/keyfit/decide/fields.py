"""The fields of a case: JSON data as values, and what is wrong with it as one line."""

from __future__ import annotations

import json
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn
from keyfit.json_text import plain
from keyfit.pattern.literal import WILDCARDS
from keyfit.shape import ACCOUNT_ID, Shape
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import joined, marked, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from keyfit.value import Value


class CaseError(ValueError):
    """What is given is not a case; the message says in one line where, what is there, and what is expected."""


class Fields(NamedTuple):
    """Reads the fields of one case; `where` begins each message."""

    where: str

    def error(self, what: str) -> CaseError:
        """That error, in this case."""
        return CaseError(f"{self.where}: {what}")

    def wrong(self, name: str, data: object, expected: str) -> CaseError:
        """The error of a field that is `data` and has to be what is `expected`."""
        return self.error(f"{_subject(name)} is {told(data)}, but must be {expected}")

    def of(self, data: object, name: str, known: Collection[str], required: Collection[str] = ()) -> dict[str, object]:
        """The fields of the object `name` (empty: the case itself), all of them `known`, but null ones."""
        if not isinstance(data, dict) or unknown(data):
            raise self.wrong(name, data, "an object")
        for each in data:  # under a misspelt name, what is given would be absent
            if each not in known:
                raise self.error(f"{_subject(name)} has no field {quoted(each)}: its fields are {joined(known)}")
        given = {each: inner for each, inner in data.items() if inner is not None}
        for each in required:
            if each not in given:
                raise self.error(f"`{f'{name}.{each}' if name else each}` is missing")
        return given

    def value(self, data: object) -> Value:
        """`data` as a value."""
        try:
            return plain.value(data, self._special)
        except TypeError as error:
            raise self.error(f"a value is not JSON: {error}") from error

    def text(self, data: object, name: str) -> Text:
        """The string of the field `name`; one hole where it is unknown."""
        match self.value(data):
            case Text() as known:
                return known
            case Unknown() as hole:
                return text(hole)
            case _:
                raise self.wrong(name, data, "a string")

    def account(self, account: Text, name: str, written: Text) -> Text:
        """`account`, which the field `name` tells: 12 digits, as far as they are known."""
        shape = replace(ACCOUNT_ID, shortest=0) if account.holes else ACCOUNT_ID
        if shape.admits(account.known):
            return account
        raise self.error(f"`{name}` is {quoted(written)}, but an account ID must have 12 digits")

    def _special(self, data: Mapping[str, object]) -> Value | None:
        if len(data) != 1:
            return None
        match data:
            case {"text": list(parts)}:
                return text(*(self.text(part, "a part of a text") for part in parts))
            case _:
                return unknown(data)


PRINTABLE: Final = frozenset(map(chr, range(0x21, 0x7F)))
_NO_COLON: Final = Shape(PRINTABLE - {":"}, 0, None)


def without_further_colons(whole: Text) -> Text:
    """The ARN `whole`, whose holes have no colons where all of its are known.

    It is that of a key, an alias or a principal: what comes after the fifth has none.
    """
    if arn.colons(whole) != arn.COLONS:
        return whole
    return text(*(replace(part, shape=_NO_COLON) if isinstance(part, Unknown) else part for part in whole.parts))


def has_wildcard(name: Text) -> bool:
    """Whether it is a pattern, and so no name."""
    return not WILDCARDS.isdisjoint(name.known)


def unknown_in(written: Text) -> Unknown | None:
    """The first unknown of a text; all holes of a case are such."""
    return next((hole for hole in written.holes if isinstance(hole, Unknown)), None)


def part_of(hole: Unknown, name: str, shape: Shape) -> Unknown:
    """A part of what is unknown, for the same reason."""
    return Unknown(hole.why, hole.subject, identity=name, shape=shape)


def unknown(data: object) -> Unknown | None:
    """The unknown that `{"unknown": "why"}` stands for; `None` for all else."""
    match data:
        case {"unknown": str(why), **others} if not others:
            return Unknown(Why.UNREADABLE, why)
        case _:
            return None


# --- in words ----------------------------------------------------------------------------------------------------


def _subject(name: str) -> str:
    return f"`{name}`" if name else "it"


def told(data: object) -> str:
    """What a field holds, in a few words."""
    match data:
        case None | bool():
            return quoted(json.dumps(data))
        case str() | Text() | int() | float():
            return quoted(data)
        case {"unknown": str(), **others} if not others:
            return "unknown"
        case {"text": list(), **others} if not others:
            return "a string that is known in part"
        case list():
            return "a list" if data else "an empty list"
        case dict():
            return "an object"
        case _:
            return f"a {type(data).__name__}"


def quoted(data: object) -> str:
    """The user's text in backticks: cut, and on one line."""
    return marked(shown(data) if isinstance(data, Text) else str(data))


def close(word: str, names: Collection[str]) -> str:
    """Those of `names` that come close to a misspelt word, as the end of a message; empty where none does."""
    by_lower = {name.lower(): name for name in names}
    found = [by_lower[each] for each in get_close_matches(word.lower(), by_lower, n=3, cutoff=_CLOSE)]
    return f": did you mean {' or '.join(map(marked, found))}?" if found else ""


_CLOSE: Final = 0.7  # `Decypt` is as close to `kms:Decrypt`, `kms:` less so to `kms:Sign`
