"""JSON as Terraform's `jsonencode` writes it: compact, keys sorted, `<`, `>` and `&` escaped; holes stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from keyfit.json_text.writing import pieces
from keyfit.readers.terraform.functions.table import LONGEST_TEXT, RefusedError
from keyfit.readers.terraform.values.convert import written_number
from keyfit.readers.terraform.values.terraform_values import Encoded, ordered
from keyfit.value import Entry, List, Object, Text, text

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

    An unknown value is a hole without quotes.
    """
    document = normal(value)
    written = text(*pieces(document, quoted, written_number))
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


def quoted(string: Text) -> list[str | Hole]:
    """A string of JSON; its holes are taken to hold nothing that must be escaped."""
    return ['"', *(_escaped(part) if isinstance(part, str) else part for part in string.parts), '"']


def _escaped(part: str) -> str:
    return json.dumps(part, ensure_ascii=False)[1:-1].translate(_TABLE)
