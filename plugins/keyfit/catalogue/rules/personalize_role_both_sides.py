"""The key policy and the role's own policies both allow the role of a Personalize consumer to use its key.

## What it checks

The AWS documentation asks for both sides: the key policy names the role, *and* the policies attached to the role allow
`kms:Decrypt`, `kms:GenerateDataKey`, `kms:DescribeKey` and `kms:ListGrants` on the key. Import jobs need only the key
policy. This rule reports only where the role has access; where it has none, `personalize-role-key-access` reports it.

## Why it matters

By KMS's own rules one side is enough in one account, so this is a warning: the documented setup is the one that AWS
supports, and the one that still works if the other side is narrowed.

## When it is unproven

The role or the key is not in the source, or an unknown value decides.

## How to fix it

Add what is missing on the side that lacks it: `kms:Decrypt`, `kms:GenerateDataKey`, `kms:DescribeKey` and
`kms:ListGrants` on the key's ARN in a policy of the role, or the role as a principal in the key policy.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import personalize

NUMBER: Final = 103
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P2", "P4", "P15", "P16")
YIELDS_TO: Final = (102, 106)
NEEDS: Final = personalize.ROLE_ON_BOTH_SIDES
