"""The key of a bucket allows Amazon S3 to write server access logs into it.

## What it checks

Where a bucket that takes the server access logs of another is encrypted with a customer managed key by default, the
policy of that key allows `logging.s3.amazonaws.com` `kms:GenerateDataKey` and `kms:Decrypt`, and nothing denies them.

## Why it matters

Amazon S3 writes the logs in its own name. Without the permissions they are not delivered, or nobody can read them, and
no message says so. Until 2023 AWS's page said that such a bucket must not be encrypted with KMS at all, and modules and
scanners still do. Without `kms:Decrypt` alone it is a warning: AWS's page asks for it, and writing an object takes only
`kms:GenerateDataKey`. With the AWS managed key `aws/s3`, whose policy cannot be changed, it is a warning, too: AWS's
page speaks of a customer managed key only.

## When it is unproven

The key or its policy is not in the source; or a statement requires `aws:SourceArn`, `aws:SourceAccount` or
`kms:ViaService`: AWS documents the first two for the bucket policy, and none of them for the key.

## How to fix it

Add both actions to a statement of the key policy whose Principal is `Service: logging.s3.amazonaws.com`, or encrypt the
bucket with SSE-S3 (`AES256`).

## References

https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import s3_access_logs

NUMBER: Final = 804
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("s3-access-logs",)
SOURCES: Final = ("D7", "D8", "D9")
NEEDS: Final = s3_access_logs.ACCESS
