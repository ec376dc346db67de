"""The role that a Personalize consumer names allows Personalize to assume it.

## What it checks

The parameter is the ARN of a role, and the trust policy of that role allows `sts:AssumeRole` to
`personalize.amazonaws.com`, in the context of Personalize's request: from this account, for a Personalize resource in
it.

## Why it matters

Personalize uses the role to read and write your S3 objects and to use your key. A role that it cannot assume fails the
request, or the job some minutes later, and the message does not mention the trust policy.

A value that is not the ARN of a role is rejected at once; `!Ref Role` is a role's name in CloudFormation. The other
rules still check the role that the name refers to.

## When it is unproven

The role is not in the source, or a condition of its trust policy requires something that is not documented, such as
`sts:ExternalId`.

## How to fix it

Allow `sts:AssumeRole` to `Service: personalize.amazonaws.com` in the role's trust policy. Conditions on
`aws:SourceAccount` and on `aws:SourceArn` with the ARNs of Personalize work, and are recommended.

Use `!GetAtt Role.Arn` in CloudFormation, `aws_iam_role.x.arn` in Terraform.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.catalogue.trust import check_trust
from keyfit.model.findings import Level

NUMBER: Final = 105
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P24", "P28")
YIELDS_TO: Final = (106,)

check: Final = check_trust(SUBJECTS)
