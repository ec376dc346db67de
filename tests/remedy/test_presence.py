"""What may be left out is referred to by what is left out with it: one `Condition`, one `count`, one `for_each`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyfit import remedy
from keyfit.scan import Run, scan
from keyfit.scan.selection import select
from keyfit.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

TEMPLATE = """\
Parameters:
  KeyArn: {Type: String, Default: ""}
Conditions:
  Own: !Equals [!Ref KeyArn, ""]
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:root"}
            Action: "kms:*"
            Resource: "*"
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: sagemaker.amazonaws.com}, Action: "sts:AssumeRole"}]
  Group:
    Type: AWS::SageMaker::FeatureGroup
    Condition: Own
    Properties:
      FeatureGroupName: visitors
      RecordIdentifierFeatureName: id
      EventTimeFeatureName: at
      FeatureDefinitions: [{FeatureName: id, FeatureType: String}, {FeatureName: at, FeatureType: String}]
      RoleArn: !GetAtt Role.Arn
      OfflineStoreConfig:
        S3StorageConfig: {S3Uri: "s3://visitors", KmsKeyId: !GetAtt Key.Arn}
"""

HCL = """\
resource "aws_kms_key" "key" {
KEY
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::111122223333:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

resource "aws_iam_role" "role" {
ROLE
  name = "role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "sagemaker.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_sagemaker_feature_group" "group" {
GROUP
  feature_group_name             = "visitors"
  record_identifier_feature_name = "id"
  event_time_feature_name        = "at"
  role_arn                       = aws_iam_role.roleINDEX.arn

  feature_definition {
    feature_name = "id"
    feature_type = "String"
  }

  offline_store_config {
    s3_storage_config {
      s3_uri     = "s3://visitors"
      kms_key_id = aws_kms_key.keyINDEX.arn
    }
  }
}

variable "on" {
  type = bool
  DEFAULT
}
"""


def mended(folder: Path, rule: int, file: str = "template.yaml") -> str:
    """What `keyfit fix` makes of a file, where it mends one rule alone."""
    run = Run(Settings(account="111122223333"), {}, folder)
    rules = {each.path: select(each.settings) & {rule} for each in scan((folder,), run).checked}
    found = remedy.mend((folder,), run, rules, lambda same: same)
    return found.after.get(str(folder / file), b"").decode()


@pytest.mark.parametrize(
    ("conditional", "said"),
    [((), 1), (("Key",), None), (("Role",), 3), (("Key", "Role"), 4)],
)
def test_a_policy_has_the_condition_of_its_role(conditional: tuple[str, ...], said: int | None, tmp_path: Path) -> None:
    """It is where its role is; it refers to a key that is there, too, and to no other."""
    text = TEMPLATE
    for name in conditional:
        text = text.replace(f"  {name}:\n", f"  {name}:\n    Condition: Own\n")
    (tmp_path / "template.yaml").write_text(text, encoding="utf-8")
    changed = mended(tmp_path, 202)
    assert (changed.count("Condition: Own") if changed else None) == said


@pytest.mark.parametrize(
    ("repeated", "index", "default"),
    [
        ("count = var.on ? 1 : 0", "[0]", ""),
        ("count = var.on ? 1 : 0", "[0]", "default = true"),
        ('for_each = toset(var.on ? ["a"] : [])', '["a"]', "default = true"),
    ],
)
def test_a_policy_is_repeated_as_its_role(repeated: str, index: str, default: str, tmp_path: Path) -> None:
    """One of each: `count.index` and `each.key` are those of what is beside it."""
    own = "count.index" if repeated.startswith("count") else "each.key"
    text = HCL.replace("INDEX", index).replace("DEFAULT", default)
    for name in ("KEY", "ROLE", "GROUP"):
        text = text.replace(f"{name}\n", f"  {repeated}\n")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    changed = mended(tmp_path, 202, "main.tf")
    policy = changed.partition('resource "aws_iam_role_policy" "role_key_access" {')[2].partition("\n}\n")[0]
    assert f"  {repeated}\n" in policy
    assert f"aws_iam_role.role[{own}].id" in policy
    assert f"aws_kms_key.key[{own}].arn" in policy


def test_what_is_repeated_otherwise_is_not_referred_to(tmp_path: Path) -> None:
    """The key alone is left out: a policy of the role would be there without it."""
    text = HCL.replace("aws_kms_key.keyINDEX", "aws_kms_key.key[0]").replace("INDEX", "").replace("DEFAULT", "")
    text = text.replace("KEY\n", "  count = var.on ? 1 : 0\n").replace("ROLE\n", "")
    text = text.replace("GROUP\n", "  count = var.on ? 1 : 0\n")
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    assert mended(tmp_path, 202, "main.tf") == ""


def test_a_module_is_there_as_a_whole(tmp_path: Path) -> None:
    """What stands in one module without a condition of its own is there together."""
    module = tmp_path / "module"
    module.mkdir()
    text = HCL.replace("INDEX", "").replace("DEFAULT", "default = true")
    for name in ("KEY", "ROLE", "GROUP"):
        text = text.replace(f"{name}\n", "")
    (module / "main.tf").write_text(text, encoding="utf-8")
    (tmp_path / "main.tf").write_text(
        'variable "store" { type = bool }\n\nmodule "store" {\n  source = "./module"\n'
        "  count  = var.store ? 1 : 0\n}\n",
        encoding="utf-8",
    )
    assert "aws_kms_key.key.arn" in mended(tmp_path, 202, "module/main.tf").partition("role_key_access")[2]
