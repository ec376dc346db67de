"""`moved` blocks: which addresses were others before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.configuration import Move
from keyfit.readers.hcl.ast import Attribute, Index, Literal, Template, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.configuration import Declared


def moves(blocks: Iterable[Declared], module: str) -> Iterator[Move]:
    """What the blocks of a module say, as whole addresses; `module` is how those of the module begin."""
    for block in blocks:
        written = block.body().attributes
        before, after = (_address(written[name]) if name in written else None for name in ("from", "to"))
        if before is not None and after is not None:
            yield Move(module + before, module + after)


def _address(expression: Expression) -> str | None:
    """An address as it is written; `None` for what is none."""
    match expression:
        case Variable(name):
            return name
        case Attribute(target, name):
            return _joined(target, f".{name}")
        case Index(target, Literal(int() as number)):
            return _joined(target, f"[{number}]")
        case Index(target, Template((str() as key,))):
            return _joined(target, f'["{key}"]')
        case Template((str() as quoted,)):  # as JSON has it
            return quoted
        case _:
            return None


def _joined(target: Expression, step: str) -> str | None:
    before = _address(target)
    return None if before is None else before + step
