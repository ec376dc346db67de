"""A resource or task as services are asked about it, and what stands at a path of a page in it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.model.consumers import Purpose, Use
from keyfit.record import record
from keyfit.services.spelling import JSON, KEYED, OUTSIDE
from keyfit.value import Bool, List, Number, Own, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.model.block import Block
    from keyfit.value import Value

_ELSE: Final = "|"  # before the attribute of the resource that counts where nothing is written
EACH: Final = "[]"  # between the path of a list and the path inside each of its elements


@record(eq=False)
class Resource:
    """A block of the source, or a task of a state machine, as what services are asked about.

    `type` is the block's, or the action of the task (`personalize:createDatasetGroup`). `at` gives what stands at a
    dotted path in the words of the type's language, `None` for what is absent or null; `within` the same inside a value
    that `at` has given, whose own path is told besides. `attribute` gives what an attribute is for other resources.
    `inside` is the path of the element that the resource is taken for, where its elements are consumers each.
    """

    type: str
    block: Block
    at: Callable[[str], Value | None]
    within: Callable[[Value, str, str], Value | None]
    region: Text
    account: Text
    attribute: Callable[[str], Value] | None = None
    caller: Use | None = None
    state: str = ""
    inside: str = ""
    partition: Text = field(default_factory=lambda: text(Own.PARTITION))


def used(resource: Resource, paths: Mapping[str, str]) -> tuple[Use, ...]:
    """The parameters at some paths, each with what it is for."""
    return tuple(use for path, purpose in paths.items() for use in used_at(resource, path, Purpose(purpose)))


def used_at(resource: Resource, path: str, purpose: Purpose = Purpose.STORE) -> Iterable[Use]:
    """The parameters at a path; where nothing is written, the attribute that counts instead."""
    written, _, attribute = path.partition(_ELSE)
    found = list(every(resource, written)) if path else []
    if attribute and not found and resource.attribute is not None:
        found = [(written, replace(resource.attribute(attribute), origin=resource.block.origin))]
    return (Use(_parameter(resource, where), _word(value), purpose) for where, value in found)


def _parameter(resource: Resource, where: str) -> str:
    """The path of a parameter from the block: what stands outside an element has its own."""
    return where.removeprefix(OUTSIDE) if where.startswith(OUTSIDE) else f"{resource.inside}{where}"


def every(resource: Resource, path: str) -> Iterator[tuple[str, Value]]:
    """Each value that `path` stands for, with its own path: `Entries[].Name` is `Entries[0].Name` and so on."""
    outside, is_json, inside = path.partition(JSON)
    if is_json:
        value = _read(resource.at(outside))
        first, *steps = inside.removeprefix(".").split(EACH)
        found = value if value is None or not first else resource.within(value, first, f"{outside}{inside}")
        yield from _spread(resource, found, f"{outside}.{first}" if first else outside, steps)
        return
    listed, is_keyed, keyed = path.partition(KEYED)
    if is_keyed:
        yield from _keyed(resource, listed, *keyed.split("]."))
        return
    first, *inner = path.split(EACH)
    yield from _spread(resource, resource.at(first), first, inner)


def _keyed(resource: Resource, listed: str, wanted: str, step: str) -> Iterator[tuple[str, Value]]:
    """What stands at `step` in the element of a list whose key is the one `wanted`; the hole that can be it else."""
    key = "Key" if step[0].isupper() else "key"
    found = resource.at(listed)
    elements = found.items if isinstance(found, List) else ()
    named = [(n, each, resource.within(each, key, f"{listed}[{n}].{key}")) for n, each in enumerate(elements)]
    for position, element, name in named:
        if isinstance(name, Text) and name.literal == wanted:
            place = f"{listed}[{position}].{step}"
            value = resource.within(element, step, place)
            yield from () if value is None else ((place, value),)
            return
    open_ = [hole for _, each, name in named for hole in holes_in(each if name is None else name)]
    rest = found.rest if isinstance(found, List) else found
    for hole in (*open_, rest):
        if isinstance(hole, Unknown):
            yield f"{listed}[].{step}", hole
            return


def only(resource: Resource, path: str) -> Value | None:
    """What stands at `path`, the first of it."""
    return next((value for _, value in every(resource, path)), None)


def _read(value: Value | None) -> Value | None:
    """What a text of JSON holds; anything else as it is."""
    return json_text.read(value) if isinstance(value, Text) else value


def _spread(resource: Resource, found: Value | None, where: str, inner: list[str]) -> Iterator[tuple[str, Value]]:
    """What stands at `where`; with paths `inner`, what stands there inside each of its elements."""
    if found is None or not inner:
        yield from () if found is None else ((where, found),)
        return
    step, *further = inner
    for position, element in enumerate(found.items if isinstance(found, List) else ()):
        place = f"{where}[{position}]{step}"
        yield from _spread(resource, resource.within(element, step.removeprefix("."), place), place, further)
    rest = found.rest if isinstance(found, List) else found
    if rest is not None:
        yield EACH.join((where, *inner)), rest


def _word(value: Value) -> Value:
    """A text or an unknown; a number or boolean as its text; what is neither is unknown."""
    match value:
        case Text() | Unknown():
            return value
        case Number(number):
            return text(str(number), origin=value.origin)
        case Bool(truth):
            return text(str(truth).lower(), origin=value.origin)
        case _:
            return not_text(value)


def not_text(value: Value) -> Unknown:
    """That a value is not the text that is asked for."""
    return Unknown(Why.INVALID, "a value is not text", origin=value.origin)
