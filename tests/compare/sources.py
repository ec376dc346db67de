"""What the pairs are made of."""

from __future__ import annotations

from typing import Final

NOTHING_BUT: Final = (
    "{Effect: Allow, Principal: {AWS: !Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'}, "
    "Action: 'kms:*', Resource: '*'}"
)
GROUP: Final = (
    "Group: {Type: 'AWS::Personalize::DatasetGroup', Properties: "
    "{Name: group, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Worker.Arn}}"
)
_TRUST: Final = (
    "{Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {Service: personalize.amazonaws.com}, "
    "Action: 'sts:AssumeRole'}]}"
)

LIMIT: Final = (
    "Limit: {Type: 'AWS::IAM::ManagedPolicy', Properties: {PolicyDocument: {Version: '2012-10-17', "
    "Statement: [{Effect: Allow, Action: 'kms:Decrypt', Resource: '*'}]}}}"
)
THROUGH_S3: Final = "{StringEquals: {'kms:ViaService': s3.eu-west-1.amazonaws.com}}"


def let(actions: str, principal: str = "{AWS: !GetAtt Worker.Arn}", condition: str = "") -> str:
    """A statement of a key policy that allows this."""
    more = f", Condition: {condition}" if condition else ""
    return f"{{Effect: Allow, Principal: {principal}, Action: {actions}, Resource: '*'{more}}}"


def may(actions: str) -> str:
    """A statement of a role's policy that allows this on every key."""
    return f"{{Effect: Allow, Action: {actions}, Resource: '*'}}"


def template(*resources: str, parameters: str = "", conditions: str = "") -> str:
    """A template."""
    parts = {"Parameters": [parameters] if parameters else [], "Conditions": [conditions] if conditions else []}
    parts["Resources"] = list(resources)
    return "".join(f"{name}:\n" + "".join(f"  {line}\n" for line in lines) for name, lines in parts.items() if lines)


def key(*statements: str) -> str:
    """A key whose policy has these statements."""
    policy = f"{{Version: '2012-10-17', Statement: [{', '.join(statements)}]}}"
    return f"Key: {{Type: 'AWS::KMS::Key', Properties: {{KeyPolicy: {policy}}}}}"


def role(*statements: str, name: str = "Worker", boundary: str = "") -> str:
    """A role with these statements of its own."""
    policy = f"{{Version: '2012-10-17', Statement: [{', '.join(statements)}]}}"
    own = f", Policies: [{{PolicyName: own, PolicyDocument: {policy}}}]" if statements else ""
    limit = f", PermissionsBoundary: {boundary}" if boundary else ""
    properties = f"RoleName: {name.lower()}, AssumeRolePolicyDocument: {_TRUST}{own}{limit}"
    return f"{name}: {{Type: 'AWS::IAM::Role', Properties: {{{properties}}}}}"


def tf_key(actions: str, *principals: str) -> str:
    """A key of Terraform's whose policy allows `actions` to these roles or ARNs, or to the account."""
    named = [each if each.startswith('"') else f"{each}.arn" for each in principals]
    account = ['"arn:aws:iam::${data.aws_caller_identity.here.account_id}:root"']
    return f"""
data "aws_caller_identity" "here" {{}}

resource "aws_kms_key" "key" {{
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ AWS = [{", ".join(named or account)}] }}
      Action    = {actions}
      Resource  = "*"
    }}]
  }})
}}
"""


def tf_role(actions: str = "") -> str:
    """A role of Terraform's, with a policy of its own where `actions` are given."""
    own = f"""
resource "aws_iam_role_policy" "own" {{
  role   = aws_iam_role.worker.name
  policy = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "Allow", Action = {actions}, Resource = aws_kms_key.key.arn }}]
  }})
}}
"""
    return """
resource "aws_iam_role" "worker" {
  name               = "worker"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }]
  })
}
""" + (own if actions else "")
