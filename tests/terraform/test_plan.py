"""A plan beside the source: values from the plan, structure from the source."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from keyfit.readers.given import Given
from keyfit.readers.terraform import read

from .worlds import stack_of, words, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hcl

SOURCE = """
variable "env" {}
variable "names" { type = list(string) }
data "aws_caller_identity" "me" {}
data "aws_ssm_parameter" "mode" { name = "mode" }
module "keys" {
  source = "./keys"
  for_each = toset(var.names)
}
resource "aws_kms_key" "k" {
  count  = var.env == "prod" ? 1 : 0
  policy = jsonencode({
    Statement = [{ Principal = { AWS = aws_iam_role.r.arn }, Sid = data.aws_ssm_parameter.mode.value }]
  })
}
resource "aws_iam_role" "r" { name_prefix = "r-" }
"""
CHILD = """
data "aws_ssm_parameter" "x" { name = "x" }
resource "aws_kms_key" "k" { tags = { x = data.aws_ssm_parameter.x.value } }
"""


def _parameter(address: str, value: str) -> dict[str, object]:
    return {"address": address, "mode": "data", "type": "aws_ssm_parameter", "values": {"value": value, "arn": None}}


IDENTITY = {
    "address": "data.aws_caller_identity.me",
    "mode": "data",
    "type": "aws_caller_identity",
    "values": {"account_id": "111122223333"},
}
PLAN = {
    "format_version": "1.2",
    "variables": {"env": {"value": "prod"}, "names": {"value": ["a"]}},
    "prior_state": {
        "values": {
            "root_module": {
                "resources": [IDENTITY, _parameter("data.aws_ssm_parameter.mode", "m")],
                "child_modules": [
                    {"resources": [_parameter('module.keys["a"].data.aws_ssm_parameter.x', "deep")]},
                ],
            }
        }
    },
}


def test_a_plan_gives_the_values_that_the_source_does_not_tell(tmp_path: Path) -> None:
    """Variables and data sources are known from the plan; a policy with an unknown part keeps its structure."""
    root = write(tmp_path, {"main.tf": SOURCE, "keys/main.tf": CHILD, "plan.json": json.dumps(PLAN)})
    stack = read(root, Given(root), root / "plan.json")
    assert stack.problems == ()
    keys = {key.block.address: key for key in stack.keys}
    assert list(keys) == ["aws_kms_key.k[0]", 'module.keys["a"].aws_kms_key.k']
    assert words(keys["aws_kms_key.k[0]"].policy.document) == (
        "{Statement: [{Principal: {AWS: "
        '"arn:${partition}:iam::111122223333:role/r-${aws_iam_role.r.name_suffix}"}, Sid: '
        '"m"}]}'
    )
    assert words(keys['module.keys["a"].aws_kms_key.k'].tags) == '{x: "deep"}'


@pytest.mark.parametrize("plan", ["{", "[]", "[" * 100_000, '{"variables": 1, "prior_state": {"values": []}}', '""'])
def test_a_plan_that_is_none_tells_nothing(tmp_path: Path, plan: str) -> None:
    """A file that is no plan is no crash; the source is read as without it."""
    root = write(tmp_path, {"main.tf": SOURCE, "keys/main.tf": CHILD, "plan.json": plan})
    stack = read(root, Given(root), root / "plan.json")
    assert [words(key.account) for key in stack.keys] == [words(key.account) for key in stack_of(root, SOURCE).keys]
