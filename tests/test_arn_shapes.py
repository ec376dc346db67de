"""What resources are called: the ARNs of AWS's listing, filled with the name of each, in both languages alike."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keyfit.aws import arn_shapes
from keyfit.aws.data import listed_arns
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.services import index, search
from keyfit.services.templates import filled
from keyfit.value import Own, Text, text

_OWN: dict[object, str] = {Own.PARTITION: "aws", Own.URL_SUFFIX: "amazonaws.com"}
ACCOUNT, REGION = "111122223333", "eu-west-1"
PLACE = f"{REGION}:{ACCOUNT}"
NAMED = [
    ("AWS::SNS::Topic", {"TopicName": "a"}, "Ref", f"arn:aws:sns:{PLACE}:a"),
    ("AWS::SNS::Topic", {"TopicName": "a"}, "TopicName", "a"),
    ("AWS::SQS::Queue", {"QueueName": "a.fifo"}, "Arn", f"arn:aws:sqs:{PLACE}:a.fifo"),
    ("AWS::SQS::Queue", {"QueueName": "a"}, "Ref", f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/a"),
    ("AWS::CloudWatch::Alarm", {"AlarmName": "a"}, "Arn", f"arn:aws:cloudwatch:{PLACE}:alarm:a"),
    ("AWS::Events::Rule", {"Name": "a"}, "Arn", f"arn:aws:events:{PLACE}:rule/a"),
    ("AWS::Events::Rule", {"Name": "a", "EventBusName": "default"}, "Arn", f"arn:aws:events:{PLACE}:rule/a"),
    ("AWS::Events::Rule", {"Name": "a", "EventBusName": "bus"}, "Arn", None),
    ("AWS::Logs::LogGroup", {"LogGroupName": "/a"}, "Arn", f"arn:aws:logs:{PLACE}:log-group:/a:*"),
    ("AWS::DynamoDB::Table", {"TableName": "a"}, "Arn", f"arn:aws:dynamodb:{PLACE}:table/a"),
    ("AWS::SNS::Topic", {}, "Ref", None),
]
IN_TERRAFORM = [
    ("aws_sns_topic.it.arn", {"name": "a"}, f"arn:aws:sns:{PLACE}:a"),
    ("aws_sns_topic.it.id", {"name": "a"}, f"arn:aws:sns:{PLACE}:a"),
    ("aws_sqs_queue.it.arn", {"name": "a"}, f"arn:aws:sqs:{PLACE}:a"),
    ("aws_sqs_queue.it.url", {"name": "a"}, f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/a"),
    ("aws_cloudwatch_metric_alarm.it.arn", {"alarm_name": "a"}, f"arn:aws:cloudwatch:{PLACE}:alarm:a"),
    ("aws_cloudwatch_event_rule.it.arn", {"name": "a"}, f"arn:aws:events:{PLACE}:rule/a"),
    ("aws_cloudwatch_event_rule.it.arn", {"name": "a", "event_bus_name": "bus"}, None),
    ("aws_ssm_parameter.it.arn", {"name": "/a/b"}, f"arn:aws:ssm:{PLACE}:parameter/a/b"),
    ("aws_cloudwatch_event_rule.it.id", {"name": "a"}, "a"),
    ("aws_cloudwatch_event_rule.it.id", {"name": "a", "event_bus_name": "bus"}, None),
    ("aws_ssm_parameter.it.arn", {"name": "a"}, f"arn:aws:ssm:{PLACE}:parameter/a"),
    ("awscc_sns_topic.it.topic_arn", {"topic_name": "a"}, f"arn:aws:sns:{PLACE}:a"),
    ("awscc_sqs_queue.it.id", {"queue_name": "a"}, f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/a"),
]


@pytest.mark.parametrize(("type_", "properties", "attribute", "expected"), NAMED)
def test_what_cloudformation_returns(
    type_: str, properties: dict[str, str], attribute: str, expected: str | None
) -> None:
    """A text that is known where the name is; one that nobody has given is not."""
    reference = {"Ref": "Thing"} if attribute == "Ref" else {"Fn::GetAtt": ["Thing", attribute]}
    template = {
        "Resources": {"Thing": {"Type": type_, "Properties": properties}},
        "Outputs": {"It": {"Value": reference}},
    }
    given = Given(Path(), region=REGION, account=ACCOUNT)
    (output,) = cloudformation.read(json.dumps(template), "template.json", given).outputs
    assert literal(output.value) == expected


@pytest.mark.hcl
@pytest.mark.parametrize(("reference", "arguments", "expected"), IN_TERRAFORM)
def test_what_terraform_returns(
    reference: str, arguments: dict[str, str], expected: str | None, tmp_path: Path
) -> None:
    """The same."""
    type_ = reference.partition(".")[0]
    configuration = {"resource": {type_: {"it": arguments}}, "output": {"it": {"value": f"${{{reference}}}"}}}
    (tmp_path / "main.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
    told = terraform.read(tmp_path, Given(tmp_path, region=REGION, account=ACCOUNT)).configuration
    assert told is not None
    assert literal(told.output("it")) == expected


def literal(value: object) -> str | None:
    """A text without holes, in the partition of the Region."""
    if not isinstance(value, Text):
        return None
    parts = [part if isinstance(part, str) else _OWN.get(part) for part in value.parts]
    return None if None in parts else "".join(map(str, parts))


def test_the_file_has_the_table() -> None:
    """Every type of the table, and each attribute that it names."""
    told = arn_shapes.attributes()
    assert list(told) == [row.type for row in listed_arns.ROWS]
    for row in listed_arns.ROWS:
        assert {*row.arns, *row.names} <= set(told[row.type])
        assert all(told[row.type][name].startswith("arn:{partition}:") for name in row.arns)


def test_a_page_and_the_listing_agree() -> None:
    """What a page says of an attribute that the listing knows is the same."""
    listed = arn_shapes.attributes()
    pairs = [
        (listed[type_][name], template)
        for page in index.every_page()
        for type_, attributes in page.exports.items()
        for name, template in attributes.items()
        if name in listed.get(type_, {})
    ]
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_a_template_that_is_for_some_only() -> None:
    """It is nothing where a part of it is not told."""
    assert filled("a{unless:x}", lambda _name, _words: None) is None
    assert filled("a/{n:path}", lambda _name, _words: text("/b")) == text("a/b")
    assert filled("a/{n:path}", lambda _name, _words: text("b")) == text("a/b")


def test_a_common_consumer_counts_where_kms_is_spoken_of() -> None:
    """Topics and alarms are everywhere: a source is read for them only if it says `kms` somewhere."""
    alarm = b'resource "aws_cloudwatch_metric_alarm" "a" {}'
    assert not search.may_hold_subject(alarm)
    assert search.words(alarm + b' kms_master_key_id = "alias/aws/sns"').hold_consumer
    apart = search.together((search.words(alarm), search.words(b"kms_master_key_id")))
    assert apart.hold_consumer
    assert not search.together(()).hold_subject
