"""Records: dataclasses with slots whose fields never change, which the type checker sees to.

`dataclass(frozen=True)` sees to it at run time, too, and each record costs twice as much: four more functions for each
class when it is imported, and a call for each field when one is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import partial
from typing import TYPE_CHECKING, TypeVar, overload

from typing_extensions import dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

_Record = TypeVar("_Record")


@overload
def record(cls: type[_Record], /) -> type[_Record]: ...
@overload
def record(*, eq: bool = ...) -> Callable[[type[_Record]], type[_Record]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    cls: type[_Record] | None = None, /, *, eq: bool = True
) -> type[_Record] | Callable[[type[_Record]], type[_Record]]:
    """A class of records, of its annotated fields; not `eq`: each is equal to itself alone."""
    if cls is None:
        return partial(record, eq=eq)
    own = vars(cls)
    made = dataclass(slots=True, repr=False, eq=eq, unsafe_hash=eq and "__hash__" not in own)(cls)
    if "__repr__" not in own:
        made.__repr__ = _told  # type: ignore[method-assign]
    return made


def _told(self: object) -> str:
    """As a dataclass tells itself."""
    told = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self) if each.repr)  # type: ignore[arg-type]
    return f"{type(self).__qualname__}({told})"
