"""The execution role of a geospatial job can use the job's keys.

## What it checks

By any route that KMS supports, the execution role is allowed on the key of a start job `kms:CreateGrant`,
`kms:GenerateDataKey`, `kms:Decrypt` and `kms:GenerateDataKeyWithoutPlaintext`; on the key of a zone file
`kms:GenerateDataKey`; and, as a warning, on the key of a vector job's input `kms:Decrypt` and on an export's key
`kms:GenerateDataKey` and `kms:Decrypt`. No template has these jobs, so a role that trusts the service and that no job
of the source names is checked with each key that a statement connects to it: one of the key's policy that names it, or
one of its own that names the key, and allows an action that jobs need. A key that another consumer of the source uses
is left out there.

## Why it matters

The service assumes the role and creates a grant on your key with it; two of the calls have no encryption context. A
condition on the encryption context, or on `kms:ViaService`, blocks them just as a missing action does. KMS denies them
with `AccessDeniedException: User: … is not authorized to perform: kms:CreateGrant on resource: … because no
resource-based policy allows the kms:CreateGrant action`; AWS does not document whether the request fails then or the
job fails later.

The AWS documentation says that without the account's root as administrator of the key the same permissions are needed
on the role. By KMS's rules an IAM policy has no effect then; it counts only where the key policy *does* delegate to the
account. So this rule holds where the key policy names the role with all four actions, or delegates them and the role's
policies allow them; what else the page's sentence asks for is `geospatial-role-both-sides`. The page's example
statement has an extra comma before two of its brackets, and is not valid JSON.

## When it is unproven

The role or the key is not in the source, or a condition requires something that is not documented, such as
`kms:GrantIsForAWSResource`: the service creates the grant with the role's credentials. Where no job of the source names
the role and the key encrypts a bucket, the role can need it for the bucket alone.

## How to fix it

Add the missing actions to the statement of the key policy that names the execution role, without conditions on the
encryption context or on `kms:ViaService`. An IAM policy alone is enough only where the key policy delegates to the
account.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/geospatial-kms.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import geospatial

NUMBER: Final = 301
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("geospatial",)
SOURCES: Final = ("G4", "G5", "G6", "G7", "G8", "G16", "G17")
NEEDS: Final = geospatial.ACCESS
