"""The ARNs of resource types, out of the Service Authorization Reference, for `make data`.

The listing knows the shape of each ARN. Which type of CloudFormation or Terraform has it, which of its properties fill
it, and which attributes return it, is this table: from the schemas of both.
"""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Row(NamedTuple):
    """A type: its ARN in the listing, the property that names it, and the attributes that are the ARN and the name."""

    type: str
    listed: str
    name: str
    arns: tuple[str, ...]
    names: tuple[str, ...]


# A name `-` has no attribute; those of hashicorp/awscc follow from CloudFormation's but where they are here.
_TABLE: Final = """
AWS::CloudTrail::Trail                cloudtrail/trail         TrailName              Arn           Ref
AWS::CloudWatch::Alarm                cloudwatch/alarm         AlarmName              Arn           Ref
AWS::CloudWatch::CompositeAlarm       cloudwatch/alarm         AlarmName              Arn           Ref
AWS::DynamoDB::Table                  dynamodb/table           TableName              Arn           Ref
AWS::EKS::Cluster                     eks/cluster              Name                   Arn           Ref
AWS::Events::EventBus                 events/event-bus         Name                   Arn           Ref,Name
AWS::Events::Rule                     events/rule-on-default-event-bus  Name          Arn           Ref
AWS::Kinesis::Stream                  kinesis/stream           Name                   Arn           Ref
AWS::KinesisFirehose::DeliveryStream  firehose/deliverystream  DeliveryStreamName     Arn           Ref
AWS::Lambda::Function                 lambda/function          FunctionName           Arn           Ref
AWS::Logs::LogGroup                   logs/log-group           LogGroupName           Arn           Ref
AWS::SNS::Topic                       sns/topic                TopicName              Ref,TopicArn  TopicName
AWS::SQS::Queue                       sqs/queue                QueueName              Arn           QueueName
AWS::SecretsManager::Secret           secretsmanager/secret    Name                   Ref,Id        -
aws_cloudtrail                        cloudtrail/trail         name                   arn           name
aws_cloudwatch_composite_alarm        cloudwatch/alarm         alarm_name             arn           id,alarm_name
aws_cloudwatch_event_bus              events/event-bus         name                   arn           id,name
aws_cloudwatch_event_rule             events/rule-on-default-event-bus  name          arn           name
aws_cloudwatch_log_group              logs/log-group           name                   arn           id,name
aws_cloudwatch_metric_alarm           cloudwatch/alarm         alarm_name             arn           id,alarm_name
aws_dynamodb_table                    dynamodb/table           name                   arn           id,name
aws_eks_cluster                       eks/cluster              name                   arn           id,name
aws_kinesis_firehose_delivery_stream  firehose/deliverystream  name                   arn,id        name
aws_kinesis_stream                    kinesis/stream           name                   arn,id        name
aws_lambda_function                   lambda/function          function_name          arn           id,function_name
aws_secretsmanager_secret             secretsmanager/secret    name                   arn,id        name
aws_sns_topic                         sns/topic                name                   arn,id        name
aws_sqs_queue                         sqs/queue                name                   arn           name
aws_ssm_parameter                     ssm/parameter            name                   arn           id,name
awscc_events_rule                     events/rule-on-default-event-bus  name          arn,id        name
awscc_sqs_queue                       sqs/queue                queue_name             arn           queue_name
"""
ROWS: Final = [
    Row(type_, listed, name, tuple(arns.split(",")), () if names == "-" else tuple(names.split(",")))
    for type_, listed, name, arns, names in (line.split() for line in _TABLE.strip().splitlines())
]
_PLACE: Final = {"Partition": "{partition}", "Region": "{region}", "Account": "{account}"}
# What is not the name alone: a rule's ARN names its bus, unless that is the default one; CloudFormation returns the ARN
# of a log group with what stands for its streams, and a secret's ends in six characters that are made up.
_BUS: Final = {"AWS::": "{unless:EventBusName=default}{}", "aws_": "{unless:event_bus_name=default}{}"}
_FILLED: Final = {
    "events/rule-on-default-event-bus": {**_BUS, "awscc": _BUS["aws_"]},
    "logs/log-group": {"AWS::": "{}:*"},
    "secretsmanager/secret": dict.fromkeys(("AWS::", "aws_"), "{}-{made:secret_suffix}"),
    "ssm/parameter": {"aws_": "{:path}"},
}
_URL: Final = "https://sqs.{region}.{url_suffix}/{account}/"
_MORE: Final = {  # its URL stands for a queue, too; the `Ref` of a rule has the bus in it
    "AWS::SQS::Queue": dict.fromkeys(("Ref", "QueueUrl"), _URL + "{QueueName}"),
    "aws_sqs_queue": dict.fromkeys(("id", "url"), _URL + "{name}"),
    "awscc_sqs_queue": dict.fromkeys(("id", "queue_url"), _URL + "{queue_name}"),
    "AWS::Events::Rule": {"Ref": "{unless:EventBusName=default}{Name}"},
    "aws_cloudwatch_event_rule": {"id": "{unless:event_bus_name=default}{name}"},
}


def attributes(listing: Callable[[str, str], str]) -> dict[str, dict[str, str]]:
    """The attributes of every type of the table, as templates; `listing` gives the ARN of a service's resource."""
    return {row.type: dict(_attributes(row, listing)) for row in ROWS}


def _attributes(row: Row, listing: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    service, _, resource = row.listed.partition("/")
    template = re.sub(r"\$\{(\w+)\}", lambda found: _PLACE.get(found[1], _name(row)), listing(service, resource))
    yield from ((each, template) for each in row.arns)
    yield from ((each, f"{{{row.name}}}") for each in row.names)
    yield from _MORE.get(row.type, {}).items()


def _name(row: Row) -> str:
    """What fills the rest of the ARN: its property, and what stands beside it."""
    filled = next((each for start, each in _FILLED.get(row.listed, {}).items() if row.type.startswith(start)), "{}")
    parts = (f"{text}{_hole(row, name, words)}" for text, name, words, _ in Formatter().parse(filled))
    return "".join(parts)


def _hole(row: Row, name: str | None, words: str | None) -> str:
    if name is None:
        return ""
    return "{" + (name or row.name) + (f":{words}" if words else "") + "}"
