"""A value that a plan tells, at the places where the source writes it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.values.terraform_values import Encoded
from keyfit.value import Entry, List, Object, Reference, Text, Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.value import Origin, Value


_MOST: Final = 200  # items that are compared with each other: of more, each is where the list is
_UNIQUE_ID: Final = "A[A-Z]{3}[A-Z0-9]{4,128}"  # of a role (AROA…), a user, a group


def over(told: Value, written: Value | None, place: Origin) -> Value:
    """What is told, each part where `written` has it, else at `place`; what is not told is as it is written."""
    if written is None or isinstance(written, Unknown):
        return written if written is not None and isinstance(told, Unknown) else at(told, place)
    if told == written and not holes_in(written):
        return written
    match told, written:
        case Unknown(), _:
            return written
        case Text(), Text():
            return _text(told, written)
        case List(), List():
            return List(tuple(_items(told.items, written.items, written.origin)), None, written.origin)
        case Object(), Object():
            found = (
                Entry(key, over(value, written.find(key.literal or ""), written.origin)) for key, value in told.entries
            )
            return Object(tuple(found), None, written.origin)
        case _:
            return at(told, written.origin)


def _text(told: Text, written: Text) -> Text:
    """A text; the parts of a document in JSON have their own places."""
    if _is_of_ids(told, written):
        return written
    known = told.prefix.lstrip()
    if not known.startswith(("{", "[")):
        return Text(told.parts, written.origin)
    document, source = json_text.read(told), decoded(written)
    if isinstance(document, Unknown) or isinstance(source, Unknown):
        return Encoded(told.parts, written.origin, at(document, written.origin))
    return Encoded(told.parts, written.origin, over(document, source, written.origin))


def _is_of_ids(told: Text, written: Text) -> bool:
    """Whether what the source writes with the unique id of a block is what is told: the model knows it by the block."""
    if told.literal is None or not any(
        isinstance(hole, Reference) and hole.attribute == "unique_id" for hole in written.holes
    ):
        return False
    form = "".join(re.escape(part) if isinstance(part, str) else _UNIQUE_ID for part in written.parts)
    return re.fullmatch(form, told.literal) is not None


def _items(told: Sequence[Value], written: Sequence[Value], place: Origin) -> Iterator[Value]:
    """Each item where the source has the one that it can be, or the statement of its Sid, or the one in its order.

    What is not told of an item is taken from the one in its order alone, of as many.
    """
    left = dict(enumerate(written if len(written) <= _MOST and len(told) <= _MOST else ()))
    ordered = len(told) == len(written)
    for index, item in enumerate(told):
        if holes_in(item):
            yield over(item, left.pop(index, None) if ordered else None, place)
            continue
        order = sorted(left, key=lambda at_: at_ != index)
        same = next((each for each in order if can_be(item, left[each])), None)
        same = next((each for each in order if _is_of_sid(item, left[each])), same)
        if same is None and index in left and ordered:
            same = index
        yield over(item, None if same is None else left.pop(same), place)


def _is_of_sid(told: Value, written: Value) -> bool:
    """Whether two statements bear one Sid."""
    if not isinstance(told, Object) or not isinstance(written, Object):
        return False
    sid = told.find("Sid")
    return isinstance(sid, Text) and sid == written.find("Sid")


def can_be(told: Value, written: Value) -> bool:
    """Whether what is written can have become what is told: what is known of both agrees."""
    match told, written:
        case (Unknown(), _) | (_, Unknown()):
            return True
        case Text(), Text():
            return bool(written.holes) or told.parts == written.parts
        case Object(), Object():
            shared = ((value, written.find(key.literal or "")) for key, value in told.entries)
            return all(other is None or can_be(value, other) for value, other in shared)
        case List(), List():
            return len(told.items) == len(written.items) or written.rest is not None
        case _:
            return told == written


def at(value: Value, origin: Origin) -> Value:
    """`value`, all of it at `origin`."""
    match value:
        case List(items, rest):
            return List(tuple(at(each, origin) for each in items), rest, origin)
        case Object(entries, rest):
            return Object(tuple(Entry(key, at(each, origin)) for key, each in entries), rest, origin)
        case Text() if value.prefix.lstrip().startswith(("{", "[")) and not isinstance(value, Encoded):
            return Encoded(value.parts, origin, at(json_text.read(value), origin))
        case _:
            return replace(value, origin=origin)
