"""A plan by itself: the blocks that it repeats, with the values that were planned, by the same evaluator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.model.findings import Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.scan import Run, scan
from tests.terraform.plans import Made
from tests.terraform.test_plan_of_what_exists import ACTIONS, BAD, GOOD, after, checked, plan_for, source, verdicts
from tests.terraform.worlds import write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.scan import Report

pytestmark = pytest.mark.hcl

DOCUMENT = """
data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:root"]
    }
  }
  statement {
    actions   = ACTIONS
    resources = ["*"]
    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }
  }
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.plum.arn]
    }
  }
}
"""


def planned(folder: Path, plan: object, name: str = "plan.json") -> Report:
    """What is found of a plan, nothing else beside it."""
    write(folder / "plans", {name: json.dumps(plan)})
    return scan([folder / "plans" / name], Run())


def _verdicts(report: Report, rule: int) -> set[Verdict]:
    return {each.verdict for each in report.findings if each.rule == rule}


@pytest.mark.parametrize(("there", "verdict"), [(GOOD, Verdict.HOLDS), (BAD, Verdict.BROKEN)])
def test_what_is_there_is_known(tmp_path: Path, there: str, verdict: Verdict) -> None:
    """Every value of it is in the plan; the finding names the address, since no line tells it."""
    report = planned(tmp_path, plan_for(tmp_path / "source", source(f"policy = jsonencode({there})")))
    assert _verdicts(report, 101) == {verdict}
    told = [note.message for each in report.findings if each.rule == 101 for note in each.notes]
    assert ("this is `awscc_personalize_dataset_group.plum` of the plan" in told) is (verdict is Verdict.BROKEN)


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        ("description = null", Verdict.BROKEN),  # the default policy
        (f'policy = replace(jsonencode({GOOD}), aws_iam_role.plum.arn, "")', Verdict.UNPROVEN),
    ],
)
def test_no_policy_and_one_that_is_not_known_are_told_apart(tmp_path: Path, key: str, verdict: Verdict) -> None:
    """Both are unknown after the plan; only the configuration has the one."""
    plan = plan_for(tmp_path / "source", source(key), Made.BLIND)
    next(each["change"] for each in plan["resource_changes"] if each["type"] == "aws_kms_key")["after_unknown"][
        "policy"
    ] = True
    assert _verdicts(planned(tmp_path, plan), 101) == {verdict}


@pytest.mark.parametrize(("actions", "verdict"), [(ACTIONS, Verdict.HOLDS), (ACTIONS[:3], Verdict.BROKEN)])
def test_a_document_that_is_read_later_keeps_its_structure(
    tmp_path: Path, actions: list[str], verdict: Verdict
) -> None:
    """A reference that is the whole value stands for it."""
    text = source("policy = data.aws_iam_policy_document.key.json", DOCUMENT.replace("ACTIONS", json.dumps(actions)))
    plan = plan_for(tmp_path / "source", text, Made.BLIND)
    statement = {"resources": ["*"], "effect": None, "sid": None}
    values = {
        "statement": [
            {**statement, "actions": ["kms:*"], "principals": [_principal("AWS", "arn:aws:iam::111122223333:root")]},
            {**statement, "actions": actions, "principals": [_principal("Service", "personalize.amazonaws.com")]},
            {**statement, "actions": ["kms:Decrypt"], "principals": [_principal("AWS", None)]},
        ]
    }
    unknown = {"json": True, "statement": [{}, {}, {"principals": [{"identifiers": [True]}]}]}
    plan["resource_changes"].append(
        {
            "address": "data.aws_iam_policy_document.key",
            "mode": "data",
            "type": "aws_iam_policy_document",
            "change": {"actions": ["read"], "before": None, "after": values, "after_unknown": unknown},
        }
    )
    report = planned(tmp_path, plan)
    assert _verdicts(report, 101) == {verdict}
    assert Verdict.UNPROVEN not in _verdicts(report, 102)


def test_a_policy_that_was_removed_from_a_plan_is_not_said_to_be_rejected(tmp_path: Path) -> None:
    """What exists was accepted: a text that is no policy has taken its place."""
    plan = plan_for(tmp_path / "source", source(f"policy = jsonencode({GOOD})"))
    change = next(each["change"] for each in plan["resource_changes"] if each["type"] == "aws_iam_role")
    change["after"] |= {"assume_role_policy": "", "inline_policy": [{"name": "plum", "policy": "removed"}]}
    report = planned(tmp_path, plan)
    assert Verdict.BROKEN not in _verdicts(report, 602)
    assert _verdicts(report, 105) == {Verdict.UNPROVEN}


def test_what_refers_to_a_whole_resource_is_open(tmp_path: Path) -> None:
    """Plans of Terraform 0.12 to 0.15 do not say which attribute it is."""
    document = DOCUMENT.replace('"key"', '"key_policy"').replace("ACTIONS", json.dumps(ACTIONS))
    text = source("policy = data.aws_iam_policy_document.key_policy.json", document)
    plan = plan_for(tmp_path / "source", text, Made.BLIND)
    key = next(each for each in plan["configuration"]["root_module"]["resources"] if each["type"] == "aws_kms_key")
    key["expressions"]["policy"]["references"] = ["data.aws_iam_policy_document.key_policy"]
    report = planned(tmp_path, plan)
    assert Verdict.BROKEN not in _verdicts(report, 602)
    assert _verdicts(report, 101) == {Verdict.UNPROVEN}


def _principal(kind: str, identifier: str | None) -> dict[str, Any]:
    return {"type": kind, "identifiers": [identifier]}


def test_a_module_that_is_not_here_comes_from_the_plan(tmp_path: Path) -> None:
    """With `--plan`, too."""
    call = 'module "key" {\n source = "./elsewhere"\n}\n'
    text = source(None, call, arn="module.key.arn")
    key = f'resource "aws_kms_key" "plum" {{\n policy = jsonencode({BAD})\n}}\n'
    write(tmp_path, {"elsewhere/main.tf": key + 'output "arn" {\n value = aws_kms_key.plum.arn\n}\n'})
    plan = plan_for(tmp_path, text)
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.BROKEN}
    (tmp_path / "elsewhere" / "main.tf").unlink()
    assert verdicts(checked(tmp_path, plan), 101) == {Verdict.BROKEN}


def test_a_directory_of_plans(tmp_path: Path) -> None:
    """Each is checked; one that lies beside Terraform source is that source's."""
    plan = plan_for(tmp_path / "source", source(f"policy = jsonencode({BAD})"))
    write(tmp_path / "plans", {"one.json": json.dumps(plan), "two.json": json.dumps(plan), "other.json": "{}"})
    assert {each.path for each in scan([tmp_path / "plans"], Run()).checked} == {
        str(tmp_path / "plans" / name) for name in ("one.json", "two.json")
    }
    write(tmp_path / "source", {"plan.json": json.dumps(plan)})
    assert {each.path for each in scan([tmp_path / "source"], Run()).checked} == {str(tmp_path / "source")}


def test_a_plan_without_its_configuration_is_refused(tmp_path: Path) -> None:
    """Nothing tells what refers to what."""
    plan = plan_for(tmp_path / "source", source(f"policy = jsonencode({GOOD})"))
    del plan["configuration"]
    (failure,) = planned(tmp_path, plan).failures
    path = tmp_path / "plans" / "plan.json"
    assert failure.message == f"`{path}` has no configuration, which tells what refers to what"


def test_only_the_copies_that_were_planned_are_there(tmp_path: Path) -> None:
    """By their keys, in modules too."""
    text = source(f"count = 2\npolicy = jsonencode({GOOD})", arn="aws_kms_key.plum[1].arn")
    plan = plan_for(tmp_path / "source", text)
    after(plan, "aws_kms_key.plum[1]")["policy"] = BAD
    write(tmp_path, {"plan.json": json.dumps(plan)})
    stack = terraform.read_plan(tmp_path / "plan.json", Given(tmp_path))
    assert [each.block.address for each in stack.keys] == ["aws_kms_key.plum[0]", "aws_kms_key.plum[1]"]
    assert _verdicts(planned(tmp_path, plan), 101) == {Verdict.BROKEN}
