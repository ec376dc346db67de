"""The page of the rules is current, and a new rule is two files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit import catalogue
from keyfit.catalogue import handbook, scaffold
from tests import literate

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_of_the_rules_is_current() -> None:
    """`python -m keyfit.catalogue.handbook` would change nothing."""
    assert handbook.PAGE.read_text(encoding="utf-8") == handbook.page()


def test_every_rule_is_on_the_page() -> None:
    """By number, name and summary."""
    page = handbook.page()
    for rule in catalogue.every_rule():
        assert f"## {rule.number:03} {rule.name}\n" in page
        assert rule.summary in page


def test_a_new_rule_is_a_module_and_a_fixture(tmp_path: Path) -> None:
    """Both can be used as they are: the module is a rule that holds for every key."""
    module, fixture = scaffold.make(499, "key-is-fine", tmp_path, tmp_path)
    found: dict[str, object] = {}
    exec(compile(module.read_text(encoding="utf-8"), str(module), "exec"), found)  # noqa: S102 - what was just made
    assert found["NUMBER"] == 499
    assert callable(found["check"])
    (case,) = literate.read(fixture.read_text(encoding="utf-8"))
    assert [(each.kind, each.rule) for each in case.verdicts] == [("holds", 499)]
    assert case.settings == {"example": "Key,Group"}


@pytest.mark.parametrize(
    ("number", "name"), [(101, "key-is-fine"), (499, "key-symmetric"), (499, "Key"), (499, "../x")]
)
def test_a_number_or_name_that_cannot_be_is_refused(tmp_path: Path, number: int, name: str) -> None:
    """Nothing is written."""
    with pytest.raises(ValueError, match="rule"):
        scaffold.make(number, name, tmp_path, tmp_path)
    assert list(tmp_path.iterdir()) == []
