"""Lists that take away every policy that they do not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.truth import Truth

from .worlds import stack_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hcl

IDENTITIES = """
resource "aws_iam_KIND" "i" {
  name = "i"
}
resource "aws_iam_KIND" "other" {
  name = "other"
}
resource "aws_iam_KIND_policy" "p" {
  KIND        = aws_iam_KIND.i.name
  name_prefix = "p-"
  policy      = jsonencode({ Statement = [] })
}
resource "aws_iam_policy" "m" {
  name   = "m"
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_KIND_policy_attachment" "m" {
  KIND       = aws_iam_KIND.i.id
  policy_arn = aws_iam_policy.m.arn
}
variable "names" {
  type = list(string)
}
"""
LIST = """
resource "aws_iam_KIND_TYPE_exclusive" "x" {
  KIND_name = OF
  ARGUMENT  = LISTED
}
"""
CASES = {
    "inline, listed": ("policies", "aws_iam_KIND.i.name", "[aws_iam_KIND_policy.p.name]", "YES", "YES"),
    "inline, not listed": ("policies", "aws_iam_KIND.i.name", "[]", "MAYBE", "YES"),
    "inline, another's name": ("policies", "aws_iam_KIND.i.name", '["q"]', "MAYBE", "YES"),
    "inline, unknown": ("policies", "aws_iam_KIND.i.name", "var.names", "MAYBE", "YES"),
    "inline, listed among unknown": (
        "policies",
        "aws_iam_KIND.i.name",
        "concat([aws_iam_KIND_policy.p.name], var.names)",
        "YES",
        "YES",
    ),
    "of another": ("policies", '"other"', "[]", "YES", "YES"),
    "managed, listed": ("policy_attachments", "aws_iam_KIND.i.name", "[aws_iam_policy.m.arn]", "YES", "YES"),
    "managed, not listed": ("policy_attachments", "aws_iam_KIND.i.name", "[]", "YES", "MAYBE"),
}


@pytest.mark.parametrize("kind", ["role", "user", "group"])
@pytest.mark.parametrize("row", CASES.values(), ids=CASES)
def test_what_is_not_listed_is_there_perhaps(tmp_path: Path, kind: str, row: tuple[str, ...]) -> None:
    """One apply makes the policy and the next takes it away: nobody can tell whether it is there."""
    type_, of, listed, inline, managed = row
    argument = "policy_names" if type_ == "policies" else "policy_arns"
    block = LIST.replace("TYPE", type_).replace("OF", of).replace("LISTED", listed).replace("ARGUMENT", argument)
    source = (IDENTITIES + block).replace("aws_iam_KIND", f"aws_iam_{kind}").replace("KIND", kind)
    found = {each.block.address: each for each in stack_of(tmp_path, source).identities}[f"aws_iam_{kind}.i"]
    present = {policy.owner: policy.present.truth for policy in found.policies}
    assert present == {f"aws_iam_{kind}_policy.p": Truth[inline], "aws_iam_policy.m": Truth[managed]}
