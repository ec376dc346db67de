"""Whoever reads objects of a bucket with a key can decrypt with it, through S3.

## What it checks

Every role, user or group of the source with an Allow that names `s3:GetObject` or `s3:GetObjectVersion` on objects of a
bucket of the source that is encrypted with a customer managed key by default is allowed `kms:Decrypt` on that key, by
any route, for calls through S3. A statement whose Resource takes in other buckets, too, or whose Action is `s3:*`,
makes it a warning. Resource `*`, NotAction, NotResource and AWS managed policies say nothing about intent and are left
out.

## Why it matters

S3 decrypts an object with the caller's permissions. Without `kms:Decrypt` the object cannot be read: "AccessDenied",
status 403. The encryption context `aws:s3:arn` is the ARN of the object; where the bucket has an S3 Bucket Key it is
the ARN of the bucket, so that a condition on `<bucket>/*` then never holds.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to `s3:GetObject`, or name the role in the key policy. A condition on
`kms:ViaService` with `s3.<region>.amazonaws.com` narrows it; one on `kms:EncryptionContext:aws:s3:arn` has the ARN of
the bucket where it has a Bucket Key.

## References

https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import objects

NUMBER: Final = 824
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("O1", "O2", "O3", "O4")
YIELDS_TO: Final = (301,)  # which speaks of the same role, and of all that a job needs
NEEDS: Final = objects.READING
