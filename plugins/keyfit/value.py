"""Values as source code gives them: known, null, or unknown with a reason; never silently missing.

Absent is Python's `None` (no such argument), null is `Null()`, unknown is `Unknown(why, …)`. A string is a
`Text`, which can hold unknown parts between known ones. Every value keeps the place it was written at; the place
is no part of equality.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.record import record
from keyfit.shape import ACCOUNT_ID, ANY, DOMAIN_NAME, PARTITION_NAME, REGION_NAME
from keyfit.why import Advice, Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.shape import Shape


class Position(NamedTuple):
    """A place in a file: line and column, both from 1."""

    line: int
    column: int = 1


@record
class Origin:
    """Where a value was written: a file, the first and the last place of it, and its path in a template or plan.

    `file` is a path as the user would type it. `path` is such as `("Resources", "Key", "Properties", "KeyPolicy")`;
    empty where the language has none. `note` says how a value that nobody wrote came to be ("default", "given").
    """

    file: str = ""
    start: Position = Position(1)
    end: Position = Position(1)
    path: tuple[str | int, ...] = ()
    note: str = ""


NOWHERE: Final = Origin()


class Own(Enum):
    """What a deployment knows of itself, and the source does not: one hole of each kind, whatever it is called.

    The user can bind account and region; then they are literals.
    """

    ACCOUNT = "account"
    PARTITION = "partition"
    REGION = "region"
    URL_SUFFIX = "url suffix"

    @property
    def shape(self) -> Shape:
        """What the hole can be filled with."""
        return _OWN_SHAPES[self]


_OWN_SHAPES: Final = {
    Own.ACCOUNT: ACCOUNT_ID,
    Own.PARTITION: PARTITION_NAME,
    Own.REGION: REGION_NAME,
    Own.URL_SUFFIX: DOMAIN_NAME,
}


@record
class Reference:
    """What AWS will make up for a block of the source, such as a key's id: unknown, but always the same for the block.

    `block` is a logical id or a full address, `attribute` names the made-up part. Two equal references stand for the
    same text, two different ones may still stand for equal texts unless the attribute is unique in AWS (a key id).
    """

    block: str
    attribute: str
    shape: Shape = field(default=ANY, compare=False)


# A replica of a multi-Region key has the id of its primary: both are the primary's reference.
# No two roles, users or policies of an account have one name, and what is made up for a name is made up once.
UNIQUE_ATTRIBUTES: Final = frozenset({"key_id", "name", "name_suffix", "unique_id"})


@record
class Unknown:
    """A value that the source does not tell, and why.

    `subject` is what the reason speaks of. `identity` names the thing that is unknown: two unknowns that are equal and
    have an identity stand for the same value; without one, nothing can be said. `choices` are the names of all choices
    (`alternatives.Choice`) that the value depends on. `not_in` are texts it is known to differ from.
    """

    why: Why
    subject: str = ""
    identity: str = ""
    choices: frozenset[str] = frozenset()
    not_in: frozenset[str] = frozenset()
    shape: Shape = field(default=ANY, compare=False)
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def phrase(self) -> str:
        """The reason in words, as it follows "cannot tell: "."""
        return self.why.phrase.format(self.subject)

    @property
    def advice(self) -> Advice | None:
        """What the user can do to make it known; `None` where nothing helps."""
        return Advice(self.why.advice, self.subject) if self.why.advice else None

    def part(self, name: str) -> Unknown:
        """What is inside it under `name`: unknown for the same reason, and another value than the whole."""
        identity = f"{self.identity}.{name}" if self.identity else ""
        return replace(self, identity=identity, not_in=frozenset(), shape=ANY)


# How the identity of a parameter begins that is read from Systems Manager: the name that it has there follows.
STORED: Final = "stored "
# What stands behind that name where it is the list that the parameter holds; its elements have their number behind it.
LISTED: Final = "#"
# How the identity of an unknown begins that says whether something is there: true of all that bear it, or of none.
EXISTS: Final = "exists "
# How the identity of what is one for each element of an unknown collection begins.
EACH: Final = "each of "

Hole: TypeAlias = "Unknown | Reference | Own"


@record
class Text:
    """A string, part of which can be unknown. Make one with `text(…)`, which keeps `parts` in normal form.

    In normal form no part is an empty string and no two strings are neighbours; so equal texts have equal parts.
    """

    parts: tuple[str | Hole, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)

    @property
    def literal(self) -> str | None:
        """The string, if all of it is known."""
        parts = self.parts
        if not parts:
            return ""
        return parts[0] if len(parts) == 1 and isinstance(parts[0], str) else None

    @property
    def known(self) -> str:
        """The known parts, in a row."""
        return "".join(part for part in self.parts if isinstance(part, str))

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The unknown parts, in their order."""
        return tuple(part for part in self.parts if not isinstance(part, str))

    @property
    def prefix(self) -> str:
        """The known beginning."""
        return self.parts[0] if self.parts and isinstance(self.parts[0], str) else ""


@record
class Number:
    """A number."""

    value: int | float
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Bool:
    """A boolean."""

    value: bool
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Null:
    """Null: written, and nothing."""

    origin: Origin = field(default=NOWHERE, compare=False)


@record
class List:
    """A list. `rest`, where given, stands for unknown further elements (none, one or many) anywhere among the items."""

    items: tuple[Value, ...] = ()
    rest: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)


class Entry(NamedTuple):
    """A key and its value; the key is a text, so part of it can be unknown."""

    key: Text
    value: Value


@record
class Object:
    """A map, in the order it was written. `rest`, where given, stands for unknown further entries."""

    entries: tuple[Entry, ...] = ()
    rest: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)

    def find(self, name: str) -> Value | None:
        """The value of key `name`: the last one given; `None` where it is absent; unknown where that is not known."""
        for key, value in reversed(self.entries):
            if key.literal is None:
                open_ = Unknown(Why.UNREADABLE, "a key of the object is not known", origin=key.origin)
                return next((part for part in key.holes if isinstance(part, Unknown)), open_).part(name)
            if key.literal == name:
                return value
        return None if self.rest is None else self.rest.part(name)


Value: TypeAlias = "Text | Number | Bool | Null | List | Object | Unknown"


def number(value: float, origin: Origin = NOWHERE) -> Number | Unknown:
    """A number; unknown where it is none, or none that a float can hold: computing with those has no end."""
    try:
        finite = isfinite(value)
    except OverflowError:
        finite = False
    return Number(value, origin) if finite else Unknown(Why.BOUND, "a number is too large", origin=origin)


def text(*parts: str | Hole | Text, origin: Origin = NOWHERE) -> Text:
    """The parts, one after the other, as one `Text` in normal form."""
    if len(parts) == 1 and isinstance(parts[0], str):
        return Text(parts if parts[0] else (), origin)  # type: ignore[arg-type]  # it is a string
    normal: list[str | Hole] = []
    for part in _flat(parts):
        if isinstance(part, str) and normal and isinstance(normal[-1], str):
            normal[-1] += part
        elif part != "":
            normal.append(part)
    return Text(tuple(normal), origin)


def _flat(parts: Iterable[str | Hole | Text]) -> Iterator[str | Hole]:
    for part in parts:
        if isinstance(part, Text):
            yield from part.parts
        else:
            yield part


def same(left: Hole, right: Hole) -> bool:
    """Whether two holes surely stand for the same text."""
    return left == right and not (isinstance(left, Unknown) and not left.identity)


def differ(left: Hole, right: Hole) -> bool:
    """Whether two holes surely stand for different texts: what AWS gives to one block alone, for two blocks."""
    return (
        isinstance(left, Reference)
        and isinstance(right, Reference)
        and left.attribute == right.attribute
        and left.attribute in UNIQUE_ATTRIBUTES
        and left.block != right.block
    )


def holes_in(value: Value | None) -> tuple[Hole, ...]:
    """Every hole of `value`, itself included where it is unknown, in the order written."""
    found: list[Hole] = []
    pending: list[Value | None] = [value]
    while pending:
        match pending.pop():
            case Unknown() as hole:
                found.append(hole)
            case Text() as string:
                found.extend(string.holes)
            case List(items, rest):
                pending.append(rest)
                pending.extend(reversed(items))
            case Object(entries, rest):
                pending.append(rest)
                for key, inner in reversed(entries):
                    pending.extend((inner, key))
            case _:
                pass
    return tuple(found)


def choices_in(value: Value | None) -> frozenset[str]:
    """The names of all choices that `value` depends on."""
    return frozenset().union(*(hole.choices for hole in holes_in(value) if isinstance(hole, Unknown)))
