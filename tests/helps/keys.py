"""Helps of the rules about a key and its policy, whoever uses it."""

from __future__ import annotations

from typing import Final

from tests.helps.followed import Followed

RULES: Final = range(401, 408)

_GROUP: Final = "awscc_personalize_dataset_group.movies"
_KEY: Final = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_SPEC: Final = "use a key with key spec `SYMMETRIC_DEFAULT`"
_MANAGED: Final = ("use a customer managed key, or omit the parameter",)
_CENTRAL: Final = ("use a key in `eu-central-1`; for a multi-Region key, its replica there",)
_IN_CENTRAL: Final = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_IN_EAST: Final = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_EAST: Final = ("use a key in `us-east-1`; for a multi-Region key, its replica there",)
_WEST: Final = ("use a key in `us-west-2`; for a multi-Region key, its replica there",)
_GROUPS: Final = ("specify the account, and allow it in a policy of the group",)
_NO_ONE: Final = ("specify a role or user by its ARN, or an account by its 12-digit ID",)
_DIGITS: Final = ("use the 12-digit account ID",)
_CHINA: Final = ("use `arn:aws-cn:`, or the partition of the deployment",)
_WILD: Final = ("specify each principal, or use `*` with a condition on `aws:PrincipalArn`",)
_DATA: Final = '!Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/data-*"'

_TEAM: Final = """\
  Team:
    Type: AWS::IAM::Group
"""
_TEAM_WITH_POLICY: Final = (
    _TEAM
    + """\
    Properties:
      Policies:
        - PolicyName: key
          PolicyDocument:
            Version: "2012-10-17"
            Statement: {Effect: Allow, Action: kms:Decrypt, Resource: !GetAtt Group.Arn}
"""
)
_POLICY_OF_TEAM: Final = """\
resource "aws_iam_group_policy" "key" {
  group = aws_iam_group.team.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = aws_kms_key.group.arn }]
  })
}

"""
_FREEZE: Final = """\
          - Sid: Freeze # help 405: do not deny `kms:PutKeyPolicy` in statement `Freeze` of the key policy of `Key`
            Effect: Deny
            Principal: "*"
            Action: "kms:Put*"
            Resource: "*"
"""
_OWN_POLICY: Final = """\
  policy = local.policy
}

resource "aws_kms_key_policy" "data" {
"""

_DEPLOYER: Final = "arn:aws:iam::444455556666:role/deployer"
_LET_IN: Final = (
    "add a statement to the key policy of `{0}` that allows `kms:Decrypt` to role `{1}`, "
    "and allow it the same in a policy of its own account: across accounts KMS needs both"
)
_ACCOUNT: Final = """\
          - Sid: Account
            Effect: Allow
"""
_DEPLOYERS: Final = f"""\
          - Effect: Allow
            Principal: {{AWS: "{_DEPLOYER}"}}
            Action: kms:Decrypt
            Resource: "*"
"""
_HCL_ACCOUNT: Final = (
    '      { Effect = "Allow", Principal = { AWS = "arn:aws:iam::111122223333:root" }, Action = "kms:*"'
)
_HCL_DEPLOYERS: Final = (
    f'      {{ Effect = "Allow", Principal = {{ AWS = "{_DEPLOYER}" }}, Action = "kms:Decrypt", Resource = "*" }},\n'
)

FOLLOWED: Final = (
    Followed("401", 401, "Group", (_SPEC,), (("KeySpec: RSA_2048", "KeySpec: SYMMETRIC_DEFAULT"),)),
    Followed(
        "401",
        401,
        "Group",
        (f"{_SPEC} and key usage `ENCRYPT_DECRYPT`",),
        (
            ("KeySpec: !If [IsProduction, HMAC_256, SYMMETRIC_DEFAULT]", "KeySpec: SYMMETRIC_DEFAULT"),
            ("KeyUsage: !If [IsProduction, GENERATE_VERIFY_MAC, ENCRYPT_DECRYPT]", "KeyUsage: ENCRYPT_DECRYPT"),
        ),
    ),
    Followed(
        "401",
        401,
        _GROUP,
        (_SPEC,),
        (('customer_master_key_spec = "RSA_2048"', 'customer_master_key_spec = "SYMMETRIC_DEFAULT"'),),
    ),
    Followed(
        "402",
        402,
        "Group",
        ("use a key of origin `AWS_KMS`, or one whose key material is imported already",),
        (("Origin: EXTERNAL", "Origin: AWS_KMS"),),
    ),
    Followed("403", 403, "Group", _WEST, (("KmsKeyArn: arn:aws:kms:us-east-1:", "KmsKeyArn: arn:aws:kms:us-west-2:"),)),
    Followed("403", 403, _GROUP, _WEST, (('= "arn:aws:kms:us-east-1:', '= "arn:aws:kms:us-west-2:'),)),
    Followed(
        "403",
        403,
        "Table",
        _CENTRAL,
        (
            (
                "eu-central-1\n          SSESpecification: {KMSMasterKeyId: !GetAtt Key.Arn}",
                "eu-central-1\n          SSESpecification: {KMSMasterKeyId: " + _IN_CENTRAL + "}",
            ),
        ),
    ),
    Followed(
        "403",
        403,
        "Pipeline",
        _EAST,
        (
            (
                "Location: prints-east, EncryptionKey: {Type: KMS, Id: !GetAtt Key.Arn}",
                "Location: prints-east, EncryptionKey: {Type: KMS, Id: " + _IN_EAST + "}",
            ),
        ),
    ),
    Followed(
        "403",
        403,
        "aws_dynamodb_table.prints",
        _EAST,
        (
            (
                '"us-east-1"\n    kms_key_arn = aws_kms_key.prints.arn',
                '"us-east-1"\n    kms_key_arn = "' + _IN_EAST + '"',
            ),
        ),
    ),
    Followed(
        "403",
        403,
        "aws_dynamodb_table_replica.prints",
        _CENTRAL,
        (("kms_key_arn      = aws_kms_key.prints.arn", "kms_key_arn      = aws_kms_key.second.arn"),),
    ),
    Followed("404", 404, "Features", _MANAGED, (("KmsKeyId: alias/aws/s3", f"KmsKeyId: {_KEY}"),)),
    Followed("404", 404, "Features", _MANAGED, (("KmsKeyId: alias/aws/s3 #", "#"),)),
    Followed(
        "404",
        404,
        "Group",
        _MANAGED,
        (("KmsKeyArn: !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3", f"KmsKeyArn: {_KEY}"),),
    ),
    Followed(
        "404",
        404,
        "Group",
        _MANAGED,
        (
            ("KmsKeyArn: !Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3 #", "#"),
            ("RoleArn: !GetAtt Role.Arn", ""),
        ),
    ),
    Followed("404", 404, _GROUP, _MANAGED, (('kms_key_arn = "alias/aws/s3"', f'kms_key_arn = "{_KEY}"'),)),
    Followed(
        "404",
        404,
        _GROUP,
        _MANAGED,
        (('kms_key_arn = "alias/aws/s3"', ""), ("role_arn    = aws_iam_role.personalize.arn", "")),
    ),
    Followed("101", 404, "Group", _MANAGED, (("KmsKeyArn: alias/aws/s3", f"KmsKeyArn: {_KEY}"),)),
    Followed("101", 404, "Group", _MANAGED, (("KmsKeyArn: alias/aws/s3 #", "#"), ("RoleArn: !GetAtt Role.Arn", ""))),
    Followed("905", 404, "Cluster", _MANAGED, (("{KeyArn: alias/aws/eks}", f"{{KeyArn: {_KEY}}}"),)),
    Followed("201", 404, "Trips", _MANAGED, (("KmsKeyId: alias/aws/sagemaker", f"KmsKeyId: {_KEY}"),)),
    Followed("201", 404, "Trips", _MANAGED, (("KmsKeyId: alias/aws/sagemaker #", "#"),)),
    Followed("207", 404, "Trips", _MANAGED, (("KmsKeyId: alias/aws/sagemaker", "KmsKeyId: !GetAtt Key.Arn"),)),
    Followed("207", 404, "Trips", _MANAGED, (("KmsKeyId: alias/aws/sagemaker #", "#"),)),
    Followed(
        "405",
        405,
        "Key",
        ("do not deny `kms:PutKeyPolicy` in statement `Freeze` of the key policy of `Key`",),
        ((_FREEZE, ""),),
    ),
    Followed("406", 406, "Key", _DIGITS, (("AWS: arn:aws:iam::123456789:", "AWS: arn:aws:iam::111122223333:"),)),
    Followed("406", 406, "Nine", _DIGITS, (("AWS: arn:aws:iam::123456789:", "AWS: arn:aws:iam::111122223333:"),)),
    Followed(
        "406",
        406,
        "Placeholder",
        ("replace it with the account and the name",),
        (('AWS: "arn:aws:iam::<account-id>:root"', 'AWS: "arn:aws:iam::111122223333:role/films"'),),
    ),
    Followed(
        "406",
        406,
        "Wildcard",
        _WILD,
        ((f"AWS: {_DATA}", f"AWS: [{_DATA.replace('*', 'films')}, {_DATA.replace('*', 'books')}]"),),
    ),
    Followed(
        "406",
        406,
        "Wildcard",
        _WILD,
        (
            (
                f"Principal: {{AWS: {_DATA}}}",
                f'Principal: "*"\n            Condition: {{ArnLike: {{"aws:PrincipalArn": {_DATA}}}}}',
            ),
        ),
    ),
    Followed(
        "406",
        406,
        "Group",
        _GROUPS,
        (("AWS: !GetAtt Team.Arn", "AWS: !Ref AWS::AccountId"), (_TEAM, _TEAM_WITH_POLICY)),
    ),
    Followed(
        "406",
        406,
        "aws_kms_key.group",
        _GROUPS,
        (
            ("AWS = aws_iam_group.team.arn", "AWS = data.aws_caller_identity.current.account_id"),
            ('resource "aws_s3_bucket" "films" {}\n', _POLICY_OF_TEAM + 'resource "aws_s3_bucket" "films" {}\n'),
        ),
    ),
    Followed("406", 406, "Bucket", _NO_ONE, (("AWS: !Ref Films", "AWS: !GetAtt Role.Arn"),)),
    Followed("406", 406, "Bucket", _NO_ONE, (("AWS: !Ref Films", 'AWS: "111122223333"'),)),
    Followed("406", 406, "aws_kms_key.bucket", _NO_ONE, (("aws_s3_bucket.films.arn }", "aws_iam_role.films.arn }"),)),
    Followed(
        "406",
        406,
        "Service",
        ("list it under `Service`",),
        (("AWS: personalize.amazonaws.com", "Service: personalize.amazonaws.com"),),
    ),
    Followed(
        "406",
        406,
        "Organization",
        ("use `*` with a condition on `aws:PrincipalOrgID`",),
        (
            ("AWS: o-a1b2c3d4e5", 'AWS: "*"'),
            (
                "- Sid: Organization\n",
                "- Sid: Organization\n            Condition: {StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}}\n",
            ),
        ),
    ),
    Followed(
        "406", 406, "RoleAsService", ("list it under `AWS`",), (("Service: arn:aws:iam::", "AWS: arn:aws:iam::"),)
    ),
    Followed("406", 406, "Key", _CHINA, (('"arn:aws:iam::${AWS::AccountId}', '"arn:aws-cn:iam::${AWS::AccountId}'),)),
    Followed("406", 406, "Key", _CHINA, (('"arn:aws:iam::${AWS::Acc', '"arn:${AWS::Partition}:iam::${AWS::Acc'),)),
    Followed(
        "407",
        407,
        "aws_kms_key.data",
        ("keep one of them: remove the policy from `aws_kms_key.data`",),
        ((_OWN_POLICY, _OWN_POLICY.partition("\n")[2]),),
    ),
    # What is done in the other account, nobody sees here.
    Followed(
        "828", 828, "Pipeline", (_LET_IN.format("Key", _DEPLOYER),), ((_ACCOUNT, _DEPLOYERS + _ACCOUNT),), unproven=True
    ),
    Followed(
        "828",
        828,
        "aws_codepipeline.pipeline",
        (_LET_IN.format("aws_kms_key.key", _DEPLOYER),),
        ((_HCL_ACCOUNT, _HCL_DEPLOYERS + _HCL_ACCOUNT),),
        unproven=True,
    ),
)
