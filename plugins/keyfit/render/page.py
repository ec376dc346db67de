"""What a format is told beside the report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.gate.places import Places


@dataclass(frozen=True, slots=True)
class Page:
    """What a format is told beside the report: where paths begin, and whom to tell what had to be left out."""

    places: Places
    warn: Callable[[str], None]
