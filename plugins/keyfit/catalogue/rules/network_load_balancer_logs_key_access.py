"""The key of a bucket allows the access logs of a Network Load Balancer to be delivered into it.

## What it checks

Where the bucket of the access logs is encrypted with KMS by default, it is so with a customer managed key, whose policy
allows `delivery.logs.amazonaws.com` `kms:GenerateDataKey` and `kms:Decrypt`, and nothing denies them. AWS's page asks
for `kms:Encrypt`, `kms:ReEncryptFrom`, `kms:ReEncryptTo` and `kms:DescribeKey` as well: without them alone it is a
warning, for an upload to Amazon S3 takes none of them.

## Why it matters

Elastic Load Balancing tries the bucket when access logs are enabled, and the deployment fails: "Access Denied for
bucket: <bucket>. Please check S3bucket permission", the same words as for a bucket policy that is not enough. The AWS
managed key `aws/s3` is not supported.

## When it is unproven

The key or its policy is not in the source; or a statement requires `aws:SourceArn` or `aws:SourceAccount`, which AWS
documents for the bucket policy alone.

## How to fix it

Add the actions to a statement of the key policy whose Principal is `Service: delivery.logs.amazonaws.com`, or encrypt
the bucket with SSE-S3 (`AES256`).

## References

https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import load_balancers

NUMBER: Final = 909
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("load-balancers",)
SOURCES: Final = ("L21", "L22", "O1")
NEEDS: Final = load_balancers.ACCESS
