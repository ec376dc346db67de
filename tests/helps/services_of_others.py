"""Helps of the rules about services that use the keys of what they work on: topics, queues, buckets, volumes, logs."""

from __future__ import annotations

from typing import Final

from keyfit.words import joined
from tests.helps.followed import Followed

RULES: Final = range(701, 912)

_TWO: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_OF_DELIVERY: Final = (*_TWO, "kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey")


def _own_key(service: str, actions: tuple[str, ...] = _TWO) -> tuple[str]:
    own = f"whose key policy has the default statement, and one that allows {joined(actions)} to service `{service}`"
    return (f"use a customer managed key {own}",)


def _listed(actions: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"{each}"' for each in actions) + "]"


def _hcl_key(service: str) -> str:
    """A key of one's own: the default statement, and one for the service."""
    return f"""\
data "aws_caller_identity" "own" {{}}

resource "aws_kms_key" "own" {{
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [
      {{
        Sid       = "Enable IAM User Permissions"
        Effect    = "Allow"
        Principal = {{ AWS = "arn:aws:iam::${{data.aws_caller_identity.own.account_id}}:root" }}
        Action    = "kms:*"
        Resource  = "*"
      }},
      {{ Effect = "Allow", Principal = {{ Service = "{service}" }}, Action = {_listed(_TWO)}, Resource = "*" }},
    ]
  }})
}}

"""


def _yaml_key(service: str, actions: tuple[str, ...]) -> str:
    return f"""\
  Own:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Enable IAM User Permissions
            Effect: Allow
            Principal: {{AWS: !Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:root"}}
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {{Service: {service}}}
            Action: {_listed(actions)}
            Resource: "*"

"""


def _of_target(fixture: str, resource: str, service: str, target: str) -> Followed:
    """The topic or queue gets a key of one's own."""
    alias = "alias/aws/sns" if target.startswith("aws_sns") else "alias/aws/sqs"
    block = 'resource "{}" "{}" {{\n'.format(*target.split("."))
    own_key = (f'kms_master_key_id = "{alias}"', "kms_master_key_id = aws_kms_key.own.id")
    return Followed(fixture, int(fixture), resource, _own_key(service), ((block, _hcl_key(service) + block), own_key))


_BY_KMS: Final = "ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms}"


def _of_bucket(fixture: str, resource: str, service: str, actions: tuple[str, ...] = _TWO) -> Followed:
    """The bucket gets a key of one's own."""
    own_key = "ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Own.Arn}"
    changes = (("Resources:\n", "Resources:\n" + _yaml_key(service, actions)), (_BY_KMS, own_key))
    return Followed(fixture, int(fixture), resource, _own_key(service, actions), changes)


MANAGED: Final = (
    _of_target("701", "aws_cloudwatch_composite_alarm.shop", "cloudwatch.amazonaws.com", "aws_sns_topic.pager"),
    _of_target("702", "aws_cloudwatch_event_target.target", "events.amazonaws.com", "aws_sns_topic.topic"),
    _of_target("703", "aws_cloudwatch_event_target.target", "events.amazonaws.com", "aws_sqs_queue.queue"),
    _of_target("704", "aws_s3_bucket_notification.uploads", "s3.amazonaws.com", "aws_sqs_queue.queue"),
    _of_target("705", "aws_sns_topic_subscription.inbox", "sns.amazonaws.com", "aws_sqs_queue.queue"),
    _of_target("706", "aws_db_event_subscription.failovers", "events.rds.amazonaws.com", "aws_sns_topic.topic"),
    _of_bucket("804", "Site", "logging.s3.amazonaws.com"),
    _of_bucket("908", "Flows", "delivery.logs.amazonaws.com", _OF_DELIVERY),
    _of_bucket("909", "Balancer", "delivery.logs.amazonaws.com", _OF_DELIVERY),
    Followed(
        "905",
        404,
        "Cluster",
        ("use a customer managed key, or omit the parameter",),
        (
            (
                "KeyArn: alias/aws/eks",
                "KeyArn: arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-111122223333",
            ),
        ),
    ),
    Followed(
        "905",
        404,
        "Cluster",
        ("use a customer managed key, or omit the parameter",),
        (
            ("      EncryptionConfig:\n        - Resources: [secrets]\n", ""),
            ("          Provider: {KeyArn: alias/aws/eks} # broken 404\n", ""),
        ),
    ),
)

_ENCRYPTED: Final = ("encrypt the bucket with `AES256`, or use another bucket for access logs",)
_WITH_KEY: Final = "ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}"
_AES: Final = "ServerSideEncryptionByDefault: {SSEAlgorithm: AES256}"
_ANOTHER: Final = """\
Resources:
  Plain:
    Type: AWS::S3::Bucket
"""
_HCL_ANOTHER: Final = """\
resource "aws_s3_bucket" "plain" {
  bucket = "house-plain-logs"
}

"""
_HCL_LOGS: Final = 'resource "aws_s3_bucket" "logs" {\n'

ACCESS_LOGS: Final = (
    Followed("910", 910, "Balancer", _ENCRYPTED, ((_WITH_KEY, _AES),)),
    Followed("910", 910, "Balancer", _ENCRYPTED, ((_BY_KMS, _AES),)),
    Followed(
        "910",
        910,
        "aws_lb.balancer",
        _ENCRYPTED,
        (
            ('      sse_algorithm     = "aws:kms"\n', '      sse_algorithm     = "AES256"\n'),
            ("      kms_master_key_id = aws_kms_key.data.arn\n", ""),
        ),
    ),
    Followed("910", 910, "aws_elb.balancer", _ENCRYPTED, (('sse_algorithm = "aws:kms"', 'sse_algorithm = "AES256"'),)),
    Followed(
        "910",
        910,
        "Balancer",
        _ENCRYPTED,
        (
            ("Resources:\n", _ANOTHER),
            ("access_logs.s3.bucket, Value: !Ref Logs}", "access_logs.s3.bucket, Value: !Ref Plain}"),
        ),
    ),
    Followed(
        "910",
        910,
        "Balancer",
        _ENCRYPTED,
        (("Resources:\n", _ANOTHER), ("S3BucketName: !Ref Logs", "S3BucketName: !Ref Plain")),
    ),
    Followed(
        "910",
        910,
        "aws_lb.balancer",
        _ENCRYPTED,
        ((_HCL_LOGS, _HCL_ANOTHER + _HCL_LOGS), ("= aws_s3_bucket.logs.id #", "= aws_s3_bucket.plain.id #")),
    ),
    Followed(
        "910",
        910,
        "aws_elb.balancer",
        _ENCRYPTED,
        ((_HCL_LOGS, _HCL_ANOTHER + _HCL_LOGS), ("= aws_s3_bucket.logs.bucket", "= aws_s3_bucket.plain.bucket")),
    ),
)

_ACCOUNT: Final = """\
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
"""


def _yaml_statement(principal: str, actions: tuple[str, ...]) -> tuple[str, str]:
    """A statement before the account's."""
    own = f"""\
          - Effect: Allow
            Principal: {{{principal}}}
            Action: {_listed(actions)}
            Resource: "*"
"""
    return _ACCOUNT, own + _ACCOUNT


def _added(key: str, actions: str, whom: str, more: str = "") -> tuple[str]:
    return (f"add a statement to the key policy of `{key}` that allows {actions} to {whom}{more}",)


_DEPLOYER: Final = "AWS: arn:aws:iam::111122223333:role/deployer"
_DEPLOYS: Final = "the principal that deploys"
_OF_INSTANCE: Final = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext")
_OF_TABLE: Final = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
    "kms:CreateGrant",
)
_HCL_ACCOUNT: Final = """\
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.here.account_id}:root" }
"""


def _hcl_statement(actions: tuple[str, ...]) -> tuple[str, str]:
    own = f"""\
      {{
        Effect    = "Allow"
        Principal = {{ AWS = "arn:aws:iam::111122223333:role/deployer" }}
        Action    = {_listed(actions)}
        Resource  = "*"
      }},
"""
    return _HCL_ACCOUNT, own + _HCL_ACCOUNT


CREATORS: Final = (
    Followed(
        "802", 802, "Desk", _added("Key", joined(_OF_INSTANCE), _DEPLOYS), (_yaml_statement(_DEPLOYER, _OF_INSTANCE),)
    ),
    Followed(
        "802",
        802,
        "aws_instance.desk",
        _added("aws_kms_key.data", joined(_OF_INSTANCE), _DEPLOYS),
        (_hcl_statement(_OF_INSTANCE),),
    ),
    Followed("803", 803, "Loans", _added("Key", joined(_OF_TABLE), _DEPLOYS), (_yaml_statement(_DEPLOYER, _OF_TABLE),)),
    Followed(
        "911",
        911,
        "Journal",
        _added("Key", "`kms:DescribeKey`", _DEPLOYS),
        (_yaml_statement(_DEPLOYER, ("kms:DescribeKey",)),),
    ),
    Followed(
        "911",
        911,
        "aws_cloudwatch_log_group.diary",
        _added("aws_kms_key.data", "`kms:DescribeKey`", _DEPLOYS),
        (_hcl_statement(("kms:DescribeKey",)),),
    ),
)

_KEEPS: Final = '          - {Sid: Keep, Effect: Allow, Principal: {AWS: !Sub "arn:'
_YAML_DEPLOYER: Final = f"""\
          - Effect: Allow
            Principal: {{AWS: !Sub "arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/deployer"}}
            Action: {_listed(_OF_TABLE)}
            Resource: "*"
"""
_HCL_KEY: Final = 'resource "aws_kms_key" "key" {\n'
_ONE_STATEMENT: Final = "    Statement = [{\n"
_HCL_DEPLOYER: Final = f"""\
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ AWS = "arn:aws:iam::${{data.aws_caller_identity.own.account_id}}:role/deployer" }}
      Action    = {_listed(_OF_TABLE)}
      Resource  = "*"
    }}, {{
"""

REPLICAS: Final = (
    Followed("803", 803, "Table", _added("Key", joined(_OF_TABLE), _DEPLOYS), ((_KEEPS, _YAML_DEPLOYER + _KEEPS),)),
    Followed(
        "803",
        803,
        "aws_dynamodb_table.table",
        _added("aws_kms_key.key", joined(_OF_TABLE), _DEPLOYS),
        ((_HCL_KEY, 'data "aws_caller_identity" "own" {}\n\n' + _HCL_KEY), (_ONE_STATEMENT, _HCL_DEPLOYER)),
    ),
)

_LINKED: Final = (
    "arn:${partition}:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
)
_OF_VOLUME: Final = (*_OF_TABLE[:5], "kms:GenerateDataKeyWithoutPlaintext", *_OF_TABLE[5:])
_BUT_GRANTS: Final = _OF_VOLUME[:-1]
_FREELY: Final = ", without that condition or with one that the request meets"


def _linked(suffix: str = "") -> str:
    """The role's ARN in CloudFormation."""
    arn = _LINKED.replace("${partition}", "${AWS::Partition}").replace("${account}", "${AWS::AccountId}")
    return f'AWS: !Sub "{arn}{suffix}"'


_DEFAULT: Final = "the default statement, and one that allows {} to {}"
_LOGGED: Final = (
    "`kms:Encrypt`, `kms:Decrypt` and `kms:GenerateDataKey`, and as AWS's page asks `kms:ReEncryptFrom` and "
    "`kms:ReEncryptTo`,"
)
_OF_LOGS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo")
_LOGS: Final = "service `logs.${region}.amazonaws.com`"


def _hcl_policy(key: str, principal: str, actions: tuple[str, ...]) -> tuple[str, str]:
    """A key policy: the default statement, and one more."""
    block = f'resource "aws_kms_key" "{key}" {{\n'
    policy = _hcl_key("").partition("  policy")[2].partition("\n}\n")[0]
    own = policy.replace('{ Service = "" }', principal).replace(_listed(_TWO), _listed(actions))
    data = 'data "aws_caller_identity" "own" {}\ndata "aws_partition" "own" {}\ndata "aws_region" "own" {}\n\n'
    return block, f"{data}{block}  policy{own}\n"


PRINCIPALS: Final = (
    Followed(
        "801",
        801,
        "Weavers",
        _added("Key", joined(_OF_VOLUME), f"role `{_LINKED}`"),
        (_yaml_statement(_linked(), _OF_VOLUME),),
    ),
    Followed(
        "801",
        801,
        "Weavers",
        _added("Key", joined(_BUT_GRANTS), f"role `{_LINKED}`", _FREELY),
        (_yaml_statement(_linked(), _BUT_GRANTS),),
    ),
    Followed(
        "801",
        801,
        "Weavers",
        _added("Key", joined(_OF_VOLUME), f"role `{_LINKED}_weavers`"),
        (_yaml_statement(_linked("_weavers"), _OF_VOLUME),),
    ),
    Followed(
        "801",
        801,
        "aws_autoscaling_group.weavers",
        (f"add a key policy to key `aws_kms_key.data`: {_DEFAULT.format(joined(_OF_VOLUME), f'role `{_LINKED}`')}",),
        (
            _hcl_policy(
                "data",
                '{ AWS = "'
                + _LINKED.replace("partition", "data.aws_partition.own.partition").replace(
                    "account", "data.aws_caller_identity.own.account_id"
                )
                + '" }',
                _OF_VOLUME,
            ),
        ),
    ),
    Followed(
        "901",
        901,
        "Journal",
        _added("Key", _LOGGED, _LOGS),
        (_yaml_statement('Service: !Sub "logs.${AWS::Region}.amazonaws.com"', _OF_LOGS),),
    ),
    Followed(
        "901",
        901,
        "aws_cloudwatch_log_group.diary",
        (f"add a key policy to key `aws_kms_key.diary`: {_DEFAULT.format(_LOGGED, _LOGS)}",),
        (_hcl_policy("diary", '{ Service = "logs.${data.aws_region.own.region}.amazonaws.com" }', _OF_LOGS),),
    ),
)

_ABROAD: Final = (
    "`kms:Decrypt` to role `arn:aws:iam::444455556666:role/deployer`, "
    "and allow it the same in a policy of its own account: across accounts KMS needs both"
)
_ACCOUNT_BY_SID: Final = "          - Sid: Account\n            Effect: Allow\n"
_YAML_DEPLOYERS: Final = """\
          - Effect: Allow
            Principal: {AWS: arn:aws:iam::444455556666:role/deployer}
            Action: kms:Decrypt
            Resource: "*"
"""
_ONE_LINE: Final = '      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*"'
_HCL_DEPLOYERS: Final = (
    '      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::444455556666:role/deployer" }, '
    'Action = "kms:Decrypt", Resource = "*" },\n'
)
_KEY: Final = "arn:aws:kms:eu-west-1:111122223333:key/0a1b2c3d-0000-4000-8000-111122223333"

ABROAD: Final = (
    Followed(
        "828",
        828,
        "Pipeline",
        (f"add a statement to the key policy of `Key` that allows {_ABROAD}",),
        ((_ACCOUNT_BY_SID, _YAML_DEPLOYERS + _ACCOUNT_BY_SID),),
        unproven=True,
    ),
    Followed(
        "828",
        828,
        "aws_codepipeline.pipeline",
        (f"add a statement to the key policy of `aws_kms_key.key` that allows {_ABROAD}",),
        ((_ONE_LINE, _HCL_DEPLOYERS + _ONE_LINE),),
        unproven=True,
    ),
)

KEY_ARNS: Final = (
    Followed(
        "902",
        902,
        "aws_cloudwatch_log_group.diary",
        ("specify the ARN of the key",),
        (('"alias/diary"', f'"{_KEY}"'),),
    ),
    Followed(
        "902",
        902,
        "aws_cloudwatch_log_group.diary",
        ("specify the ARN of the key",),
        (('"arn:aws:kms:eu-west-1:111122223333:alias/diary"', f'"{_KEY}"'),),
    ),
)

FOLLOWED: Final = (*MANAGED, *ACCESS_LOGS, *CREATORS, *REPLICAS, *PRINCIPALS, *ABROAD, *KEY_ARNS)
