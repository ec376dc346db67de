"""Plans that Terraform made: `fixtures/plans` says of what."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.conftest import ROOT
from tests.terraform.plans import Made
from tests.terraform.test_plan_laws import contradicted, definite, taken_back

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.scan import Report

pytestmark = pytest.mark.hcl

PLANS: Final = ROOT / "fixtures" / "plans"
PLACE: Final = Settings(account="111122223333", region="eu-west-1")
# Made of a source that `steps` has changed, or with other values than it gives.
CHANGED: Final = {"cinema/update", "cinema/moved", "guests/deployed", "guests/ignored"}
GONE: Final = {"cinema/destroy"}
EVERY: Final = sorted(f"{path.parent.name}/{path.stem}" for path in PLANS.glob("*/*.json"))
SAME: Final = [each for each in EVERY if each not in CHANGED | GONE]
STATES: Final = {"fresh": Made.NEW, "opentofu": Made.NEW, "workspace": Made.NEW}


def checked(path: Path, plan: Path | None = None) -> Report:
    """What is found, with a plan."""
    report = scan([path], Run(replace(PLACE, plan=plan)))
    assert report.failures == ()
    return report


def told(report: Report, rule: int) -> dict[str, str]:
    """What one rule says of each of its subjects."""
    return {each.resource: each.verdict.value for each in report.findings if each.rule == rule}


@pytest.mark.parametrize("name", SAME)
def test_no_plan_takes_a_verdict_back(name: str) -> None:
    """With its source, what the source alone proves stays; by itself, it proves nothing otherwise."""
    directory, path = PLANS / name.partition("/")[0], PLANS / f"{name}.json"
    given = Given(PLANS, account="111122223333", region="eu-west-1")
    made = STATES.get(path.stem, Made.THERE)
    without = terraform.read(directory, given)
    planned = terraform.read(directory, replace(given, plan=path))
    assert (planned.problems, planned.remarks) == ((), ())
    assert definite(without)
    assert taken_back(without, planned, made) == []
    alone = terraform.read_plan(path, given)
    assert (alone.problems, alone.remarks) == ((), ())
    assert contradicted(alone, planned, made) == []


@pytest.mark.parametrize("name", EVERY)
def test_every_plan_can_be_checked_by_itself(name: str) -> None:
    """Whatever the providers are called; of one that destroys everything nothing is left."""
    report = checked(PLANS / f"{name}.json")
    assert bool(report.findings) is (name not in GONE)
    assert [note.message.partition(":")[0] for note in report.notices] == (
        ["the plan destroys everything that it is about"] if name in GONE else []
    )


FILMS: Final = "awscc_personalize_dataset_group.films"
GUESTS: Final = "aws_sagemaker_feature_group.guests"


@pytest.mark.parametrize(
    ("name", "rule", "verdicts"),
    [
        ("cinema/fresh", 101, {f"{FILMS}[0]": "holds"}),
        ("cinema/there", 102, {f"{FILMS}[0]": "holds"}),
        ("cinema/update", 101, {f"{FILMS}[0]": "broken"}),
        ("cinema/more", 101, {f"{FILMS}[0]": "holds", f"{FILMS}[1]": "holds"}),
        ("cinema/replace", 102, {f"{FILMS}[0]": "holds"}),
        ("guests/ignored", 405, {"aws_kms_key.guests": "broken"}),
        ("guests/ignored", 201, {GUESTS: "broken"}),
        ("guests/fresh", 401, {GUESTS: "holds"}),
        ("museum/opentofu", 102, {"awscc_personalize_dataset_group.visits": "broken"}),
    ],
)
def test_with_its_source_a_plan_tells_what_is_planned(name: str, rule: int, verdicts: dict[str, str]) -> None:
    """The key of `archive` is looked up, and nobody knows its policy."""
    found = told(checked(PLANS / name.partition("/")[0], PLANS / f"{name}.json"), rule)
    assert {subject: each for subject, each in found.items() if "archive" not in subject} == verdicts


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (("resource_changes", 0), "`resource_changes[0]` is not an object"),
        (("resource_changes", 1, "change"), "`resource_changes[1].change` is not an object"),
        (("resource_changes", 1, "change", "after"), "`resource_changes[1].change.after` is not an object"),
        (("resource_changes", 1, "change", "before"), "`resource_changes[1].change.before` is not an object"),
        (
            ("planned_values", "root_module", "resources"),
            "`planned_values.root_module.resources` is not a list",
        ),
        (
            ("planned_values", "root_module", "resources", 0, "values"),
            "`planned_values.root_module.resources[0].values` is not an object",
        ),
        (
            ("configuration", "root_module", "resources", 0, "expressions"),
            "`configuration.root_module.resources[0].expressions` is not an object",
        ),
    ],
)
def test_a_part_that_is_something_else_is_told(tmp_path: Path, path: tuple[str | int, ...], told: str) -> None:
    """By its path; nothing of the plan is judged without it."""
    plan = json.loads((PLANS / "cinema/there.json").read_text(encoding="utf-8"))
    inner = plan
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "x"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    report = scan([tmp_path / "plan.json"], Run(PLACE))
    (failure,) = report.failures
    assert failure.message.endswith(f"is not a plan as Terraform writes it: {told}")
    assert report.findings == ()


def test_what_is_sensitive_is_in_no_report() -> None:
    """The name of the dataset groups."""
    for report in (checked(PLANS / "cinema/there.json"), checked(PLANS / "cinema", PLANS / "cinema/there.json")):
        said = [note.message for each in report.findings for note in each.notes]
        assert not any("films-of-the-week" in words for words in [*said, *(each.message for each in report.findings)])
