"""Personalize, and the role of its jobs, can do what they need on the buckets that they read and write.

## What it checks

For a bucket of the source that a job or metric attribution reads or writes, both `personalize.amazonaws.com` and the
job's role are allowed what AWS documents: `s3:GetObject` and `s3:ListBucket` for the input of an import or batch job,
`s3:PutObject` for the output of a batch job or metric attribution, `s3:PutObject` and `s3:ListBucket` for an export.
`s3:ListBucket` is asked on the bucket, the others on the objects that the path names.

By the rule of S3: the bucket policy or the role's own policies allow it, of a bucket of another account both; the
service has no policies of its own, so the bucket policy has to; and nothing denies it.

## Why it matters

AWS reports two different causes in the same words, "Insufficient privileges for accessing data in Amazon S3": that the
bucket does not let Personalize in, which is this rule, and that the key of the bucket does not, which is
`personalize-bucket-key-access`.

Personalize does not call from a VPC: a policy that denies whoever does not come from one denies Personalize, too.

## When it is unproven

No bucket policy of the bucket is in the source, and the role's own policies do not allow it either; the role is not in
the source; or an unknown value decides: AWS does not document which headers, or which `aws:SourceArn`, the requests
have. A bucket that is not in the source is not judged.

## How to fix it

Allow the actions on the ARN of the bucket and on its objects (`/*`), to `personalize.amazonaws.com` in the bucket
policy and to the role in one of its own policies. Exclude both from a Deny that is meant for others.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
"""

from __future__ import annotations

from typing import Final

from keyfit.catalogue.access import buckets
from keyfit.model.findings import Level
from keyfit.services.pages import personalize

NUMBER: Final = 111
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P30", "P31", "P32", "P33", "P41", "I2", "I5")

check: Final = buckets.check(personalize.PAGE, personalize.OBJECTS)
