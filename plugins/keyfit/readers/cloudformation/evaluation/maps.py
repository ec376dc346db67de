"""`Fn::FindInMap`: a look-up in the mappings, and whether it can be made at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import Answer, any_of
from keyfit.readers.cloudformation.evaluation.conditions import equal
from keyfit.readers.cloudformation.evaluation.unknowns import comparable, unknown_from
from keyfit.readers.cloudformation.template.texts import as_text, at
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import Entry, List, Object, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Origin


@record
class Lookup:
    """The arguments of a look-up, evaluated; `None` for what is no text."""

    name: Text | None
    keys: tuple[Text | None, ...]
    default: Value | None = None


def lookup_of(scope: Scope, argument: Value) -> Lookup | None:
    """The look-up that `argument` asks for; `None` where it is none."""
    if not isinstance(argument, List) or len(argument.items) not in {3, 4}:
        return None
    name, *keys = (as_text(comparable(scope, scope.value(each))) for each in argument.items[:3])
    last = argument.items[3] if len(argument.items) > 3 else None  # noqa: PLR2004 - the fourth is optional
    return Lookup(name, tuple(keys), last.find("DefaultValue") if isinstance(last, Object) else None)


def find_in_map(scope: Scope, argument: Value, origin: Origin) -> Value | None:
    """What the mapping holds; the default value where it surely lacks a key; unknown where that is not known."""
    lookup = lookup_of(scope, argument)
    if lookup is None:
        return Unknown(Why.INVALID, "`Fn::FindInMap` takes a mapping and two keys", origin=origin)
    found = walk(scope, lookup)
    if found is None:
        default = scope.value(lookup.default) if lookup.default is not None else None
        return unknown_from(scope, "Fn::FindInMap", origin, lookup.name, *lookup.keys, default)
    if not isinstance(found, Missing):
        return at(found, origin)
    if lookup.default is not None:
        return scope.value(lookup.default)
    return Unknown(Why.INVALID, found.reason, origin=origin)


@record
class Missing:
    """A key that a mapping surely lacks, in the words of a message."""

    reason: str


def walk(scope: Scope, lookup: Lookup) -> Value | Missing | None:
    """What a look-up finds; `None` where its arguments are not known enough."""
    mappings = Object(tuple(Entry(text(name), inner) for name, inner in scope.template.mappings.items()))
    here = step(mappings, lookup.name)
    if here is None or isinstance(here, Missing):
        return here
    for key in lookup.keys:
        found = step(here, key)
        if found is None or isinstance(found, Missing):
            return found
        here = found
    return here


def step(here: Value, key: Text | None) -> Value | Missing | None:
    """The entry of a mapping, or of its inner map, under `key`."""
    if key is None or not isinstance(here, Object) or here.rest:
        return None
    if key.literal is not None:
        return here.find(key.literal) or Missing(f"there is no `{key.literal}` in the mapping")
    some: Answer = any_of([equal(name, key) for name, _ in here.entries])
    return Missing("the mapping has none of the keys that are left") if some.truth is Truth.NO else None
