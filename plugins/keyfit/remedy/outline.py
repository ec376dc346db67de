"""What stands around a place: the value at a path of a template, the HCL block that holds a value."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import partial
from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import load
from keyfit.readers.hcl.ast import Map, Template
from keyfit.readers.hcl.blocks import split
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.remedy.sources import UnpatchableError
from keyfit.value import List, Object, Origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.readers.hcl.ast import Expression, Nested
    from keyfit.remedy.sources import Source
    from keyfit.value import Entry, Value


def value_at(source: Source, path: Sequence[str | int]) -> Value:
    """What a template has at `path`; `UnpatchableError` where there is nothing."""
    found: Value | Problem | None = source.once("template", lambda: load(source.text, source.file))
    for step in path:
        match found:
            case Object() if isinstance(step, str):
                found = found.find(step)
            case List(items) if isinstance(step, int) and step < len(items):
                found = items[step]
            case _:
                found = None
    if found is None or isinstance(found, Problem):
        raise UnpatchableError("nothing is written there")
    return found


def entry_at(source: Source, path: Sequence[str | int]) -> Entry:
    """The entry of a template at `path`: key and value, each with its place."""
    *around, last = path
    found = value_at(source, around)
    for entry in reversed(found.entries) if isinstance(found, Object) else ():
        if entry.key.literal == last:
            return entry
    raise UnpatchableError("nothing is written there")


def top_block(source: Source, origin: Origin) -> Nested:
    """The top-level block of HCL that begins at a place, parsed."""
    from keyfit.readers.hcl.syntax import read_block

    for span in source.once("blocks", lambda: tuple(split(source.text, TERRAFORM))):
        if span.line <= origin.start.line and source.offset(origin.start) < span.end:
            block = source.once(span, partial(read_block, source.text, span, source.file))
            if not isinstance(block, Problem):
                return block
            break
    raise UnpatchableError("it is in no block that can be read")


def block_around(source: Source, origin: Origin, type_: str) -> Nested:
    """The innermost block of a type that holds a place."""
    blocks = _within((top_block(source, origin),), origin)
    found = [each for each in blocks if each.type == type_]
    if not found:
        raise UnpatchableError(f"it is in no block `{type_}`")
    return found[-1]


def _within(blocks: Sequence[Nested], origin: Origin) -> Iterator[Nested]:
    """The blocks that hold a place, the outer ones first."""
    for block in blocks:
        if block.origin.start <= origin.start and origin.end <= block.origin.end:
            yield block
            yield from _within(block.body.blocks, origin)


def expression_in(source: Source, origin: Origin, element: str) -> Expression:
    """The expression of an element of the statement, an object or block of HCL, at a place."""
    block = top_block(source, origin)
    for each in (block, *_within((block,), origin)):
        if each.origin.start == origin.start and each.type == "statement":
            return _found(each.body.attributes.get(f"{element.lower()}s"))
    for map_ in _maps(block):
        if map_.origin.start == origin.start:
            return _found(next((value for key, value in map_.entries if key == Template((element,))), None))
    raise UnpatchableError("the statement is not written there")


def _found(expression: Expression | None) -> Expression:
    if expression is None or not expression.origin.file:
        raise UnpatchableError("the element is not written there")
    return expression


def _maps(block: Nested) -> Iterator[Map]:
    """Every object that is written in a block."""
    pending: list[object] = [block]
    while pending:
        here = pending.pop()
        if isinstance(here, Map):
            yield here
        if isinstance(here, tuple | list):
            pending.extend(here)
        elif isinstance(here, dict):
            pending.extend(here.values())
        elif is_dataclass(here) and not isinstance(here, Origin):
            pending.extend(getattr(here, each.name) for each in fields(here))
