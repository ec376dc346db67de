"""The same stack in CloudFormation and in HCL gives the same model, up to addresses, types and places."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from tests.same_stack import KINDS, model

from .worlds import stack_of

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.hcl

ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: ml
      Path: /team/
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "sts:AssumeRole", Principal: {Service: personalize.amazonaws.com}}
      ManagedPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
      PermissionsBoundary: !Ref Boundary
      Policies:
        - PolicyName: inline
          PolicyDocument: {Statement: [{Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt Key.Arn}]}
  Boundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: edge
      PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
  Key:
    Type: AWS::KMS::Key
    Properties: {}
"""
ROLE_AWS = """
resource "aws_iam_role" "Role" {
  name                 = "ml"
  path                 = "/team/"
  permissions_boundary = aws_iam_policy.Boundary.arn
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  inline_policy {
    name   = "inline"
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.Key.arn }] })
  }
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["personalize.amazonaws.com"]
    }
  }
}
resource "aws_iam_policy" "Boundary" {
  name   = "edge"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "aws_kms_key" "Key" {}
"""
ROLE_AWSCC = """
resource "awscc_iam_role" "Role" {
  role_name            = "ml"
  path                 = "/team/"
  permissions_boundary = awscc_iam_managed_policy.Boundary.id
  managed_policy_arns  = ["arn:aws:iam::aws:policy/AmazonS3FullAccess"]
  assume_role_policy_document = jsonencode({
    Version   = "2012-10-17"
    Statement = { Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "personalize.amazonaws.com" } }
  })
  policies = [{
    policy_name     = "inline"
    policy_document = <<-EOT
      {"Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "${awscc_kms_key.Key.arn}"}]}
    EOT
  }]
}
resource "awscc_iam_managed_policy" "Boundary" {
  managed_policy_name = "edge"
  policy_document     = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}
resource "awscc_kms_key" "Key" {}
"""
ROLE_MODULES = {
    "main.tf": """
module "role" {
  source  = "./role"
  key_arn = module.key.arn
}
module "key" { source = "./key" }
""",
    "role/main.tf": 'variable "key_arn" {}\n'
    + ROLE_AWS.replace("aws_kms_key.Key.arn", "var.key_arn").replace('resource "aws_kms_key" "Key" {}', ""),
    "key/main.tf": 'resource "aws_kms_key" "Key" {}\noutput "arn" { value = aws_kms_key.Key.arn }',
}

KEYS = """
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeySpec: RSA_2048
      KeyUsage: SIGN_VERIFY
      Enabled: false
      MultiRegion: true
      BypassPolicyLockoutSafetyCheck: true
      KeyPolicy:
        Version: "2012-10-17"
        Id: own
        Statement:
          - Sid: Root
            Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
          - Effect: Deny
            Principal: "*"
            Action: ["kms:Decrypt", "kms:Encrypt"]
            Resource: "*"
            Condition: {StringNotEquals: {"aws:SourceAccount": !Ref AWS::AccountId}}
  External:
    Type: AWS::KMS::Key
    Properties: {Origin: EXTERNAL}
  Alias:
    Type: AWS::KMS::Alias
    Properties: {AliasName: alias/mine, TargetKeyId: !Ref Key}
"""
KEYS_AWS = """
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
resource "aws_kms_key" "Key" {
  customer_master_key_spec           = "RSA_2048"
  key_usage                          = "SIGN_VERIFY"
  is_enabled                         = false
  multi_region                       = true
  bypass_policy_lockout_safety_check = true
  policy                             = data.aws_iam_policy_document.key.json
}
data "aws_iam_policy_document" "key" {
  policy_id = "own"
  statement {
    sid       = "Root"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.here.partition}:iam::${data.aws_caller_identity.me.account_id}:root"]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["kms:Decrypt", "kms:Encrypt"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}
resource "aws_kms_external_key" "External" {
  enabled = true
}
resource "aws_kms_alias" "Alias" {
  name          = "alias/mine"
  target_key_id = aws_kms_key.Key.key_id
}
"""
KEYS_AWSCC = """
data "aws_caller_identity" "me" {}
data "aws_partition" "here" {}
locals { account = data.aws_caller_identity.me.account_id }
resource "awscc_kms_key" "Key" {
  key_spec                           = "RSA_2048"
  key_usage                          = "SIGN_VERIFY"
  enabled                            = false
  multi_region                       = true
  bypass_policy_lockout_safety_check = true
  key_policy = jsonencode({
    Version = "2012-10-17"
    Id      = "own"
    Statement = [
      {
        Sid       = "Root"
        Effect    = "Allow"
        Principal = { AWS = format("arn:%s:iam::%s:root", data.aws_partition.here.partition, local.account) }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Effect    = "Deny"
        Principal = "*"
        Action    = ["kms:Decrypt", "kms:Encrypt"]
        Resource  = "*"
        Condition = { StringNotEquals = { "aws:SourceAccount" = local.account } }
      },
    ]
  })
}
resource "awscc_kms_key" "External" { origin = "EXTERNAL" }
resource "awscc_kms_alias" "Alias" {
  alias_name    = "alias/mine"
  target_key_id = awscc_kms_key.Key.id
}
"""

CONSUMERS = """
  Key:
    Type: AWS::KMS::Key
    Properties: {}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: data
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - BucketKeyEnabled: true
            ServerSideEncryptionByDefault: {SSEAlgorithm: "aws:kms", KMSMasterKeyID: !GetAtt Key.Arn}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties: {Name: g, KmsKeyArn: !GetAtt Key.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}
  Dataset:
    Type: AWS::Personalize::Dataset
    Properties:
      Name: d
      DatasetType: Items
      DatasetGroupArn: !GetAtt Group.DatasetGroupArn
      SchemaArn: s
      DatasetImportJob:
        JobName: j
        RoleArn: "arn:aws:iam::111122223333:role/r"
        DataSource: {DataLocation: !Sub "s3://${Bucket}/in"}
  Metrics:
    Type: AWS::Personalize::MetricAttribution
    Properties:
      Name: m
      DatasetGroupArn: !GetAtt Group.DatasetGroupArn
      Metrics: []
      MetricsOutputConfig:
        RoleArn: "arn:aws:iam::111122223333:role/r"
        S3DataDestination: {Path: !Sub "s3://${Bucket}/out", KmsKeyArn: !GetAtt Key.Arn}
  Features:
    Type: AWS::SageMaker::FeatureGroup
    Properties:
      FeatureGroupName: f
      RecordIdentifierFeatureName: a
      EventTimeFeatureName: b
      FeatureDefinitions: []
      RoleArn: "arn:aws:iam::111122223333:role/r"
      OnlineStoreConfig: {EnableOnlineStore: true, SecurityConfig: {KmsKeyId: !Ref Key}}
      OfflineStoreConfig: {S3StorageConfig: {S3Uri: !Sub "s3://${Bucket}/f", KmsKeyId: !GetAtt Key.Arn}}
"""
PERSONALIZE = """
resource "awscc_personalize_dataset_group" "Group" {
  name        = "g"
  kms_key_arn = KEY.arn
  role_arn    = "arn:aws:iam::111122223333:role/r"
}
resource "awscc_personalize_dataset" "Dataset" {
  name              = "d"
  dataset_type      = "Items"
  dataset_group_arn = awscc_personalize_dataset_group.Group.dataset_group_arn
  schema_arn        = "s"
  dataset_import_job = {
    job_name    = "j"
    role_arn    = "arn:aws:iam::111122223333:role/r"
    data_source = { data_location = "s3://${BUCKET.id}/in" }
  }
}
resource "awscc_personalize_metric_attribution" "Metrics" {
  name              = "m"
  dataset_group_arn = awscc_personalize_dataset_group.Group.dataset_group_arn
  metrics_output_config = {
    role_arn            = "arn:aws:iam::111122223333:role/r"
    s3_data_destination = { path = "s3://${BUCKET.id}/out", kms_key_arn = KEY.arn }
  }
}
"""
CONSUMERS_AWS = (
    PERSONALIZE.replace("KEY", "aws_kms_key.Key").replace("BUCKET", "aws_s3_bucket.Bucket")
    + """
resource "aws_kms_key" "Key" {}
resource "aws_s3_bucket" "Bucket" { bucket = "data" }
resource "aws_s3_bucket_server_side_encryption_configuration" "Bucket" {
  bucket = aws_s3_bucket.Bucket.bucket
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.Key.arn
    }
  }
}
resource "aws_sagemaker_feature_group" "Features" {
  feature_group_name             = "f"
  record_identifier_feature_name = "a"
  event_time_feature_name        = "b"
  role_arn                       = "arn:aws:iam::111122223333:role/r"
  online_store_config {
    enable_online_store = true
    security_config {
      kms_key_id = aws_kms_key.Key.key_id
    }
  }
  offline_store_config {
    s3_storage_config {
      s3_uri     = "s3://${aws_s3_bucket.Bucket.id}/f"
      kms_key_id = aws_kms_key.Key.arn
    }
  }
}
"""
)
CONSUMERS_AWSCC = (
    PERSONALIZE.replace("KEY", "awscc_kms_key.Key").replace("BUCKET", "awscc_s3_bucket.Bucket")
    + """
resource "awscc_kms_key" "Key" {}
resource "awscc_s3_bucket" "Bucket" {
  bucket_name = "data"
  bucket_encryption = {
    server_side_encryption_configuration = [{
      bucket_key_enabled                = true
      server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = awscc_kms_key.Key.arn }
    }]
  }
}
resource "awscc_sagemaker_feature_group" "Features" {
  feature_group_name             = "f"
  record_identifier_feature_name = "a"
  event_time_feature_name        = "b"
  role_arn                       = "arn:aws:iam::111122223333:role/r"
  online_store_config = {
    enable_online_store = true
    security_config     = { kms_key_id = awscc_kms_key.Key.key_id }
  }
  offline_store_config = {
    s3_storage_config = { s3_uri = "s3://${awscc_s3_bucket.Bucket.id}/f", kms_key_id = awscc_kms_key.Key.arn }
  }
}
"""
)
OLD_BUCKET = (
    CONSUMERS_AWS.replace('resource "aws_s3_bucket" "Bucket" { bucket = "data" }', "")
    .replace(
        (
            'resource "aws_s3_bucket_server_side_encryption_configuration" "Bucket" {\n  bucket = '
            "aws_s3_bucket.Bucket.bucket\n  rule {"
        ),
        'resource "aws_s3_bucket" "Bucket" {\n  bucket = "data"\n  server_side_encryption_configuration {\n  rule {',
    )
    .replace(
        'aws_kms_key.Key.arn\n    }\n  }\n}\nresource "aws_sagemaker',
        'aws_kms_key.Key.arn\n    }\n  }\n  }\n}\nresource "aws_sagemaker',
    )
)

USERS = """
  User:
    Type: AWS::IAM::User
    Properties: {UserName: u, Groups: [!Ref Group]}
  Group:
    Type: AWS::IAM::Group
    Properties: {GroupName: g}
  OfUser:
    Type: AWS::IAM::UserPolicy
    Properties: {UserName: !Ref User, PolicyName: p, PolicyDocument: {Statement: []}}
  OfGroup:
    Type: AWS::IAM::GroupPolicy
    Properties: {GroupName: !Ref Group, PolicyName: q, PolicyDocument: {Statement: []}}
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: r, AssumeRolePolicyDocument: {Statement: []}}
  OfRole:
    Type: AWS::IAM::RolePolicy
    Properties: {RoleName: !Ref Role, PolicyName: s, PolicyDocument: {Statement: []}}
"""
USERS_AWS = """
resource "aws_iam_user" "User" { name = "u" }
resource "aws_iam_group" "Group" { name = "g" }
resource "aws_iam_user_group_membership" "m" {
  user   = aws_iam_user.User.name
  groups = [aws_iam_group.Group.name]
}
resource "aws_iam_user_policy" "OfUser" {
  user   = aws_iam_user.User.name
  name   = "p"
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_group_policy" "OfGroup" {
  group  = aws_iam_group.Group.id
  name   = "q"
  policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role" "Role" {
  name               = "r"
  assume_role_policy = jsonencode({ Statement = [] })
}
resource "aws_iam_role_policy" "OfRole" {
  role   = aws_iam_role.Role.id
  name   = "s"
  policy = jsonencode({ Statement = [] })
}
"""
USERS_GROUPED = USERS_AWS.replace(
    (
        'resource "aws_iam_user_group_membership" "m" {\n  user   = aws_iam_user.User.name\n  '
        "groups = [aws_iam_group.Group.name]"
    ),
    (
        'resource "aws_iam_group_membership" "m" {\n  name  = "m"\n  group = '
        "aws_iam_group.Group.name\n  users = [aws_iam_user.User.name]"
    ),
)

STACKS: dict[str, tuple[str, str | dict[str, str]]] = {
    "role-aws": (ROLE, ROLE_AWS),
    "role-awscc": (ROLE, ROLE_AWSCC),
    "role-modules": (ROLE, ROLE_MODULES),
    "keys-aws": (KEYS, KEYS_AWS),
    "keys-awscc": (KEYS, KEYS_AWSCC),
    "consumers-aws": (CONSUMERS, CONSUMERS_AWS),
    "consumers-awscc": (CONSUMERS, CONSUMERS_AWSCC),
    "consumers-old-bucket": (CONSUMERS, OLD_BUCKET),
    "users-membership": (USERS, USERS_AWS),
    "users-group-membership": (USERS, USERS_GROUPED),
}


def named(hcl: str | Mapping[str, str]) -> dict[str, str]:
    """What a template calls each address: by its last name."""
    files = {"main.tf": hcl} if isinstance(hcl, str) else hcl
    return {
        f"{f'module.{Path(file).parent}.' if '/' in file else ''}{found[1]}.{found[2]}": found[2]
        for file, text in files.items()
        for found in re.finditer(r'resource "(\w+)" "(\w+)"', text)
    }


@pytest.mark.parametrize("name", STACKS)
def test_both_languages_give_one_model(tmp_path: Path, name: str) -> None:
    """A model does not tell which language it was written in."""
    template, hcl = STACKS[name]
    theirs = cloudformation.read(f"Resources:{template}", "stack.yaml", Given(tmp_path))
    ours = stack_of(tmp_path, hcl)
    assert theirs.problems == ours.problems == ()
    expected, found = model(theirs, {}), model(ours, named(hcl))
    for kind in KINDS:
        assert found[kind] == expected[kind], kind


def test_the_comparison_sees_a_difference(tmp_path: Path) -> None:
    """One changed word anywhere makes two models differ."""
    before = model(stack_of(tmp_path / "a", KEYS_AWS), named(KEYS_AWS))
    after = model(stack_of(tmp_path / "b", KEYS_AWS.replace("kms:Encrypt", "kms:ReEncrypt*")), named(KEYS_AWS))
    assert before != after
