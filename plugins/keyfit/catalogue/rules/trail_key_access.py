"""The key policy allows CloudTrail to use a trail's key.

## What it checks

The policy of the key that a trail names allows `cloudtrail.amazonaws.com` `kms:GenerateDataKey` for the encryption
context and the source ARN of this trail, and `kms:DescribeKey`, which has no encryption context. Nothing denies them.
Where the bucket of the trail has an S3 Bucket Key, `kms:Decrypt` is needed as well to create or update the trail:
without it, it is a warning.

## Why it matters

CloudTrail checks the key when the trail is created or updated, and the deployment fails with
`InsufficientEncryptionPolicyException`: "Insufficient permissions to access S3 bucket X or KMS key Y." The words are
the same for a bucket policy that is not enough. Where the key policy is changed later, CloudTrail delivers no more
logs.

## When it is unproven

The key or its policy is not in the source; the Region or the account is not known, and a statement names one; or the
trail is that of an organization, and the statement names its account: the trail belongs to the management account,
whoever creates it.

## How to fix it

Add the actions to statements of the key policy whose Principal is `Service: cloudtrail.amazonaws.com`. To limit them,
use `aws:SourceArn` with the ARN of the trail in its home Region. Put `kms:DescribeKey` into a statement without a
condition on `kms:EncryptionContext:aws:cloudtrail:arn`.

## References

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import cloudtrail

NUMBER: Final = 903
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("cloudtrail",)
SOURCES: Final = ("L6", "L7", "L8", "L10", "L11", "L13")
NEEDS: Final = cloudtrail.TRAIL_ACCESS
