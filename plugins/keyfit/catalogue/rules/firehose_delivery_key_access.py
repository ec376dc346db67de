"""The role that Firehose delivers to S3 with can use the key of what it writes.

## What it checks

The role of a delivery stream with an S3 destination (`ExtendedS3DestinationConfiguration`, `extended_s3_configuration`)
is allowed `kms:GenerateDataKey` and `kms:Decrypt`, by any route, for calls through S3: on the key that the destination
names, else on the customer managed key that encrypts the bucket by default. Likewise the role of what Firehose keeps in
S3 before or beside another destination (Redshift, OpenSearch, Splunk, HTTP, Snowflake, Iceberg), and of a backup.

## Why it matters

Firehose writes with the role. Without both, nothing is delivered: Firehose tries for 24 hours, and then discards the
data. The stream stays active; the log group of the stream and the metric `KMSKeyAccessDenied` alone show it. The
encryption context `aws:s3:arn` is the ARN of the object, as in AWS's example of a policy; where the bucket has an S3
Bucket Key it is the ARN of the bucket, and that example gives nothing.

## When it is unproven

The role, one of its policies, or the key is not in the source, or an unknown value decides.

## How to fix it

Allow `kms:GenerateDataKey` and `kms:Decrypt` on the ARN of the key to the role. A condition on `kms:ViaService` with
`s3.<region>.amazonaws.com` narrows it; one on `kms:EncryptionContext:aws:s3:arn` has the ARN of the bucket where it has
a Bucket Key.

## References

https://docs.aws.amazon.com/firehose/latest/dev/encryption.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import firehose

NUMBER: Final = 826
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("firehose",)
SOURCES: Final = ("O3", "O5", "O6", "O15", "O16")
NEEDS: Final = firehose.DELIVERING
