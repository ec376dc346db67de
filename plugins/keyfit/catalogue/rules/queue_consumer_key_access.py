"""Whoever receives from an encrypted queue can decrypt with its key, through SQS.

## What it checks

Every role, user or group of the source with an Allow that names `sqs:ReceiveMessage` on a queue of the source with a
customer managed key is allowed `kms:Decrypt` on that key, by any route, for calls through SQS. Likewise the role of a
function whose event source is the queue. A statement whose Resource takes in other queues, too, or whose Action is
`sqs:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS managed policies say nothing about intent and
are left out.

## Why it matters

SQS decrypts a message with the permissions of whoever receives it. Without `kms:Decrypt` no message is received:
`KMS.AccessDeniedException`. A function of Lambda whose event source is the queue is never invoked, and messages go to
the dead-letter queue or expire.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to `sqs:ReceiveMessage`, or name the role in the key policy. A condition
on `kms:ViaService` with `sqs.<region>.amazonaws.com` narrows it. A queue on `aws/sqs`, or one that SQS encrypts by
itself, needs nothing within its account.

## References

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import queue_users

NUMBER: Final = 720
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "queue-users", "schedules")
SOURCES: Final = ("Q1", "Q3", "Q4", "Q5", "Q9")
NEEDS: Final = queue_users.RECEIVING
