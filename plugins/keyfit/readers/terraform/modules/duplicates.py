"""What the modules of a root declare twice: Terraform refuses it, whatever the second one says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.model.stack import Duplicate
from keyfit.readers.terraform.modules.expansion import everything

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Origin

_WORDS: Final = {"data": "data source", "module": "module call", "provider": "provider configuration"}
_PREFIXES: Final = {"resource": "", "variable": "var."}


def read_duplicates(root: Module) -> Iterator[Duplicate]:
    """Of each directory once, however many modules call it."""
    modules = {module.directory: module for module in reversed(everything(root))}
    for module in reversed(modules.values()):
        yield from _blocks(module)
        yield from _locals(module)


def _blocks(module: Module) -> Iterator[Duplicate]:
    configuration = module.configuration
    for each in (*configuration.declared.values(), *configuration.providers):
        if each.again:
            prefix = _PREFIXES.get(each.kind, f"{each.kind}.")
            kind = each.labels[0] if each.kind == "resource" else each.kind
            block = Block(f"{module.address}{prefix}{'.'.join(each.labels)}", kind, each.origin)
            yield Duplicate(block, _WORDS.get(each.kind, each.kind), tuple(other.origin for other in each.again))


def _locals(module: Module) -> Iterator[Duplicate]:
    places: dict[str, list[Origin]] = {}
    for block in module.configuration.local_blocks:
        for name, expression in block.body().attributes.items():
            places.setdefault(name, []).append(expression.origin)
    for name, (first, *further) in places.items():
        if further:
            yield Duplicate(Block(f"{module.address}local.{name}", "local", first), "local value", tuple(further))
