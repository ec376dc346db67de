"""Where the key policy does not delegate to the account, the execution role also has the identity policy AWS asks for.

## What it checks

The key policy of a start job's key names the execution role and does not hand the four actions to the account: then
AWS's page asks for the same four actions in a policy of the role. This rule speaks only where the role has access at
all; where it has none, `geospatial-role-key-access` does.

## Why it matters

AWS's page says: if your key policy does not have your account root as key administrator, add the same permissions to
the execution role. By KMS's own rules it is the other way round: the key policy that names the role is enough in one
account, and without the root's statement an identity policy has no effect. So nothing is refused, and this is a
warning: the set-up is not the one that AWS describes.

## When it is unproven

The role or the key is not in the source, or it is not known whether the role can use the key at all.

## How to fix it

Give the role an identity policy with the four actions on the key's ARN, or let the key policy hand the key to the
account.

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
