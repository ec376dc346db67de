"""AWS's own example policies as whole stacks, and every way to spoil one of them by a single element.

The key policy and the role policy are those of the page "Giving Amazon Personalize permission to use your AWS KMS key".
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any, Final

from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.verify import Result, check

SERVICE: Final = "personalize.amazonaws.com"
SERVICE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants")
ROLE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")
ROLE_ARN: Final = {"Fn::GetAtt": ["Role", "Arn"]}

Template = dict[str, Any]


def personalize() -> Template:
    """A dataset group with a key and a role, as the page says: everything holds."""
    return {
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": _key_policy()}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": _role()},
            "Group": {
                "Type": "AWS::Personalize::DatasetGroup",
                "Properties": {"Name": "films", "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]}, "RoleArn": ROLE_ARN},
            },
        }
    }


def _key_policy() -> Template:
    own = {
        "Sid": "Keep control",
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
        "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"],
        "Resource": "*",
    }
    use = {
        "Sid": "Allow use of the key",
        "Effect": "Allow",
        "Principal": {"AWS": ROLE_ARN, "Service": SERVICE},
        "Action": list(SERVICE_ACTIONS),
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": "key-policy-123", "Statement": [own, use]}


def _role() -> Template:
    trust = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    use = {"Effect": "Allow", "Action": list(ROLE_ACTIONS), "Resource": "*"}
    return {
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "Policies": [{"PolicyName": "key", "PolicyDocument": {"Version": "2012-10-17", "Statement": [use]}}],
    }


def statement(template: Template) -> Template:
    """The key policy's statement for Personalize and the role."""
    found: Template = template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]
    return found


def role_statement(template: Template) -> Template:
    """The statement of the role's inline policy."""
    found: Template = template["Resources"]["Role"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]
    return found


def verdicts(template: Template, account: str | None = None, region: str | None = None) -> Result:
    """Every verdict about the template."""
    source = json.dumps(copy.deepcopy(template), indent=1)
    return check(cloudformation.read(source, "stack.json", Given(Path.cwd(), account, region)))
