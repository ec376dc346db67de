"""What publishes and sends in its own name, and the key of the topic or queue: spoiled in every way, in both languages.

Generated, not typed: of each combination one stack that is right, and from it each action taken out, the principal
exchanged, and conditions put on the statement that lets the service in.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest
from click.testing import CliRunner

from keyfit.hosts.cli.tell import explain
from keyfit.model.findings import Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.verify import check

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")
PLACE: Final = f"{REGION}:{ACCOUNT}"


class Combination(NamedTuple):
    """Who sends to what: the rule, the service principal, the type and property of the consumer in both languages.

    `source` is the ARN that the service gives as that of the consumer; empty where none is documented, and `None` where
    it surely gives none. `account` says the same of `aws:SourceAccount`.
    """

    rule: int
    principal: str
    thing: str
    type: str
    properties: dict[str, Any]
    block: str
    arguments: dict[str, Any]
    source: str | None = ""
    account: bool | None = True


NAMED: Final = "NAMED"  # stands for the reference to the topic or queue
TOPIC: Final = "topic"
QUEUE: Final = "queue"
TOPIC_ARN: Final = f"arn:aws:sns:{PLACE}:prices"
BUCKET_NOTES: Final = {"QueueConfigurations": [{"Event": "s3:ObjectCreated:*", "Queue": NAMED}]}
COMBINATIONS: Final = (
    Combination(
        701, "cloudwatch.amazonaws.com", TOPIC,
        "AWS::CloudWatch::Alarm", {"AlarmName": "a", "AlarmActions": [NAMED]},
        "aws_cloudwatch_metric_alarm", {"alarm_name": "a", "alarm_actions": [NAMED]},
        f"arn:aws:cloudwatch:{PLACE}:alarm:a",
    ),
    Combination(
        702, "events.amazonaws.com", TOPIC,
        "AWS::Events::Rule", {"Name": "r", "Targets": [{"Id": "t", "Arn": NAMED}]},
        "aws_cloudwatch_event_target", {"rule": "r", "arn": NAMED},
        None, account=None,
    ),
    Combination(
        703, "events.amazonaws.com", QUEUE,
        "AWS::Events::Rule", {"Name": "r", "Targets": [{"Id": "t", "Arn": NAMED}]},
        "aws_cloudwatch_event_target", {"rule": "r", "arn": NAMED},
        f"arn:aws:events:{PLACE}:rule/r", account=False,
    ),
    Combination(
        703, "events.amazonaws.com", QUEUE,
        "AWS::Events::Rule", {"Name": "r", "Targets": [{"Id": "t", "Arn": "x", "DeadLetterConfig": {"Arn": NAMED}}]},
        "aws_cloudwatch_event_target", {"rule": "r", "arn": "x", "dead_letter_config": [{"arn": NAMED}]},
        f"arn:aws:events:{PLACE}:rule/r", account=False,
    ),
    Combination(
        704, "s3.amazonaws.com", QUEUE,
        "AWS::S3::Bucket", {"BucketName": "uploads", "NotificationConfiguration": BUCKET_NOTES},
        "aws_s3_bucket_notification", {"bucket": "uploads", "queue": [{"queue_arn": NAMED}]},
        "arn:aws:s3:::uploads",
    ),
    Combination(
        705, "sns.amazonaws.com", QUEUE,
        "AWS::SNS::Subscription", {"TopicArn": TOPIC_ARN, "Protocol": "sqs", "Endpoint": NAMED},
        "aws_sns_topic_subscription", {"topic_arn": TOPIC_ARN, "protocol": "sqs", "endpoint": NAMED},
        TOPIC_ARN, account=False,
    ),
    Combination(
        706, "events.rds.amazonaws.com", TOPIC,
        "AWS::RDS::EventSubscription", {"SnsTopicArn": NAMED},
        "aws_db_event_subscription", {"sns_topic": NAMED},
    ),
    Combination(
        706, "redshift.amazonaws.com", TOPIC,
        "AWS::Redshift::EventSubscription", {"SnsTopicArn": NAMED},
        "aws_redshift_event_subscription", {"name": "n", "sns_topic_arn": NAMED},
    ),
)  # fmt: skip
REFERENCES: Final = {
    TOPIC: ({"Ref": "Named"}, "${aws_sns_topic.named.arn}"),
    QUEUE: ({"Fn::GetAtt": ["Named", "Arn"]}, "${aws_sqs_queue.named.arn}"),
}


class Case(NamedTuple):
    """A combination with the statement that lets the service in, perhaps spoiled, and what is expected of the rule."""

    name: str
    combination: Combination
    statement: dict[str, Any]
    expected: Verdict


def cases() -> Iterator[Case]:
    """Each combination as it should be, and spoiled in every way."""
    for each in COMBINATIONS:
        right = {"Effect": "Allow", "Principal": {"Service": each.principal}, "Action": [*ACTIONS], "Resource": "*"}
        name = f"{each.rule} {each.block}"
        yield Case(f"{name} as it should be", each, right, Verdict.HOLDS)
        for action in ACTIONS:
            left = [other for other in ACTIONS if other != action]
            yield Case(f"{name} without {action}", each, right | {"Action": left}, Verdict.BROKEN)
        other = right | {"Principal": {"Service": "ec2.amazonaws.com"}}
        yield Case(f"{name} for another service", each, other, Verdict.BROKEN)
        yield from _conditioned(name, each, right)


def _conditioned(name: str, each: Combination, right: dict[str, Any]) -> Iterator[Case]:
    """With conditions on the source: met, not met, or not documented."""
    undocumented = {None: Verdict.BROKEN, "": Verdict.UNPROVEN}
    for words, account in (("this", ACCOUNT), ("another", "444455556666")):
        condition = {"StringEquals": {"aws:SourceAccount": account}}
        met = Verdict.HOLDS if account == ACCOUNT else Verdict.BROKEN
        expected = met if each.account else Verdict.UNPROVEN if each.account is False else Verdict.BROKEN
        yield Case(f"{name} for {words} account", each, right | {"Condition": condition}, expected)
    for words, source in (("its", each.source or "arn:aws:*:*:*:*"), ("another", "arn:aws:sns:eu-west-3:*:zz")):
        condition = {"ArnLike": {"aws:SourceArn": source}}
        met = Verdict.HOLDS if words == "its" else Verdict.BROKEN
        expected = met if each.source else undocumented[each.source]
        yield Case(f"{name} for {words} source", each, right | {"Condition": condition}, expected)
    not_told = {"StringEquals": {"kms:ViaService": f"{'sns' if each.thing == TOPIC else 'sqs'}.{REGION}.amazonaws.com"}}
    yield Case(f"{name} through the service", each, right | {"Condition": not_told}, Verdict.UNPROVEN)
    elsewhere = {"StringEquals": {"kms:ViaService": f"ec2.{REGION}.amazonaws.com"}}
    yield Case(f"{name} through another", each, right | {"Condition": elsewhere}, Verdict.BROKEN)


ROOT: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}


def policy(statement: dict[str, Any]) -> dict[str, Any]:
    """A key policy with the statement beside that for the account."""
    return {"Version": "2012-10-17", "Statement": [ROOT, statement]}


def naming(value: object, reference: object) -> Any:  # noqa: ANN401 - JSON
    """`value` with the reference to the topic or queue where that is named."""
    if isinstance(value, dict):
        return {name: naming(each, reference) for name, each in value.items()}
    if isinstance(value, list):
        return [naming(each, reference) for each in value]
    return reference if value == NAMED else value


def template(case: Case) -> dict[str, Any]:
    """The case in CloudFormation."""
    each = case.combination
    reference, _ = REFERENCES[each.thing]
    named = "AWS::SNS::Topic" if each.thing == TOPIC else "AWS::SQS::Queue"
    return {
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy(case.statement)}},
            "Named": {"Type": named, "Properties": {"KmsMasterKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
            "Consumer": {"Type": each.type, "Properties": naming(each.properties, reference)},
        }
    }


def configuration(case: Case) -> dict[str, Any]:
    """The case in Terraform."""
    each = case.combination
    _, reference = REFERENCES[each.thing]
    named = "aws_sns_topic" if each.thing == TOPIC else "aws_sqs_queue"
    return {
        "resource": {
            "aws_kms_key": {"key": {"policy": json.dumps(policy(case.statement))}},
            named: {"named": {"name": "named", "kms_master_key_id": "${aws_kms_key.key.arn}"}},
            each.block: {"consumer": naming(each.arguments, reference)},
        }
    }


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
@pytest.mark.parametrize(
    "language", ["cloudformation", pytest.param("terraform", marks=[pytest.mark.hcl, pytest.mark.deep])]
)
def test_each_way_to_spoil_it_is_told(case: Case, language: str, tmp_path: Path) -> None:
    """By the rule of the combination alone, be it broken or open; what is right holds."""
    given = Given(tmp_path, account=ACCOUNT, region=REGION)
    if language == "terraform":
        (tmp_path / "main.tf.json").write_text(json.dumps(configuration(case)), encoding="utf-8")
        stack = terraform.read(tmp_path, given)
    else:
        stack = cloudformation.read(json.dumps(template(case)), "template.json", given)
    found = check(stack).findings
    told = [each.verdict for each in found if each.rule == case.combination.rule]
    assert told == [case.expected]
    broken = {each.rule for each in found if each.verdict is Verdict.BROKEN}
    assert broken <= {case.combination.rule}


@pytest.mark.parametrize("number", ["02", "05", "07", "15", "19"])
def test_the_pairs_of_the_services(shared: Path, tmp_path: Path, number: str) -> None:
    """The broken one is broken by the rule of its combination and by nothing else, the right one by nothing."""
    rules = {"02": 701, "05": 702, "07": 704, "15": 705, "19": 706}
    (folder,) = (shared / "cases" / "services").glob(f"{number}-*")
    for name in ("broken", "right"):
        (file,) = folder.glob(f"{name}.*")
        here = tmp_path / name
        here.mkdir()
        text = file.read_text(encoding="utf-8")
        (here / file.name).write_text(text, encoding="utf-8")
        given = Given(here)
        is_hcl = file.suffix == ".tf"
        found = check(terraform.read(here, given) if is_hcl else cloudformation.read(text, file.name, given)).findings
        told = {each.rule for each in found if each.verdict is not Verdict.HOLDS}
        assert told == ({rules[number]} if name == "broken" else set()), (number, name)


def test_a_rule_says_what_is_lost_and_when_that_is_noticed() -> None:
    """In `keyfit explain`, each once, with AWS's own words; and in the finding."""
    told = CliRunner().invoke(explain, ["704"]).output
    expected = "at deployment: S3 refuses the notification. AWS then says: Unable to validate"
    assert told.count("Failure: ") == told.count(expected) == 1
    case = next(each for each in cases() if each.name.startswith("701") and each.expected is Verdict.BROKEN)
    stack = cloudformation.read(json.dumps(template(case)), "template.json", Given(Path()))
    (found,) = (each for each in check(stack).findings if each.rule == case.combination.rule)
    assert found.about.failure == "silent"
    assert found.message.endswith(": the alarm changes state and nobody is told")
