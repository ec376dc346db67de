"""The role that S3 replicates encrypted objects with can use the keys of both sides.

## What it checks

The role of a replication rule that is enabled and replicates objects encrypted with KMS
(`SourceSelectionCriteria.SseKmsEncryptedObjects`) is allowed, by any route, for calls through S3 in the Region of each:
`kms:Decrypt` on the customer managed key that encrypts the source bucket by default; `kms:Encrypt` on the replica key,
and `kms:Decrypt`, too, where the destination bucket has an S3 Bucket Key. `kms:GenerateDataKey` on the replica key,
which many policies give, is for objects that are not encrypted with KMS at the source.

## Why it matters

S3 does not check the keys when replication is configured. Objects are not replicated, with the replication status
`FAILED`, and nobody is told. The encryption context `aws:s3:arn` is the ARN of the object; where the bucket has a
Bucket Key it is the ARN of the bucket, so that a condition on `<bucket>/*` then never holds.

## When it is unproven

The role, one of its policies, or a key is not in the source, or an unknown value decides.

## How to fix it

Allow the role `kms:Decrypt` on the ARN of the source's key and `kms:Encrypt` on the ARN of the replica key. The key of
another account has to name the role, or its account, in its key policy.

## References

https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import replication

NUMBER: Final = 827
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("replication",)
SOURCES: Final = ("O3", "O4", "O7", "O8", "O9", "O10", "O11")
NEEDS: Final = replication.ACCESS
