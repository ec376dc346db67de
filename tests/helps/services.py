"""Helps of the rules about one service, its key and its role."""

from __future__ import annotations

from typing import Final

from keyfit.words import joined
from tests.helps.followed import Followed

RULES: Final = range(101, 305)

KEY: Final = "arn:aws:kms:us-west-2:111122223333:key/0a1b2c3d-0000-4000-8000-111122223333"  # one that is elsewhere
ROLE: Final = "arn:aws:iam::111122223333:role/films"

_ADD_ROLE: Final = ("add `RoleArn`, or remove `KmsKeyArn`",)
_ADD_ROLE_HCL: Final = ("add `role_arn`, or remove `kms_key_arn`",)
_ADD_KEY: Final = ("add `KmsKeyArn`, or remove `RoleArn`",)
_YAML_KEY: Final = "      KmsKeyArn: !GetAtt Key.Arn # broken 106"
_HCL_KEY: Final = "  kms_key_arn = aws_kms_key.data.arn # broken 106"
_TASK: Final = "          KmsKeyArn = aws_kms_key.data.arn # broken 106"
_MAYBE: Final = "      RoleArn: !If [IsProduction, !GetAtt Role.Arn, !Ref AWS::NoValue]"
_GROUP: Final = "awscc_personalize_dataset_group.movies"
_MACHINE: Final = "aws_sfn_state_machine.movies"

PAIRS: Final = (
    Followed("102", 106, "Group", _ADD_ROLE, ((_YAML_KEY, f"      RoleArn: {ROLE}\n{_YAML_KEY}"),)),
    Followed("102", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"),)),
    Followed("105", 106, "Group", _ADD_ROLE, ((_YAML_KEY, f"      RoleArn: {ROLE}\n{_YAML_KEY}"),)),
    Followed("105", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"),)),
    Followed("106", 106, "Group", _ADD_ROLE, ((_MAYBE, "      RoleArn: !GetAtt Role.Arn"),)),
    Followed("106", 106, "Group", _ADD_ROLE, ((_YAML_KEY, "      # broken 106"), (_MAYBE, ""))),
    Followed(
        "106",
        106,
        "Group",
        _ADD_ROLE,
        (
            ("      # note 106: Personalize accepts", f"      RoleArn: {ROLE}\n      # note 106: Personalize accepts"),
            (_YAML_KEY, _YAML_KEY),
        ),
    ),
    Followed(
        "106", 106, "Group", _ADD_ROLE, (("# help 106: add `RoleArn`, or", "# none"), (_YAML_KEY, "      # broken 106"))
    ),
    Followed("106", 106, "Group", _ADD_KEY, (("      RoleArn: !GetAtt Role.Arn # broken 106", "      # broken 106"),)),
    Followed(
        "106",
        106,
        "Group",
        _ADD_KEY,
        (("RoleArn: !GetAtt Role.Arn # broken 106", f"RoleArn: {ROLE}\n      KmsKeyArn: {KEY} #"),),
    ),
    Followed("106", 106, _GROUP, _ADD_ROLE_HCL, ((_HCL_KEY, f'  role_arn = "{ROLE}"\n{_HCL_KEY}'),)),
    Followed("106", 106, _GROUP, _ADD_ROLE_HCL, ((_HCL_KEY, "  # broken 106"),)),
    Followed("106", 106, _MACHINE, _ADD_ROLE, ((_TASK, f'          RoleArn = "{ROLE}"\n{_TASK}'),)),
    Followed("106", 106, _MACHINE, _ADD_ROLE, ((_TASK, "          # broken 106"),)),
)

_NARROW: Final = "narrow the Deny of statement {0} so that it excludes {1}"
_NOT_PERSONALIZE: Final = _NARROW.format("`OnlyTheRole` of the key policy of `Key`", "`personalize.amazonaws.com`")
_NOT_GRANTS: Final = _NARROW.format("1 of inline policy `guard`", "`kms:ListGrants` and `kms:CreateGrant`")
_NOT_ROLE: Final = _NARROW.format("`OnlySageMaker` of the key policy of `Key`", "`Role`")
_NOT_TRUSTED: Final = _NARROW.format("2 of the trust policy of `Role`", "`personalize.amazonaws.com`")
_NOT_SAGEMAKER: Final = _NARROW.format("`PeopleOnly` of the trust policy of `Role`", "`sagemaker.amazonaws.com`")
_VIA: Final = "Condition: {StringNotLike: {kms:ViaService: sagemaker.*.amazonaws.com}}"
_NOT_VIA: Final = """\
Condition:
              StringNotLike: {kms:ViaService: sagemaker.*.amazonaws.com}
              ArnNotEquals: {aws:PrincipalArn: !GetAtt Role.Arn}"""
_SERVICES: Final = 'Condition: {Bool: {aws:PrincipalIsAWSService: "true"}}'
_OTHERS: Final = """\
Condition:
              Bool: {aws:PrincipalIsAWSService: "true"}
              StringNotEquals: {aws:PrincipalServiceName: sagemaker.amazonaws.com}"""

DENIED: Final = (
    Followed(
        "101",
        101,
        "Group",
        (_NOT_PERSONALIZE,),
        (
            (
                "NotPrincipal: {AWS: !GetAtt Role.Arn}",
                "NotPrincipal: {AWS: !GetAtt Role.Arn, Service: personalize.amazonaws.com}",
            ),
        ),
    ),
    Followed(
        "102",
        102,
        "Group",
        (_NOT_GRANTS,),
        (('Effect: Deny, Action: "kms:*Grant*"', 'Effect: Deny, Action: ["kms:Re*Grant", "kms:ListRetirableGrants"]'),),
    ),
    Followed(
        "102",
        102,
        "Group",
        (
            _NARROW.format("1 of inline policy `guard`", "`kms:CreateGrant`"),
            _NARROW.format("1 of inline policy `lists`", "`kms:ListGrants`"),
        ),
        (
            ('Deny, Action: "kms:CreateGrant"', 'Deny, Action: "kms:RevokeGrant"'),
            ('Deny, Action: "kms:List*"', 'Deny, Action: ["kms:ListAliases", "kms:ListKeys"]'),
        ),
    ),
    Followed(
        "105",
        105,
        "Group",
        (_NOT_TRUSTED,),
        (
            (
                "{aws:PrincipalServiceName: sagemaker.amazonaws.com}",
                "{aws:PrincipalServiceName: [sagemaker.amazonaws.com, personalize.amazonaws.com]}",
            ),
        ),
    ),
    Followed("202", 202, "Trips", (_NOT_ROLE,), ((_VIA, _NOT_VIA),)),
    Followed("205", 205, "Trips", (_NOT_SAGEMAKER,), ((_SERVICES, _OTHERS),)),
)

_ROLE_ARN: Final = ("specify the ARN of the role",)
_KEY_ARN: Final = ("specify the ARN of the key",)
_GIVEN: Final = "KmsKeyArn: "

ARNS: Final = (
    Followed(
        "105",
        105,
        "Group",
        _ROLE_ARN,
        (("RoleArn: arn:aws:iam::111122223333:user/films", "RoleArn: !GetAtt Role.Arn"),),
    ),
    Followed("105", 105, _GROUP, _ROLE_ARN, (('= "films" # broken', "= aws_iam_role.personalize.arn # broken"),)),
    Followed("101", 107, "Group", _KEY_ARN, (("KmsKeyArn: alias/aws/s3", f"KmsKeyArn: {KEY}"),)),
    Followed(
        "404",
        107,
        "Group",
        _KEY_ARN,
        (("!Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3 # broken 404", f"{KEY} #"),),
    ),
    Followed("404", 107, _GROUP, _KEY_ARN, (('"alias/aws/s3" # broken 404', f'"{KEY}" #'),)),
    Followed(
        "107", 107, "Group", _KEY_ARN, (("KmsKeyArn: 1234abcd-12ab-34cd-56ef-1234567890ab", f"KmsKeyArn: {KEY}"),)
    ),
    Followed("107", 107, "Group", _KEY_ARN, (("KmsKeyArn: !Ref Films", f"KmsKeyArn: {KEY}"),)),
    Followed("107", 107, "Other", _KEY_ARN, (("KmsKeyArn: arn:aws:s3:::films", f"KmsKeyArn: {KEY}"),)),
    Followed(
        "107",
        107,
        "awscc_personalize_dataset_group.group",
        _KEY_ARN,
        (("= aws_s3_bucket.films.arn # broken", f'= "{KEY}" # broken'),),
    ),
)

_OWN_KEY: Final = """\
Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {AWS: !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
            Action: kms:*
            Resource: "*"
          - Effect: Allow
            Principal: {Service: personalize.amazonaws.com, AWS: !GetAtt Role.Arn}
            Action: [kms:Decrypt, kms:GenerateDataKey, kms:DescribeKey, kms:CreateGrant, kms:ListGrants]
            Resource: "*"

  Bucket:
"""

BUCKETS: Final = (
    Followed(
        "108",
        108,
        "Interactions",
        ("use a customer managed key, and allow Personalize and its role to use it",),
        (
            ("Bucket:\n", _OWN_KEY),
            (
                "              SSEAlgorithm: aws:kms\n\n",
                "              SSEAlgorithm: aws:kms\n              KMSMasterKeyID: !GetAtt Key.Arn\n\n",
            ),
        ),
    ),
)

_NEEDED: Final = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:ListGrants",
)
_ADD: Final = "add a statement to the key policy of `{0}` that allows {1} to {2}"
_EIGHT: Final = joined(_NEEDED)
_YAML_STATEMENT: Final = """\
          - Effect: Allow
            Principal: {{AWS: {0}}}
            Action: [{1}]
            Resource: "*"
"""
_USER: Final = "arn:aws:iam::111122223333:user/featurestore-user"
_YAML_FIRST: Final = "          - Sid: KeepControl\n"
_FEATURES: Final = "aws_sagemaker_feature_group.trips"

ONLINE: Final = (
    Followed(
        "201",
        201,
        "Trips",
        (_ADD.format("Key", _EIGHT, "the principal that deploys"),),
        ((_YAML_FIRST, _YAML_STATEMENT.format(_USER, ", ".join(_NEEDED)) + _YAML_FIRST),),
    ),
)

_SEPARATE: Final = (
    "add `s3.*.amazonaws.com` to the `kms:ViaService` condition of statement `AllowFeatureStore` of the key policy of "
    "`{0}`, or use a separate key for the offline store"
)
_OFFLINE: Final = "KmsKeyId: !GetAtt Key.Arn # broken 203"
_HCL_OFFLINE: Final = "= aws_kms_key.key.arn # broken 203"
_STATE: Final = "aws_sfn_state_machine.machine"

SHARED: Final = tuple(
    Followed("203", 203, resource, (_SEPARATE.format(key),), ((old, new),))
    for resource, key, old, new in (
        ("Trips", "Key", _OFFLINE, f"KmsKeyId: {KEY} # broken 203"),
        ("Trips", "Key", "!If [IsProduction, !GetAtt Key.Arn, !GetAtt Other.Arn]", "!GetAtt Other.Arn"),
        ("Machine", "Key", _OFFLINE, f"KmsKeyId: {KEY} # broken 203"),
        (_FEATURES, "aws_kms_key.key", _HCL_OFFLINE, f'= "{KEY}" # broken 203'),
        (_STATE, "aws_kms_key.key", _HCL_OFFLINE, f'= "{KEY}" # broken 203'),
    )
)

_WEST: Final = ("use a key in `us-west-2`, and start the job there",)
_EAST: Final = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_TRUST: Final = """\
          - Effect: Allow
            Principal: {Service: sagemaker-geospatial.amazonaws.com}
            Action: sts:AssumeRole
"""
_ITS_KEY: Final = f"""\
      Policies:
        - PolicyName: key
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              Effect: Allow
              Action: [kms:CreateGrant, kms:GenerateDataKey, kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext]
              Resource: {KEY}
"""
_JOB: Final = """\
          - Sid: AllowJob
            Effect: Allow
            Principal: {AWS: !GetAtt Role.Arn}
            Action: [kms:CreateGrant, kms:GenerateDataKey, kms:Decrypt, kms:GenerateDataKeyWithoutPlaintext]
            Resource: "*"
"""

REGIONS: Final = (
    Followed("304", 304, "Machine", _WEST, ((f"KmsKeyId: {_EAST}", f"KmsKeyId: {KEY}"),)),
    Followed(
        "304",
        304,
        "Machine",
        _WEST,
        (("KmsKeyId: !GetAtt Key.Arn", f"KmsKeyId: {KEY}"), (_JOB, "")),
        region="us-west-2",
    ),
    Followed("304", 304, _STATE, _WEST, ((f'KmsKeyId = "{_EAST}"', f'KmsKeyId = "{KEY}"'),)),
    Followed("304", 304, _STATE, _WEST, (("  provider = aws.east\n", ""),)),
    Followed("304", 304, "Role", _WEST, ((_JOB, ""), (_TRUST, _TRUST + _ITS_KEY)), region="us-west-2"),
)

FOLLOWED: Final = (*PAIRS, *DENIED, *ARNS, *BUCKETS, *ONLINE, *SHARED, *REGIONS)
