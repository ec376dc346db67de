"""Helps of the rule about a bucket that lets in a service and its role."""

from __future__ import annotations

from typing import Final

from tests.helps.followed import Followed

RULES: Final = range(111, 112)

_ADD_TO_BUCKET: Final = (
    "add a statement to the bucket policy of `{0}` that allows {1} on bucket `{2}` and its objects "
    "to service `personalize.amazonaws.com`"
)
_NARROW: Final = (
    "narrow the Deny of statement `OnlyFromTheNetwork` of the bucket policy of `BucketPolicy` so that it excludes"
)
_SPARE_SERVICE: Final = f"{_NARROW} `personalize.amazonaws.com`"
_SPARE_ROLE: Final = f"{_NARROW} role `Role`"
_YAML_BUCKET: Final = """\
          - Sid: Personalize
            Effect: Allow
            Principal: {Service: personalize.amazonaws.com}
"""
_YAML_READ: Final = """\
          - Effect: Allow
            Principal: {Service: personalize.amazonaws.com}
            Action: s3:GetObject
            Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]
"""
_HCL_BUCKET: Final = 'data "aws_iam_policy_document" "bucket" {\n'
_HCL_WRITE: Final = """\
  statement {
    actions   = ["s3:PutObject"]
    resources = [aws_s3_bucket.data.arn, "${aws_s3_bucket.data.arn}/*"]
    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }
  }
"""
_ONE_LISTS: Final = 'Action = "s3:ListBucket", Resource = "arn:aws:s3:::movies-data" }'
_ONE_WRITES: Final = """\
{
      Effect    = "Allow"
      Principal = { Service = "personalize.amazonaws.com" }
      Action    = ["s3:PutObject", "s3:ListBucket"]
      Resource  = ["arn:aws:s3:::movies-data", "arn:aws:s3:::movies-data/*"]
    }"""
_READS: Final = """\
              Sid: Read
              Effect: Allow
              Action: s3:GetObject
              Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]
"""
_LISTS: Final = """\
        - PolicyName: list
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              Effect: Allow
              Action: s3:ListBucket
              Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]
"""
_FROM_NETWORK: Final = "Condition: {StringNotEquals: {aws:SourceVpce: vpce-0a1b2c3d4e5f67890}"
_NOT_THE_ROLE: Final = "ArnNotEqualsIfExists: {aws:PrincipalArn: !GetAtt Role.Arn}"
_NO_SERVICE: Final = 'BoolIfExists: {aws:PrincipalIsAWSService: "false"}'

FOLLOWED: Final = (
    Followed(
        "111",
        111,
        "Interactions",
        (_ADD_TO_BUCKET.format("BucketPolicy", "`s3:GetObject`", "Bucket"),),
        ((_YAML_BUCKET, _YAML_READ + _YAML_BUCKET),),
    ),
    Followed(
        "111",
        111,
        "Interactions",
        ("allow `s3:ListBucket` on bucket `Bucket` and its objects in a policy of role `Role`",),
        ((_READS, _READS + _LISTS),),
    ),
    Followed(
        "111",
        111,
        "Interactions",
        (_SPARE_SERVICE, _SPARE_ROLE),
        ((_FROM_NETWORK + "}", f"{_FROM_NETWORK}, {_NOT_THE_ROLE}, {_NO_SERVICE}}}"),),
    ),
    Followed(
        "111",
        111,
        "Interactions",
        (_SPARE_ROLE,),
        ((f"{_FROM_NETWORK}, {_NO_SERVICE}", f"{_FROM_NETWORK}, {_NOT_THE_ROLE}, {_NO_SERVICE}"),),
    ),
    Followed(
        "111",
        111,
        "aws_sfn_state_machine.export",
        (_ADD_TO_BUCKET.format("aws_s3_bucket_policy.data", "`s3:PutObject`", "aws_s3_bucket.data"),),
        ((_HCL_BUCKET, _HCL_BUCKET + _HCL_WRITE),),
    ),
    Followed(
        "111",
        111,
        "aws_sfn_state_machine.export",
        (_ADD_TO_BUCKET.format("aws_s3_bucket.data", "`s3:PutObject` and `s3:ListBucket`", "aws_s3_bucket.data"),),
        ((_ONE_LISTS, f"{_ONE_LISTS}, {_ONE_WRITES}"),),
    ),
)
