"""Checkov on a plan, through its real command: the findings of the plan by itself, by its addresses."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING

import pytest

from tests.hosts.commands import checkov, records
from tests.terraform.plans import Made
from tests.terraform.test_plan_of_what_exists import BAD, GOOD, plan_for, source

if TYPE_CHECKING:
    from pathlib import Path

if importlib.util.find_spec("checkov") is None:
    pytest.skip("Checkov is not installed", allow_module_level=True)

pytestmark = pytest.mark.hcl
WORDS = ("--framework", "terraform_plan", "--check", "CKV_KEYFIT_*", "--compact", "--quiet", "--output", "json")


@pytest.mark.parametrize("enriched", [False, True])
def test_a_plan_is_checked_by_its_addresses(tmp_path: Path, enriched: bool) -> None:  # noqa: FBT001 - a case
    """With its source and without it; the evidence is in the name."""
    plan = plan_for(tmp_path / "live", source(f"policy = jsonencode({BAD})"))
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    more = ("--repo-root-for-plan-enrichment", tmp_path / "live") if enriched else ()
    ran = checkov("--file", tmp_path / "plan.json", *WORDS, *more, where=tmp_path)
    assert ran.status == 1
    (found,) = (each for each in records(ran) if each["check_id"] == "CKV_KEYFIT_101")
    assert found["resource"] == "awscc_personalize_dataset_group.plum"
    assert "names only `arn:aws:iam::111122223333:root`" in str(found)


@pytest.mark.deep
def test_a_plan_that_cannot_be_checked_fails(tmp_path: Path) -> None:
    """Never silence: one in a format of the future is `CKV_KEYFIT_000`."""
    plan = plan_for(tmp_path / "live", source(f"policy = jsonencode({GOOD})"), Made.THERE)
    (tmp_path / "plan.json").write_text(json.dumps(plan | {"format_version": "2.0"}))
    ran = checkov("--file", tmp_path / "plan.json", *WORDS, where=tmp_path)
    assert ran.status == 1
    assert {each["check_id"] for each in records(ran)} == {"CKV_KEYFIT_000"}
