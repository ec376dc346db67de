"""Judging without the garbage collector: inside a host it goes over all that the host holds, to find next to nothing.

What a judgement makes lives on in its result, or goes when nothing names it; hardly anything of it is a cycle.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MANY: Final = 2_000  # objects: what is made for a host's question that is answered already is less


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage is collected meanwhile, and what is made makes no collection due: it counts as old at once."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()  # into the oldest generation
        if enabled:
            gc.enable()
