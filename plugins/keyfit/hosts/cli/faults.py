"""A stack with a fault in each language: a key policy that does not let Personalize use the key."""

from __future__ import annotations

from typing import Final

from keyfit.record import record

RULE: Final = 101


@record
class Fault:
    """A stack in one language, as a file; `resource` is what the rule finds broken."""

    language: str
    file: str
    resource: str
    text: str


CLOUDFORMATION: Final = Fault(
    "CloudFormation",
    "stack.yaml",
    "Group",
    """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
            Action: kms:*
            Resource: "*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal:
              Service: personalize.amazonaws.com
            Action: sts:AssumeRole
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: doctor
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
""",
)
TERRAFORM: Final = Fault(
    "Terraform",
    "main.tf",
    "awscc_personalize_dataset_group.group",
    """\
data "aws_caller_identity" "here" {}

resource "aws_kms_key" "key" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.here.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "personalize.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "awscc_personalize_dataset_group" "group" {
  name        = "doctor"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = aws_iam_role.role.arn
}
""",
)
EVERY: Final = (CLOUDFORMATION, TERRAFORM)
