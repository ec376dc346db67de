"""Places: what a finding about a document in a file of its own points at, and which templates are judged alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit.model.policies import PolicyKind
from keyfit.model.stack import TERRAFORM
from keyfit.scan import Run, scan
from keyfit.value import List, Object

from .worlds import stack_of, write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.value import Value

pytestmark = pytest.mark.hcl

POLICY = """{
  "Statement": [
    {"Effect": "Allow"},
    {"Effect": "Deny", "Principal": "${who}"}
  ]
}
"""
BLOCK = """
resource "aws_kms_key" "k" {{
  policy = {written}
}}
variable "who" {{}}
"""


def statements(tmp_path: Path, files: dict[str, str]) -> list[tuple[str, int]]:
    """File and line of each statement of the one key's policy."""
    (key,) = stack_of(tmp_path, files).keys
    (document,) = (each.document for each in key.policies if each.kind is PolicyKind.KEY)
    found = document.find("Statement") if isinstance(document, Object) else None
    assert isinstance(found, List)
    return [place(tmp_path, each) for each in found.items]


def place(root: Path, value: Value) -> tuple[str, int]:
    """File, from the root on, and line."""
    return value.origin.file.removeprefix(f"{root}/"), value.origin.start.line


@pytest.mark.parametrize(
    "written",
    ['file("p/a.json")', 'templatefile("p/a.json", { who = "*" })', 'templatefile("p/a.json", { who = var.who })'],
)
def test_a_policy_in_a_file_has_the_places_of_that_file(tmp_path: Path, written: str) -> None:
    """A person edits the file of the policy, not the call that reads it."""
    files = {"main.tf": BLOCK.format(written=written), "p/a.json": POLICY}
    assert statements(tmp_path, files) == [("p/a.json", 3), ("p/a.json", 4)]


def test_a_file_in_a_module_is_named_from_where_the_user_stands(tmp_path: Path) -> None:
    """`path.module` leads to the directory of the module."""
    module = BLOCK.format(written='jsonencode(jsondecode(file("${path.module}/a.json")))')
    files = {"main.tf": 'module "m" {\n  source = "./m"\n  who = 1\n}\n', "m/main.tf": module, "m/a.json": POLICY}
    assert statements(tmp_path, files) == [("m/a.json", 3), ("m/a.json", 4)]


@pytest.mark.parametrize("directive", ["%{ if true }\n%{ endif }", "%{ for x in [1, 2] ~}\n%{ endfor ~}"])
def test_a_template_of_other_lines_than_its_text_has_the_place_of_the_call(tmp_path: Path, directive: str) -> None:
    """Where the lines of the text are not those of the file, no line of it is named."""
    files = {"main.tf": BLOCK.format(written='templatefile("a.json", { who = "*" })'), "a.json": POLICY + directive}
    assert statements(tmp_path, files) == [("main.tf", 3), ("main.tf", 3)]


def test_what_is_no_json_is_text(tmp_path: Path) -> None:
    """A file that only begins like a document is still the text that it is."""
    source = BLOCK.format(written='replace(file("a.txt"), "@", "")')
    assert statements(tmp_path, {"main.tf": source, "a.txt": "{@\n" + POLICY[1:]}) == [("main.tf", 3)] * 2


TEMPLATE = """
Parameters:
  KeyArn: {Type: String}
Resources:
  G:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: g, KmsKeyArn: !Ref KeyArn, RoleArn: "arn:aws:iam::111111111111:role/x"}
"""
DEPLOYING = """
resource "aws_kms_key" "k" {}
resource "aws_cloudformation_stack" "s" {
  name          = "s"
  parameters    = { KeyArn = aws_kms_key.k.arn }
  template_body = file("${path.module}/t.yaml")
}
"""


def test_a_template_that_terraform_deploys_is_judged_with_what_it_is_given(tmp_path: Path) -> None:
    """It is a part of the root module, and not judged once more without its parameters."""
    write(tmp_path, {"main.tf": DEPLOYING, "t.yaml": TEMPLATE, "other.yaml": TEMPLATE})
    found = {(each.resource, each.rule): each.verdict.value for each in scan((tmp_path,), Run()).findings}
    assert found["aws_cloudformation_stack.s/G", 101] == "broken"
    assert found["G", 101] == "unproven"
    (alone,) = {each.path for each in scan((tmp_path,), Run()).checked if each.language != TERRAFORM}
    assert alone == str(tmp_path / "other.yaml")


HEREDOC = f"<<EOT\n{POLICY}EOT\n".replace("${who}", "*")
INDIRECT = {
    "local": {"main.tf": f"locals {{\n  p = {HEREDOC}}}\n" + BLOCK.format(written="local.p")},
    "tfvars": {"main.tf": BLOCK.format(written="var.who"), "terraform.tfvars": f"\nwho = {HEREDOC}"},
    "conditional": {"main.tf": f"locals {{\n  p = {HEREDOC}}}\n" + BLOCK.format(written='true ? local.p : "{}"')},
}


@pytest.mark.parametrize("files", INDIRECT.values(), ids=INDIRECT)
def test_a_heredoc_used_elsewhere_has_the_places_of_its_own_lines(tmp_path: Path, files: dict[str, str]) -> None:
    """What a person edits is the heredoc, wherever its text goes."""
    file = "terraform.tfvars" if "terraform.tfvars" in files else "main.tf"
    assert statements(tmp_path, files) == [(file, 5), (file, 6)]


def test_a_string_of_a_template_in_a_string_has_the_place_of_the_call(tmp_path: Path) -> None:
    """What `templatestring` makes has lines of its own, which are in no file."""
    files = {"main.tf": BLOCK.format(written="templatestring(local.t, {})") + f"locals {{\n  t = {HEREDOC}}}\n"}
    assert statements(tmp_path, files) == [("main.tf", 3)] * 2


@pytest.mark.parametrize("body", ["local.t", "templatefile(local.f, { n = 1 })"])
def test_the_template_that_is_deployed_is_found_behind_locals(tmp_path: Path, body: str) -> None:
    """Which file a template comes from does not depend on how it gets to its resource."""
    source = DEPLOYING.replace('file("${path.module}/t.yaml")', body)
    source += 'locals {\n  f = "${path.module}/t.yaml"\n  t = file(local.f)\n}\n'
    write(tmp_path, {"main.tf": source, "t.yaml": TEMPLATE})
    found = scan((tmp_path,), Run()).findings
    assert {each.resource for each in found if each.rule == 101} == {"aws_cloudformation_stack.s/G"}
    assert {each.origin.file for each in found if each.rule == 101} == {str(tmp_path / "t.yaml")}
