"""The role of a Personalize consumer can use the consumer's key.

## What it checks

The role that a dataset group, job or metric attribution names is allowed `kms:Decrypt`, `kms:GenerateDataKey`,
`kms:DescribeKey`, `kms:ListGrants` and `kms:CreateGrant` on its key by any route that KMS supports: a key policy
statement that names it, delegation to the account together with the role's own policies, or a grant; within its
permissions boundary, and with no deny anywhere.

## Why it matters

Personalize also calls KMS with the role's credentials. A role without access fails the dataset group or job as
surely as a key policy without the service.

## When it is unproven

The role or the key is not in the source, or an unknown value decides.

## How to fix it

Name the role in the key policy for all five actions, and allow all except `kms:CreateGrant` on the key's ARN in a
policy of the role: the AWS documentation asks for both, and the help says what is missing where. A permissions boundary
must allow them too.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import personalize

NUMBER: Final = 102
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P2", "P5", "P13", "P15")
YIELDS_TO: Final = (106,)
NEEDS: Final = personalize.ROLE_ACCESS
