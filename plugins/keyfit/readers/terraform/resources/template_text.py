"""The text of a CloudFormation template inside Terraform to the value that it describes, holes included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import load
from keyfit.value import Entry, List, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Hole, Value

# Private-use characters, one for each hole: YAML takes them in any scalar, and nobody writes them.
_FIRST: Final = 0xE000
_LAST: Final = 0xF8FF
_STAND_INS: Final = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])")


def read_text(body: Text, file: str) -> Value | Problem:
    """The template in `body`; a hole is a part of the scalar that it stands in, and alone in one it is the value."""
    if body.literal is not None:
        return load(body.literal, file)
    holes = dict(zip(map(chr, range(_FIRST, _LAST + 1)), dict.fromkeys(body.holes), strict=False))
    stand_ins = {hole: each for each, hole in holes.items()}
    known = body.known
    if _STAND_INS.search(known) or any(hole not in stand_ins for hole in body.holes):
        return Problem("the template has more holes than can be told apart, or private-use characters", body.origin)
    source = "".join(part if isinstance(part, str) else stand_ins[part] for part in body.parts)
    loaded = load(source, file)
    return loaded if isinstance(loaded, Problem) else _filled(loaded, holes)


def _filled(value: Value, holes: Mapping[str, Hole]) -> Value:
    """`value` with the holes back in their places; loading has bounded how deep it is."""
    match value:
        case Text():
            filled = _text(value, holes)
            only = filled.parts[0] if len(filled.parts) == 1 else None
            return only if isinstance(only, Unknown) else filled
        case List(items, rest, origin):
            return List(tuple(_filled(each, holes) for each in items), rest, origin)
        case Object(entries, rest, origin):
            inner = tuple(Entry(_text(key, holes), _filled(each, holes)) for key, each in entries)
            return Object(inner, rest, origin)
        case _:
            return value


def _text(value: Text, holes: Mapping[str, Hole]) -> Text:
    """What is loaded holds no holes of its own."""
    pieces = _STAND_INS.split(value.literal or "")
    return text(*(holes.get(piece, piece) for piece in pieces), origin=value.origin)
