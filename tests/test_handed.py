"""What is not here and is given a role's name can attach policies to the role: that it lacks one is not proven."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from keyfit.hosts.cli.faults import TERRAFORM
from keyfit.model.findings import Verdict
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.hosts.stacks import RIGHT

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.scan import Report

# Without what lets the role use the key: its own statement in the key policy, and its own policy.
ALONE = re.sub(r"      Policies:\n(?:        .*\n)+", "", RIGHT.replace("              AWS: !GetAtt Role.Arn\n", ""))
NESTED = "  More:\n    Type: {type}\n    Properties:\n      {given}\n"


def verdict(report: Report) -> Verdict:
    """That of rule 102."""
    assert report.failures == ()
    return max((found.verdict for found in report.findings if found.rule == 102), key=lambda each: each.value)


STACK = "AWS::CloudFormation::Stack"
REMOTE = "TemplateURL: https://films.s3.amazonaws.com/more.yaml"


@pytest.mark.parametrize(
    ("type_", "given", "expected"),
    [
        ("AWS::SNS::Topic", "TopicName: !Ref Role", Verdict.BROKEN),
        (STACK, f"{REMOTE}\n      Parameters: {{Name: !Ref Role}}", Verdict.UNPROVEN),
        (STACK, f"{REMOTE}\n      Parameters: {{Name: !Ref Key}}", Verdict.BROKEN),
        (STACK, "TemplateURL: more.yaml\n      Parameters: {Name: !Ref Role}", Verdict.UNPROVEN),
        ("Films::IAM::Policies::MODULE", "Roles: [!Ref Role]", Verdict.UNPROVEN),
        ("Films::IAM::Policies::MODULE", "Stage: x", Verdict.BROKEN),
        ("AWS::Serverless::Application", "Location: x\n      Parameters: {Name: !Ref Role}", Verdict.UNPROVEN),
        (
            "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
            "ProvisioningParameters: [{Key: Name, Value: !Ref Role}]",
            Verdict.UNPROVEN,
        ),
    ],
)
def test_what_is_given_a_roles_name_can_attach_a_policy(
    tmp_path: Path, type_: str, given: str, expected: Verdict
) -> None:
    """Where it is not judged with it, wherever it is."""
    (tmp_path / "stack.yaml").write_text(ALONE + NESTED.format(type=type_, given=given))
    assert verdict(scan([tmp_path / "stack.yaml"], Run(Settings()))) is expected


@pytest.mark.hcl
@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", Verdict.BROKEN),
        ('template_url = "https://x"\n parameters = { Name = aws_iam_role.role.name }', Verdict.UNPROVEN),
        ('template_url = "https://x"\n parameters = { Name = aws_kms_key.key.id }', Verdict.BROKEN),
        (
            'template_body = "Resources: {T: {Type: T::T}}"\n parameters = { Name = aws_iam_role.role.name }',
            Verdict.BROKEN,
        ),
    ],
)
def test_so_can_a_stack_of_terraform(tmp_path: Path, more: str, expected: Verdict) -> None:
    """Whose template is not here."""
    stack = f'resource "aws_cloudformation_stack" "more" {{\n name = "more"\n {more}\n}}\n' if more else ""
    (tmp_path / "main.tf").write_text(TERRAFORM.text + stack)
    assert verdict(scan([tmp_path], Run(Settings()))) is expected


@pytest.mark.parametrize(
    ("role", "action", "expected"),
    [
        ("!Ref Name", "kms:*", Verdict.HOLDS),
        ("!Ref Name", "s3:*", Verdict.BROKEN),
        ("other", "kms:*", Verdict.BROKEN),
        ("!GetAtt Made.Name", "kms:*", Verdict.UNPROVEN),
    ],
)
def test_a_nested_stack_that_is_judged_attaches_what_it_says(
    tmp_path: Path, role: str, action: str, expected: Verdict
) -> None:
    """To the role by the name that it is given; of a name that nobody knows nothing is proven."""
    given = "TemplateURL: more.yaml\n      Parameters: {Name: !Ref Role}"
    more = f"""
Parameters: {{Name: {{Type: String}}}}
Resources:
  Made: {{Type: Custom::Name}}
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: key
      Roles: [{role}]
      PolicyDocument: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: "{action}", Resource: "*"}}]}}
"""
    (tmp_path / "stack.yaml").write_text(ALONE + NESTED.format(type=STACK, given=given))
    (tmp_path / "more.yaml").write_text(more)
    assert verdict(scan([tmp_path], Run(Settings()))) is expected
