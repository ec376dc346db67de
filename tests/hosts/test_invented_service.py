"""A service that does not exist, as a page of its own: everything else follows, in every language and every host.

The engine is copied and given one page and three rules. What they say of a cask (its own key), of a bottle (the key of
the still that it names) and of an alert (the key of a topic, which is another page's, and gives KMS the alert's ARN) is
then asked of the command line, of Checkov and of cfn-lint, by their real commands.
"""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from tests.hosts.commands import CHECKS, ROOT, Ran, command, matches, number, records, run, subject

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("checkov")
pytest.importorskip("cfnlint")
pytestmark = pytest.mark.deep

PAGE: Final = '''\
"""Distillery: casks with a key, and bottles of a still that has one."""

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes, Target
from keyfit.services.pages import topics

_CASK = Form({"KmsKeyId": "store"}, name="Name")
_BOTTLE = Form(targets=("StillArns[]",), name="Name")
_ARN = "arn:{partition}:distillery:{region}:{account}:"
CASK = Kind("Distillery cask", {"AWS::Distillery::Cask": _CASK, "distillery:createCask": _CASK})
BOTTLE = Kind("Distillery bottle", {"AWS::Distillery::Bottle": _BOTTLE, "distillery:createBottle": _BOTTLE})
_ALERT = Form(targets=("TopicArn",), name="Name", source=_ARN + "alert/{Name}")
ALERT = Kind("Distillery alert", {"AWS::Distillery::Alert": _ALERT, "distillery:createAlert": _ALERT})
_BY_SERVICE = Call(
    By.SERVICE,
    ("kms:GenerateDataKey", "kms:Decrypt"),
    principal="distillery.{region}.amazonaws.com",
    routes=Routes.KEY_POLICY,
    failure=Failure.SILENT,
)
CASKS = (_BY_SERVICE._replace(kinds=(CASK.words,)),)
STILLS = (_BY_SERVICE._replace(kinds=(BOTTLE.words,), on=On.TARGET),)
ALERTS = (
    _BY_SERVICE._replace(
        via=topics.WITH_SOURCE, kinds=(ALERT.words,), on=On.TARGET, targets=("topic",), lost="nobody is told"
    ),
)
PAGE = Page(
    name="distillery",
    title="Distillery",
    words=("distillery",),
    kinds=(CASK, BOTTLE, ALERT),
    calls=(*CASKS, *STILLS, *ALERTS),
    targets={"AWS::Distillery::Still": Target("still", key="Encryption.KmsKeyId")},
    exports={"AWS::Distillery::Still": {"Ref": "{Name}", "Arn": _ARN + "still/{Name}"}},
)
'''
RULE: Final = '''\
"""%s

## What it checks

Nothing that exists.

## Why it matters

It does not.

## When it is unproven

Never.

## How to fix it

Never mind.
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import distillery

NUMBER: Final = %d
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("distillery",)
SOURCES: Final = ()
NEEDS: Final = distillery.%s
'''

DEFINITION: Final = (
    '{"StartAt":"Fill","States":{"Fill":{"Type":"Task","Resource":"arn:aws:states:::aws-sdk:distillery:createCask",'
    '"Parameters":{"Name":"c","KmsKeyId":"KEY"},"Next":"Warn"},"Warn":{"Type":"Task",'
    '"Resource":"arn:aws:states:::aws-sdk:distillery:createAlert","Parameters":{"Name":"w","TopicArn":"TOPIC"},'
    '"End":true}}}'
)
TEMPLATE: Final = """\
Resources:
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
          - Sid: Distillery
            Effect: Allow
            Principal: {Service: !Sub "distillery.${AWS::Region}.amazonaws.com"}
            Action: [ACTIONS]
            Resource: "*"
  TopicKey:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - Sid: Alerts
            Effect: Allow
            Principal: {Service: !Sub "distillery.${AWS::Region}.amazonaws.com"}
            Action: ["kms:GenerateDataKey", "kms:Decrypt"]
            Resource: "*"
            Condition:
              ArnLike: {"aws:SourceArn": !Sub "arn:${AWS::Partition}:distillery:*:${AWS::AccountId}:SOURCE/*"}
  Cask:
    Type: AWS::Distillery::Cask
    Properties: {Name: c, KmsKeyId: !GetAtt Key.Arn}
  Still:
    Type: AWS::Distillery::Still
    Properties: {Name: s, Encryption: {KmsKeyId: !GetAtt Key.Arn}}
  Bottle:
    Type: AWS::Distillery::Bottle
    Properties: {Name: b, StillArns: [!GetAtt Still.Arn]}
  Topic:
    Type: AWS::SNS::Topic
    Properties: {KmsMasterKeyId: !Ref TopicKey}
  Alert:
    Type: AWS::Distillery::Alert
    Properties: {Name: a, TopicArn: !Ref Topic}
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: arn:aws:iam::111122223333:role/machine
      DefinitionString: !Sub 'DEFINITION'
"""
CONFIGURATION: Final = """\
data "aws_region" "this" {}
data "aws_caller_identity" "this" {}

resource "aws_kms_key" "key" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Distillery"
        Effect    = "Allow"
        Principal = { Service = "distillery.${data.aws_region.this.name}.amazonaws.com" }
        Action    = [ACTIONS]
        Resource  = "*"
      },
    ]
  })
}

resource "aws_kms_key" "topic" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.this.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Alerts"
        Effect    = "Allow"
        Principal = { Service = "distillery.${data.aws_region.this.name}.amazonaws.com" }
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Resource  = "*"
        Condition = {
          ArnLike = {
            "aws:SourceArn" = "arn:aws:distillery:*:${data.aws_caller_identity.this.account_id}:SOURCE/*"
          }
        }
      },
    ]
  })
}

resource "awscc_distillery_cask" "cask" {
  name       = "c"
  kms_key_id = aws_kms_key.key.arn
}

resource "awscc_distillery_still" "still" {
  name       = "s"
  encryption = { kms_key_id = aws_kms_key.key.arn }
}

resource "awscc_distillery_bottle" "bottle" {
  name       = "b"
  still_arns = [awscc_distillery_still.still.arn]
}

resource "aws_sns_topic" "topic" {
  kms_master_key_id = aws_kms_key.topic.key_id
}

resource "awscc_distillery_alert" "alert" {
  name      = "a"
  topic_arn = aws_sns_topic.topic.arn
}

resource "aws_sfn_state_machine" "machine" {
  name       = "machine"
  role_arn   = "arn:aws:iam::111122223333:role/machine"
  definition = jsonencode(DEFINITION)
}
"""
# What the key policies give the service: actions on one key, and on the topic's those for resources of which type.
LACKING: Final = ('"kms:GenerateDataKey"', "cask")
WHOLE: Final = ('"kms:GenerateDataKey", "kms:Decrypt"', "alert")
CASKS, STILLS, ALERTS = 971, 972, 973
EXPECTED: Final = {(CASKS, "Cask"), (STILLS, "Bottle"), (ALERTS, "Alert"), (CASKS, "Machine"), (ALERTS, "Machine")}
IN_TERRAFORM: Final = {
    (ALERTS, "awscc_distillery_alert.alert"),
    (ALERTS, "aws_sfn_state_machine.machine"),
    (CASKS, "awscc_distillery_cask.cask"),
    (STILLS, "awscc_distillery_bottle.bottle"),
    (CASKS, "aws_sfn_state_machine.machine"),
}


class Copy(NamedTuple):
    """The engine with the page, and a folder with sources."""

    home: Path
    sources: Path

    def keyfit(self) -> Ran:
        """The command line's report."""
        words = (sys.executable, "-m", "keyfit", "check", self.sources, "--format", "json")
        return run(*words, where=self.sources, PYTHONPATH=str(self.home / "plugins"))

    def checkov(self) -> Ran:
        """Checkov's."""
        checks = ("--external-checks-dir", self.home / "checks", "--skip-download", "--check", "CKV_KEYFIT_*")
        return run(command("checkov"), *checks, "-d", self.sources, "-o", "json", where=self.sources)

    def cfn_lint(self) -> Ran:
        """cfn-lint's."""
        rules = ("--append-rules", self.home / "plugins" / "rules", "--format", "json")
        return run(command("cfn-lint"), self.sources / "template.yaml", *rules, where=self.sources)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine, its loaders, and what one new service takes."""
    made = tmp_path_factory.mktemp("engine")
    for folder in (CHECKS, ROOT / "plugins"):
        shutil.copytree(folder, made / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
    engine = made / "plugins" / "keyfit"
    (engine / "services" / "pages" / "distillery.py").write_text(PAGE, encoding="utf-8")
    rules = engine / "catalogue" / "rules"
    for name, rule in (("casks", CASKS), ("stills", STILLS), ("alerts", ALERTS)):
        text = RULE % (f"The key policy lets Distillery use the key of its {name}.", rule, name.upper())
        (rules / f"distillery_{name}_key_access.py").write_text(text, encoding="utf-8")
    return made


def write(folder: Path, given: tuple[str, str]) -> None:
    """The sources, with what their key policies give the service."""
    sources = (
        ("template.yaml", TEMPLATE, '"${Key.Arn}"', '"${Topic}"'),
        ("main.tf", CONFIGURATION, "aws_kms_key.key.arn", "aws_sns_topic.topic.arn"),
    )
    for name, source, key, topic in sources:
        definition = DEFINITION.replace('"KEY"', key).replace('"TOPIC"', topic)
        actions, alerts = given
        text = source.replace("ACTIONS", actions).replace("SOURCE", alerts).replace("DEFINITION", definition)
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(params=[LACKING, WHOLE], ids=["broken", "right"])
def case(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> tuple[Copy, bool]:
    """Sources whose key policies give the service too little, or enough."""
    write(tmp_path, request.param)
    return Copy(home, tmp_path), request.param == LACKING


def test_the_command_line_tells_what_the_page_says(case: tuple[Copy, bool]) -> None:
    """Of CloudFormation, of awscc, and of the tasks of state machines in both."""
    copy, broken = case
    told = {(each["rule"], each["resource"]) for each in copy.keyfit().json["findings"] if each["verdict"] == "broken"}
    assert told == (EXPECTED | IN_TERRAFORM if broken else set())


def test_checkov_tells_what_the_page_says(case: tuple[Copy, bool]) -> None:
    """It asks about the types of the page, in both languages."""
    copy, broken = case
    ran = copy.checkov()
    # Of a template Checkov names a resource by its type and logical id.
    told = {(number(each["check_id"]), re.sub(r"^AWS::\S+\.", "", each["resource"])) for each in records(ran)}
    assert told == (EXPECTED | IN_TERRAFORM if broken else set())


def test_cfn_lint_tells_what_the_page_says(case: tuple[Copy, bool]) -> None:
    """Beside its own opinion of the types."""
    copy, broken = case
    told = {(number(each["Rule"]["Id"]), subject(each)) for each in matches(copy.cfn_lint())}
    assert told == (EXPECTED if broken else set())
