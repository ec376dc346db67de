"""The key policy allows CloudWatch to publish to the encrypted topic of an alarm.

## What it checks

The topic that an alarm's actions name has a KMS key, and the policy of that key allows `cloudwatch.amazonaws.com`
itself `kms:GenerateDataKey` and `kms:Decrypt`, with the alarm's ARN as `aws:SourceArn` and the account as
`aws:SourceAccount`. A statement for the account does not count: it delegates to IAM policies, and a service principal
has none. The AWS managed key `alias/aws/sns` never works, since its policy lets no service principal in. A topic
without a key needs nothing.

## Why it matters

Nothing fails. The alarm is created, it changes its state, and no notification is sent; only the alarm's history says
"CloudWatch Alarms does not have authorization to access the SNS topic encryption key."

## When it is unproven

The topic's key or its policy is not in the source, or a statement's condition requires what is not documented for these
calls, such as `kms:ViaService` or an encryption context.

## How to fix it

Add a statement to the policy of the topic's key that allows `cloudwatch.amazonaws.com` `kms:GenerateDataKey*` and
`kms:Decrypt`. For `alias/aws/sns`, make a customer managed key.

## References

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import alarms

NUMBER: Final = 701
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("alarms",)
SOURCES: Final = ("M1", "M2", "M3", "M5", "M9", "M10")
NEEDS: Final = alarms.TOPIC_ACCESS
