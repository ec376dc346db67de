"""Which top-level blocks a language has: without that JSON cannot be read, nor a broken file be taken up again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABEL: Final = r'[ \t]+"[^"\n]*"'


@record
class Schema:
    """How many labels the blocks of each type have, and the argument of a type whose string in JSON is HCL."""

    labels: Mapping[str, int]
    sources: Mapping[str, str]

    def complete(self, type_: str, labels: tuple[str, ...]) -> bool:
        """Whether a block of that type with those labels can be one."""
        return self.labels.get(type_) == len(labels)

    def restart(self) -> re.Pattern[str]:
        """What can only be a top-level block, at a line's start: where a file goes on after a block without an end."""
        types = (rf"{name}{count * _LABEL}" for name, count in self.labels.items())
        return re.compile(rf"^(?:{'|'.join(types)})[ \t]*\{{", re.MULTILINE)
