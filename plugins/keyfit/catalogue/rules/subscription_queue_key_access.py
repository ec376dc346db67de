"""The key policy allows SNS to deliver to the encrypted queue of a subscription.

## What it checks

The queue that a subscription names has a KMS key, and the policy of that key allows `sns.amazonaws.com` itself
`kms:GenerateDataKey` and `kms:Decrypt`, with the topic's ARN as `aws:SourceArn`. It is the queue's key that counts, and
not the topic's. The AWS managed key `alias/aws/sqs` never works; a queue that SQS encrypts by itself needs nothing. The
dead-letter queue of a subscription needs the same: a warning, since AWS's pages do not say so.

## Why it matters

Nothing fails. Messages are published and do not arrive; only the log of delivery status, where one is switched on, says
`KMS.AccessDeniedException`.

## When it is unproven

The queue's key or its policy is not in the source, or a statement's condition requires what is not documented for these
calls, such as `aws:SourceAccount` or `kms:ViaService`.

## How to fix it

Add a statement to the policy of the queue's key that allows `sns.amazonaws.com` `kms:GenerateDataKey` and
`kms:Decrypt`. For `alias/aws/sqs`, make a customer managed key, or let SQS encrypt the queue by itself.

## References

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import subscriptions

NUMBER: Final = 705
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("subscriptions",)
SOURCES: Final = ("M6", "M7", "M8", "M9", "M14")
NEEDS: Final = subscriptions.QUEUE_ACCESS
