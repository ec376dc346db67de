"""The role of an offline store can write with the store's key, through S3.

## What it checks

The role that the feature group names is allowed `kms:GenerateDataKey` on the offline store's key, by any route that KMS
supports, for a call that S3 makes with the role's session: KMS then sees `kms:ViaService` `s3.<region>.amazonaws.com`.
A statement with `kms:ViaService` `sagemaker.*.amazonaws.com` does not cover it.

## Why it matters

The offline store is a set of S3 objects that the role writes, and S3 requests data keys from KMS on the role's behalf.
If KMS denies the request, CreateFeatureGroup fails, or the group ends in `CreateFailed`.

AWS's page says that the online store's key policy works for the offline store only without `kms:ViaService`. This is
why: the condition names SageMaker, and here S3 makes the call.

## When it is unproven

The role or the key is not in the source, or an unknown value decides.

## How to fix it

Allow `kms:GenerateDataKey` to the role without `kms:ViaService`, or with Amazon S3's: in the key policy, or in a policy
of the role where the key policy delegates to the account.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import feature_store

NUMBER: Final = 202
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F11", "F12", "F30")
YIELDS_TO: Final = (203,)
NEEDS: Final = (feature_store.WRITING,)
