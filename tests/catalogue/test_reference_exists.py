"""A reference to what a deployment lacks is told of just that deployment, and nothing else is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from keyfit import verify
from keyfit.model.findings import Finding, Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given

if TYPE_CHECKING:
    from pathlib import Path

NUMBER: Final = 604
TEMPLATE: Final = """\
Parameters:
  Stage: {Type: String, AllowedValues: [production, test]}
  Place: {Type: String, AllowedValues: [here, there]}
Conditions:
  InProduction: !Equals [!Ref Stage, production]
  IsHere: !Equals [!Ref Place, here]
Resources:
  Key:
    Type: AWS::KMS::Key
    Condition: IsHere
    Properties: {KeySpec: !If [InProduction, RSA_2048, SYMMETRIC_DEFAULT]}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}
"""
CONFIGURATION: Final = """\
variable "own" { type = bool }
variable "stage" {}
resource "aws_kms_key" "data" {
  count                    = var.own ? 1 : 0
  customer_master_key_spec = var.stage == "production" ? "RSA_2048" : "SYMMETRIC_DEFAULT"
}
resource "awscc_personalize_dataset_group" "films" {
  name        = "films"
  kms_key_arn = aws_kms_key.data[0].arn
  role_arn    = "arn:aws:iam::111122223333:role/r"
}
"""


def judged(folder: Path, source: str, **given: str) -> tuple[Finding, ...]:
    """All that is found in a template, or in a root module of one file."""
    if source.startswith("Parameters"):
        return verify.check(cloudformation.read(source, "stack.yaml", Given(folder, parameters=given))).findings
    (folder / "main.tf").write_text(source, encoding="utf-8")
    return verify.check(terraform.read(folder, Given(folder, variables=given))).findings


def scenarios(found: tuple[Finding, ...], rule: int) -> list[object]:
    """The deployments in which a rule is broken."""
    return [dict(each.scenario or {}) for each in found if (each.rule, each.verdict) == (rule, Verdict.BROKEN)]


@pytest.mark.parametrize(("source", "lacks"), [(TEMPLATE, {"IsHere": False}), (CONFIGURATION, {"var.own": False})])
def test_the_scenario_is_the_choice_that_leaves_the_resource_out(
    source: str, lacks: dict[str, bool], tmp_path: Path
) -> None:
    """And that alone; what is broken for another choice is told of where the resource is there."""
    found = judged(tmp_path, source)
    assert scenarios(found, NUMBER) == [lacks]
    assert len(scenarios(found, 401)) == 1
    assert not any(lacks.items() <= dict(each.scenario or {}).items() for each in found if each.rule != NUMBER)


@pytest.mark.parametrize(("source", "given"), [(TEMPLATE, {"Place": "there"}), (CONFIGURATION, {"own": "false"})])
def test_where_no_deployment_is_possible_nothing_of_it_is_said(
    source: str, given: dict[str, str], tmp_path: Path
) -> None:
    """That something holds, or that a key cannot be told of that is not there; the role outside is still told of."""
    found = judged(tmp_path, source, **given)
    assert [(each.rule, each.verdict) for each in found] == [(105, Verdict.UNPROVEN), (NUMBER, Verdict.BROKEN)]


@pytest.mark.parametrize(("source", "given"), [(TEMPLATE, {"Place": "here"}), (CONFIGURATION, {"own": "true"})])
def test_where_it_is_there_the_others_speak(source: str, given: dict[str, str], tmp_path: Path) -> None:
    """As before."""
    found = judged(tmp_path, source, **given)
    assert scenarios(found, NUMBER) == []
    assert len(scenarios(found, 401)) == 1


@pytest.mark.parametrize(
    "expression",
    [
        "one(aws_kms_key.data[*].arn)",
        'try(aws_kms_key.data[0].arn, "alias/none")',
        "var.own ? aws_kms_key.data[0].arn : null",
        "[for key in aws_kms_key.data : key.arn]",
        '"%{ if var.own }${aws_kms_key.data[0].arn}%{ endif }"',
        "{ for name in [] : name => aws_kms_key.data[0].arn }",
    ],
)
def test_an_expression_that_finds_nothing_without_an_error_is_right(expression: str, tmp_path: Path) -> None:
    """In each deployment."""
    source = CONFIGURATION.partition('resource "awscc')[0] + f'output "key" {{ value = {expression} }}\n'
    assert scenarios(judged(tmp_path, source), NUMBER) == []


@pytest.mark.parametrize(
    "body",
    [
        "value = aws_kms_key.data[0].arn",
        "value = { arns = [upper(aws_kms_key.data[0].arn)] }",
        'value = "%{ if var.own }%{ else }${aws_kms_key.data[0].arn}%{ endif }"',
        "value = !var.own ? aws_kms_key.data[0].arn : null",
        "value = aws_kms_key.data.0.arn",
        "value = 1\n  precondition {\n    condition     = aws_kms_key.data[0].is_enabled\n    error_message = 1\n  }",
    ],
)
def test_a_reference_counts_wherever_terraform_evaluates_it(body: str, tmp_path: Path) -> None:
    """In functions, templates, and checks of its own."""
    source = CONFIGURATION.partition('resource "awscc')[0] + f'output "key" {{\n  {body}\n}}\n'
    assert scenarios(judged(tmp_path, source), NUMBER) == [{"var.own": False}]
