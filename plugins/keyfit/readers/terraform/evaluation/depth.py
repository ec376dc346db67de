"""How deep the evaluation of expressions may go."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.evaluation.scope import DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator

# Calls of Python for one expression inside another, at most: how deep the evaluation can go beyond where it starts.
_FRAMES: Final = 30


@contextmanager
def deep() -> Iterator[None]:
    """Python may go as deep as the evaluator's own bound lets it."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, before + DEPTH * _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
