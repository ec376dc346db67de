"""What was probably meant by a name that nothing has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


MOST: Final = 20  # names of one source for which it is looked for: each is compared with all that is declared


def nearest(name: str, declared: Iterable[str]) -> str:
    """The name of `declared` that is nearly `name`; empty where there is none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, sorted(declared), n=1, cutoff=0.6)), "")
