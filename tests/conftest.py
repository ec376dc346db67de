"""What every test shares: how random tests run, and where material from outside the project lies."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# `fixed` gives the same examples on every machine; HYPOTHESIS_PROFILE=wide looks for new ones.
settings.register_profile("fixed", derandomize=True, database=None, deadline=None)
settings.register_profile("wide", max_examples=5_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def seeds(number: int) -> list[object]:
    """So many seeds of a random test, the first in `make test`, the others in `make proof`."""
    return [pytest.param(seed, marks=[pytest.mark.deep] * bool(seed)) for seed in range(number)]


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's own folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """Material that lies beside some checkouts: a test that asks for it skips elsewhere."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("the shared material is not beside this checkout")
    return folder
