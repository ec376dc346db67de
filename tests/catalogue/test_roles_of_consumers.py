"""What the role of a consumer needs on the keys of what it works on: each permission taken away in turn.

Generated, not typed: one row says how a consumer is written in both languages, and what its role needs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from keyfit.model.findings import Level, Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.verify import check
from tests.catalogue.test_workers import ACCOUNT, DELEGATION, REGION, TRUST, WORKER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.model.findings import Finding

pytestmark = pytest.mark.hcl

Json = dict[str, Any]
BOTH: Final = ("kms:GenerateDataKey", "kms:Decrypt")
HOLDS, BROKEN, UNPROVEN = Verdict.HOLDS, Verdict.BROKEN, Verdict.UNPROVEN


class Row(NamedTuple):
    """A consumer in both languages, with `KEY` and `ROLE` in it, and what KMS is asked for through a service.

    `through` is what a condition on that service says: unproven where AWS's pages do not tell.
    """

    name: str
    rule: int
    needs: tuple[str, ...]
    service: str
    template: Json
    configuration: Json
    through: Verdict = HOLDS
    level: Level = Level.ERROR


def _of(type_: str, properties: Json) -> Json:
    return {"Type": type_, "Properties": properties}


QUEUE: Final = _of("AWS::SQS::Queue", {"KmsMasterKeyId": "KEY"})
TOPIC: Final = _of("AWS::SNS::Topic", {"KmsMasterKeyId": "KEY"})
STREAM: Final = _of("AWS::Kinesis::Stream", {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": "KEY"}})
AWS_QUEUE: Final = {"aws_sqs_queue": {"thing": {"name": "thing", "kms_master_key_id": "KEY"}}}
AWS_TOPIC: Final = {"aws_sns_topic": {"thing": {"name": "thing", "kms_master_key_id": "KEY"}}}
AWS_STREAM: Final = {"aws_kinesis_stream": {"thing": {"name": "thing", "encryption_type": "KMS", "kms_key_id": "KEY"}}}
ARN: Final = {"Fn::GetAtt": ["thing", "Arn"]}
REF: Final = {"Ref": "thing"}
THINGS: Final = {
    "queue": (QUEUE, ARN, AWS_QUEUE, "${aws_sqs_queue.thing.arn}"),
    "topic": (TOPIC, REF, AWS_TOPIC, "${aws_sns_topic.thing.arn}"),
    "stream": (STREAM, ARN, AWS_STREAM, "${aws_kinesis_stream.thing.arn}"),
}
FUNCTION: Final[Json] = _of(
    "AWS::Lambda::Function", {"Role": "ROLE", "Code": {}, "Handler": "a.b", "Runtime": "python3.13"}
)
AWS_FUNCTION: Final[Json] = {"aws_lambda_function": {"works": {"function_name": "works", "role": "ROLE"}}}
ELSEWHERE: Final = "arn:aws:sqs:eu-west-1:111122223333:elsewhere"


def rows() -> Iterator[Row]:
    """Every combination."""
    yield from _deliveries()
    for thing, service, sent, received in (
        ("queue", "sqs", (721, BOTH), (720, ("kms:Decrypt",))),
        ("topic", "sns", (724, BOTH), None),
        ("stream", "kinesis", (723, ("kms:GenerateDataKey",)), (722, ("kms:Decrypt",))),
    ):
        made, named, aws_made, aws_named = THINGS[thing]
        for name, ours, theirs in _senders(named, aws_named):
            yield Row(f"{name} to {thing}", sent[0], sent[1], service, {"thing": made, **ours}, {**aws_made, **theirs})
        if received is not None:
            for name, ours, theirs in _receivers(named, aws_named):
                yield Row(
                    f"{name} of {thing}",
                    received[0],
                    received[1],
                    service,
                    {"thing": made, **ours},
                    {**aws_made, **theirs},
                )


def _senders(named: object, aws_named: str) -> Iterator[tuple[str, Json, Json]]:
    yield (
        "schedule",
        {"it": _of("AWS::Scheduler::Schedule", {"Target": {"Arn": named, "RoleArn": "ROLE"}})},
        {"aws_scheduler_schedule": {"it": {"target": {"arn": aws_named, "role_arn": "ROLE"}}}},
    )
    yield (
        "dead letters of a schedule",
        {
            "it": _of(
                "AWS::Scheduler::Schedule",
                {"Target": {"Arn": ELSEWHERE, "RoleArn": "ROLE", "DeadLetterConfig": {"Arn": named}}},
            )
        },
        {
            "aws_scheduler_schedule": {
                "it": {"target": {"arn": ELSEWHERE, "role_arn": "ROLE", "dead_letter_config": {"arn": aws_named}}}
            }
        },
    )
    yield (
        "pipe",
        {"it": _of("AWS::Pipes::Pipe", {"Source": ELSEWHERE, "Target": named, "RoleArn": "ROLE"})},
        {"aws_pipes_pipe": {"it": {"source": ELSEWHERE, "target": aws_named, "role_arn": "ROLE"}}},
    )


def _receivers(named: object, aws_named: str) -> Iterator[tuple[str, Json, Json]]:
    yield (
        "pipe",
        {"it": _of("AWS::Pipes::Pipe", {"Source": named, "Target": ELSEWHERE, "RoleArn": "ROLE"})},
        {"aws_pipes_pipe": {"it": {"source": aws_named, "target": ELSEWHERE, "role_arn": "ROLE"}}},
    )
    yield (
        "mapping",
        {
            "works": FUNCTION,
            "it": _of("AWS::Lambda::EventSourceMapping", {"FunctionName": {"Ref": "works"}, "EventSourceArn": named}),
        },
        {
            **AWS_FUNCTION,
            "aws_lambda_event_source_mapping": {
                "it": {"function_name": "${aws_lambda_function.works.arn}", "event_source_arn": aws_named}
            },
        },
    )


def _deliveries() -> Iterator[Row]:
    stream, aws_stream = "AWS::KinesisFirehose::DeliveryStream", "aws_kinesis_firehose_delivery_stream"
    to_bucket: Json = {
        "RoleARN": "ROLE",
        "BucketARN": "arn:aws:s3:::clicks",
        "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": "KEY"}},
    }
    aws_to_bucket = {"role_arn": "ROLE", "bucket_arn": "arn:aws:s3:::clicks", "kms_key_arn": "KEY"}
    written: tuple[tuple[str, Json, Json], ...] = (
        ("S3", {"ExtendedS3DestinationConfiguration": to_bucket}, {"extended_s3_configuration": aws_to_bucket}),
        *(
            (word, {one: {"S3Configuration": to_bucket}}, {other: {"s3_configuration": aws_to_bucket}})
            for word, one, other in (
                ("Redshift", "RedshiftDestinationConfiguration", "redshift_configuration"),
                ("OpenSearch", "AmazonopensearchserviceDestinationConfiguration", "opensearch_configuration"),
                ("Splunk", "SplunkDestinationConfiguration", "splunk_configuration"),
                ("HTTP", "HttpEndpointDestinationConfiguration", "http_endpoint_configuration"),
            )
        ),
    )
    for name, ours, theirs in written:
        made = {"it": _of(stream, ours)}, {aws_stream: {"it": {"name": "it", **theirs}}}
        yield Row(f"delivery to {name}", 826, BOTH, "s3", *made)
    yield Row(
        "replication", 827, ("kms:Encrypt",), "s3",
        {"it": _of("AWS::S3::Bucket", {"ReplicationConfiguration": {"Role": "ROLE", "Rules": [{
            "Status": "Enabled",
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "Destination": {
                "Bucket": "arn:aws:s3:::copies",
                "EncryptionConfiguration": {"ReplicaKmsKeyID": "KEY"},
            },
        }]}})},
        {"aws_s3_bucket": {"it": {"bucket": "it", "replication_configuration": {"role": "ROLE", "rules": {
            "status": "Enabled",
            "source_selection_criteria": {"sse_kms_encrypted_objects": {"enabled": True}},
            "destination": {"bucket": "arn:aws:s3:::copies", "replica_kms_key_id": "KEY"},
        }}}}},
    )  # fmt: skip
    yield Row(
        "pipeline", 828, BOTH, "s3",
        {"it": _of("AWS::CodePipeline::Pipeline", {
            "RoleArn": "ROLE",
            "ArtifactStore": {"Type": "S3", "Location": "a", "EncryptionKey": {"Type": "KMS", "Id": "KEY"}},
        })},
        {"aws_codepipeline": {"it": {
            "name": "it",
            "role_arn": "ROLE",
            "artifact_store": {"type": "S3", "location": "a", "encryption_key": {"type": "KMS", "id": "KEY"}},
        }}},
        UNPROVEN,
    )  # fmt: skip


class Change(NamedTuple):
    """The role's own policy and the key policy, what is said then, and what is missing."""

    own: tuple[Json, ...]
    verdict: Verdict
    missing: tuple[str, ...] = ()
    key: tuple[Json, ...] = (DELEGATION,)


def changes(row: Row) -> Iterator[tuple[str, Change]]:
    """Each action taken away in turn, each principal exchanged, and conditions put on."""
    uses = {"Effect": "Allow", "Action": [*row.needs], "Resource": "KEY"}
    yield "all", Change((uses,), HOLDS)
    for gone in row.needs:
        left = [each for each in row.needs if each != gone] or ["kms:DescribeKey"]
        yield f"without {gone}", Change(({**uses, "Action": left},), BROKEN, (gone,))
    for word, verdict in ((row.service, row.through), ("ec2", BROKEN)):
        condition = {"StringEquals": {"kms:ViaService": f"{word}.{REGION}.amazonaws.com"}}
        yield f"through {word}", Change(({**uses, "Condition": condition},), verdict)
    yield "of a service", Change(({**uses, "Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}}},), BROKEN)
    other = {**DELEGATION, "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
    yield "no delegation", Change((uses,), BROKEN, row.needs, (other,))
    itself = {**DELEGATION, "Principal": {"AWS": WORKER}, "Action": [*row.needs]}
    yield "in the key policy", Change((), HOLDS, (), (itself,))
    another = {**itself, "Principal": {"AWS": WORKER.replace("worker", "another")}}
    yield "another in the key policy", Change((), BROKEN, row.needs, (another,))
    yield "denied", Change((uses, {**uses, "Effect": "Deny"}), BROKEN, row.needs)
    yield "another key", Change(({**uses, "Resource": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"},), BROKEN)


EVERY: Final = [(row, name, change) for row in rows() for name, change in changes(row)]


@pytest.mark.parametrize("language", ["cloudformation", "terraform"])
@pytest.mark.parametrize(
    ("row", "change"), [pytest.param(row, change, id=f"{row.name} {name}") for row, name, change in EVERY]
)
def test_each_permission_of_the_role_counts(row: Row, change: Change, language: str, tmp_path: Path) -> None:
    """With all of them it holds; what is missing is named; both languages say the same."""
    made = _template(row, change) if language == "cloudformation" else _configuration(row, change)
    found = [each for each in _told(made, language, tmp_path) if each.rule == row.rule]
    assert [(each.verdict, each.level) for each in found] == [(change.verdict, row.level)]
    if change.missing:
        assert found[0].about.actions == change.missing


def _told(made: Json, language: str, folder: Path) -> tuple[Finding, ...]:
    given = Given(folder, ACCOUNT, REGION)
    if language == "terraform":
        (folder / "main.tf.json").write_text(json.dumps(made), encoding="utf-8")
        result = check(terraform.read(folder, given))
    else:
        result = check(cloudformation.read(json.dumps(made), "stack.json", given))
    assert result.failures == ()
    return result.findings


def _template(row: Row, change: Change) -> Json:
    role = {
        "RoleName": "worker",
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [{"PolicyName": "own", "PolicyDocument": _policy(change.own)}] if change.own else [],
    }
    resources = {
        "key": _of("AWS::KMS::Key", {"KeyPolicy": _policy(change.key)}),
        "worker": _of("AWS::IAM::Role", role),
        **row.template,
    }
    return {"Resources": _with(resources, {"Fn::GetAtt": ["key", "Arn"]}, {"Fn::GetAtt": ["worker", "Arn"]})}


def _configuration(row: Row, change: Change) -> Json:
    key, role = "${aws_kms_key.key.arn}", "${aws_iam_role.worker.arn}"
    resources = {
        "aws_kms_key": {"key": {"policy": json.dumps(_policy(change.key))}},
        "aws_iam_role": {"worker": {"name": "worker", "assume_role_policy": json.dumps(TRUST)}},
        **row.configuration,
    }
    if change.own:
        policy = json.dumps(_with(_policy(change.own), key, role))
        resources["aws_iam_role_policy"] = {"own": {"role": "${aws_iam_role.worker.id}", "policy": policy}}
    return {"resource": _with(resources, key, role)}


def _policy(statements: tuple[Json, ...]) -> Json:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _with(value: Any, key: object, role: object) -> Any:  # noqa: ANN401 - JSON
    """The value with its key in the place of `KEY`, and its role in that of `ROLE`."""
    match value:
        case "KEY":
            return key
        case "ROLE":
            return role
        case dict():
            return {name: _with(inner, key, role) for name, inner in value.items()}
        case list():
            return [_with(inner, key, role) for inner in value]
        case _:
            return value
