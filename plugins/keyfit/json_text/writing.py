"""Values to JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.value import Hole, Value


def write(value: Value) -> Text:
    """`value` as JSON text, such that `read` gives it back: an unknown value is a hole without quotes."""
    return text(*pieces(value, _quoted, json.dumps), origin=value.origin)


def pieces(
    value: Value, quoted: Callable[[Text], list[str | Hole]], number: Callable[[int | float], str]
) -> list[str | Hole]:
    """The same in pieces, with strings and numbers written so.

    What is unknown about further elements or members is a hole after the last one, where a reader finds them.
    """
    found: list[str | Hole] = []
    pending: list[Value | str] = [value]
    while pending:
        match pending.pop():
            case str() as mark:
                found.append(mark)
            case Text() as string:
                found.extend(quoted(string))
            case List(items, rest):
                pending.extend(reversed(_listed("[", [[each] for each in items], rest, "]")))
            case Object(entries, rest):
                pending.extend(reversed(_listed("{", [[key, ":", inner] for key, inner in entries], rest, "}")))
            case Unknown() as hole:
                found.append(hole)
            case Number(written):
                found.append(number(written))
            case Bool(yes):
                found.append("true" if yes else "false")
            case Null():
                found.append("null")
    return found


def _listed(opening: str, members: list[list[Value | str]], rest: Unknown | None, closing: str) -> list[Value | str]:
    if rest is not None:
        members = [*members, [rest]]
    tokens: list[Value | str] = [opening]
    for index, member in enumerate(members):
        tokens.extend([*([","] if index else []), *member])
    return [*tokens, closing]


def _quoted(string: Text) -> list[str | Hole]:
    known = (json.dumps(each, ensure_ascii=False)[1:-1] if isinstance(each, str) else each for each in string.parts)
    return ['"', *known, '"']
