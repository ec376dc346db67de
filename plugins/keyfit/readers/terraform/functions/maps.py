"""Functions of maps and objects. https://developer.hashicorp.com/terraform/language/functions.

A later entry of a map wins over an earlier one; so an earlier entry can become what is unknown and comes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.conversion import surely_apart
from keyfit.readers.terraform.functions.equality import alike
from keyfit.readers.terraform.functions.lists import all_items, limited
from keyfit.readers.terraform.functions.order import in_order
from keyfit.readers.terraform.functions.table import CallContext, Function, RefusedError, UndecidedError, sound
from keyfit.readers.terraform.values.convert import to_text
from keyfit.readers.terraform.values.terraform_values import OnlyThese, joined_rest, ordered
from keyfit.readers.terraform.values.unknowns import because
from keyfit.truth import Truth
from keyfit.value import Entry, List, Null, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import Value


def _sorted_entries(value: Object) -> tuple[Entry, ...]:
    """The entries in Terraform's order; undecided where the keys do not tell."""
    entries = ordered(value).entries
    by_key = {entry.key: entry for entry in entries}
    return tuple(by_key[key] for key in in_order(by_key, value))


def _keys(value: Object) -> List:
    return List(tuple(entry.key for entry in _sorted_entries(value)), value.rest)


def _values(value: Object) -> List:
    return List(tuple(entry.value for entry in _sorted_entries(value)), value.rest)


def _lookup(value: Value, key: Text, default: Value | None = None) -> Value:
    if isinstance(value, Unknown):
        raise UndecidedError(value, key)
    if not isinstance(value, Object):
        raise RefusedError("the first argument is not a map")
    for entry in reversed(value.entries):
        match alike(entry.key, key).truth:
            case Truth.YES:
                return entry.value
            case Truth.MAYBE:
                raise UndecidedError(entry.key, key)
            case _:
                continue
    if value.rest is not None:
        raise UndecidedError(value.rest, key)
    if default is None:
        raise RefusedError(
            f"the map has no key `{key.literal}`" if key.literal is not None else "the map lacks the key"
        )
    return default


def _merge(*arguments: Value, context: CallContext) -> Object:
    entries: dict[Text, Entry] = {}
    rest = None
    for argument in (*arguments, *_further(arguments, context)):
        match argument:
            case Null():
                continue
            case Unknown():
                entries = _shadowed(entries, argument)
                rest = joined_rest(rest, because((argument,)))
            case Object():
                if argument.rest is not None:
                    entries = _shadowed(entries, argument.rest)
                    rest = joined_rest(rest, argument.rest)
                for entry in argument.entries:
                    entries.pop(entry.key, None)
                    entries[entry.key] = entry
            case _:
                raise RefusedError("an argument is not a map or object")
    limited(entry.value for entry in entries.values())
    return Object(tuple(entries.values()), rest)


def _further(arguments: tuple[Value, ...], context: CallContext) -> tuple[Unknown, ...]:
    """Unknown further arguments; none where only their order is not known, and no key comes twice."""
    if not isinstance(context.rest, OnlyThese):
        return () if context.rest is None else (context.rest,)
    keys = tuple(entry.key for each in arguments if isinstance(each, Object) for entry in each.entries)
    return () if not surely_apart(keys)[1] and len(set(keys)) == len(keys) else (context.rest,)


def _shadowed(entries: dict[Text, Entry], later: Unknown) -> dict[Text, Entry]:
    """The entries so far, each of which `later` can have replaced."""
    return {key: Entry(key, because((later, entry.value))) for key, entry in entries.items()}


def _transpose(value: Object) -> Object:
    if value.rest is not None:
        raise UndecidedError(value.rest)
    turned: dict[str, list[Text]] = {}
    for key, inner in _sorted_entries(value):
        if not isinstance(inner, List):
            raise UndecidedError(inner) if isinstance(inner, Unknown) else RefusedError("a value is not a list")
        for item in all_items(inner):
            turned.setdefault(_literal(item), []).append(key)
    return Object(tuple(Entry(text(name), List(in_order(set(keys)))) for name, keys in sorted(turned.items())))


def _literal(item: Value) -> str:
    written = sound(to_text(item))
    if isinstance(written, Unknown) or written.literal is None:
        raise UndecidedError(written)
    return written.literal


def _zipmap(keys: List, values: List) -> Object:
    if len(all_items(keys)) != len(all_items(values)):
        raise RefusedError("the lists have different lengths")
    return _map_of(zip(keys.items, values.items, strict=True))


def _map_of(pairs: Iterable[tuple[Value, Value]]) -> Object:
    entries: dict[Text, Entry] = {}
    for written, value in pairs:
        key = text(sound(to_text(written)))
        entries.pop(key, None)
        entries[key] = Entry(key, value)
    return Object(tuple(entries.values()))


def _map(*arguments: Value) -> Object:
    if len(arguments) % 2:
        raise RefusedError("a key has no value")
    return _map_of(zip(arguments[::2], arguments[1::2], strict=True))


FUNCTIONS: Final[dict[str, Function]] = {
    "keys": Function("o", _keys),
    "lookup": Function("vtv?", _lookup, nulls=True),
    "map": Function("v*", _map),
    "merge": Function("v*", _merge, nulls=True, context=True),
    "transpose": Function("o", _transpose),
    "values": Function("o", _values),
    "zipmap": Function("ll", _zipmap),
}
