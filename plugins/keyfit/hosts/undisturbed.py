"""Judging without the garbage collector: inside a host it goes over all that the host holds, to find next to nothing.

What a judgement makes lives on in its result, or goes when nothing names it; hardly anything of it is a cycle.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage is collected meanwhile; afterwards it is as it was."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
