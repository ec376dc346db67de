"""Said once, said right: which consumer, in which deployments, and what is one fault in one finding."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.model.findings import Finding, Verdict
from keyfit.render import report_json, sentences, text
from keyfit.render.advice import CHECKOV
from keyfit.scan import Report, Run, scan
from keyfit.settings import Settings, Shown
from keyfit.words import marked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FIVE = "[kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]"
TEMPLATE = f"""
Parameters:
  Stage: {{Type: String, Default: dev}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - {{Effect: Allow, Principal: {{AWS: !Ref AWS::AccountId}}, Action: "kms:*", Resource: "*"}}
          %s
          - {{Effect: Allow, Principal: {{Service: personalize.amazonaws.com}}, Action: {FIVE}, Resource: "*"}}
          - {{Effect: Allow, Principal: {{AWS: !GetAtt Role.Arn}}, Action: {FIVE}, Resource: "*"}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: %s}}, Action: sts:AssumeRole}}]
      Policies:
        - PolicyName: key
          PolicyDocument: {{Version: "2012-10-17", Statement: [{{Effect: Allow, Action: {FIVE}, Resource: "*"}}]}}
  %s
"""
GROUP = """
  Films:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Role.Arn}
"""


def task(state: str, following: str, call: str = "createBatchInferenceJob") -> str:
    """A task of a state machine that starts a job with the role and the key."""
    where = 'S3DataSource: {Path: "s3://films/in", KmsKeyArn: !GetAtt Key.Arn}'
    arguments = f"JobName: films, RoleArn: !GetAtt Role.Arn, JobInput: {{{where}}}"
    resource = f"arn:aws:states:::aws-sdk:personalize:{call}"
    return f'{state}: {{Type: Task, {following}, Resource: "{resource}", Parameters: {{{arguments}}}}}'


MACHINE = f"""
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/machine
      Definition:
        StartAt: Score
        States:
          {task("Score", "Next: Again")}
          {task("Again", "Next: Segment")}
          {task("Segment", "End: true", "createBatchSegmentJob")}
"""


def scanned(folder: Path, consumers: str, more: str = "", service: str = "personalize.amazonaws.com") -> Report:
    """What the template is found to be, with a further statement, and a service that the role trusts."""
    (folder / "stack.yaml").write_text(TEMPLATE % (more, service, consumers.strip()), encoding="utf-8")
    return scan([folder / "stack.yaml"], Run())


def broken(report: Report) -> list[Finding]:
    """What is broken."""
    return [each for each in report.findings if each.verdict is Verdict.BROKEN]


def as_json(report: Report, verdict: str = "broken") -> list[Mapping[str, Any]]:
    """What is broken, or unproven, as programs read it."""
    return [each for each in json.loads(report_json.render(report))["findings"] if each["verdict"] == verdict]


CONDITION = 'Condition: {StringEquals: {"aws:SourceAccount": !ImportValue other}}'
MAY_DENY = f'- {{Sid: Some, Effect: Deny, Principal: "*", Action: kms:Decrypt, Resource: "*", {CONDITION}}}'
DENIES = '- {Sid: Nobody, Effect: Deny, Principal: "*", Action: kms:Decrypt, Resource: "*"}'


@pytest.mark.parametrize(
    ("consumers", "said"),
    [
        (GROUP, "`KmsKeyArn` of Personalize dataset group `Films`: "),
        (
            MACHINE,
            "`JobInput.S3DataSource.KmsKeyArn` of Personalize batch inference job in state `Score` of `Machine`: ",
        ),
    ],
    ids=["resource", "state"],
)
def test_the_consumer_is_named_by_kind_and_name(tmp_path: Path, consumers: str, said: str) -> None:
    """With its parameter and its state, in every report."""
    report = scanned(tmp_path, consumers, DENIES)
    found = next(each for each in broken(report) if each.rule == 101)
    assert sentences.sentence(found) == f"{said}`personalize.amazonaws.com` cannot `kms:Decrypt` on key `Key`"
    assert f"101 personalize-service-key-access: {said}" in text.render(report)
    assert next(each["message"] for each in as_json(report) if each["rule"] == 101) == sentences.sentence(found)


def test_the_consumer_that_the_message_is_about_is_named_once(tmp_path: Path) -> None:
    """By kind and name, and not by its name again."""
    report = scanned(tmp_path, GROUP.replace("Properties:", "DependsOn: Flims\n    Properties:", 1))
    found = next(each for each in broken(report) if each.rule == 604)
    assert sentences.sentence(found) == "Personalize dataset group `Films` refers to `Flims`, which is not declared"


def test_a_parameter_that_the_message_names_is_not_named_twice(tmp_path: Path) -> None:
    """As where its value is none that it can have."""
    report = scanned(tmp_path, GROUP.replace("!GetAtt Key.Arn", "alias/films"))
    (found,) = (each for each in broken(report) if each.rule == 107)
    assert sentences.sentence(found).count("`KmsKeyArn`") == 1


def test_a_fault_of_one_role_is_one_finding_for_three_jobs(tmp_path: Path) -> None:
    """It lists them; the others are part of it."""
    report = scanned(tmp_path, MACHINE, service="lambda.amazonaws.com")
    found = [each for each in as_json(report) if each["rule"] == 105]
    assert [each["part_of"] for each in found] == [None, 105, 105]
    assert len(found[0]["consumers"]) == 3
    told = text.render(report)
    assert told.count("105 personalize-role-trust") == 1
    assert "note: the same for `RoleArn` of Personalize batch segment job in state `Segment` of `Machine`" in told


@pytest.mark.parametrize(
    ("service", "more", "rule"),
    [("!Ref AWS::StackName", "", 105), ("personalize.amazonaws.com", MAY_DENY, 101)],
    ids=["trust", "statement"],
)
def test_what_is_unproven_for_three_jobs_is_one_finding(tmp_path: Path, service: str, more: str, rule: int) -> None:
    """It lists them, and each counts."""
    report = scanned(tmp_path, MACHINE, more, service)
    found = [each for each in as_json(report, "unproven") if each["rule"] == rule]
    assert [each["part_of"] for each in found] == [None, rule, rule]
    assert [len(each["consumers"]) for each in found] == [3, 1, 1]
    shown = Run(flags=Settings(show=(Shown.UNPROVEN,)))
    told = text.render(scan([tmp_path / "stack.yaml"], shown))
    assert told.count(f" {rule} ") == 1
    assert "note: the same for " in told
    assert f"{len(as_json(report, 'unproven'))} unproven" in told


def test_what_is_unproven_of_another_key_stands_for_itself(tmp_path: Path) -> None:
    """Each key is made known in a place of its own."""
    keys = ("Films", "Games")
    groups = (
        GROUP.replace("!GetAtt Key.Arn", f"!ImportValue {each}Key").replace("Films:", f"{each}:") for each in keys
    )
    found = [each for each in as_json(scanned(tmp_path, "".join(groups)), "unproven") if each["rule"] == 101]
    assert [each["part_of"] for each in found] == [None, None]


def test_two_keys_to_specify_are_two_findings(tmp_path: Path) -> None:
    """Each stands in a place of its own."""
    wrong = GROUP.replace("!GetAtt Key.Arn", "alias/films")
    report = scanned(tmp_path, wrong + wrong.replace("Films", "Games"))
    assert text.render(report).count(" 107 personalize-key-arn: ") == 2


def test_a_statement_that_other_choices_renumber_is_told_once(tmp_path: Path) -> None:
    """It is the second or the third one, and wrong in either place."""
    one = '{Sid: One, Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: kms:Decrypt, Resource: "*"}'
    wrong = '- {Effect: Allow, Principal: {AWS: !GetAtt Role.Arn}, Action: kms:Decript, Resource: "*"}'
    more = f"- !If [IsProd, {one}, !Ref AWS::NoValue]\n          {wrong}"
    (found,) = (each for each in broken(scanned(tmp_path, GROUP, more)) if each.rule == 503)
    assert (found.scenario, found.scenarios) == (None, ())
    assert not any("IsProd" in note.message for note in found.notes)


def test_what_else_is_broken_in_other_deployments_is_told_beside(tmp_path: Path) -> None:
    """With the deployments in which it is."""
    denied = [DENIES.removeprefix("- ").replace("kms:Decrypt", action) for action in ("kms:Decrypt", "kms:DescribeKey")]
    report = scanned(tmp_path, GROUP, f"- !If [IsProd, {', '.join(denied)}]")
    found = next(each for each in broken(report) if each.rule == 101)
    assert found.scenario == {"IsProd": False}
    assert "when `IsProd` is true: `personalize.amazonaws.com` cannot `kms:Decrypt` on key `Key`" in {
        note.message for note in found.notes
    }


def test_a_module_that_calls_itself_is_told_once(tmp_path: Path) -> None:
    """Its levels are copies of one line."""
    source = """
        module "again" {
          source = "./"
        }
        resource "aws_kms_key" "key" {
          policy = jsonencode({ Statement = [
            { Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:PutKeyPolicy", Resource = "*" }
          ] })
        }
        resource "awscc_personalize_dataset_group" "films" {
          name        = "films"
          kms_key_arn = aws_kms_key.key.arn
          role_arn    = "arn:aws:iam::111122223333:role/films"
        }
    """
    (tmp_path / "main.tf").write_text(dedent(source), encoding="utf-8")
    told = text.render(scan([tmp_path], Run()))
    assert told.count(" 101 personalize-service-key-access: ") == 1
    assert told.count("note: the same for ") <= 8
    assert "note: for the same reason, " in told


def test_a_template_of_one_line_names_the_path(tmp_path: Path) -> None:
    """Its line tells nothing."""
    group = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "films", "KmsKeyArn": "alias/films"}}
    (tmp_path / "stack.json").write_text(json.dumps({"Resources": {"Films": group}}), encoding="utf-8")
    told = text.render(scan([tmp_path / "stack.json"], Run()))
    assert "stack.json:1:" in told
    assert " Resources.Films.Properties.KmsKeyArn: 107 " in told


def test_a_part_says_what_it_is_part_of_in_words(tmp_path: Path) -> None:
    """Where hosts show it by itself."""
    wrong = "- {Effect: Allow, Principal: {Service: personalize.amazonaws.com}, Action: kms:Decript, Resource: '*'}"
    (tmp_path / "stack.yaml").write_text(
        (TEMPLATE % (wrong, "personalize.amazonaws.com", GROUP.strip())).replace(
            f'- {{Effect: Allow, Principal: {{Service: personalize.amazonaws.com}}, Action: {FIVE}, Resource: "*"}}', ""
        ),
        encoding="utf-8",
    )
    (part,) = (each for each in broken(scan([tmp_path / "stack.yaml"], Run())) if each.rule == 503)
    assert part.part_of == 101
    words = "note: it has the same cause as what rule 101 (personalize-service-key-access) finds"
    assert words in sentences.notes(part, CHECKOV)


def test_what_is_empty_is_said_in_words() -> None:
    """Two backticks are nothing to read."""
    assert marked("") == "an empty string"
