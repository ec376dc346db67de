"""`Fn::ForEach`: loops unrolled where their collection is known before anything is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.readers.cloudformation.template.parameters import read_parameter
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.value import Entry, List, Object, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from keyfit.readers.given import Given

LOOP: Final = "Fn::ForEach::"
MOST: Final = 20_000  # values that loops make
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9]")


class _Loop(NamedTuple):
    name: str
    elements: tuple[str, ...]
    body: Object


def unroll(root: Value, given: Given) -> Value:
    """`root` without loops, each in its place unrolled; one whose collection is not known stays as it is."""
    return _Unrolling(root, given).of(root)


@dataclass(slots=True)
class _Unrolling:
    root: Value
    given: Given
    made: int = 0
    done: dict[int, tuple[Value, Value]] = field(default_factory=dict)  # what stands twice is unrolled once

    def of(self, value: Value) -> Value:
        known = self.done.get(id(value))
        if known is None:
            known = self.done[id(value)] = (value, self._of(value))
        return known[1]

    def _of(self, value: Value) -> Value:
        match value:
            case List(items):
                fresh = tuple(self.of(each) for each in items)
                return value if all(map(_is, fresh, items)) else replace(value, items=fresh)
            case Object(entries):
                unrolled = tuple(each for entry in entries for each in self._entry(entry))
                same = len(unrolled) == len(entries) and all(map(_is, unrolled, entries))
                return value if same else replace(value, entries=unrolled)
            case _:
                return value

    def _entry(self, entry: Entry) -> Iterator[Entry]:
        loop = self._loop(entry) if entry.key.prefix.startswith(LOOP) else None
        if loop is None:
            inner = self.of(entry.value)
            yield entry if inner is entry.value else Entry(entry.key, inner)
            return
        for element in loop.elements:
            for key, value in loop.body.entries:
                yield from self._entry(Entry(_in_text(key, loop.name, element), _put(value, loop.name, element)))

    def _loop(self, entry: Entry) -> _Loop | None:
        items = entry.value.items if isinstance(entry.value, List) else ()
        if len(items) != 3:  # noqa: PLR2004 - a name, a collection, a body
            return None
        name, collection, body = items
        elements = self._elements(collection)
        if not isinstance(name, Text) or not name.literal or elements is None or not isinstance(body, Object):
            return None
        self.made += len(elements) * _size(body)
        return _Loop(name.literal, elements, body) if self.made <= MOST else None

    def _elements(self, collection: Value) -> tuple[str, ...] | None:
        """The elements of a list of texts, of a parameter that has one by default or as given, or of a mapping."""
        if isinstance(collection, Object) and len(collection.entries) == 1:
            collection = self._parameter(collection) or self._mapped(collection) or collection
        if not isinstance(collection, List) or collection.rest:
            return None
        texts = [as_text(each) for each in collection.items]
        literals = [each.literal for each in texts if each is not None and each.literal is not None]
        return tuple(literals) if len(literals) == len(texts) else None

    def _parameter(self, call: Object) -> Value | None:
        function, argument = call.entries[0]
        name = argument.literal if function.literal == "Ref" and isinstance(argument, Text) else None
        section = self.root.find("Parameters") if isinstance(self.root, Object) else None
        declared = section.find(name) if name and isinstance(section, Object) else None
        if declared is None or name is None:
            return None
        parameter = read_parameter(name, declared)
        given = self.given.parameters.get(name)
        if given is not None:
            return parameter.given(given)
        return parameter.typed(parameter.default) if parameter.default is not None and not parameter.stored else None

    def _mapped(self, call: Object) -> Value | None:
        """What `Fn::FindInMap` finds, where its arguments are written out or are parameters."""
        function, argument = call.entries[0]
        if function.literal != "Fn::FindInMap" or not isinstance(argument, List):
            return None
        found = self.root.find("Mappings") if isinstance(self.root, Object) else None
        for each in argument.items[:3]:
            name = self._word(each)
            found = found.find(name) if name is not None and isinstance(found, Object) else None
        return found

    def _word(self, written: Value) -> str | None:
        if isinstance(written, Object) and len(written.entries) == 1:
            own = {"AWS::Region": self.given.region, "AWS::AccountId": self.given.account}
            referred = written.entries[0].value
            name = (referred.literal or "") if isinstance(referred, Text) else ""
            if written.entries[0].key.literal == "Ref" and name in own:
                return own[name]
            written = self._parameter(written) or written
        return written.literal if isinstance(written, Text) else None


def types_made(loop: Value) -> frozenset[str]:
    """The types of the resources that a loop makes, whatever its collection; empty ones are not known."""
    body = loop.items[-1] if isinstance(loop, List) and loop.items else None
    if not isinstance(body, Object) or body.rest is not None:
        return frozenset({""})
    made: set[str] = set()
    for key, value in body.entries:
        if key.prefix.startswith(LOOP):
            made |= types_made(value)
        else:
            type_ = value.find("Type") if isinstance(value, Object) else None
            made.add((type_.literal or "") if isinstance(type_, Text) else "")
    return frozenset(made)


def unknown(key: Text, loop: Value, parameters: Container[str]) -> Unknown:
    """What a loop makes whose collection is not known; where it is that of a parameter, this can be given."""
    parameter = _parameter_of(loop)
    known = parameter in parameters
    return Unknown(Why.LOOP_OVER if known else Why.LOOP, parameter if known else key.prefix, origin=key.origin)


def _parameter_of(loop: Value) -> str:
    collection = loop.items[1] if isinstance(loop, List) and len(loop.items) > 1 else None
    match collection:
        case Object(((Text(("Ref",)), Text() as referred),)):
            return referred.literal or ""
        case _:
            return ""


def _is(one: object, other: object) -> bool:
    return one is other


def _size(value: Value) -> int:
    pending, size = [value], 0
    while pending and size <= MOST:
        here, size = pending.pop(), size + 1
        if isinstance(here, List):
            pending.extend(here.items)
        elif isinstance(here, Object):
            pending.extend(inner for _, inner in here.entries)
    return size


def _put(value: Value, name: str, element: str) -> Value:
    """`value` with `element` for the loop's name: in texts, in keys, and as what `Ref` refers to."""
    match value:
        case Text():
            return _in_text(value, name, element)
        case List(items):
            return replace(value, items=tuple(_put(each, name, element) for each in items))
        case Object(((Text(("Ref",)), Text() as referred),)) if referred.literal == name:
            return text(element, origin=value.origin)
        case Object(entries):
            put = (Entry(_in_text(key, name, element), _put(inner, name, element)) for key, inner in entries)
            return replace(value, entries=tuple(put))
        case _:
            return value


def _in_text(whole: Text, name: str, element: str) -> Text:
    written, bare = f"${{{name}}}", f"&{{{name}}}"
    parts = (
        part.replace(written, element).replace(bare, _NO_NAME.sub("", element)) if isinstance(part, str) else part
        for part in whole.parts
    )
    return text(*parts, origin=whole.origin)
