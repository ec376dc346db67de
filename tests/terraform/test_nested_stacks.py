"""Templates inside Terraform, what is hidden behind choices, and what stands in files that cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit import verify
from keyfit.model.alternatives import EMPTY
from keyfit.model.findings import Verdict
from keyfit.model.policies import PolicyKind
from keyfit.truth import Truth
from keyfit.value import Bool, Unknown, text

from .worlds import stack_of, words

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.hcl

TEMPLATE = """
Parameters:
  KeyArn: {Type: String}
  Name: {Type: String, Default: other}
  Env: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  Group:
    Type: AWS::Personalize::DatasetGroup
    Condition: IsProd
    Properties: {Name: !Ref Name, KmsKeyArn: !Ref KeyArn, RoleArn: !GetAtt Role.Arn}
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: r, AssumeRolePolicyDocument: {Statement: []}}
"""
STACK = """
resource "aws_kms_key" "k" {}
resource "aws_cloudformation_stack" "s" {
  name          = "s"
  parameters    = { KeyArn = aws_kms_key.k.arn, Name = "mine" }
  template_body = BODY
}
"""
BODIES = [
    'file("${path.module}/template.yaml")',
    f"<<EOT\n{TEMPLATE}EOT",
    """jsonencode({
      Parameters = {
        KeyArn = { Type = "String" }
        Name   = { Type = "String" }
        Env    = { Type = "String", Default = "dev" }
      }
      Conditions = { IsProd = { "Fn::Equals" = [{ Ref = "Env" }, "prod"] } }
      Resources = {
        Group = {
          Type       = "AWS::Personalize::DatasetGroup"
          Condition  = "IsProd"
          Properties = {
            Name      = { Ref = "Name" }
            KmsKeyArn = { Ref = "KeyArn" }
            RoleArn   = { "Fn::GetAtt" = ["Role", "Arn"] }
          }
        }
        Role = {
          Type       = "AWS::IAM::Role"
          Properties = { RoleName = "r", AssumeRolePolicyDocument = { Statement = [] } }
        }
      }
    })""",
]


@pytest.mark.parametrize("body", BODIES, ids=["file", "heredoc", "jsonencode"])
def test_a_template_is_a_part_of_the_model(tmp_path: Path, body: str) -> None:
    """What a template declares stands beside what Terraform declares, with the parameters that it is given."""
    stack = stack_of(tmp_path, {"main.tf": STACK.replace("BODY", body), "template.yaml": TEMPLATE})
    assert stack.problems == ()
    (group,) = stack.consumers
    assert group.block.address == "aws_cloudformation_stack.s/Group"
    assert group.block.present.truth is Truth.MAYBE
    assert group.keys[0].value == stack.keys[0].arn
    assert words(group.name) == '"mine"'
    assert [each.block.address for each in stack.identities] == ["aws_cloudformation_stack.s/Role"]
    assert group.role is not None
    assert group.role.value == stack.identities[0].arn


def test_choices_of_a_template_are_choices_of_the_root_module(tmp_path: Path) -> None:
    """A parameter of the template is decided under the address of its stack."""
    stack = stack_of(tmp_path, {"main.tf": STACK.replace("BODY", BODIES[0]), "template.yaml": TEMPLATE})
    (hole,) = stack.consumers[0].block.present.holes
    assert isinstance(hole, Unknown)
    assert hole.choices == {"aws_cloudformation_stack.s/Env"}
    assert stack.reading is not None
    choice = stack.reading.choice("aws_cloudformation_stack.s/Env")
    assert choice is not None
    found = [
        under.consumers
        for value in choice.alternatives
        if (under := stack.reading.under(EMPTY.given(choice.name, value))) is not None
    ]
    assert sorted(len(each) for each in found) == [0, 0, 1]


def test_places_in_a_heredoc_are_those_of_the_file(tmp_path: Path) -> None:
    """A finding in a template points at the line of the file that holds it."""
    source = STACK.replace("BODY", BODIES[1])
    (group,) = stack_of(tmp_path, source).consumers
    written = source.splitlines()
    assert "KmsKeyArn: !Ref KeyArn" in written[group.keys[0].value.origin.start.line - 1]
    assert "Group" in written[group.block.origin.start.line - 1]


def test_a_template_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    """A template that is no YAML is named, and everything else is read."""
    stack = stack_of(tmp_path, STACK.replace("BODY", '"{"'))
    assert len(stack.keys) == 1
    assert len(stack.problems) == 1


HIDDEN = [
    ("count = var.on ? 1 : 0", 0),
    ("count = local.on", 1),
    ("for_each = var.on ? toset(['a']) : toset(['a', 'b'])".replace("'", '"'), 1),
    ("count = 2", 0),
    ("for_each = toset(var.names)", 1),
]


@pytest.mark.parametrize(("meta", "count"), HIDDEN)
@pytest.mark.parametrize("outside", [False, True])
def test_further_copies_of_consumers_are_hidden(tmp_path: Path, meta: str, count: int, outside: bool) -> None:  # noqa: FBT001
    """A choice behind which further consumers can stand is told."""
    common = 'variable "on" { type = bool }\nvariable "names" { type = list(string) }\nlocals { on = var.on ? 2 : 1 }\n'
    group = 'resource "awscc_personalize_dataset_group" "g" {\n%s\n  name = "g"\n}\n'
    files = {"main.tf": common + group % meta}
    if outside:
        files = {"main.tf": f'{common}module "m" {{\n{meta}\n  source = "./m"\n}}', "m/main.tf": group % ""}
    assert len(stack_of(tmp_path, files).hidden) == count


def test_tasks_behind_a_condition_are_hidden(tmp_path: Path) -> None:
    """A definition that depends on a choice can hide tasks."""
    source = """
variable "on" { type = bool }
resource "aws_sfn_state_machine" "m" {
  role_arn   = "arn:aws:iam::111122223333:role/r"
  definition = jsonencode({
    States = var.on ? {
      Make = {
        Type       = "Task"
        Resource   = "arn:aws:states:::aws-sdk:personalize:createDatasetGroup"
        Parameters = { Name = "g", KmsKeyArn = aws_kms_key.k.arn }
      }
    } : {}
  })
}
resource "aws_kms_key" "k" {}
"""
    stack = stack_of(tmp_path, source)
    (hole,) = stack.hidden
    assert isinstance(hole, Unknown)
    assert "var.on" in hole.choices
    assert stack.reading is not None
    under = stack.reading.under(EMPTY.given("var.on", Bool(value=True)))
    assert under is not None
    (group,) = under.consumers
    assert (group.state, group.keys[0].value) == ("Make", under.keys[0].arn)


def test_a_file_that_cannot_be_read_can_change_everything(tmp_path: Path) -> None:
    """What stands in an unreadable file can replace every key policy and add a policy to every role."""
    files = {
        "main.tf": 'resource "aws_kms_key" "k" {\n  policy = "{}"\n}\nresource "aws_iam_role" "r" { name = "r" }',
        "junk.tf": "junk\n",
    }
    stack = stack_of(tmp_path, files)
    assert words(stack.keys[0].policy.document).startswith("?unread")
    (extra,) = stack.identities[0].policies
    assert (extra.kind, extra.present.truth) == (PolicyKind.INLINE, Truth.MAYBE)


HOLED = """
resource "aws_kms_key" "k" {}
variable "role" {}
resource "aws_cloudformation_stack" "s" {
  name          = "s"
  template_body = <<-EOT
    BODY
  EOT
}
"""
HOLED_BODIES = [
    """Resources:
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties:
          Name: "x-${aws_kms_key.k.key_id}"
          KmsKeyArn: ${aws_kms_key.k.arn}
          RoleArn: ${var.role}""",
    """{"Resources": {"Group": {
      "Type": "AWS::Personalize::DatasetGroup",
      "Properties": {
        "Name": "x-${aws_kms_key.k.key_id}",
        "KmsKeyArn": "${aws_kms_key.k.arn}",
        "RoleArn": ${jsonencode(var.role)}
      }
    }}}""",
]


@pytest.mark.parametrize("body", HOLED_BODIES, ids=["yaml", "json"])
def test_what_is_interpolated_into_a_template_keeps_its_references(tmp_path: Path, body: str) -> None:
    """A template with parts that only the deployment knows is read like one without."""
    source = HOLED.replace("BODY", body)
    stack = stack_of(tmp_path, source)
    assert stack.problems == ()
    (group,) = stack.consumers
    assert group.keys[0].value == stack.keys[0].arn
    assert "KmsKeyArn" in source.splitlines()[group.keys[0].value.origin.start.line - 1]
    assert words(group.name) == words(text("x-", stack.keys[0].key_id))
    assert group.role is not None
    assert isinstance(group.role.value, Unknown)


def test_a_template_of_private_use_characters_and_holes_is_a_problem(tmp_path: Path) -> None:
    """What stands in for holes is not in the template itself."""
    stack = stack_of(tmp_path, HOLED.replace("BODY", "Resources: {A: \ue000, B: '${var.role}'}"))
    assert [each.message for each in stack.problems] == [
        "the template has more holes than can be told apart, or private-use characters"
    ]


@pytest.mark.parametrize(
    ("parameters", "verdict"),
    [
        ("{}", Verdict.HOLDS),
        ('{ Enabled = "false" }', Verdict.BROKEN),
        ("var.given", Verdict.UNPROVEN),
        ('merge(var.given, { Enabled = "true" })', Verdict.HOLDS),
    ],
)
def test_a_default_does_not_count_where_the_parameters_are_not_known(
    tmp_path: Path, parameters: str, verdict: Verdict
) -> None:
    """One of them can have another value."""
    template = """
      Parameters: {Enabled: {Type: String, Default: "true"}}
      Resources:
        Key: {Type: AWS::KMS::Key, Properties: {Enabled: !Ref Enabled}}
        Group:
          Type: AWS::Personalize::DatasetGroup
          Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}
    """
    source = 'variable "given" { type = map(string) }\nresource "aws_cloudformation_stack" "s" {\n  name = "s"\n'
    source += f"  parameters = {parameters}\n  template_body = <<-T\n{template}  T\n}}\n"
    findings = verify.check(stack_of(tmp_path, source)).findings
    assert [each.verdict for each in findings if each.rule == 402] == [verdict]
