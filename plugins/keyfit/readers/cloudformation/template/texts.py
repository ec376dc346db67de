"""Small steps between values and texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.value import (
    Bool,
    List,
    Null,
    Number,
    Object,
    Origin,
    Reference,
    Text,
    Unknown,
    Value,
    choices_in,
    holes_in,
    text,
)
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.value import Hole

LONGEST: Final = 256 * 1024  # characters of one text
MOST_PARTS: Final = 2_000  # of one text
_LONGEST_IDENTITY: Final = 256


def as_text(value: Value | None) -> Text | None:
    """`value` as CloudFormation puts it into a text; `None` for what has no text: absent, null, a list, a map."""
    match value:
        case Text():
            return value
        case Bool(yes):
            return Text(("true" if yes else "false",), value.origin)
        case Number(number):
            return Text((str(number),), value.origin)
        case Unknown():
            return Text((value,), value.origin)
        case _:
            return None


def at(value: Value, origin: Origin) -> Value:
    """`value`, as if it were written at `origin`."""
    return replace(value, origin=origin)


def bounded(whole: Text) -> Value:
    """`whole`; unknown where references have made it too long."""
    if len(whole.parts) <= MOST_PARTS and sum(len(part) for part in whole.parts if isinstance(part, str)) <= LONGEST:
        return whole
    reason = f"a text is longer than {LONGEST} characters or has more than {MOST_PARTS} parts"
    return Unknown(Why.BOUND, reason, choices=choices_in(whole), origin=whole.origin)


def identity(function: str, *arguments: Value | None) -> str:
    """A name for what `function` returns for these arguments; empty where equal arguments can be different values."""
    if any(isinstance(hole, Unknown) and not hole.identity for argument in arguments for hole in holes_in(argument)):
        return ""
    name = f"{function}({', '.join(part for argument in arguments for part in _told(argument))})"
    if len(name) <= _LONGEST_IDENTITY:
        return name
    from hashlib import sha256

    return f"{function}#{sha256(name.encode()).hexdigest()}"


def _told(value: Value | None) -> Iterator[str]:
    """`value` in pieces that tell it apart from every other, places aside."""
    match value:
        case None | Null():
            yield "nothing" if value is None else "null"
        case Text(parts):
            yield "+".join(repr(part) if isinstance(part, str) else _hole(part) for part in parts) or "''"
        case Number(number):
            yield str(number)
        case Bool(yes):
            yield str(yes)
        case Unknown():
            yield _hole(value)
        case List(items, rest):
            yield f"[{len(items)}{'' if rest is None else _hole(rest)}"
            for each in items:
                yield from _told(each)
        case Object(entries, rest):
            yield f"{{{len(entries)}{'' if rest is None else _hole(rest)}"
            for key, inner in entries:
                yield from (*_told(key), *_told(inner))


def _hole(hole: Hole) -> str:
    match hole:
        case Unknown():
            return f"?{hole.identity}{sorted(hole.not_in)}"
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case _:
            return str(hole)


def fill(value: Text, literal: str) -> str | None:
    """What the one hole of `value` has to be for `value` to be `literal`; `None` where that is not one text."""
    if len(value.holes) != 1:
        return None
    last = value.parts[-1]
    start, end = value.prefix, last if isinstance(last, str) else ""
    if len(literal) < len(start) + len(end) or not (literal.startswith(start) and literal.endswith(end)):
        return None
    return literal[len(start) : len(literal) - len(end)]


def plain(value: Text) -> str:
    """`value` for a message: what is known of it, and `…` for what is not."""
    return text(*(part if isinstance(part, str) else "…" for part in value.parts)).prefix


def named_by(value: Text) -> str:
    """`value` as two templates can both have it: parameters that nothing gives a value by name, as in `${Stage}-key`.

    What else is not known is `…`, which no name has.
    """
    return "".join(part if isinstance(part, str) else _given_by(part) for part in value.parts)


def _given_by(hole: Hole) -> str:
    match hole:
        case Unknown(why=Why.NO_VALUE, identity=identity) if identity:
            return f"${{{identity}}}"
        case _:
            return "…"


def pieces(whole: Text, delimiter: str) -> tuple[Text, ...] | None:
    """A text taken apart at a delimiter; `None` where a hole can hold it, so that not even their number is known."""
    if any(hole.shape.can_hold(each) for hole in whole.holes for each in delimiter):
        return None
    found: list[list[str | Hole]] = [[]]
    for part in whole.parts:
        first, *others = part.split(delimiter) if isinstance(part, str) else (part,)
        found[-1].append(first)
        found.extend([other] for other in others)
    return tuple(text(*each, origin=whole.origin) for each in found)
