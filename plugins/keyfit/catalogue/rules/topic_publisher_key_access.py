"""Whoever publishes to an encrypted topic can use its key, through SNS.

## What it checks

Every role, user or group of the source with an Allow that names `sns:Publish` on a topic of the source with a customer
managed key is allowed `kms:GenerateDataKey` and `kms:Decrypt` on that key, by any route, for calls through SNS.
Likewise the role of a function whose dead-letter topic or destination it is, of a schedule, and of a pipe. A statement
whose Resource names all topics alike, or whose Action is `sns:*`, makes it a warning. Resource `*`, NotAction,
NotResource and AWS managed policies say nothing about intent and are left out. Services that publish in their own name
are rules 701, 702, 704 and 706.

## Why it matters

SNS encrypts a message with the permissions of whoever publishes it. Without both, no message is published:
`KMSAccessDeniedException`. What Lambda, a schedule or a pipe publishes is lost, and a metric alone shows it.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:GenerateDataKey` and `kms:Decrypt` on the ARN of the key next to `sns:Publish`, or name the role in the key
policy. A condition on `kms:ViaService` with `sns.<region>.amazonaws.com` narrows it.

## References

https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import topics

NUMBER: Final = 724
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "queue-users", "schedules")
SOURCES: Final = ("M5", "M19", "Q6", "Q7", "Q8", "Q9")
NEEDS: Final = topics.PUBLISHING
