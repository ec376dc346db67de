"""A condition on `kms:ViaService` accepts one more service: in every notation, as its author writes the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit import remedy
from keyfit.scan import Run, scan
from keyfit.scan.selection import select
from keyfit.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

YAML = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: arn:aws:iam::111122223333:role/builder}
            Action: kms:*
            Resource: "*"
            Condition: CONDITION
  Loans:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: loans
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      BillingMode: PAY_PER_REQUEST
      SSESpecification: {SSEEnabled: true, SSEType: KMS, KMSMasterKeyId: !GetAtt Key.Arn}
"""
HCL = """\
data "aws_region" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::111122223333:role/builder"]
    }

    condition {
      test     = "TEST"
      variable = "kms:ViaService"
      values   = VALUES # those that may
    }
  }
}

resource "aws_kms_key" "data" {
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_dynamodb_table" "loans" {
  name         = "loans"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.data.arn
  }
}
"""


def mended(file: Path, text: str) -> str:
    """What `keyfit fix --select 803` makes of a file."""
    file.write_text(text, encoding="utf-8")
    run = Run(Settings(select=("803",), account="111122223333"), {}, file.parent)
    rules = {each.path: select(each.settings) for each in scan((file,), run).checked}
    found = remedy.mend((file,), run, rules, lambda same: same)
    return found.after.get(str(file), text.encode()).decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "{StringLike: {kms:ViaService: s3.*.amazonaws.com}} # from S3",
            "{StringLike: {kms:ViaService: [s3.*.amazonaws.com, dynamodb.*.amazonaws.com]}} # from S3",
        ),
        (
            "{StringEquals: {'kms:ViaService': [!Sub 's3.${AWS::Region}.amazonaws.com']}}",
            (
                "{StringEquals: {'kms:ViaService': [!Sub 's3.${AWS::Region}.amazonaws.com', "
                "!Sub 'dynamodb.${AWS::Region}.amazonaws.com']}}"
            ),
        ),
        (
            "\n              StringEquals:\n                kms:ViaService: !Sub s3.${AWS::Region}.amazonaws.com",
            (
                "\n              StringEquals:\n                kms:ViaService: "
                '[!Sub "s3.${AWS::Region}.amazonaws.com", !Sub "dynamodb.${AWS::Region}.amazonaws.com"]'
            ),
        ),
        (
            "\n              StringLike:\n                kms:ViaService:\n                  - s3.*.amazonaws.com # S3",
            (
                "\n              StringLike:\n                kms:ViaService:"
                "\n                  - s3.*.amazonaws.com # S3\n                  - dynamodb.*.amazonaws.com"
            ),
        ),
        (
            "{StringEquals: {kms:ViaService: dynamodb.*.amazonaws.com}}",
            "{StringLike: {kms:ViaService: dynamodb.*.amazonaws.com}}",
        ),
        ("{StringNotLike: {kms:ViaService: dynamodb.*.amazonaws.com}}", None),
        ("{StringLike: {kms:ViaService: s3.*.amazonaws.com}, Bool: {'kms:GrantIsForAWSResource': 'true'}}", None),
    ],
)
def test_a_service_more_in_a_template(before: str, after: str | None, tmp_path: Path) -> None:
    """Beside the value that is there; a condition that excludes services, or asks for more, is left alone."""
    text = YAML.replace("CONDITION", before)
    expected = text if after is None else YAML.replace("CONDITION", after)
    assert mended(tmp_path / "template.yaml", text) == expected


@pytest.mark.parametrize(
    ("test", "before", "after"),
    [
        ("StringLike", '["s3.*.amazonaws.com"]', '["s3.*.amazonaws.com", "dynamodb.*.amazonaws.com"]'),
        (
            "StringEquals",
            '["s3.${data.aws_region.current.name}.amazonaws.com"]',
            (
                '["s3.${data.aws_region.current.name}.amazonaws.com", '
                '"dynamodb.${data.aws_region.current.name}.amazonaws.com"]'
            ),
        ),
    ],
)
def test_a_service_more_in_a_block(test: str, before: str, after: str, tmp_path: Path) -> None:
    """An interpolation is written as it is."""
    text = HCL.replace("TEST", test)
    assert mended(tmp_path / "main.tf", text.replace("VALUES", before)) == text.replace("VALUES", after)
