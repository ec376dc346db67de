"""The key of a bucket allows flow logs, query logs and other logs to be delivered into it.

## What it checks

Where the bucket of a VPC flow log, of Route 53 Resolver query logging, of the logs of Network Firewall or VPC Lattice,
or of a delivery destination of CloudWatch Logs is encrypted with KMS by default, it is so with a customer managed key,
whose policy allows `delivery.logs.amazonaws.com` `kms:GenerateDataKey` and `kms:Decrypt`, and nothing denies them.
AWS's page asks for `kms:Encrypt`, `kms:ReEncryptFrom`, `kms:ReEncryptTo` and `kms:DescribeKey` as well: without them
alone it is a warning, for an upload to Amazon S3 takes none of them.

## Why it matters

The logs are delivered through CloudWatch Logs, in the name of that service, whichever service they are of:
`vpc-flow-logs.amazonaws.com` is no use in the key policy. Without the permissions the flow log is created and stays
`ACTIVE`, while `DeliverLogsStatus` is `FAILED` ("Access error") and nothing comes. With the AWS managed key `aws/s3`
the logs cannot be read.

## When it is unproven

The key or its policy is not in the source, or a statement requires something that AWS does not document for these
calls.

## How to fix it

Add the actions to a statement of the key policy whose Principal is `Service: delivery.logs.amazonaws.com`. To limit it,
use `StringEquals` on `aws:SourceAccount` and `ArnLike` on `aws:SourceArn` with `arn:aws:logs:region:account:*`.

## References

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html
https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-cmk-policy.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import log_delivery

NUMBER: Final = 908
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("log-delivery",)
SOURCES: Final = ("L15", "L16", "L17", "L18", "O1", "L26")
NEEDS: Final = log_delivery.ACCESS
