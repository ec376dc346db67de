"""`import` blocks: resources that exist already, with what the source does not say of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyfit.readers.hcl.ast import Attribute, Index, Literal, Template, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.instances import Instance


def is_imported(instance: Instance) -> bool:
    """Whether an `import` block of the root module can be about the instance."""
    blocks = instance.module.root.configuration.imports
    written = (each.body().attributes.get("to") for each in blocks)
    return any(re.fullmatch("".join(_address(to)), instance.address) for to in written if to is not None)


def _address(expression: Expression) -> Iterator[str]:
    """A pattern of addresses, any key where it is not written out."""
    match expression:
        case Variable(name):
            yield re.escape(name)
        case Attribute(target, name):
            yield from _address(target)
            yield re.escape(f".{name}")
        case Index(target, Literal(int() as number)):
            yield from _address(target)
            yield re.escape(f"[{number}]")
        case Index(target, Template((str() as key,))):
            yield from _address(target)
            yield re.escape(f'["{key}"]')
        case Index(target):
            yield from _address(target)
            yield r"\[.*\]"
        case Template((str() as quoted,)):  # as JSON has it
            yield re.escape(quoted)
        case _:
            yield ".*"
