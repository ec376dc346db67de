"""Terraform's functions: a table with an entry for each. What is not in it is unknown, by its name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.functions.table import CallContext, Function, applied
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Value

__all__ = ["CallContext", "call", "functions"]

# Functions whose value changes from run to run.
_AT_RUN_TIME: Final = frozenset({"bcrypt", "plantimestamp", "timestamp", "uuid"})


@cache
def functions() -> Mapping[str, Function]:
    """Every function that is evaluated, by its name."""
    from keyfit.readers.terraform.functions import (
        choosing,
        encoding,
        files,
        hashing,
        lists,
        maps,
        numeric,
        providers,
        sets,
        strings,
    )

    subjects = (choosing, encoding, files, hashing, lists, maps, numeric, providers, sets, strings)
    return {name: entry for subject in subjects for name, entry in subject.FUNCTIONS.items()}


def call(name: str, arguments: tuple[Value, ...], context: CallContext) -> Value:
    """The value of `name(arguments…)`.

    An argument that Terraform refuses makes the call the same error, but for `try` and `can`. What cannot be told is
    unknown, for the reason of the first argument that is.
    """
    name = name.removeprefix("core::")
    entry = functions().get(name)
    if entry is None:
        why, what = (Why.RUN_TIME, f"`{name}`") if name in _AT_RUN_TIME else (Why.UNSUPPORTED_FUNCTION, name)
        return Unknown(why, what, origin=context.origin)
    return applied(name, entry, arguments, context)
