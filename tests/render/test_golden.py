"""Every format, whole, on one stack that has each verdict and level."""

from pathlib import Path

import pytest

from keyfit.model.findings import Level, Verdict
from keyfit.render.formats import FORMATS
from tests.render import write_golden


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports show paths as the user types them."""
    monkeypatch.chdir(write_golden.ROOT)


def test_the_stack_has_every_verdict_and_level() -> None:
    """And a scenario, a part of another finding, one that is suppressed, and a file that cannot be read."""
    report = write_golden.report()
    assert {(each.verdict, each.level) for each in report.findings} >= {
        (Verdict.BROKEN, Level.ERROR),
        (Verdict.BROKEN, Level.WARNING),
        (Verdict.UNPROVEN, Level.ERROR),
        (Verdict.HOLDS, Level.ERROR),
    }
    assert any(each.scenario for each in report.findings)
    assert any(each.part_of for each in report.findings)
    assert any(each.suppressed for each in report.findings)
    assert report.notices
    assert report.failures


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_as_it_was(name: str) -> None:
    """Where the change is meant: `python -m tests.render.write_golden`, and look at the difference."""
    assert write_golden.rendered(name) == write_golden.file_of(name).read_text(encoding="utf-8")


def test_every_report_belongs_to_a_format() -> None:
    """None is left behind."""
    assert {Path(each).name for each in write_golden.FOLDER.iterdir()} == {
        write_golden.file_of(each).name for each in FORMATS
    }
