"""The role of an offline store lets SageMaker assume it.

## What it checks

A feature group with an offline store names a role by its ARN, and the trust policy of that role allows
`sts:AssumeRole` to `sagemaker.amazonaws.com`.

## Why it matters

SageMaker writes the offline store with this role. A role that it cannot assume fails CreateFeatureGroup. An online
store alone has no use for a role, and is not asked, though Terraform takes no feature group without one.

What is no role's ARN is refused; `!Ref Role` is a role's name in CloudFormation. The role behind the name is still
judged by the other rules.

## When it is unproven

The role is not in the source, or a condition of its trust policy asks for something that nobody documents.

## How to fix it

Allow `sts:AssumeRole` to `Service: sagemaker.amazonaws.com` in the role's trust policy. Write `!GetAtt Role.Arn` in
CloudFormation, `aws_iam_role.x.arn` in Terraform.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

from typing import Final

from keyfit.catalogue.trust import check_trust
from keyfit.model.findings import Level

NUMBER: Final = 205
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F33",)

check: Final = check_trust(SUBJECTS)
