"""What AWS's pages ask of the keys of log groups, trails, volumes and buckets, spoiled in every way, in both languages.

Generated, not typed: each action that is needed is taken out, the principal is exchanged, and conditions are put on.
The expectation is of its own: by what the pages say of the calls, not by what the rules make of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pytest

from keyfit.model.findings import Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.verify import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.verify import Result

pytestmark = pytest.mark.hcl

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-west-1"
HOLDS, BROKEN, UNPROVEN = Verdict.HOLDS, Verdict.BROKEN, Verdict.UNPROVEN
Json = dict[str, Any]


class Example(NamedTuple):
    """A consumer with the statements that AWS's page asks for, as two tables of resources, and what conditions do.

    `needed` are the actions that the rule asks for, by statement; `conditions` are put on the first statement.
    """

    rule: int
    statements: tuple[Json, ...]
    needed: tuple[tuple[str, ...], ...]
    template: Json
    configuration: Json
    conditions: tuple[tuple[Json, Verdict], ...] = ()


class Spoiled(NamedTuple):
    """An example with other statements, what is to be said of it, and the action that is gone, if one is."""

    name: str
    example: Example
    statements: tuple[Json, ...]
    verdict: Verdict
    gone: str = ""


# --- the examples --------------------------------------------------------------------------------------------------


def statement(principal: Json, *actions: str, condition: Json | None = None) -> Json:
    """An Allow on the key."""
    made = {"Effect": "Allow", "Principal": principal, "Action": list(actions), "Resource": "*"}
    return {**made, "Condition": condition} if condition else made


def service(name: str) -> Json:
    """A service principal."""
    return {"Service": name}


KEY = {"Fn::GetAtt": ["Key", "Arn"]}
AWS_KEY = "${aws_kms_key.Key.arn}"
COMMON = (
    ({"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}, HOLDS),
    ({"StringEquals": {"kms:KeySpec": "RSA_2048"}}, BROKEN),
    ({"StringEquals": {"aws:ResourceAccount": ACCOUNT}}, HOLDS),
)
OF_SERVICES = (
    *COMMON,
    ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, HOLDS),
    ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, BROKEN),
    ({"StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}}, BROKEN),
)
ON_OWN_KEY = (*OF_SERVICES, ({"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, BROKEN))
ON_BUCKET_KEY = (*OF_SERVICES, ({"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}, UNPROVEN))
OF_IDENTITIES = (*COMMON, ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, BROKEN))
SOURCE = "arn:{partition}:logs:{region}:{account}:"
TRAIL = "arn:{partition}:cloudtrail:{region}:{account}:trail/"
LINKED = {
    "AWS": "arn:{partition}:iam::{account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
}
BUILDER = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/builder"}
GRANTS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
SIX = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey")
VOLUME = ("kms:GenerateDataKeyWithoutPlaintext", *SIX)

BUCKET: Json = {
    "Type": "AWS::S3::Bucket",
    "Properties": {
        "BucketName": "records",
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}}
            ]
        },
    },
}
AWS_BUCKET: Json = {
    "aws_s3_bucket": {"Bucket": {"bucket": "records"}},
    "aws_s3_bucket_server_side_encryption_configuration": {
        "Bucket": {
            "bucket": "${aws_s3_bucket.Bucket.id}",
            "rule": {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": AWS_KEY}
            },
        }
    },
}


def own(type_: str, properties: Json, aws_type: str, arguments: Json) -> tuple[Json, Json]:
    """One consumer, in both languages."""
    return {"It": {"Type": type_, "Properties": properties}}, {aws_type: {"It": arguments}}


LOG_GROUP = Example(
    901,
    (statement(service("logs.{region}.amazonaws.com"), *SIX[:-1]), statement(BUILDER, "kms:DescribeKey")),
    (SIX[:-1],),
    *own(
        "AWS::Logs::LogGroup", {"LogGroupName": "/till", "KmsKeyId": KEY},
        "aws_cloudwatch_log_group", {"name": "/till", "kms_key_id": AWS_KEY},
    ),
    (
        *ON_OWN_KEY,
        ({"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{SOURCE}log-group:/till"}}, HOLDS),
        ({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"{SOURCE}*"}}, HOLDS),
        ({"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{SOURCE}log-group:/till:*"}}, BROKEN),
        ({"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": f"{SOURCE}log-group:/tills"}}, BROKEN),
        ({"StringEquals": {"aws:SourceAccount": "{account}"}}, UNPROVEN),
        ({"ArnLike": {"aws:SourceArn": f"{SOURCE}*"}}, UNPROVEN),
    ),
)  # fmt: skip
TRAILS = Example(
    903,
    (statement(service("cloudtrail.amazonaws.com"), "kms:GenerateDataKey", "kms:DescribeKey"),),
    (("kms:GenerateDataKey", "kms:DescribeKey"),),
    *own(
        "AWS::CloudTrail::Trail", {"TrailName": "rounds", "IsLogging": True, "S3BucketName": "x", "KMSKeyId": KEY},
        "aws_cloudtrail", {"name": "rounds", "s3_bucket_name": "x", "kms_key_id": AWS_KEY},
    ),
    (
        *ON_OWN_KEY,
        ({"StringEquals": {"aws:SourceArn": f"{TRAIL}rounds"}}, HOLDS),
        ({"StringEquals": {"aws:SourceArn": f"{TRAIL}round"}}, BROKEN),
        ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, HOLDS),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, BROKEN),
        # It takes `kms:DescribeKey` away.
        ({"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"{TRAIL}*"}}, BROKEN),
    ),
)  # fmt: skip
EVENTS = Example(
    904,
    (statement(service("cloudtrail.amazonaws.com"), "kms:GenerateDataKey", "kms:Decrypt"),),
    (("kms:GenerateDataKey", "kms:Decrypt"),),
    *own(
        "AWS::CloudTrail::EventDataStore", {"Name": "events", "KmsKeyId": KEY},
        "aws_cloudtrail_event_data_store", {"name": "events", "kms_key_id": AWS_KEY},
    ),
    (*ON_OWN_KEY, ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, UNPROVEN)),
)  # fmt: skip
FLOW_LOG = Example(
    908,
    (statement(service("delivery.logs.amazonaws.com"), *SIX),),
    (SIX,),
    {
        "Bucket": BUCKET,
        "It": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": "vpc-0123456789abcdef0",
                "ResourceType": "VPC",
                "LogDestinationType": "s3",
                "LogDestination": {"Fn::Sub": "${Bucket.Arn}/flows"},
            },
        },
    },
    {
        **AWS_BUCKET,
        "aws_flow_log": {
            "It": {
                "vpc_id": "vpc-0123456789abcdef0",
                "log_destination_type": "s3",
                "log_destination": "${aws_s3_bucket.Bucket.arn}/flows",
            }
        },
    },
    (
        *ON_BUCKET_KEY,
        ({"ArnLike": {"aws:SourceArn": f"{SOURCE}*"}}, HOLDS),
        ({"StringEquals": {"aws:SourceAccount": "{account}"}}, HOLDS),
        ({"StringEquals": {"aws:SourceAccount": "999999999999"}}, BROKEN),
        ({"ArnLike": {"aws:SourceArn": f"{SOURCE}log-group:*"}}, UNPROVEN),
    ),
)
ACCESS_LOGS = Example(
    804,
    (statement(service("logging.s3.amazonaws.com"), "kms:GenerateDataKey", "kms:Decrypt"),),
    (("kms:GenerateDataKey", "kms:Decrypt"),),
    {
        "Bucket": BUCKET,
        "It": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"LoggingConfiguration": {"DestinationBucketName": {"Ref": "Bucket"}}},
        },
    },
    {
        **AWS_BUCKET,
        "aws_s3_bucket_logging": {
            "It": {"bucket": "shop", "target_bucket": "${aws_s3_bucket.Bucket.id}", "target_prefix": ""}
        },
    },
    (*ON_BUCKET_KEY, ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, UNPROVEN)),
)
BALANCER = Example(
    909,
    (statement(service("delivery.logs.amazonaws.com"), *SIX),),
    (SIX,),
    {
        "Bucket": BUCKET,
        "It": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {
                "Type": "network",
                "LoadBalancerAttributes": [
                    {"Key": "access_logs.s3.bucket", "Value": {"Ref": "Bucket"}},
                    {"Key": "access_logs.s3.enabled", "Value": "true"},
                ],
            },
        },
    },
    {
        **AWS_BUCKET,
        "aws_lb": {
            "It": {
                "load_balancer_type": "network",
                "access_logs": {"bucket": "${aws_s3_bucket.Bucket.id}", "enabled": True},
            }
        },
    },
    (*ON_BUCKET_KEY, ({"StringEquals": {"aws:SourceAccount": ACCOUNT}}, UNPROVEN)),
)
GROUP = Example(
    801,
    (statement(LINKED, *VOLUME), statement(LINKED, "kms:CreateGrant", condition=GRANTS)),
    (VOLUME, ("kms:CreateGrant",)),
    {
        "Template": {
            "Type": "AWS::EC2::LaunchTemplate",
            "Properties": {
                "LaunchTemplateData": {
                    "BlockDeviceMappings": [
                        {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}},
                        {"DeviceName": "/dev/xvdb", "Ebs": {"Encrypted": True, "KmsKeyId": KEY}},
                    ]
                }
            },
        },
        "It": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "MinSize": "1",
                "MaxSize": "2",
                "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}, "Version": "1"},
            },
        },
    },
    {
        "aws_launch_template": {
            "Template": {
                "block_device_mappings": [
                    {"device_name": "/dev/xvda", "ebs": {"volume_size": 8}},
                    {"device_name": "/dev/xvdb", "ebs": {"encrypted": True, "kms_key_id": AWS_KEY}},
                ]
            }
        },
        "aws_autoscaling_group": {
            "It": {"min_size": 1, "max_size": 2, "launch_template": {"id": "${aws_launch_template.Template.id}"}}
        },
    },
    (*OF_IDENTITIES, (GRANTS, BROKEN), ({"StringEquals": {"kms:ViaService": "ec2.{region}.amazonaws.com"}}, UNPROVEN)),
)
CLUSTER = Example(
    905,
    (statement(BUILDER, "kms:DescribeKey"), statement(BUILDER, "kms:CreateGrant")),
    (("kms:DescribeKey",), ("kms:CreateGrant",)),
    *own(
        "AWS::EKS::Cluster", {"EncryptionConfig": [{"Resources": ["secrets"], "Provider": {"KeyArn": KEY}}]},
        "aws_eks_cluster",
        {"name": "x", "encryption_config": {"resources": ["secrets"], "provider": {"key_arn": AWS_KEY}}},
    ),
    (*OF_IDENTITIES, (GRANTS, BROKEN), ({"StringEquals": {"kms:ViaService": "eks.{region}.amazonaws.com"}}, UNPROVEN)),
)  # fmt: skip
TABLE = Example(
    803,
    (statement(BUILDER, *SIX), statement(BUILDER, "kms:CreateGrant")),
    (SIX, ("kms:CreateGrant",)),
    *own(
        "AWS::DynamoDB::Table", {"TableName": "loans", "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": KEY}},
        "aws_dynamodb_table", {"name": "loans", "server_side_encryption": {"enabled": True, "kms_key_arn": AWS_KEY}},
    ),
    (
        *OF_IDENTITIES,
        ({"StringLike": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}, HOLDS),
        ({"StringEquals": {"kms:ViaService": "dynamodb.*.amazonaws.com"}}, BROKEN),
        ({"StringEquals": {"kms:ViaService": "s3.{region}.amazonaws.com"}}, BROKEN),
        ({"StringEqualsIfExists": {"kms:EncryptionContext:aws:dynamodb:tableName": "loans"}}, HOLDS),
        ({"StringEqualsIfExists": {"kms:EncryptionContext:aws:dynamodb:tableName": "books"}}, BROKEN),
    ),
)  # fmt: skip
DISK = Example(
    802,
    (statement(BUILDER, *VOLUME), statement(BUILDER, "kms:CreateGrant", condition=GRANTS)),
    (("kms:GenerateDataKeyWithoutPlaintext", "kms:Decrypt", "kms:DescribeKey"), ("kms:CreateGrant",)),
    *own(
        "AWS::EC2::Volume", {"AvailabilityZone": "eu-west-1a", "Encrypted": True, "KmsKeyId": KEY},
        "aws_ebs_volume", {"availability_zone": "eu-west-1a", "encrypted": True, "kms_key_id": AWS_KEY},
    ),
    (*OF_IDENTITIES, (GRANTS, BROKEN), ({"StringEquals": {"kms:ViaService": "ec2.{region}.amazonaws.com"}}, HOLDS)),
)  # fmt: skip
STREAM = Example(
    907,
    (statement(BUILDER, "kms:DescribeKey"), statement(BUILDER, "kms:CreateGrant")),
    (("kms:DescribeKey",), ("kms:CreateGrant",)),
    *own(
        "AWS::KinesisFirehose::DeliveryStream",
        {"DeliveryStreamEncryptionConfigurationInput": {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": KEY}},
        "aws_kinesis_firehose_delivery_stream",
        {"name": "x", "server_side_encryption": {"enabled": True, "key_arn": AWS_KEY}},
    ),
    (*OF_IDENTITIES, ({"StringEquals": {"kms:ViaService": "firehose.{region}.amazonaws.com"}}, HOLDS)),
)  # fmt: skip
EXAMPLES = (
    LOG_GROUP, TRAILS, EVENTS, FLOW_LOG, ACCESS_LOGS, BALANCER, GROUP, CLUSTER, TABLE, DISK, STREAM,
)  # fmt: skip

# --- spoiling ------------------------------------------------------------------------------------------------------


def every_way() -> Iterator[Spoiled]:
    """Each example as it is, and with one thing changed."""
    for example in EXAMPLES:
        rule, statements = example.rule, example.statements
        yield Spoiled(f"{rule} as it is", example, statements, HOLDS)
        for index, needed in enumerate(example.needed):
            for action in needed:
                left = [each for each in statements[index]["Action"] if each != action]
                spoiled = _with(statements, index, Action=left or ["kms:GetKeyPolicy"])
                yield Spoiled(f"{rule} without {action}", example, spoiled, BROKEN, action)
            other = _with(statements, index, Principal=service("ec2.amazonaws.com"))
            yield Spoiled(f"{rule} for another principal in statement {index}", example, other, BROKEN)
        for condition, verdict in example.conditions:
            spoiled = _with(statements, 0, Condition=condition)
            yield Spoiled(f"{rule} if {json.dumps(condition)}", example, spoiled, verdict)


def _with(statements: tuple[Json, ...], index: int, **elements: object) -> tuple[Json, ...]:
    return tuple({**each, **elements} if place == index else each for place, each in enumerate(statements))


# --- the two languages ---------------------------------------------------------------------------------------------

PSEUDO: Final = {"{partition}": "${AWS::Partition}", "{region}": "${AWS::Region}", "{account}": "${AWS::AccountId}"}
DATA: Final = {
    "{partition}": "${data.aws_partition.here.partition}",
    "{region}": "${data.aws_region.here.region}",
    "{account}": "${data.aws_caller_identity.here.account_id}",
}
KEEP = statement({"AWS": "arn:{partition}:iam::{account}:root"}, "kms:GetKeyPolicy", "kms:PutKeyPolicy")


def policy(spoiled: Spoiled) -> Json:
    """The key policy, which keeps the account in control and hands nothing else on to it."""
    return {"Version": "2012-10-17", "Statement": [KEEP, *spoiled.statements]}


def in_cloudformation(spoiled: Spoiled) -> Result:
    """What is found in the template."""
    key = {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": _filled(policy(spoiled), PSEUDO, "Fn::Sub")}}
    source = json.dumps({"Resources": {"Key": key, **spoiled.example.template}})
    return check(cloudformation.read(source, "stack.json", Given(Path.cwd(), account=ACCOUNT, region=REGION)))


def in_terraform(spoiled: Spoiled, folder: Path) -> Result:
    """What is found in the configuration."""
    text = json.dumps(_filled(policy(spoiled), DATA, ""))
    data: Json = {"aws_caller_identity": {"here": {}}, "aws_region": {"here": {}}, "aws_partition": {"here": {}}}
    resources = {"aws_kms_key": {"Key": {"policy": text}}, **spoiled.example.configuration}
    (folder / "main.tf.json").write_text(json.dumps({"data": data, "resource": resources}), encoding="utf-8")
    return check(terraform.read(folder, Given(folder, account=ACCOUNT, region=REGION)))


def _filled(value: Any, names: dict[str, str], function: str) -> Any:  # noqa: ANN401 - JSON
    match value:
        case str():
            written = value
            for name, sign in names.items():
                written = written.replace(name, sign)
            return {function: written} if function and written != value else written
        case list():
            return [_filled(each, names, function) for each in value]
        case dict():
            return {key: _filled(each, names, function) for key, each in value.items()}
        case _:
            return value


def told(spoiled: Spoiled, result: Result) -> None:
    """The rule says what is expected, and no other rule about what keys must allow says anything else."""
    assert result.failures == ()
    (found,) = [each for each in result.findings if each.rule == spoiled.example.rule]
    assert found.verdict is spoiled.verdict, found.message
    if spoiled.gone:
        assert spoiled.gone in found.about.actions or not found.about.principal
    others = {each.rule for each in result.findings if each.verdict is BROKEN and each.rule >= 700}
    assert others <= {spoiled.example.rule}


WAYS = list(every_way())
WHOLE = [each for each in WAYS if each.statements == each.example.statements]


@pytest.mark.parametrize("whole", WHOLE, ids=lambda whole: whole.name)
def test_the_statements_of_the_page_hold_in_both_languages(whole: Spoiled, tmp_path: Path) -> None:
    """And nothing else is broken."""
    told(whole, in_cloudformation(whole))
    told(whole, in_terraform(whole, tmp_path))


@pytest.mark.deep
@pytest.mark.parametrize("spoiled", WAYS, ids=lambda spoiled: spoiled.name)
def test_what_is_spoiled_is_told_in_both_languages(spoiled: Spoiled, tmp_path: Path) -> None:
    """Broken where an action or a principal is gone; by a condition, as AWS documents the request."""
    told(spoiled, in_cloudformation(spoiled))
    told(spoiled, in_terraform(spoiled, tmp_path))
