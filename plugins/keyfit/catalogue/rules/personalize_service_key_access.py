"""The key policy allows Personalize to use a consumer's key.

## What it checks

The policy of the key that a dataset group, job or metric attribution names allows `personalize.amazonaws.com` itself
`kms:Decrypt`, `kms:GenerateDataKey`, `kms:DescribeKey`, `kms:CreateGrant` and `kms:ListGrants`, and nothing denies
them. A statement for the account (`arn:aws:iam::111122223333:root`) does not count: it delegates to IAM policies, and a
service principal has none.

## Why it matters

Personalize calls KMS as itself. Without one of the five the consumer ends in `CREATE FAILED`, minutes after the request
was accepted, often with a message about S3 ("Insufficient privileges for accessing data in Amazon S3.").

AWS's pages differ on `kms:CreateGrant` and `kms:ListGrants`: the developer guide asks for both, while the key policy
that AWS publishes with its solution "Maintaining Personalized Experiences" leaves them to the role. Where nothing else
is missing and the consumer's role has both, it is a warning.

## When it is unproven

The key or its policy is not in the source, or a statement's condition requires something that is not documented for
these calls, such as `aws:SourceArn` or `aws:SourceAccount`.

## How to fix it

Add the actions to a statement of the key policy whose Principal has `Service: personalize.amazonaws.com`. Omit
conditions that requests of a service principal do not meet, such as `kms:ViaService`.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import personalize

NUMBER: Final = 101
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P14", "P48")
NEEDS: Final = personalize.SERVICE_ACCESS
