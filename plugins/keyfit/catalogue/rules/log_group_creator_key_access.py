"""Whoever creates a log group with a key can describe the key.

## What it checks

The principal that creates a log group with a key, or gives it one, is allowed `kms:DescribeKey` on the key, by any
route. Who creates it is the deployer that `--deployer` names. Otherwise the principal is not in the source, and the
rule checks whether the key policy makes it possible: it delegates the action to the account's IAM policies, or some
principal that it or a grant names is allowed it. It is a warning: AWS's page asks for it, and CloudFormation's own list
of what creates a log group has no action of KMS.

## Why it matters

CloudWatch Logs describes the key with the permissions of whoever associates it. AWS's page says that the request fails
with `AccessDeniedException` without them.

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides. So
does a condition on `kms:ViaService`: the page's example has `logs.region.amazonaws.com`, which is not in AWS's list of
services that support it.

## How to fix it

Allow `kms:DescribeKey` to the principal that deploys, in the key policy, or with a key policy that delegates to the
account and the deployer's own policies. Name the deployer with `--deployer`, and keyfit checks those policies too.

## References

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import cloudwatch_logs

NUMBER: Final = 911
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("cloudwatch-logs",)
SOURCES: Final = ("L24", "L25")
NEEDS: Final = (cloudwatch_logs.CREATION,)
