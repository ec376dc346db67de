"""The key policy allows RDS, DMS, Redshift, SES or Budgets to publish to an encrypted topic.

## What it checks

The topic that an event subscription, an event destination or a budget names has a KMS key, and the policy of that key
allows the service itself `kms:GenerateDataKey` and `kms:Decrypt`, with the account as `aws:SourceAccount`:
`events.rds.amazonaws.com` (which is not `rds.amazonaws.com`), `dms.amazonaws.com`, `redshift.amazonaws.com`,
`ses.amazonaws.com`, or `budgets.amazonaws.com`. The AWS managed key `alias/aws/sns` never works; a topic without a key
needs nothing.

## Why it matters

DMS, and SES for feedback, refuse the topic when it is set. For all others nothing fails, and nothing is ever published.
Of Budgets AWS's pages do not list the actions: there it is a warning.

## When it is unproven

The topic's key or its policy is not in the source, or a statement's condition requires what is not documented for these
calls, such as `aws:SourceArn` or `kms:ViaService`.

## How to fix it

Add a statement to the policy of the topic's key that allows the service `kms:GenerateDataKey*` and `kms:Decrypt`. For
`alias/aws/sns`, make a customer managed key.

## References

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import publishers

NUMBER: Final = 706
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("publishers",)
SOURCES: Final = ("M1", "M2", "M3", "M5", "M9", "M15", "M16", "M17", "M18")
NEEDS: Final = publishers.TOPIC_ACCESS
