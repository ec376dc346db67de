"""The catalogue: one module a rule in `rules/`, discovered, and what the rules are made with."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from keyfit.catalogue.access import asked
from keyfit.catalogue.rule import Rule, Undermined

if TYPE_CHECKING:
    from types import ModuleType

    from keyfit.services.page import Call


@cache
def every_rule() -> tuple[Rule, ...]:
    """Every rule of the package, by number."""
    from keyfit.catalogue import rules as package

    names = (module.name for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."))
    return tuple(sorted((_rule(importlib.import_module(name)) for name in names), key=lambda rule: rule.number))


def _rule(module: ModuleType) -> Rule:
    """The rule that `module` is: its constants, its docstring, and its `check`, or what its needs make of one."""
    needs: tuple[Call, ...] = getattr(module, "NEEDS", ())
    return Rule(
        number=module.NUMBER,
        name=module.__name__.rpartition(".")[2].replace("_", "-"),
        level=module.LEVEL,
        documentation=module.__doc__ or "",
        check=getattr(module, "check", None) or asked.check(needs, module.SUBJECTS),
        subjects=module.SUBJECTS,
        needs=needs,
        sources=module.SOURCES,
        yields_to=getattr(module, "YIELDS_TO", ()),
        undermines=getattr(module, "UNDERMINES", Undermined.NOTHING),
        attempts=getattr(module, "ATTEMPTS", False),
    )
