"""`target.name`, `target[key]`, and what `for` and splats go through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.terraform.evaluation.scope import Elements
from keyfit.readers.terraform.functions.order import has_order
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.convert import to_number, to_text
from keyfit.readers.terraform.values.terraform_values import Set, joined_rest, only_these
from keyfit.readers.terraform.values.unknowns import because, invalid, part_of
from keyfit.truth import Truth
from keyfit.value import Bool, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.readers.terraform.evaluation.scope import Evaluation, Resolved
    from keyfit.value import Entry, Origin, Value


def attribute(evaluation: Evaluation, target: Resolved, name: str, origin: Origin) -> Resolved:
    """`target.name`."""
    match target:
        case Object():
            return _entry(evaluation, target, text(name), origin)
        case Unknown():
            return _part(evaluation, target, f".{name}")
        case List() if name.isdecimal():
            return _item(target, Number(int(name)), origin)
        case Null() | Text() | Number() | Bool() | List():
            return invalid(f"`{name}` is read from a value without attributes", origin)
        case _:
            return target.attribute(name, origin)


def index(evaluation: Evaluation, target: Resolved, key: Value, origin: Origin) -> Resolved:
    """`target[key]`."""
    match target:
        case Object():
            return _entry(evaluation, target, to_text(key), origin)
        case List():
            return _item(target, key, origin)
        case Unknown():
            step = _step(key)
            return _part(evaluation, target, step) if step else because((target, key), origin)
        case Null() | Text() | Number() | Bool():
            return invalid("an element is read from a value without elements", origin)
        case _:
            return target.at(key, origin)


def _step(key: Value) -> str:
    match key:
        case Number(number):
            return f"[{number}]"
        case Text(literal=str() as name):
            return f".{name}"
        case _:
            return ""


def _part(evaluation: Evaluation, whole: Unknown, step: str) -> Value:
    """A part of an unknown value; a part of a choice is a choice of its own."""
    part = part_of(whole, step)
    return evaluation.chosen(part) if whole.identity in whole.choices else part


def _item(target: List, key: Value, origin: Origin) -> Value:
    number = to_number(key)
    if isinstance(number, Unknown) or target.rest is not None or isinstance(target, Set):  # a set has no indices
        return because((number, target.rest, *target.items), origin)
    position = number.value
    if not isinstance(position, int) or not 0 <= position < len(target.items):
        return invalid(f"the list has no element {position}", origin)
    return target.items[position]


def _entry(evaluation: Evaluation, target: Object, key: Text | Unknown, origin: Origin) -> Value:
    """The entry of `key`: known where one key surely is `key`, or where none can be."""
    evaluation.ask(key, [entry.key for entry in target.entries])
    possible: list[Entry] = []
    for entry in reversed(target.entries):
        truth = equal(entry.key, key).truth
        if truth is Truth.YES and not possible:
            return entry.value
        if truth is not Truth.NO:
            possible.append(entry)
    if possible or target.rest is not None:
        return because(
            (key, *(entry.key for entry in possible), *(entry.value for entry in possible), target.rest), origin
        )
    evaluation.failures.add(origin)
    name = key.literal if isinstance(key, Text) else None
    return invalid(f"the map has no key `{name}`" if name else "the map has no such key", origin)


def elements(target: Resolved) -> Elements:
    """What `for` and splats go through: a map's entries in the order of their keys, as Terraform goes."""
    match target:
        case Set(items, rest):
            known = rest if has_order(target) else joined_rest(rest, only_these(items))
            return Elements(tuple((item, item) for item in items), known)
        case List(items, None):
            return Elements(tuple((Number(at), item) for at, item in enumerate(items)))
        case List(items, rest):  # further elements can stand before any item: no index is known
            return Elements(tuple((because((rest,)), item) for item in items), rest)
        case Object(entries, rest):
            ordered = sorted(entries, key=lambda entry: [str(part) for part in entry.key.parts])
            return Elements(tuple(ordered), rest, keyed=True)
        case Unknown():
            return Elements(rest=because((target,)))
        case Null():
            return Elements()
        case Text() | Number() | Bool():
            return Elements(((Number(0), target),), single=True)
        case _:
            return target.elements()
