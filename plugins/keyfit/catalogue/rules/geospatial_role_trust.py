"""The execution role of a geospatial job allows the geospatial service to assume it.

## What it checks

The execution role is given by its ARN, and its trust policy allows `sts:AssumeRole` to
`sagemaker-geospatial.amazonaws.com`. Trust in `sagemaker.amazonaws.com` alone, which the console's steps create, is not
enough.

## Why it matters

The service assumes the role to create the grant on your key, and to read and write your data. A role that trusts only
SageMaker fails every job. Choosing "SageMaker" in the console, as the AWS documentation says, creates such a role.

A value that is not the ARN of a role is rejected; `!Ref Role` is a role's name in CloudFormation. The other rules still
check the role that the name refers to.

## When it is unproven

The role is not in the source, or a condition of its trust policy requires something that is not documented.

## How to fix it

Allow `sts:AssumeRole` to `Service: sagemaker-geospatial.amazonaws.com` in the role's trust policy. Use `!GetAtt
Role.Arn` in CloudFormation, `aws_iam_role.x.arn` in Terraform.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-geospatial-roles.html
"""

from __future__ import annotations

from typing import Final

from keyfit.catalogue.trust import check_trust
from keyfit.model.findings import Level

NUMBER: Final = 302
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("geospatial",)
SOURCES: Final = ("G18", "G19", "G26")

check: Final = check_trust(SUBJECTS)
