"""The key policy allows EventBridge to send to the encrypted queues of a rule: targets and dead-letter queues.

## What it checks

The queue that a target of a rule names, or the dead-letter queue of the target, has a KMS key, and the policy of that
key allows `events.amazonaws.com` itself `kms:GenerateDataKey` and `kms:Decrypt`, with the rule's ARN as
`aws:SourceArn`. The AWS managed key `alias/aws/sqs` never works; a queue that SQS encrypts by itself needs nothing.
Where the target has a role, the role needs the key instead, by any route: a warning, since AWS's pages do not say so.
Dead-letter queues are always written by the service.

## Why it matters

Nothing fails. The rule matches, and the event does not come: it is counted in the metric `FailedInvocations`, and lost.
Where the dead-letter queue has another key, that is forgotten most often.

## When it is unproven

The queue's key or its policy is not in the source, the rule is on another bus than the default one and a condition asks
for its ARN, or a condition requires what is not documented for these calls: AWS's page says it of `aws:SourceArn`, not
of `aws:SourceAccount` or `kms:ViaService`.

## How to fix it

Add a statement to the policy of the queue's key that allows `events.amazonaws.com` `kms:GenerateDataKey` and
`kms:Decrypt`. For `alias/aws/sqs`, make a customer managed key, or let SQS encrypt the queue by itself.

## References

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import event_rules

NUMBER: Final = 703
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("event-rules",)
SOURCES: Final = ("M6", "M7", "M8", "M9", "M11", "M12")
NEEDS: Final = event_rules.QUEUE_ACCESS
