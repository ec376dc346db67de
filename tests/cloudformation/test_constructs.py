"""What the reader makes of transforms and macros, told by verdicts: `fixtures/cloudformation/README.md`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.model.findings import Level
from tests import literate
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.literate import Case

FIXTURES = sorted(path for path in (ROOT / "fixtures" / "cloudformation").glob("*.md") if path.name != "README.md")


def _cases() -> Iterator[object]:
    for fixture in FIXTURES:
        for case in literate.read(fixture.read_text("utf-8")):
            yield pytest.param(case, id=f"{fixture.name}:{case.start}")


@pytest.mark.parametrize("case", list(_cases()))
def test_a_construct_gives_the_verdicts_that_its_fixture_tells(case: Case, tmp_path: Path) -> None:
    """What is told is found, and nothing is broken beside."""
    told = {each.rule for each in case.verdicts}
    errors = (each for each in literate.findings(case, tmp_path) if each.level is Level.ERROR or each.rule in told)
    assert literate.complaints(case, 0, errors, tmp_path) == []
