"""Texts that are not to be shown: what a value that is marked as sensitive consists of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from keyfit.value import Entry, List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.value import Value

SHORTEST: Final = 4  # characters: what is shorter is in every other word, and hides nothing
# What stands for no value is no secret, though a variable that is marked as sensitive has it as its default.
_NOTHING: Final = frozenset({"null", "none", "true", "false"})
_MOST: Final = 1_000  # texts of one value
_ACCOUNT_OF_ARN: Final = re.compile(r"arn:[a-z-]+:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12}):(.+)")


def is_telling(piece: str) -> bool:
    """Whether a text tells something that is not to be shown."""
    return len(piece) >= SHORTEST and piece.lower() not in _NOTHING


def texts_in(value: Value) -> Iterator[str]:
    """Every known text in a value, those in a document of JSON too; and the account and the resource of an ARN."""
    pending: list[Value | Entry] = [value]
    for _ in range(_MOST):
        if not pending:
            return
        match pending.pop():
            case Text(parts):
                for part in parts:
                    if isinstance(part, str):
                        yield from pieces(part)
            case List(items):
                pending.extend(items)
            case Object(entries):
                pending.extend(entry.value for entry in entries)
            case _:
                pass


def pieces(known: str) -> Iterator[str]:
    """A text, and the texts that it is made of."""
    yield known
    arn = _ACCOUNT_OF_ARN.fullmatch(known)
    if arn:
        yield from arn.groups()
    if known.lstrip()[:1] in {"{", "["}:
        yield from _of_document(known)


def _of_document(known: str) -> Iterator[str]:
    try:
        pending: list[object] = [json.loads(known)]
    except (ValueError, RecursionError):
        return
    for _ in range(_MOST):
        match pending.pop() if pending else None:
            case None:
                return
            case str() as leaf:
                yield leaf
            case list() as items:
                pending.extend(each for each in items if each is not None)
            case dict() as members:
                pending.extend(each for each in members.values() if each is not None)
            case _:
                pass
