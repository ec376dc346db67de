"""The key policy allows CloudTrail to use an event data store's key.

## What it checks

The policy of the key that an event data store of CloudTrail Lake names allows `cloudtrail.amazonaws.com`
`kms:GenerateDataKey` and `kms:Decrypt`, and nothing denies them.

## Why it matters

CloudTrail calls KMS as itself. A statement for the account delegates to IAM policies, and a service principal has none:
the event data store is not created, or takes no events.

## When it is unproven

The key or its policy is not in the source, or a statement requires `aws:SourceArn`, `aws:SourceAccount` or an
encryption context: AWS supports the first two for an event data store that exists already, and does not document what
the calls that create it have.

## How to fix it

Add the actions to a statement of the key policy whose Principal is `Service: cloudtrail.amazonaws.com`, without a
condition until the event data store is created.

## References

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import cloudtrail

NUMBER: Final = 904
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("cloudtrail",)
SOURCES: Final = ("L12",)
NEEDS: Final = cloudtrail.STORE_ACCESS
