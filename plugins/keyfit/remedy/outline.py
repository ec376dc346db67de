"""What stands around a place: the value at a path of a template, the HCL block that holds a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import load
from keyfit.readers.hcl.blocks import split
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.remedy.sources import UnpatchableError
from keyfit.value import List, Object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyfit.readers.hcl.ast import Nested
    from keyfit.remedy.sources import Source
    from keyfit.value import Entry, Origin, Value


def value_at(source: Source, path: Sequence[str | int]) -> Value:
    """What a template has at `path`; `UnpatchableError` where there is nothing."""
    found: Value | Problem | None = load(source.text, source.file)
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

    for span in split(source.text, TERRAFORM):
        if span.line <= origin.start.line and source.offset(origin.start) < span.end:
            block = read_block(source.text, span, source.file)
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
