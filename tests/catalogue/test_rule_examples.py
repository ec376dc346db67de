"""The examples in the rules' own documentation: what is called broken is broken, what is said to hold holds.

An example is part of a template: its resources take the places of those with the same name in a whole stack of its
consumer, in which everything holds. An example in HCL is a whole configuration, which `--all-keys` looks at.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.catalogue import every_rule
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.verify import check

if TYPE_CHECKING:
    from keyfit.catalogue.rule import Rule
    from keyfit.model.stack import Stack

RULES: Final = every_rule()
ACCOUNT: Final = "111122223333"
REGION: Final = "us-west-2"
EXAMPLE: Final = re.compile(
    r"^## Example\n\nBroken:\n\n```(?P<language>yaml|hcl)\n(?P<broken>.*?)^```\n\nHolds:\n\n```(?P=language)\n"
    r"(?P<holds>.*?)^```\n\n## How to mend it\n\n(?P<mend>\S.*?)\n\n## ",
    re.MULTILINE | re.DOTALL,
)

KEY: Final = """\
Key:
  Type: AWS::KMS::Key
  Properties:
    KeyPolicy:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
          Action: kms:*
          Resource: "*"
        - Effect: Allow
          Principal: {AWS: !GetAtt Role.Arn, Service: personalize.amazonaws.com}
          Action: [kms:Decrypt, kms:GenerateDataKey*, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]
          Resource: "*"
"""
ROLE: Final = """\
Role:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement: {Effect: Allow, Principal: {Service: SERVICE}, Action: sts:AssumeRole}
"""
POLICY: Final = """\
    Policies:
      - PolicyName: own
        PolicyDocument:
          Version: "2012-10-17"
          Statement: {Effect: Allow, Action: kms:*, Resource: !GetAtt Key.Arn}
"""
BUCKET: Final = """\
Bucket:
  Type: AWS::S3::Bucket
  Properties:
    BucketName: data
"""
PERSONALIZE: Final = """\
Group:
  Type: AWS::Personalize::DatasetGroup
  Properties:
    Name: films
    KmsKeyArn: !GetAtt Key.Arn
    RoleArn: !GetAtt Role.Arn
Ratings:
  Type: AWS::Personalize::Dataset
  Properties:
    Name: ratings
    DatasetType: Interactions
    DatasetGroupArn: !GetAtt Group.DatasetGroupArn
    SchemaArn: !Sub "arn:aws:personalize:${AWS::Region}:${AWS::AccountId}:schema/ratings"
    DatasetImportJob:
      JobName: first
      DataSource: {DataLocation: s3://data/ratings.csv}
      RoleArn: !GetAtt Role.Arn
Machine:
  Type: AWS::StepFunctions::StateMachine
  Properties:
    RoleArn: arn:aws:iam::111122223333:role/machine
    Definition:
      StartAt: Export
      States:
        Export:
          Type: Task
          Resource: arn:aws:states:::aws-sdk:personalize:createDatasetExportJob
          Parameters:
            JobName: ratings
            DatasetArn: !GetAtt Ratings.DatasetArn
            RoleArn: !GetAtt Role.Arn
            JobOutput: {S3DataDestination: {Path: s3://exports/ratings}}
          End: true
"""
OFFLINE: Final = """\
Trips:
  Type: AWS::SageMaker::FeatureGroup
  Properties:
    FeatureGroupName: trips
    RoleArn: !GetAtt Role.Arn
    OfflineStoreConfig: {S3StorageConfig: {S3Uri: s3://data/trips, KmsKeyId: !GetAtt Key.Arn}}
"""
BOTH_STORES: Final = f"""\
{OFFLINE}\
    OnlineStoreConfig: {{EnableOnlineStore: true, SecurityConfig: {{KmsKeyId: !GetAtt Key.Arn}}}}
"""
GEOSPATIAL: Final = """\
Machine:
  Type: AWS::StepFunctions::StateMachine
  Properties:
    RoleArn: arn:aws:iam::111122223333:role/machine
    Definition:
      StartAt: Start
      States:
        Start:
          Type: Task
          Resource: arn:aws:states:::aws-sdk:sagemakergeospatial:startEarthObservationJob
          Parameters: {ExecutionRoleArn: !GetAtt Role.Arn, KmsKeyId: !GetAtt Key.Arn}
          End: true
"""
FAMILIES: Final = {
    2: ("sagemaker.amazonaws.com", BOTH_STORES),
    3: ("sagemaker-geospatial.amazonaws.com", GEOSPATIAL),
}
ALONE: Final = {202: OFFLINE}  # where the two stores share a key, rule 203 speaks in place of it
RESOURCE: Final = re.compile(r"^(\w+):\n(?:  .*\n)+", re.MULTILINE)


def _around(number: int) -> str:
    """The stack around an example of that rule."""
    service, consumers = FAMILIES.get(number // 100, ("personalize.amazonaws.com", PERSONALIZE))
    role = ROLE.replace("SERVICE", service) + (POLICY if consumers != GEOSPATIAL else "")
    return KEY + role + BUCKET + ALONE.get(number, consumers)


def _template(number: int, example: str) -> str:
    """The stack with the resources of the example in it."""
    resources = {found[1]: found[0] for found in RESOURCE.finditer(_around(number))}
    own = {found[1]: found[0] for found in RESOURCE.finditer(example)}
    assert "".join(own.values()) == example, "an example is resources, and nothing else"
    lines = "".join({**resources, **own}.values()).splitlines()
    return "Resources:\n" + "".join(f"  {line}\n" for line in lines)


def _stack(rule: Rule, language: str, example: str, folder: Path) -> Stack:
    given = Given(folder, ACCOUNT, REGION)
    if language == "yaml":
        return cloudformation.read(_template(rule.number, example), "template.yaml", given)
    from keyfit.readers import terraform

    (folder / "main.tf").write_text(example, encoding="utf-8")
    return terraform.read(folder, given)


def _outcomes(rule: Rule, language: str, example: str, folder: Path) -> set[Verdict]:
    stack = _stack(rule, language, example, folder)
    result = check(stack, options=Options(all_keys=language == "hcl"))
    assert (stack.problems, result.failures) == ((), ())
    return {each.verdict for each in result.findings if each.rule == rule.number}


def _cases() -> list[object]:
    """Each rule with an example, and its language."""
    found = ((rule, EXAMPLE.search(rule.documentation)) for rule in RULES)
    return [
        pytest.param(rule, match, id=str(rule.number), marks=[pytest.mark.hcl] * (match["language"] == "hcl"))
        for rule, match in found
        if match is not None
    ]


def test_every_rule_has_an_example_of_either_kind_and_says_how_to_mend_it() -> None:
    """In the one form that this test, and whoever reads many of them, can find again."""
    assert [rule.number for rule in RULES if not EXAMPLE.search(rule.documentation)] == []


@pytest.mark.parametrize(("rule", "example"), _cases())
def test_the_broken_example_is_broken(rule: Rule, example: re.Match[str], tmp_path: Path) -> None:
    """The rule finds it."""
    assert Verdict.BROKEN in _outcomes(rule, example["language"], example["broken"], tmp_path)


@pytest.mark.parametrize(("rule", "example"), _cases())
def test_the_example_that_holds_holds(rule: Rule, example: re.Match[str], tmp_path: Path) -> None:
    """The rule says so, and finds nothing broken in it."""
    outcomes = _outcomes(rule, example["language"], example["holds"], tmp_path)
    assert Verdict.HOLDS in outcomes
    assert Verdict.BROKEN not in outcomes


@pytest.mark.parametrize("family", [1, 2, 3])
def test_the_stacks_around_the_examples_hold(family: int) -> None:
    """What is broken in an example is broken by the example."""
    stack = cloudformation.read(_template(family * 100, ""), "template.yaml", Given(Path.cwd(), ACCOUNT, REGION))
    result = check(stack)
    assert (stack.problems, result.failures) == ((), ())
    assert {each.rule for each in result.findings if each.verdict is Verdict.BROKEN} == set()
