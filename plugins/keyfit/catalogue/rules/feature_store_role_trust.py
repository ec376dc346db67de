"""The role of an offline store allows SageMaker to assume it.

## What it checks

A feature group with an offline store names a role by its ARN, and the trust policy of that role allows
`sts:AssumeRole` to `sagemaker.amazonaws.com`.

## Why it matters

SageMaker writes the offline store with this role. A role that it cannot assume fails CreateFeatureGroup. An online
store alone has no use for a role, and is not checked, although Terraform requires one for every feature group.

A value that is not the ARN of a role is rejected; `!Ref Role` is a role's name in CloudFormation. The other rules still
check the role that the name refers to.

## When it is unproven

The role is not in the source, or a condition of its trust policy requires something that is not documented.

## How to fix it

Allow `sts:AssumeRole` to `Service: sagemaker.amazonaws.com` in the role's trust policy. Use `!GetAtt Role.Arn` in
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
