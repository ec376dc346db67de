"""What a format is told beside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.gate.places import Places


@record
class Page:
    """What a format is told beside the report: where paths begin, and whom to tell what had to be left out."""

    places: Places
    warn: Callable[[str], None]
