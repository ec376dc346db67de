"""What consumers and roles of one stack work on that another one has: topics, queues, buckets, feature groups."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

import pytest

from keyfit.model.findings import Verdict
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.terraform.worlds import write

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.findings import Finding

KEY: Final = {"Fn::GetAtt": ["Key", "Arn"]}
ACCOUNT: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
WATCH: Final = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
    "Resource": "*",
}
FLAGS: Final = Settings(account="111122223333", region="eu-west-1")


def having(block: Any, export: Any, *statements: object) -> str:  # noqa: ANN401 - JSON
    """A template with a key and a block that it encrypts, and an export."""
    policy = {"Version": "2012-10-17", "Statement": [ACCOUNT, *statements]}
    resources = {"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}}, "Thing": block}
    return json.dumps({"Resources": resources, "Outputs": {"Thing": {"Value": export, "Export": {"Name": "thing"}}}})


def alarm(topic: object) -> str:
    """A template with an alarm alone."""
    properties = {
        "AlarmActions": [topic],
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Level",
        "Namespace": "Rivers",
        "Period": 60,
        "Statistic": "Maximum",
        "Threshold": 1,
    }
    high = {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}
    return json.dumps({"Parameters": {"Topic": {"Type": "String", "Default": ""}}, "Resources": {"High": high}})


def worker(*allowed: tuple[Any, Any], more: Any = None) -> str:  # noqa: ANN401 - JSON
    """A template with a role that may do things."""
    statements = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in allowed]
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [
            {"PolicyName": "work", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}},
        ],
    }
    return json.dumps({"Resources": {"Worker": {"Type": "AWS::IAM::Role", "Properties": role}, **(more or {})}})


TOPIC: Final = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "pager", "KmsMasterKeyId": KEY}}
QUEUE: Final = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "orders", "KmsMasterKeyId": KEY}}
GROUP: Final = {
    "Type": "AWS::SageMaker::FeatureGroup",
    "Properties": {
        "FeatureGroupName": "Guests",
        "RecordIdentifierFeatureName": "id",
        "EventTimeFeatureName": "at",
        "FeatureDefinitions": [{"FeatureName": "id", "FeatureType": "String"}],
        "OnlineStoreConfig": {"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}},
    },
}
IMPORTED: Final = {"Fn::ImportValue": "thing"}


def found(folder: Path, rule: int, **templates: str) -> list[Finding]:
    """What one rule finds, of all templates together."""
    write(folder, {f"{name}.json": template for name, template in templates.items()})
    report = scan([folder], Run(FLAGS))
    assert report.failures == ()
    return [each for each in report.findings if each.rule == rule]


@pytest.mark.parametrize(
    "topic",
    [
        IMPORTED,
        {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:pager"},
        "arn:aws:sns:eu-west-1:111122223333:pager",
    ],
)
@pytest.mark.parametrize(("statements", "verdict"), [((), Verdict.BROKEN), ((WATCH,), Verdict.HOLDS)])
def test_an_alarm_s_topic_can_be_another_s(
    tmp_path: Path, topic: object, statements: tuple[object, ...], verdict: Verdict
) -> None:
    """By an export, or by its ARN; the alarm by itself uses no key."""
    assert found(tmp_path / "alone", 701, b=alarm(topic)) == []
    (told,) = found(tmp_path / "both", 701, a=having(TOPIC, {"Ref": "Thing"}, *statements), b=alarm(topic))
    assert (told.resource, told.verdict) == ("High", verdict)
    assert told.origin.file.endswith("b.json")


def test_a_topic_of_another_region_is_not_meant(tmp_path: Path) -> None:
    """The ARN says where it is."""
    topic = "arn:aws:sns:us-east-1:111122223333:pager"
    assert found(tmp_path, 701, a=having(TOPIC, {"Ref": "Thing"}), b=alarm(topic)) == []


def test_a_nested_stack_s_alarm_has_the_topic_that_it_is_passed(tmp_path: Path) -> None:
    """The parent has the topic."""
    parent = json.loads(having(TOPIC, {"Ref": "Thing"}))
    nested = {"TemplateURL": "b.json", "Parameters": {"Topic": {"Ref": "Thing"}}}
    parent["Resources"]["Alarms"] = {"Type": "AWS::CloudFormation::Stack", "Properties": nested}
    (told,) = found(tmp_path, 701, a=json.dumps(parent), b=alarm({"Ref": "Topic"}))
    assert told.verdict is Verdict.BROKEN


@pytest.mark.parametrize("queue", [IMPORTED, {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders"}])
@pytest.mark.parametrize(
    ("more", "verdict"), [((), Verdict.BROKEN), ((("kms:*", "*"),), Verdict.HOLDS)], ids=["alone", "with the key"]
)
def test_a_role_works_on_another_s_queue(
    tmp_path: Path, queue: object, more: tuple[tuple[Any, Any], ...], verdict: Verdict
) -> None:
    """The finding is about the role, in its own template, and is told once."""
    queues = having(QUEUE, {"Fn::GetAtt": ["Thing", "Arn"]})
    (told,) = found(tmp_path, 721, a=queues, b=worker(("sqs:SendMessage", queue), *more))
    assert (told.resource, told.verdict) == ("Worker", verdict)
    assert told.origin.file.endswith("b.json")


STEPS: Final = {
    "StartAt": "Put",
    "States": {
        "Put": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord",
            "Parameters": {"FeatureGroupName": "GROUP", "Record": []},
            "End": True,
        }
    },
}


def machine(group: str) -> dict[str, object]:
    """A state machine that writes a record."""
    definition = json.dumps(STEPS).replace("GROUP", group)
    properties = {"RoleArn": {"Fn::GetAtt": ["Worker", "Arn"]}, "DefinitionString": definition}
    return {"Machine": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}


@pytest.mark.parametrize("group", ["guests", "arn:aws:sagemaker:eu-west-1:111122223333:feature-group/guests"])
@pytest.mark.parametrize(
    ("allowed", "verdict"), [(("s3:GetObject", "*"), Verdict.BROKEN), (("kms:Decrypt", "*"), Verdict.HOLDS)]
)
def test_a_task_writes_records_of_another_s_feature_group(
    tmp_path: Path, group: str, allowed: tuple[str, str], verdict: Verdict
) -> None:
    """Of which the task says the name, or the ARN."""
    writer = worker(allowed, more=machine(group))
    assert found(tmp_path / "alone", 204, b=writer) == []
    (told,) = found(tmp_path / "both", 204, a=having(GROUP, "none"), b=writer)
    assert (told.resource, told.verdict) == ("Worker", verdict)
    assert told.about.key.endswith("a.json:Key")


RECORDS: Final = "sagemaker:PutRecord"
PLACE: Final = "arn:aws:sagemaker:${AWS::Region}:${AWS::AccountId}:feature-group/"


@pytest.mark.parametrize(
    ("resource", "count"),
    [({"Fn::Sub": f"{PLACE}guests"}, 1), ({"Fn::Sub": f"{PLACE}others"}, 0), ("*", 0), ({"Fn::Sub": f"{PLACE}*"}, 0)],
)
def test_a_policy_names_another_s_feature_group(tmp_path: Path, resource: object, count: int) -> None:
    """What all feature groups match names none of another stack."""
    sources = {"a": having(GROUP, "none"), "b": worker((RECORDS, resource))}
    assert [each.verdict for each in found(tmp_path, 204, **sources)] == [Verdict.BROKEN] * count


EXPORT: Final = """
Resources:
  Machine:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      RoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/states"
      Definition:
        StartAt: Export
        States:
          Export:
            Type: Task
            Resource: arn:aws:states:::aws-sdk:personalize:createDatasetExportJob
            Parameters:
              JobName: films
              DatasetArn: !ImportValue thing
              RoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/export"
              JobOutput: {S3DataDestination: {Path: "s3://films/out/"}}
            End: true
"""


def test_a_job_exports_from_another_s_dataset_group(tmp_path: Path) -> None:
    """The dataset, and the group with the key, are the other's."""
    group = {"Name": "films", "KmsKeyArn": KEY, "RoleArn": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/films"}}
    owner = json.loads(having({"Type": "AWS::Personalize::DatasetGroup", "Properties": group}, "none"))
    dataset = {"DatasetGroupArn": {"Ref": "Thing"}, "DatasetType": "Interactions", "Name": "views", "SchemaArn": "s"}
    owner["Resources"]["Views"] = {"Type": "AWS::Personalize::Dataset", "Properties": dataset}
    owner["Outputs"]["Thing"]["Value"] = {"Ref": "Views"}
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "export.yaml").write_text(dedent(EXPORT))
    told = found(tmp_path, 104, a=json.dumps(owner))
    assert told != []
    assert {each.about.key.rpartition("/")[2] for each in told} == {"a.json:Key"}


TOPIC_IN_TERRAFORM: Final = """
    resource "aws_kms_key" "pager" {}
    resource "aws_sns_topic" "pager" {
      name              = "pager"
      kms_master_key_id = aws_kms_key.pager.arn
    }
    """


@pytest.mark.hcl
def test_an_alarm_of_a_template_can_have_a_root_module_s_topic(tmp_path: Path) -> None:
    """Across languages."""
    write(tmp_path / "root", {"main.tf": dedent(TOPIC_IN_TERRAFORM)})
    topic = {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${AWS::AccountId}:pager"}
    (told,) = found(tmp_path, 701, b=alarm(topic))
    assert told.verdict is Verdict.BROKEN


ALARM_IN_TERRAFORM: Final = """
    data "aws_caller_identity" "here" {{}}
    data "terraform_remote_state" "pager" {{
      backend = "local"
      config  = {{ path = "../topic/terraform.tfstate" }}
    }}
    resource "aws_cloudwatch_metric_alarm" "high" {{
      alarm_name          = "high"
      comparison_operator = "GreaterThanThreshold"
      evaluation_periods  = 1
      alarm_actions       = [{topic}]
    }}
    """


@pytest.mark.hcl
@pytest.mark.parametrize(
    "topic",
    [
        "data.terraform_remote_state.pager.outputs.topic",
        '"arn:aws:sns:eu-west-1:${data.aws_caller_identity.here.account_id}:pager"',
    ],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_root_module_that_says_nothing_of_keys_uses_another_s_topic(tmp_path: Path, topic: str, jobs: int) -> None:
    """By its state, or its ARN; by itself there is nothing to judge in it."""
    source = dedent(ALARM_IN_TERRAFORM).format(topic=topic)
    output = 'output "topic" { value = aws_sns_topic.pager.arn }\n'
    write(tmp_path / "alarm", {"main.tf": source})
    write(tmp_path / "topic", {"main.tf": dedent(TOPIC_IN_TERRAFORM) + output})
    report = scan([tmp_path], Run(FLAGS, jobs=jobs))
    (told,) = [each for each in report.findings if each.rule == 701]
    assert told.verdict is Verdict.BROKEN
    assert told.origin.file.endswith("alarm/main.tf")
    assert scan([tmp_path / "alarm"], Run(FLAGS)).findings[0].rule == 1


def test_two_stacks_that_have_the_same_by_name_work_on_their_own(tmp_path: Path) -> None:
    """As those of two environments: neither of the roles works on the queue of the other."""
    queue = {"Fn::GetAtt": ["Thing", "Arn"]}
    for name, more in (("test", ()), ("production", (("kms:Decrypt", KEY),))):
        template = json.loads(worker(("sqs:ReceiveMessage", queue), *more))
        whole = json.loads(having(QUEUE, {"Ref": "Thing"}))
        whole["Resources"] |= template["Resources"]
        del whole["Outputs"]
        write(tmp_path, {f"{name}.json": json.dumps(whole)})
    report = scan([tmp_path], Run(FLAGS))
    verdicts = {(each.origin.file.rpartition("/")[2], each.verdict) for each in report.findings if each.rule == 720}
    assert verdicts == {("test.json", Verdict.BROKEN), ("production.json", Verdict.HOLDS)}
