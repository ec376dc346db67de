"""Helps of the rules about what is rejected before anything is deployed."""

from __future__ import annotations

from typing import Final

from tests.helps.followed import Followed

RULES: Final = range(601, 605)

_ONE: Final = ("remove one of them, or rename it",)
_ALL_BUT_ONE: Final = ("remove all of them but one, or rename them",)
_SOMEBODY: Final = ("specify a principal, or omit the statement if there is none",)
_IN_PRODUCTION: Final = "    Condition: IsProduction\n"
_JSON: Final = ("use JSON, or `jsonencode`",)
_POLICY_APART: Final = ("move the policy of key `aws_kms_key.data` into an `aws_kms_key_policy`",)
_NONE: Final = ""

_OF_KEY: Final = """\
}

resource "aws_kms_key_policy" "data" {
  key_id = aws_kms_key.data.id
  policy = jsonencode({
"""
_OF_OWNERS: Final = """\
      {
        Effect    = "Allow"
        Principal = { AWS = var.owners } """
_AFTER_OWNERS: Final = """\
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
"""
_IN_JSON: Final = """\
  policy = <<-POLICY
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "${data.aws_caller_identity.current.account_id}"}, \
"Action": "kms:*", "Resource": "*"},
      ]
    }
  POLICY
"""
_BY_TERRAFORM: Final = """\
  policy = jsonencode({
    Version = "2012-10-17",
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = data.aws_caller_identity.current.account_id }
        Action    = "kms:*"
        Resource  = "*"
      },
    ]
  })
"""
_DATA: Final = """\
resource "aws_kms_key" "data" { # note 603: it is declared here, too
}

"""


def _only_where(there: str) -> str:
    return f"use the reference only where `{there}` is created, as in `condition ? {there}.arn : null`"


FOLLOWED: Final = (
    Followed(
        "601",
        601,
        "aws_kms_key.data",
        _POLICY_APART,
        (
            (
                'resource "aws_kms_key" "data" {\n  policy = jsonencode({\n',
                'resource "aws_kms_key" "data" {\n' + _OF_KEY,
            ),
        ),
    ),
    Followed(
        "601",
        601,
        "aws_kms_key.data",
        _POLICY_APART,
        (('  description = "films"\n  policy = jsonencode({\n', '  description = "films"\n' + _OF_KEY),),
    ),
    Followed(
        "601",
        601,
        "Key",
        ("specify `Store` as a literal string there, instead of a reference",),
        (
            ("!GetAtt Store.Arn", "arn:aws:s3:::films"),
            (
                "    Type: AWS::S3::Bucket\n    Properties:\n",
                "    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: films\n",
            ),
        ),
    ),
    Followed(
        "601",
        601,
        "Key",
        ("remove `DependsOn: Key` from `Role`",),
        (("    DependsOn: Key\n", _NONE),),
    ),
    Followed(
        "602",
        602,
        "aws_kms_key.data",
        _SOMEBODY,
        (("  default = []", '  default = ["arn:aws:iam::111122223333:role/owner"]'),),
    ),
    Followed(
        "602",
        602,
        "aws_kms_key.data",
        _SOMEBODY,
        ((_OF_OWNERS, "/* "), (_AFTER_OWNERS, _AFTER_OWNERS.replace("},", "}, */"))),
    ),
    Followed("602", 602, "aws_kms_key.data", _JSON, (('"Resource": "*"},\n      ]', '"Resource": "*"}\n      ]'),)),
    Followed("602", 602, "aws_kms_key.data", _JSON, ((_IN_JSON, _BY_TERRAFORM),)),
    Followed(
        "602",
        602,
        "Reader",
        ("use what the grammar allows there",),
        (('Principal: "arn:aws:iam::111122223333:root"', 'Principal: {AWS: "arn:aws:iam::111122223333:root"}'),),
    ),
    Followed(
        "602",
        602,
        "Reader",
        ("use service and action, such as `kms:Decrypt`",),
        (("Action: kms=Decrypt", "Action: kms:Decrypt"),),
    ),
    Followed("602", 602, "Reader", ("remove it",), (('                Principal: "*"\n', _NONE),)),
    Followed(
        "602",
        602,
        "Reader",
        ("add it",),
        (("has no `Resource`\n", 'has no `Resource`\n                Resource: "*"\n'),),
    ),
    Followed("602", 602, "Reader", ("remove them",), (("- Sid: My own", "- Sid: Myown"),)),
    Followed("602", 602, "Key", ("remove `ForAllValues`",), (("ForAllValues:StringEquals:", "StringEquals:"),)),
    Followed("602", 602, "Key", _SOMEBODY, (("!If [IsProduction, [], ", '!If [IsProduction, "111122223333", '),)),
    Followed("603", 603, "Stage", _ONE, (("  Stage:\n    Type: String\n    Default: test\n", _NONE),)),
    Followed("603", 603, "Stage", _ONE, (("  Stage: # broken", "  Deployed: # broken"),)),
    Followed("603", 603, "Key", _ONE, (("  Key: # note", "  Other: # note"),)),
    Followed(
        "603",
        603,
        "Key",
        _ONE,
        (("  Key: # note 603: it is declared here, too\n    Type: AWS::KMS::Key\n", _NONE),),
    ),
    Followed("603", 603, "aws_kms_key.data", _ALL_BUT_ONE, ((_DATA + _DATA, _NONE),)),
    Followed(
        "603",
        603,
        "aws_kms_key.data",
        _ALL_BUT_ONE,
        ((_DATA + _DATA, _DATA.replace("data", "films") + _DATA.replace("data", "books")),),
    ),
    Followed("603", 603, "data.aws_region.here", _ONE, (('data "aws_region" "here" {}\n', _NONE),)),
    Followed("603", 603, "data.aws_region.here", _ONE, (('"here" {} # broken', '"there" {} # broken'),)),
    Followed("603", 603, "var.stage", _ONE, (('variable "stage" {}\n', _NONE),)),
    Followed("603", 603, "var.stage", _ONE, (('variable "stage" {} # broken', 'variable "other" {} # broken'),)),
    Followed("603", 603, "output.stage", _ONE, (('output "stage" { value = var.stage }\n', _NONE),)),
    Followed(
        "603", 603, "output.stage", _ONE, (('output "stage" { value = "test" }', 'output "test" {value = "test" }'),)
    ),
    Followed("603", 603, "local.name", _ONE, (('  name = "films"\n', _NONE),)),
    Followed("603", 603, "local.name", _ONE, (('  name = "books"', '  other = "books"'),)),
    Followed("603", 603, "provider.aws", _ONE, (('provider "aws" {}\n', _NONE),)),
    Followed("603", 603, "provider.aws", _ONE, (('provider "aws" {} #', 'provider "aws" { alias = "other" } #'),)),
    Followed("603", 603, "module.films.aws_kms_key.data", _ONE, (('resource "aws_kms_key" "data" {}\n', _NONE),)),
    Followed("603", 603, "module.films.aws_kms_key.data", _ONE, (('"data" {} # broken', '"other" {} # broken'),)),
    Followed(
        "604",
        604,
        "Group",
        ("add `Condition: IsProduction` to `Group`, or refer to it in that branch of an `Fn::If`",),
        (
            (
                "    Type: AWS::Personalize::DatasetGroup\n",
                "    Type: AWS::Personalize::DatasetGroup\n" + _IN_PRODUCTION,
            ),
        ),
    ),
    Followed(
        "604",
        604,
        "aws_sagemaker_feature_group.trips",
        (_only_where("aws_kms_key.store[0]"),),
        (("kms_key_id = aws_kms_key.store[0].arn", "kms_key_id = var.own_key ? aws_kms_key.store[0].arn : null"),),
    ),
    Followed(
        "604",
        604,
        "Alias",
        ("add `Condition: IsOwn` to `Alias`, or refer to it in that branch of an `Fn::If`",),
        (("TargetKeyId: !Ref Key", "TargetKeyId: !If [IsOwn, !Ref Key, 1234abcd-12ab-34cd-56ef-1234567890ab]"),),
    ),
    Followed(
        "604",
        604,
        "KeyArn",
        ("add `Condition: IsOwn` to output `KeyArn`, or refer to it in that branch of an `Fn::If`",),
        (("  KeyArn:\n", "  KeyArn:\n    Condition: IsOwn\n"),),
    ),
    Followed(
        "604",
        604,
        "aws_iam_role_policy.reader",
        (_only_where("module.key[0]"),),
        (("module.key[0].arn", 'var.own_key ? module.key[0].arn : "arn:aws:kms:*:*:key/*"'),),
    ),
    Followed(
        "604",
        604,
        "local.key_arn",
        (_only_where('aws_kms_key.films["books"]'),),
        (('aws_kms_key.films["books"].arn', 'false ? aws_kms_key.films["books"].arn : null'),),
    ),
    Followed(
        "604",
        604,
        "IsProduction",
        ("declare `Stag`, or refer to `Stage`",),
        (("!Ref Stag, production", "!Ref Stage, production"),),
    ),
    Followed("604", 604, "Key", ("declare `Trail`, or remove the reference",), (("    DependsOn: Trail #", "    #"),)),
    Followed(
        "604", 604, "Vault", ("declare `IsTest`, or remove the reference",), (("    Condition: IsTest #", "    #"),)
    ),
    Followed("604", 604, "Vault", ("declare `Kye`, or refer to `Key`",), (("!GetAtt Kye.Arn", "!GetAtt Key.Arn"),)),
    Followed(
        "604",
        604,
        "Alarm",
        ("declare `IsWeekend`, or remove the reference",),
        (("!If [IsWeekend, !Ref Key, !Ref AWS::NoValue]", "!Ref Key"),),
    ),
    Followed(
        "604",
        604,
        "Alarm",
        ("declare `Topics`, or remove the reference",),
        (("        - !FindInMap [Topics, here, arn] #", "        #"),),
    ),
    Followed("604", 604, "KeyArn", ("declare `Kay`, or refer to `Key`",), (("!GetAtt Kay.Arn", "!GetAtt Key.Arn"),)),
    Followed(
        "604",
        604,
        "aws_backup_vault.films",
        ("declare `aws_kms_key.flims`, or refer to `aws_kms_key.films`",),
        (("try(aws_kms_key.flims.arn, null)", "try(aws_kms_key.films.arn, null)"),),
    ),
    Followed(
        "604",
        604,
        "aws_cloudwatch_metric_alarm.films",
        ("declare `var.name`, or remove the reference",),
        (("  alarm_name          = var.name #", '  alarm_name          = "films" #'),),
    ),
    Followed(
        "604",
        604,
        "aws_cloudwatch_metric_alarm.films",
        ("declare `local.days`, or remove the reference",),
        (("= local.days #", "= 1 #"),),
    ),
    Followed(
        "604",
        604,
        "output.arns",
        ("name one copy of it, as in `aws_kms_key.books[each.key]`",),
        (("aws_kms_key.books.arn #", 'aws_kms_key.books["novels"].arn #'),),
    ),
    Followed(
        "604", 604, "output.arns", ("remove the index",), (("aws_kms_key.films[0].arn", "aws_kms_key.films.arn"),)
    ),
    Followed(
        "604",
        604,
        "output.arns",
        ("declare `module.key.id`, or remove the reference",),
        (("module.key.id #", "module.key.arn #"),),
    ),
    Followed(
        "604",
        604,
        "output.arns",
        ("declare `module.keys`, or refer to `module.key`",),
        (("module.keys.arn", "module.key.arn"),),
    ),
    Followed(
        "604",
        604,
        "aws_cloudwatch_metric_alarm.films",
        (_only_where("aws_sns_topic.alarms[0]"),),
        (("[aws_sns_topic.alarms[0].arn]", "var.own_key ? [aws_sns_topic.alarms[0].arn] : []"),),
    ),
    Followed(
        "604",
        604,
        "aws_backup_vault.films",
        (_only_where("aws_kms_key.films"),),
        (("kms_key_arn = aws_kms_key.films.arn", "kms_key_arn = var.own_key ? aws_kms_key.films.arn : null"),),
    ),
)
