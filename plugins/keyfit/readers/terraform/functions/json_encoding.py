"""JSON as Terraform's `jsonencode` writes it: compact, keys sorted, `<`, `>` and `&` escaped; holes stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.table import LONGEST_TEXT, RefusedError
from keyfit.readers.terraform.values.convert import written_number
from keyfit.readers.terraform.values.terraform_values import Encoded, ordered
from keyfit.value import Bool, Entry, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.value import Hole, Value

# What Go's encoding/json escapes beyond JSON's own rules.
_TABLE: Final = str.maketrans(
    {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
)


def encoded(value: Value) -> Encoded:
    """`value` as JSON text, which `json_text.read` reads back; the text still knows the value.

    An unknown value is a hole without quotes. What is unknown about further elements or members is a hole after the
    last one, where a reader finds them.
    """
    document = normal(value)
    written = text(*_pieces(document))
    if sum(len(part) if isinstance(part, str) else 1 for part in written.parts) > LONGEST_TEXT:
        raise RefusedError(f"the text is longer than {LONGEST_TEXT} characters")
    return Encoded(written.parts, document=document)


def normal(value: Value) -> Value:
    """What reading the text back gives: sets are lists, keys are sorted, numbers are plain."""
    match value:
        case List(items, rest, origin):
            return List(tuple(map(normal, items)), rest, origin)
        case Object():
            entries = tuple(Entry(key, normal(inner)) for key, inner in ordered(value).entries)
            return Object(entries, value.rest, value.origin)
        case Text(parts, origin):
            return Text(parts, origin)
        case _:
            return value


def _pieces(document: Value) -> list[str | Hole]:
    pieces: list[str | Hole] = []
    pending: list[Value | str] = [document]
    while pending:
        match pending.pop():
            case str() as mark:
                pieces.append(mark)
            case Text() as string:
                pieces.extend(quoted(string))
            case List(items, rest):
                pending.extend(reversed(_listed("[", [[item] for item in items], rest, "]")))
            case Object(entries, rest):
                pending.extend(reversed(_listed("{", [[key, ":", inner] for key, inner in entries], rest, "}")))
            case Unknown() as hole:
                pieces.append(hole)
            case Number(number):
                pieces.append(written_number(number))
            case Bool(truth):
                pieces.append("true" if truth else "false")
            case Null():
                pieces.append("null")
    return pieces


def _listed(opening: str, members: list[list[Value | str]], rest: Unknown | None, closing: str) -> list[Value | str]:
    """The members between commas; `rest` stands where a further one would."""
    if rest is not None:
        members = [*members, [rest]]
    row: list[Value | str] = [opening]
    for index, member in enumerate(members):
        row.extend([",", *member] if index else member)
    return [*row, closing]


def quoted(string: Text) -> list[str | Hole]:
    """A string of JSON; its holes are taken to hold nothing that must be escaped."""
    return ['"', *(_escaped(part) if isinstance(part, str) else part for part in string.parts), '"']


def _escaped(part: str) -> str:
    return json.dumps(part, ensure_ascii=False)[1:-1].translate(_TABLE)
