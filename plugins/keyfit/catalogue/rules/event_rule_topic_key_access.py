"""The key policy allows EventBridge to publish to the encrypted topic of a rule.

## What it checks

The topic that a target of a rule names has a KMS key, and the policy of that key allows `events.amazonaws.com` itself
`kms:GenerateDataKey` and `kms:Decrypt`. Conditions on `aws:SourceArn`, `aws:SourceAccount` and `aws:SourceOrgID` are
not met: AWS does not support them from EventBridge to encrypted topics. The AWS managed key `alias/aws/sns` never
works. Where the target has a role, the role needs the key instead, by any route: a warning, since AWS's pages do not
say so.

## Why it matters

Nothing fails. The rule matches, and the event does not come: it is counted in the metric `FailedInvocations`, sent to
the dead-letter queue where the target has one, and lost otherwise.

## When it is unproven

The topic's key or its policy is not in the source, or a statement's condition requires what is not documented for these
calls, such as `kms:ViaService` or an encryption context.

## How to fix it

Add a statement to the policy of the topic's key that allows `events.amazonaws.com` `kms:GenerateDataKey*` and
`kms:Decrypt`, without conditions on the source. For `alias/aws/sns`, make a customer managed key.

## References

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import event_rules

NUMBER: Final = 702
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("event-rules",)
SOURCES: Final = ("M1", "M3", "M5", "M9", "M12")
NEEDS: Final = event_rules.TOPIC_ACCESS
