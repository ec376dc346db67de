"""A text with holes through a reader that knows no holes: a character that nobody writes stands in for each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.record import record
from keyfit.value import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Hole, Origin, Text

# Private-use characters: YAML and JSON take them in any scalar.
_FIRST: Final = 0xE000
_LAST: Final = 0xF8FF
_EACH: Final = re.compile(f"([{chr(_FIRST)}-{chr(_LAST)}])")


@record
class StoodIn:
    """What is read in place of a text, and what each stand-in stands for."""

    source: str
    holes: Mapping[str, Hole]

    def has_holes(self, read: str) -> bool:
        """Whether a piece of what was read has a hole in it."""
        return bool(self.holes) and _EACH.search(read) is not None

    def filled(self, read: str, origin: Origin) -> Text:
        """A piece of what was read, with the holes back in their places."""
        return text(*(self.holes.get(piece, piece) for piece in _EACH.split(read)), origin=origin)


def stood_in(written: Text) -> StoodIn | None:
    """`written` with stand-ins; `None` where it has more holes than there are, or such characters itself."""
    holes = dict(zip(map(chr, range(_FIRST, _LAST + 1)), dict.fromkeys(written.holes), strict=False))
    stand_ins = {hole: each for each, hole in holes.items()}
    if _EACH.search(written.known) or any(hole not in stand_ins for hole in written.holes):
        return None
    return StoodIn("".join(part if isinstance(part, str) else stand_ins[part] for part in written.parts), holes)
