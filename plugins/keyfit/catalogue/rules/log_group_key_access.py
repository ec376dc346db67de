"""The key policy allows CloudWatch Logs to use a log group's key.

## What it checks

The policy of the key that a log group names allows `logs.region.amazonaws.com`, of the log group's Region,
`kms:Encrypt`, `kms:Decrypt` and `kms:GenerateDataKey` for the encryption context of this log group, and nothing denies
them. AWS's page asks for `kms:ReEncryptFrom` and `kms:ReEncryptTo` as well: without them alone it is a warning, for it
does not say that anything fails. A statement for the account (`arn:aws:iam::111122223333:root`) does not count: it
delegates to IAM policies, and a service principal has none.

## Why it matters

CloudWatch Logs calls KMS as itself and checks the key when the log group is created or the key is associated. The
deployment fails: "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:…'". A key
without a policy of its own has the default one, which lets no service in.

## When it is unproven

The key or its policy is not in the source; the Region is not known, and the statement names one; or a condition
requires something that AWS does not document for these calls, such as `aws:SourceArn` or `aws:SourceAccount`. AWS's
page names the principal with the Region alone: whether `logs.amazonaws.com` serves as well is not documented.

## How to fix it

Add the actions to a statement of the key policy whose Principal is `Service: logs.region.amazonaws.com`. To limit it,
use `ArnLike` on `kms:EncryptionContext:aws:logs:arn` with the ARN of the log group by its name. `!GetAtt LogGroup.Arn`
ends in `:*` and refers back to the log group: write the ARN with `!Sub` instead.

## References

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import cloudwatch_logs

NUMBER: Final = 901
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("cloudwatch-logs",)
SOURCES: Final = ("L1", "L2", "L3", "L4", "L23")
NEEDS: Final = cloudwatch_logs.ACCESS
