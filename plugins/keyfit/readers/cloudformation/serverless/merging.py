"""`Globals`: what a template says once for all its functions, as SAM merges it into each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.value import Entry, List, Object, Text, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Container

PREFIX: Final = "AWS::Serverless::"
_ALL: Final = "*"
MOST: Final = 1_000  # values that are merged into each resource


def with_globals(root: Value, address: str, type_: str, properties: Value | None) -> Value | None:
    """The properties of a resource with those of `Globals` that it does not ignore; unknown where they are too many."""
    shared = _within(root, "Globals", type_.removeprefix(PREFIX))
    if not isinstance(shared, Object):
        return properties
    if _is_large(shared):
        return Unknown(Why.BOUND, f"`Globals` contain more than {MOST} values", origin=shared.origin)
    ignored = _within(root, "Resources", address, "IgnoreGlobals")
    if isinstance(ignored, Text) and ignored.literal == _ALL:
        return properties
    names = {each.literal for each in ignored.items if isinstance(each, Text)} if isinstance(ignored, List) else ()
    left = _without(shared, names)
    return left if properties is None else merged(left, properties)


def _is_large(shared: Object) -> bool:
    pending: list[Value] = [shared]
    size = 0
    while pending and size <= MOST:
        here, size = pending.pop(), size + 1
        if isinstance(here, Object):
            pending.extend(value for _, value in here.entries)
        elif isinstance(here, List):
            pending.extend(here.items)
    return size > MOST


def merged(shared: Value, own: Value) -> Value:
    """Two maps as one, two lists one after the other; otherwise the resource's own value, as for function calls."""
    match shared, own:
        case Object(), Object() if function_of(shared) is None and function_of(own) is None:
            names = {key.literal for key, _ in shared.entries}
            both = (Entry(key, _either(value, own.find(key.prefix))) for key, value in shared.entries)
            return Object(
                (*both, *(each for each in own.entries if each.key.literal not in names)), own.rest, own.origin
            )
        case List(first), List(second):
            return List((*first, *second), own.rest, own.origin)
        case _:
            return own


def _either(shared: Value, own: Value | None) -> Value:
    return shared if own is None else merged(shared, own)


def _without(shared: Object, names: Container[str | None]) -> Object:
    return Object(tuple(each for each in shared.entries if each.key.literal not in names), origin=shared.origin)


def _within(value: Value | None, *path: str) -> Value | None:
    for step in path:
        value = value.find(step) if isinstance(value, Object) else None
    return value
