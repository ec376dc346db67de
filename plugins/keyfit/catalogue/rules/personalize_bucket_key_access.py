"""Personalize can use the key that encrypts a bucket which its jobs read or write.

## What it checks

A bucket of the source that a job or metric attribution reads or writes, and that is encrypted with a KMS key by
default: the key policy allows `personalize.amazonaws.com` what `personalize-service-key-access` requires, and the job's
role is allowed what `personalize-role-key-access` requires, by any route. For import jobs too; no IAM policy is ever
required. An output that names its own key is not written with the bucket's.

## Why it matters

Objects in the bucket are encrypted with this key, so reading and writing them uses the key. The job fails with a
message about S3: "Insufficient privileges for accessing data in Amazon S3.". A bucket on the AWS managed key `aws/s3`
can never be used by Personalize: the policy of that key cannot be changed.

## When it is unproven

The key or the role is not in the source, or an unknown value decides. A bucket that is not in the source is not
judged.

## How to fix it

Encrypt the bucket with a customer managed key, and allow the service and the role what they need in its key policy.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import personalize

NUMBER: Final = 108
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P1", "P16", "P17", "R15", "R16")
NEEDS: Final = personalize.BUCKET_ACCESS
