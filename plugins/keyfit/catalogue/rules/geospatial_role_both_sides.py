"""Where the key policy does not delegate to the account, the execution role also has the IAM policy AWS asks for.

## What it checks

The key policy of a start job's key names the execution role and does not delegate the four actions to the account: then
the AWS documentation asks for the same four actions in a policy of the role. This rule reports only where the role has
access; where it has none, `geospatial-role-key-access` reports it.

## Why it matters

The AWS documentation says: if your key policy does not have your account root as key administrator, add the same
permissions to the execution role. By KMS's own rules it is the other way round: the key policy that names the role is
enough in one account, and without the root's statement an IAM policy has no effect. So nothing is denied, and this is a
warning: the setup is not the one that AWS describes.

## When it is unproven

The role or the key is not in the source, or it is not known whether the role can use the key at all.

## How to fix it

Add to the role an IAM policy with the four actions on the key's ARN, or let the key policy delegate to the account.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/geospatial-kms.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import geospatial

NUMBER: Final = 303
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("geospatial",)
SOURCES: Final = ("G6", "G7", "G8")
YIELDS_TO: Final = (301,)
NEEDS: Final = geospatial.AS_DOCUMENTED
