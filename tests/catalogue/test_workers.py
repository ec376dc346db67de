"""Whoever works on a thing that has a key: each permission taken away in turn, in both languages.

Generated, not typed: one row says how a thing is written, what is done to it, and what that needs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from keyfit.model.findings import Level, Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.services.spelling import TERRAFORM
from keyfit.verify import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.model.findings import Finding

pytestmark = pytest.mark.hcl

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
Json = dict[str, Any]
TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
DELEGATION: Final = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
WORKER: Final = f"arn:aws:iam::{ACCOUNT}:role/worker"


class Row(NamedTuple):
    """A thing by its type and properties (`KEY` is its key), its ARN, what is done to it, and what KMS is asked for."""

    rule: int
    type: str
    properties: Json
    arn: str
    done: str
    needs: tuple[str, ...]
    context: tuple[str, str] = ("", "")
    more: Json = {}  # noqa: RUF012 - never changed

    @property
    def language(self) -> str:
        """The language of the type."""
        return "terraform" if self.type.startswith(TERRAFORM) else "cloudformation"

    @property
    def service(self) -> str:
        """The service that calls KMS."""
        return self.done.partition(":")[0]


def _encrypted(bucket_key: bool) -> Json:  # noqa: FBT001 - it is one
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "KEY"}
    rule = {"BucketKeyEnabled": bucket_key, "ServerSideEncryptionByDefault": default}
    return {"BucketName": "thing", "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]}}


def _default(bucket_key: bool) -> Json:  # noqa: FBT001 - it is one
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": "KEY"}
    rule = {"bucket_key_enabled": bucket_key, "apply_server_side_encryption_by_default": default}
    return {"aws_s3_bucket_server_side_encryption_configuration": {"thing": {"bucket": "thing", "rule": rule}}}


HERE: Final = f"{REGION}:{ACCOUNT}"
TABLE: Final = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
}
_QUEUES: Final[tuple[tuple[str, Json], ...]] = (
    ("AWS::SQS::Queue", {"QueueName": "thing", "KmsMasterKeyId": "KEY"}),
    ("aws_sqs_queue", {"name": "thing", "kms_master_key_id": "KEY"}),
)
_TOPICS: Final[tuple[tuple[str, Json], ...]] = (
    ("AWS::SNS::Topic", {"TopicName": "thing", "KmsMasterKeyId": "KEY"}),
    ("aws_sns_topic", {"name": "thing", "kms_master_key_id": "KEY"}),
)
_STREAMS: Final[tuple[tuple[str, Json], ...]] = (
    ("AWS::Kinesis::Stream", {"Name": "thing", "StreamEncryption": {"EncryptionType": "KMS", "KeyId": "KEY"}}),
    ("aws_kinesis_stream", {"name": "thing", "encryption_type": "KMS", "kms_key_id": "KEY"}),
)
_SECRETS: Final[tuple[tuple[str, Json], ...]] = (
    ("AWS::SecretsManager::Secret", {"Name": "thing", "KmsKeyId": "KEY"}),
    ("aws_secretsmanager_secret", {"name": "thing", "kms_key_id": "KEY"}),
)
_TABLES: Final[tuple[tuple[str, Json], ...]] = (
    (
        "AWS::DynamoDB::Table",
        {"TableName": "thing", **TABLE, "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": "KEY"}},
    ),
    (
        "aws_dynamodb_table",
        {"name": "thing", "server_side_encryption": {"enabled": True, "kms_key_arn": "KEY"}},
    ),
)
_STREAM: Final = f"arn:aws:kinesis:{HERE}:stream/thing"
_PARAMETER: Final = f"arn:aws:ssm:{HERE}:parameter/thing"


def rows() -> Iterator[Row]:
    """Every combination that is one row of a page."""
    for type_, properties in _QUEUES:
        queue = (type_, properties, f"arn:aws:sqs:{HERE}:thing")
        yield Row(720, *queue, "sqs:ReceiveMessage", ("kms:Decrypt",))
        yield Row(721, *queue, "sqs:SendMessage", ("kms:GenerateDataKey", "kms:Decrypt"))
    for type_, properties in _TOPICS:
        topic = (type_, properties, f"arn:aws:sns:{HERE}:thing")
        yield Row(724, *topic, "sns:Publish", ("kms:GenerateDataKey", "kms:Decrypt"))
    for type_, properties in _STREAMS:
        stream, context = (type_, properties, _STREAM), ("aws:kinesis:arn", _STREAM)
        yield Row(722, *stream, "kinesis:GetRecords", ("kms:Decrypt",), context)
        yield Row(723, *stream, "kinesis:PutRecord", ("kms:GenerateDataKey",), context)
    for type_, properties in _SECRETS:
        secret = (type_, properties, f"arn:aws:secretsmanager:{HERE}:secret:thing-*")
        yield Row(820, *secret, "secretsmanager:GetSecretValue", ("kms:Decrypt",))
        six = (type_, properties, f"arn:aws:secretsmanager:{HERE}:secret:thing-??????")
        yield Row(820, *six, "secretsmanager:GetSecretValue", ("kms:Decrypt",))
        yield Row(821, *secret, "secretsmanager:PutSecretValue", ("kms:GenerateDataKey", "kms:Decrypt"))
    parameter = {"name": "/thing", "type": "SecureString", "value": "-", "key_id": "KEY"}
    context = ("PARAMETER_ARN", _PARAMETER)
    yield Row(822, "aws_ssm_parameter", parameter, _PARAMETER, "ssm:GetParameter", ("kms:Decrypt",), context)
    yield Row(829, "aws_ssm_parameter", parameter, _PARAMETER, "ssm:PutParameter", ("kms:Encrypt",), context)
    large = {**parameter, "tier": "Advanced"}
    yield Row(829, "aws_ssm_parameter", large, _PARAMETER, "ssm:PutParameter", ("kms:GenerateDataKey",), context)
    for type_, properties in _TABLES:
        table = (type_, properties, f"arn:aws:dynamodb:{HERE}:table/thing")
        yield Row(823, *table, "dynamodb:PutItem", ("kms:Decrypt",), ("aws:dynamodb:tableName", "thing"))
    for bucket_key in (False, True):
        context = ("aws:s3:arn", "arn:aws:s3:::thing" if bucket_key else "arn:aws:s3:::thing/*")
        named: Json = {"bucket": "thing"}
        ours = ("AWS::S3::Bucket", _encrypted(bucket_key), "arn:aws:s3:::thing/*")
        theirs = ("aws_s3_bucket", named, "arn:aws:s3:::thing/*")
        for rule, done, needs in ((824, "s3:GetObject", "kms:Decrypt"), (825, "s3:PutObject", "kms:GenerateDataKey")):
            yield Row(rule, *ours, done, (needs,), context)
            yield Row(rule, *theirs, done, (needs,), context, _default(bucket_key))


class Change(NamedTuple):
    """What is changed of a stack in which all holds, and what is said then; `None` for nothing."""

    own: list[Json]
    verdict: Verdict | None
    missing: tuple[str, ...] = ()
    key: tuple[Json, ...] = (DELEGATION,)
    level: Level = Level.ERROR


def changes(row: Row) -> Iterator[tuple[str, Change]]:
    """Each permission taken away in turn, and each condition put on."""
    works, uses = _allow([row.done], row.arn), _allow([*row.needs], "KEY")
    broken, holds = Verdict.BROKEN, Verdict.HOLDS
    yield "all", Change([works, uses], holds)
    for gone in row.needs:
        left = [each for each in row.needs if each != gone] or ["kms:ReEncryptTo"]
        yield f"without {gone}", Change([works, _allow(left, "KEY")], broken, (gone,))
    for word, verdict in ((row.service, holds), ("ec2", broken)):
        condition = {"StringEquals": {"kms:ViaService": f"{word}.{REGION}.amazonaws.com"}}
        yield f"through {word}", Change([works, {**uses, "Condition": condition}], verdict, _of(verdict, row))
    name, value = row.context
    for word, verdict in ((value, holds), ("another", broken)) if name else ():
        condition = {"StringLike": {f"kms:EncryptionContext:{name}": word}}
        yield f"for {word}", Change([works, {**uses, "Condition": condition}], verdict, _of(verdict, row))
    other = {**DELEGATION, "Principal": {"AWS": "arn:aws:iam::444455556666:root"}}
    yield "no delegation", Change([works, uses], broken, row.needs, (other,))
    itself = {**DELEGATION, "Principal": {"AWS": WORKER}}
    yield "in the key policy", Change([works], holds, (), (itself,))
    deny = {**uses, "Effect": "Deny"}
    yield "denied", Change([works, uses, deny], broken, row.needs)
    yield "another key", Change([works, _allow([*row.needs], f"{row.arn}/key")], broken, row.needs)
    every = _allow([f"{row.service}:*"], row.arn)
    yield "all actions", Change([every], broken, row.needs, level=Level.WARNING)
    yield "everything", Change([_allow([row.done], "*")], None)
    yield "all of all", Change([_allow(["*"], "*"), deny], None)
    yield "something else", Change([_allow([row.done], f"arn:aws:{row.service}:::another")], None)
    yield "not allowed to work", Change([works, {**works, "Effect": "Deny"}], None)


def _of(verdict: Verdict, row: Row) -> tuple[str, ...]:
    return row.needs if verdict is Verdict.BROKEN else ()


def _allow(actions: list[str], resource: str) -> Json:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


EVERY: Final = [(row, name, change) for row in rows() for name, change in changes(row)]


@pytest.mark.parametrize(
    ("row", "change"),
    [pytest.param(row, change, id=f"{row.rule} {row.type} {name}") for row, name, change in EVERY],
)
def test_each_permission_counts(row: Row, change: Change, tmp_path: Path) -> None:
    """With all of them it holds; what is missing is named; what says nothing of intent is silent."""
    found = [each for each in told(row, change, tmp_path) if each.rule == row.rule]
    if change.verdict is None:
        assert found == []
        return
    (only,) = found
    assert (only.verdict, only.level) == (change.verdict, change.level)
    assert only.resource.rpartition(".")[2] == "worker"
    if change.missing:
        assert only.about.actions == change.missing


def told(row: Row, change: Change, folder: Path) -> tuple[Finding, ...]:
    """Every finding about the stack of a row with that change."""
    given = Given(folder, ACCOUNT, REGION)
    if row.language == "terraform":
        (folder / "main.tf.json").write_text(json.dumps(_configuration(row, change)), encoding="utf-8")
        result = check(terraform.read(folder, given))
    else:
        result = check(cloudformation.read(json.dumps(_template(row, change)), "stack.json", given))
    assert result.failures == ()
    return result.findings


PAIRS: Final = {"03": 820, "04": 827, "06": 720, "08": 825, "12": 823, "14": 826, "16": 828, "18": 723}


@pytest.mark.parametrize("number", PAIRS)
def test_the_pairs_of_the_services(shared: Path, tmp_path: Path, number: str) -> None:
    """The broken one is broken by the rule of its combination and by nothing else, the right one by nothing."""
    (folder,) = (shared / "cases" / "services").glob(f"{number}-*")
    for name in ("broken", "right"):
        (file,) = folder.glob(f"{name}.*")
        here = tmp_path / name
        here.mkdir()
        text = file.read_text(encoding="utf-8")
        (here / file.name).write_text(text, encoding="utf-8")
        given = Given(here, ACCOUNT, REGION)
        is_hcl = file.suffix == ".tf"
        result = check(terraform.read(here, given) if is_hcl else cloudformation.read(text, file.name, given))
        broken = {each.rule for each in result.findings if each.verdict is Verdict.BROKEN}
        assert broken == ({PAIRS[number]} if name == "broken" else set()), (number, name)


def _template(row: Row, change: Change) -> Json:
    policies = [{"PolicyName": "own", "PolicyDocument": _policy(change.own)}]
    role = {"RoleName": "worker", "AssumeRolePolicyDocument": TRUST, "Policies": policies}
    resources = {
        "key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": _policy(change.key)}},
        "thing": {"Type": row.type, "Properties": row.properties},
        "worker": {"Type": "AWS::IAM::Role", "Properties": role},
    }
    return {"Resources": _with_key(resources, {"Fn::GetAtt": ["key", "Arn"]})}


def _configuration(row: Row, change: Change) -> Json:
    key = "${aws_kms_key.key.arn}"
    own = json.dumps(_with_key(_policy(change.own), key))
    resources = {
        "aws_kms_key": {"key": {"policy": json.dumps(_policy(change.key))}},
        row.type: {"thing": row.properties},
        "aws_iam_role": {"worker": {"name": "worker", "assume_role_policy": json.dumps(TRUST)}},
        "aws_iam_role_policy": {"own": {"role": "${aws_iam_role.worker.id}", "policy": own}},
        **row.more,
    }
    return {"resource": _with_key(resources, key)}


def _policy(statements: list[Json] | tuple[Json, ...]) -> Json:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _with_key(value: Any, key: object) -> Any:  # noqa: ANN401 - JSON
    """The value with its key in the place of `KEY`."""
    match value:
        case "KEY":
            return key
        case dict():
            return {name: _with_key(inner, key) for name, inner in value.items()}
        case list():
            return [_with_key(inner, key) for inner in value]
        case _:
            return value
