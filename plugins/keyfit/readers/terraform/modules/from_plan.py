"""Modules as a plan repeats them, for those whose source is not here."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from keyfit.readers.hcl.ast import Call, Template
from keyfit.readers.hcl.json_syntax import read_json
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.readers.terraform.modules.configuration import Configuration, Declared, Piece, declare
from keyfit.readers.terraform.plan.blocks import LATER, modules
from keyfit.readers.terraform.plan.planned import KNOWN_LATER
from keyfit.value import Origin, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.readers.hcl.ast import Nested
    from keyfit.readers.terraform.modules.configuration import Library
    from keyfit.readers.terraform.plan.planned import Plan

Node = TypeVar("Node")


def directory_in(plan: Plan, path: tuple[str, ...]) -> Path:
    """What stands for the directory of a module that a plan has; that of the root module is the plan itself."""
    return Path(plan.file, *(f"module.{each}" for each in path))


def add_modules(library: Library, plan: Plan) -> None:
    """Put what the plan repeats of each module among what the library has read.

    Without a plan nothing is put there: its file has no name, and that is the path of the current directory.
    """
    if not plan.configuration:
        return
    for path, document in modules(plan.configuration, plan.places):
        directory = directory_in(plan, path)
        library.configurations[directory] = _configuration(directory, document, plan, library)


def _configuration(directory: Path, document: Any, plan: Plan, library: Library) -> Configuration:  # noqa: ANN401 - JSON
    found = Configuration(directory, planned=True)
    blocks, problems = read_json(json.dumps(document), plan.file, TERRAFORM)
    found.broken.extend(problems)
    prefix = "".join(f"{each}." for each in directory.relative_to(plan.file).parts)
    for block in blocks:
        placed = _placed(block, Origin(plan.file, *_lines(block, prefix, plan.lines), note=""))
        piece = Piece(plan.file, block=placed)
        declare(found, Declared(placed.type, placed.labels, [piece], library))
    return found


def _lines(block: Nested, prefix: str, lines: Mapping[str, int]) -> tuple[Position, Position]:
    mode = {"data": "data."}.get(block.type, "")
    place = Position(lines.get(f"{prefix}{mode}{'.'.join(block.labels)}", 1))
    return place, place


def _placed(node: Node, origin: Origin) -> Node:
    """A block with everything in it at one place, and what the plan does not show as an expression of its own."""
    match node:
        case Template((str() as only,)) if only == LATER:
            return Call(KNOWN_LATER, (), origin=origin)  # type: ignore[return-value]  # an expression for another
        case tuple():
            return tuple(_placed(each, origin) for each in node)  # type: ignore[return-value]  # of the same kind
        case dict():
            return {key: _placed(each, origin) for key, each in node.items()}  # type: ignore[return-value]  # as above
        case _ if is_dataclass(node) and not isinstance(node, type | Origin):
            parts = {each.name: _placed(getattr(node, each.name), origin) for each in fields(node)}
            return replace(node, **{**parts, **({"origin": origin} if "origin" in parts else {})})
        case _:
            return node
