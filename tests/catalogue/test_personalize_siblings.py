"""A Personalize job and its bucket, and whoever creates it: each permission taken away in turn, in both languages.

Generated, not typed: an import job of which all holds, and from it each action taken out, each principal exchanged, and
conditions put on, in the bucket policy, in the role's own policy and in that of the principal that deploys.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from keyfit.model.findings import Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.verify import check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.verify import Result

pytestmark = pytest.mark.hcl

Json = dict[str, Any]
ACCOUNT: Final = "111122223333"
SERVICE: Final = "personalize.amazonaws.com"
READS: Final = ("s3:GetObject", "s3:ListBucket")
CREATES: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey")
BUCKET: Final = ["arn:aws:s3:::films", "arn:aws:s3:::films/*"]
HOLDS, BROKEN = Verdict.HOLDS, Verdict.BROKEN
VPC: Final = {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}


class Stack(NamedTuple):
    """The statements of the bucket policy, of the role and of the deployer, and what is said by each rule."""

    bucket: tuple[Json, ...]
    role: tuple[Json, ...]
    deployer: tuple[Json, ...]
    verdicts: dict[int, Verdict]


def allow(actions: tuple[str, ...], resource: object, **more: object) -> Json:
    """A statement."""
    return {"Effect": "Allow", "Action": [*actions], "Resource": resource, **more}


LETS_IN: Final = allow(READS, BUCKET, Principal={"Service": SERVICE})
OWN: Final = allow(READS, BUCKET)
USES: Final = allow(CREATES, "*")
ALL: Final = {110: HOLDS, 111: HOLDS}
BUCKET_IS_NOT: Final = {110: HOLDS, 111: BROKEN}
DEPLOYER_IS_NOT: Final = {110: BROKEN, 111: HOLDS}


def every() -> Iterator[tuple[str, Stack]]:
    """The job as it should be, and spoiled in every way."""
    yield "all", Stack((LETS_IN,), (OWN,), (USES,), ALL)
    for gone in READS:
        left = tuple(each for each in READS if each != gone)
        yield f"service without {gone}", Stack(({**LETS_IN, "Action": left},), (OWN,), (USES,), BUCKET_IS_NOT)
        yield f"role without {gone}", Stack((LETS_IN,), (allow(left, BUCKET),), (USES,), BUCKET_IS_NOT)
    for gone in CREATES:
        left = tuple(each for each in CREATES if each != gone)
        yield f"deployer without {gone}", Stack((LETS_IN,), (OWN,), (allow(left, "*"),), DEPLOYER_IS_NOT)
    other = {**LETS_IN, "Principal": {"Service": "ec2.amazonaws.com"}}
    yield "another service", Stack((other,), (OWN,), (USES,), BUCKET_IS_NOT)
    yield "no role", Stack((LETS_IN,), (), (USES,), BUCKET_IS_NOT)
    by_bucket = {**LETS_IN, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/worker"}}
    yield "role by the bucket policy", Stack((LETS_IN, by_bucket), (), (USES,), ALL)
    elsewhere = allow(READS, ["arn:aws:s3:::others", "arn:aws:s3:::others/*"])
    yield "another bucket", Stack((LETS_IN,), (elsewhere,), (USES,), BUCKET_IS_NOT)
    denied = {**LETS_IN, "Effect": "Deny", "Principal": "*", "Condition": VPC}
    yield "a Deny for all but a VPC", Stack((LETS_IN, denied), (OWN,), (USES,), BUCKET_IS_NOT)
    yield "the role denied", Stack((LETS_IN,), (OWN, {**OWN, "Effect": "Deny"}), (USES,), BUCKET_IS_NOT)
    yield "the deployer denied", Stack((LETS_IN,), (OWN,), (USES, {**USES, "Effect": "Deny"}), DEPLOYER_IS_NOT)


@pytest.mark.parametrize("language", ["cloudformation", "terraform"])
@pytest.mark.parametrize("stack", [pytest.param(each, id=name) for name, each in every()])
def test_each_permission_counts(stack: Stack, language: str, tmp_path: Path) -> None:
    """Both languages say the same: of the service and of the role (111), and of whoever creates the group (110)."""
    result = _of_template(stack, tmp_path) if language == "cloudformation" else _of_configuration(stack, tmp_path)
    assert result.failures == ()
    told = {(each.rule, each.verdict) for each in result.findings if each.rule in {110, 111}}
    assert told == set(stack.verdicts.items())


def _of_template(stack: Stack, folder: Path) -> Result:
    template = {
        "Resources": {
            "Key": _made("AWS::KMS::Key", KeyPolicy=_policy((DELEGATION,))),
            "Films": _made("AWS::S3::Bucket", BucketName="films"),
            "Policy": _made("AWS::S3::BucketPolicy", Bucket={"Ref": "Films"}, PolicyDocument=_policy(stack.bucket)),
            "worker": _role("worker", SERVICE, stack.role),
            "deployer": _role("deployer", "cloudformation.amazonaws.com", stack.deployer),
            "Group": _made(
                "AWS::Personalize::DatasetGroup", Name="films",
                KmsKeyArn=_arn("Key"), RoleArn=f"arn:aws:iam::{ACCOUNT}:role/other",
            ),
            "Data": _made(
                "AWS::Personalize::Dataset",
                DatasetGroupArn={"Ref": "Group"},
                DatasetImportJob={"JobName": "j", "DataSource": {"DataLocation": S3}, "RoleArn": _arn("worker")},
            ),
        }
    }  # fmt: skip
    return check(cloudformation.read(json.dumps(template), "stack.json", _given(folder)))


def _of_configuration(stack: Stack, folder: Path) -> Result:
    roles = {"worker": (SERVICE, stack.role), "deployer": ("cloudformation.amazonaws.com", stack.deployer)}
    job = {"job_name": "j", "data_source": {"data_location": S3}, "role_arn": "${aws_iam_role.worker.arn}"}
    resource: Json = {
        "aws_kms_key": {"Key": {"policy": json.dumps(_policy((DELEGATION,)))}},
        "aws_s3_bucket": {"Films": {"bucket": "films"}},
        "aws_s3_bucket_policy": {"Policy": {"bucket": "films", "policy": json.dumps(_policy(stack.bucket))}},
        "aws_iam_role": {
            name: {"name": name, "assume_role_policy": json.dumps(_trust(service))}
            for name, (service, _) in roles.items()
        },
        "aws_iam_role_policy": {
            name: {"role": f"${{aws_iam_role.{name}.id}}", "policy": json.dumps(_policy(statements))}
            for name, (_, statements) in roles.items()
            if statements
        },
        "awscc_personalize_dataset_group": {
            "Group": {
                "name": "films",
                "kms_key_arn": "${aws_kms_key.Key.arn}",
                "role_arn": f"arn:aws:iam::{ACCOUNT}:role/other",
            }
        },
        "awscc_personalize_dataset": {
            "Data": {
                "dataset_group_arn": "${awscc_personalize_dataset_group.Group.dataset_group_arn}",
                "dataset_import_job": job,
            }
        },
    }
    (folder / "main.tf.json").write_text(json.dumps({"resource": resource}), encoding="utf-8")
    return check(terraform.read(folder, _given(folder)))


def _given(folder: Path) -> Given:
    return Given(folder, ACCOUNT, "eu-west-1", deployer=f"arn:aws:iam::{ACCOUNT}:role/deployer")


DELEGATION: Final = allow(("kms:*",), "*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"})
S3: Final = "s3://films/interactions.csv"


def _made(type_: str, **properties: object) -> Json:
    return {"Type": type_, "Properties": properties}


def _arn(name: str) -> Json:
    return {"Fn::GetAtt": [name, "Arn"]}


def _policy(statements: tuple[Json, ...]) -> Json:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def _trust(service: str) -> Json:
    return _policy(({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"},))


def _role(name: str, service: str, statements: tuple[Json, ...]) -> Json:
    policies = [{"PolicyName": "own", "PolicyDocument": _policy(statements)}] if statements else []
    return _made("AWS::IAM::Role", RoleName=name, AssumeRolePolicyDocument=_trust(service), Policies=policies)
