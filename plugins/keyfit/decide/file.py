"""A file of cases: JSON, in which no key stands twice and every number is one that Python reads."""

from __future__ import annotations

import json
from math import isinf
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.decide.fields import quoted
from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.value import Entry, Value

_LONGEST_NUMBER: Final = 300  # digits, as in `json_text`; Python refuses to read 4,301


class CaseFileError(ValueError):
    """The text is not such JSON. `place` is line and column, as in `3:14`; empty where they are not known."""

    def __init__(self, message: str, place: str = "") -> None:
        super().__init__(message)
        self.place = place


def read(source: str) -> object:
    """What the JSON text `source` holds. Raises `CaseFileError`."""
    try:
        return json.loads(
            source, object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
        )
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise CaseFileError(f"this is not JSON: {error.msg}", place) from None
    except RecursionError:
        raise CaseFileError("this is nested too deeply") from None
    except _RepeatedError as error:
        raise _repeated(source, *error.args) from None


class _RepeatedError(Exception):
    """Its argument is the key that stands twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedError(next(name for index, name in enumerate(names) if name in names[:index]))
    return found


def _repeated(source: str, key: str) -> CaseFileError:
    """The error of the first key that stands twice, with its place if the text is not too deep or long for that."""
    entry = next(_repeated_in(json_text.read_file(source, "")), None)
    if entry is None:
        return CaseFileError(f"key {quoted(key)} is repeated in one object")
    line, column = entry.key.origin.start
    return CaseFileError(f"key {quoted(entry.key)} is repeated in one object", f"{line}:{column}")


def _repeated_in(value: Value) -> Iterator[Entry]:
    pending = [value]
    while pending:
        match pending.pop():
            case Object(entries):
                seen: set[str | None] = set()
                for entry in entries:
                    if entry.key.literal in seen:
                        yield entry
                    seen.add(entry.key.literal)
                pending.extend(inner for _, inner in reversed(entries))
            case List(items):
                pending.extend(reversed(items))
            case _:
                pass


def _integer(written: str) -> int:
    if len(written) > _LONGEST_NUMBER:
        raise CaseFileError(f"number {quoted(written[:20] + '…')} has more than {_LONGEST_NUMBER} digits")
    return int(written)


def _fraction(written: str) -> float:
    number = float(written)
    if isinf(number):
        raise CaseFileError(f"number {quoted(written)} is too large")
    return number


def _constant(written: str) -> float:
    raise CaseFileError(f"`{written}` is not JSON")
