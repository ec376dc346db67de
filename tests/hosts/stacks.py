"""Small templates that the host tests write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

RIGHT: Final = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Sid: Account
            Effect: Allow
            Principal:
              AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
            Action: kms:*
            Resource: "*"
          - Sid: Personalize
            Effect: Allow
            Principal:
              AWS: !GetAtt Role.Arn
              Service: personalize.amazonaws.com
            Action:
              - kms:Decrypt
              - kms:GenerateDataKey
              - kms:DescribeKey
              - kms:CreateGrant
              - kms:ListGrants
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
      Policies:
        - PolicyName: key
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action:
                  - kms:Decrypt
                  - kms:GenerateDataKey
                  - kms:DescribeKey
                  - kms:ListGrants
                Resource: "*"
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: group
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: !GetAtt Role.Arn
"""
# Nothing in the key policy is for Personalize: 101 is broken on `Group`, and nothing else is.
BROKEN: Final = RIGHT.replace(
    "              Service: personalize.amazonaws.com\n            Action:\n              -",
    "            Action:\n              -",
    1,
)
# The role's own policy lacks what the key policy gives it: 103 is broken, a warning, and nothing else is.
WARNED: Final = RIGHT.replace("kms:ListGrants\n                Resource", "kms:ListKeys\n                Resource")
LINE: Final = 1 + BROKEN[: BROKEN.index("KmsKeyArn")].count("\n")
COLUMN: Final = len("      KmsKeyArn: ") + 1
# Nobody documents whether Personalize's calls carry aws:SourceAccount (P25): 101 is unproven, and nothing else is.
UNPROVEN: Final = RIGHT.replace(
    """\
            Principal:
              AWS: !GetAtt Role.Arn
              Service: personalize.amazonaws.com
            Action:
""",
    """\
            Principal:
              AWS: !GetAtt Role.Arn
            Action: kms:*
            Resource: "*"
          - Sid: PersonalizeForUs
            Effect: Allow
            Principal:
              Service: personalize.amazonaws.com
            Condition:
              StringEquals:
                aws:SourceAccount: !Ref AWS::AccountId
            Action:
""",
)


def write(folder: Path, text: str, name: str = "stack.yaml") -> Path:
    """A file in `folder`."""
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
