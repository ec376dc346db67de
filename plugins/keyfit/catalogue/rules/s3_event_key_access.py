"""The key policy allows S3 to notify the encrypted queue or topic of a bucket.

## What it checks

The queue or topic that a bucket notifies has a KMS key, and the policy of that key allows `s3.amazonaws.com` itself
`kms:GenerateDataKey` and `kms:Decrypt`, with the bucket's ARN as `aws:SourceArn` and the account as
`aws:SourceAccount`. The AWS managed keys `alias/aws/sqs` and `alias/aws/sns` never work; what has no key needs nothing.

## Why it matters

S3 tests the destination when the notification is set, and the deployment fails with "Unable to validate the following
destination configurations", which speaks of no key. A policy that is changed later is not tested again: then events are
lost.

## When it is unproven

The key of the queue or topic or its policy is not in the source, or a statement's condition requires what is not
documented for these calls, such as `kms:ViaService` or an encryption context.

## How to fix it

Add a statement to the policy of the key that allows `s3.amazonaws.com` `kms:GenerateDataKey` and `kms:Decrypt`. For an
AWS managed key, make a customer managed one, or let SQS encrypt the queue by itself.

## References

https://docs.aws.amazon.com/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import s3_events

NUMBER: Final = 704
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("s3-events",)
SOURCES: Final = ("M1", "M6", "M8", "M9", "M13")
NEEDS: Final = s3_events.ACCESS
