"""The text of a CloudFormation template inside Terraform to the value that it describes, holes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import load
from keyfit.readers.terraform.values.stand_ins import stood_in
from keyfit.value import Entry, List, Object, Text, Unknown

if TYPE_CHECKING:
    from keyfit.readers.terraform.values.stand_ins import StoodIn
    from keyfit.value import Value


def read_text(body: Text, file: str) -> Value | Problem:
    """The template in `body`; a hole is a part of the scalar that it stands in, and alone in one it is the value."""
    if body.literal is not None:
        return load(body.literal, file)
    standing = stood_in(body)
    if standing is None:
        return Problem("the template has more holes than can be told apart, or private-use characters", body.origin)
    loaded = load(standing.source, file)
    return loaded if isinstance(loaded, Problem) else _filled(loaded, standing)


def _filled(value: Value, standing: StoodIn) -> Value:
    """`value` with the holes back in their places; loading has bounded how deep it is."""
    match value:
        case Text():
            filled = _text(value, standing)
            only = filled.parts[0] if len(filled.parts) == 1 else None
            return only if isinstance(only, Unknown) else filled
        case List(items, rest, origin):
            return List(tuple(_filled(each, standing) for each in items), rest, origin)
        case Object(entries, rest, origin):
            inner = tuple(Entry(_text(key, standing), _filled(each, standing)) for key, each in entries)
            return Object(inner, rest, origin)
        case _:
            return value


def _text(value: Text, standing: StoodIn) -> Text:
    """What is loaded holds no holes of its own."""
    return standing.filled(value.literal or "", value.origin)
