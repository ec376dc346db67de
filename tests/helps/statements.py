"""Helps of the rules about the statements of policies."""

from __future__ import annotations

from typing import Final

from tests.helps.followed import Followed

RULES: Final = range(501, 509)

_KEY: Final = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_ARN: Final = ("specify the ARN of the key as the Resource",)
_SEPARATE: Final = ("manage all of its policies with separate resources",)
_OWN_CALLS: Final = ("remove the `kms:ViaService` condition for `personalize.amazonaws.com`",)
_NONE: Final = ""

_OF_A_ROLE: Final = """\
Resources:
  Listing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      Roles: [films]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: kms:ListAliases, Resource: "*"}

"""
_OF_THE_ACCOUNT: Final = """\
Resources:
  Listing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: [kms:ListAliases, kms:ListKeys], Resource: "*"}

"""
_TO_ACCOUNT: Final = """\
            Effect: Allow
            Principal: {AWS: !Ref AWS::AccountId}
"""
_AFTER_LISTING: Final = """\
  }
}

resource "aws_kms_key" "data" {
"""
_LISTING: Final = """\
  } */
}

resource "aws_iam_policy" "listing" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "kms:ListAliases", Resource = "*" }]
  })
}

resource "aws_kms_key" "data" {
"""
_INLINE: Final = """\
  inline_policy {
    name = "own"
"""
_INLINE_APART: Final = """\
}

resource "aws_iam_role_policy" "own" {
    name = "own"
    role = aws_iam_role.films.name
"""
_AFTER_INLINE: Final = """\
    })
  }
}
"""
_ATTACHED: Final = """\
  managed_policy_arns = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]
}
"""
_ATTACHED_APART: Final = """\
}

resource "aws_iam_role_policy_attachment" "own" {
  role       = aws_iam_role.films.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
}
"""

FOLLOWED: Final = (
    Followed(
        "102",
        501,
        "Role",
        _ARN,
        (("!Sub arn:aws:kms:*:${AWS::AccountId}:alias/movies", "!GetAtt Key.Arn"),),
        uncovers=(103,),
    ),
    Followed(
        "501",
        501,
        "Role",
        _ARN,
        (("!Sub arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/films", "!GetAtt Key.Arn"),),
    ),
    Followed(
        "501",
        501,
        "aws_iam_role_policy.key",
        _ARN,
        (('["arn:aws:kms:eu-west-1:111122223333:alias/films"]', f'["{_KEY}"]'),),
    ),
    Followed("502", 502, "Access", _ARN, (("Resource: [1234abcd-12ab-34cd-56ef-1234567890ab]", f"Resource: {_KEY}"),)),
    Followed(
        "504",
        504,
        "Key",
        ("remove the statement, and allow `kms:ListAliases` in an IAM policy with Resource `*`",),
        (
            ("Resources:\n", _OF_A_ROLE),
            ("- Effect: Allow # broken", "# broken"),
            ("            Principal: {AWS: arn:aws:iam::111122223333:role/films}\n", _NONE),
            ('            Action: kms:ListAliases\n            Resource: "*"\n', _NONE),
        ),
    ),
    Followed(
        "504",
        504,
        "Key",
        ("remove the statement, and allow `kms:ListAliases` and `kms:ListKeys` in an IAM policy with Resource `*`",),
        (
            ("Resources:\n", _OF_THE_ACCOUNT),
            ("- Sid: Listing # broken", "# broken"),
            (_TO_ACCOUNT + "            # note", "# note"),
            ('            Action: ["kms:ListAliases", "kms:ListKeys"]\n            Resource: "*"\n', _NONE),
        ),
    ),
    Followed(
        "504",
        504,
        "Key",
        ("remove the statement",),
        (
            ("- Sid: Retiring # broken", "# broken"),
            (_TO_ACCOUNT + '            Action: "kms:RetireGrant" # help', "# help"),
            ('# help 504: remove the statement\n            Resource: "*"\n', _NONE),
        ),
    ),
    Followed(
        "504",
        504,
        "aws_kms_key.data",
        ("remove the statement, and allow `kms:ListAliases` in an IAM policy with Resource `*`",),
        (("statement { # broken", "/* # broken"), (_AFTER_LISTING, _LISTING)),
    ),
    Followed(
        "101",
        506,
        "Key",
        ("remove the `kms:ViaService` condition",),
        (
            (
                'Condition: {StringEquals: {kms:ViaService: !Sub "personalize.${AWS::Region}.amazonaws.com"}}',
                _NONE,
            ),
        ),
    ),
    Followed(
        "301",
        506,
        "Key",
        ("remove the `kms:ViaService` condition",),
        (
            (
                "Condition: {StringEquals: {kms:ViaService: sagemaker-geospatial.us-west-2.amazonaws.com}}",
                _NONE,
            ),
        ),
    ),
    Followed(
        "506",
        506,
        "Key",
        _OWN_CALLS,
        (("            Condition: {StringLike: {kms:ViaService: sagemaker.*.amazonaws.com}}\n", _NONE),),
    ),
    Followed(
        "506",
        506,
        "Key",
        _OWN_CALLS,
        (
            ("            Condition:\n              StringLike:\n", _NONE),
            ('                "kms:ViaService": sagemaker.*.amazonaws.com\n', _NONE),
        ),
    ),
    Followed(
        "506",
        506,
        "Key",
        ("remove the `kms:ViaService` condition",),
        (
            ("            Condition:\n              StringEquals:\n                # note", "# note"),
            ('                "kms:ViaService": !Sub personalize.${AWS::Region}.amazonaws.com\n', _NONE),
        ),
    ),
    Followed(
        "506",
        506,
        "Key",
        ("write it as `service.region.amazonaws.com`",),
        (('"kms:ViaService": s3.amazonaws.com', '"kms:ViaService": !Sub s3.${AWS::Region}.amazonaws.com'),),
    ),
    Followed(
        "506",
        506,
        "aws_iam_role_policy.key",
        ("remove `sagemaker-geospatial.us-west-2.amazonaws.com` from the condition",),
        (('"sagemaker-geospatial.us-west-2.amazonaws.com", ', _NONE),),
    ),
    Followed(
        "508",
        508,
        "aws_iam_role.films",
        _SEPARATE,
        ((_INLINE, _INLINE_APART), (_AFTER_INLINE, _AFTER_INLINE.replace("  }\n", _NONE))),
    ),
    Followed("508", 508, "aws_iam_role.films", _SEPARATE, ((_ATTACHED, _ATTACHED_APART),)),
)
