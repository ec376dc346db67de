"""The deployments that something is said of, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST: Final = 4  # scenarios that a sentence tells


def when(scenarios: Sequence[Mapping[str, bool | str]]) -> str:
    """`when `IsProd` is true and `Stage` is `blue`, or when `IsTest` is true`; empty for all deployments."""
    told = ["when " + " and ".join(f"`{name}` is {_value(made)}" for name, made in it.items()) for it in scenarios]
    more = f", or in {len(told) - _MOST} more cases" if len(told) > _MOST + 1 else ""
    return ", or ".join(told[:_MOST] if more else told) + more


def _value(value: bool | str) -> str:  # noqa: FBT001 - a condition's value, not a flag
    return str(value).lower() if isinstance(value, bool) else f"`{value}`"
