"""Values to JSON text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.value import Hole, Value


def write(value: Value) -> Text:
    """`value` as JSON text, such that `read` gives it back: an unknown value is a hole without quotes."""
    parts: list[str | Hole | Text] = []
    pending: list[Value | str] = [value]
    while pending:
        match pending.pop():
            case str() as mark:
                parts.append(mark)
            case Text() as string:
                parts.extend(_quoted(string))
            case List(items, rest):
                pending.extend(reversed(_listed("[", [[each] for each in items], rest, "]")))
            case Object(entries, rest):
                pending.extend(reversed(_listed("{", [[key, ":", inner] for key, inner in entries], rest, "}")))
            case Unknown() as hole:
                parts.append(hole)
            case Number(number):
                parts.append(json.dumps(number))
            case Bool(yes):
                parts.append("true" if yes else "false")
            case Null():
                parts.append("null")
    return text(*parts, origin=value.origin)


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
