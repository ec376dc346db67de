"""Whoever reads an encrypted Kinesis stream can decrypt with its key, through Kinesis.

## What it checks

Every role, user or group of the source with an Allow that names `kinesis:GetRecords` or `kinesis:SubscribeToShard` on a
stream of the source with a customer managed key is allowed `kms:Decrypt` on that key, by any route, for calls through
Kinesis. Likewise the role of a function whose event source is the stream, and the role with which Firehose reads it. A
statement whose Resource takes in other streams, too, or whose Action is `kinesis:*`, makes it a warning. Resource `*`,
NotAction, NotResource and AWS managed policies say nothing about intent and are left out.

## Why it matters

Kinesis decrypts records with the permissions of whoever reads them. Without `kms:Decrypt` no record is read:
`KMSAccessDeniedException`; the event source mapping of a function stands still.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to `kinesis:GetRecords`, or name the role in the key policy. A condition
on `kms:ViaService` with `kinesis.<region>.amazonaws.com` narrows it.

## References

https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import streams

NUMBER: Final = 722
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "streams", "schedules")
SOURCES: Final = ("N2", "N3", "N4", "Q9")
NEEDS: Final = streams.READING
