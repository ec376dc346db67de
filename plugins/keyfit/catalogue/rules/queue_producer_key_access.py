"""Whoever sends to an encrypted queue can use its key, through SQS.

## What it checks

Every role, user or group of the source with an Allow that names `sqs:SendMessage` on a queue of the source with a
customer managed key is allowed `kms:GenerateDataKey` and `kms:Decrypt` on that key, by any route, for calls through
SQS. Likewise the role of a function whose dead-letter queue or destination it is. A statement whose Resource takes in
other queues, too, or whose Action is `sqs:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS managed
policies say nothing about intent and are left out.

## Why it matters

SQS encrypts a message with the permissions of whoever sends it, and decrypts the new data key to check it. Without
both, no message is sent: `KMS.AccessDeniedException`. What Lambda sends to dead-letter queues and destinations is lost,
and a metric alone shows it.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:GenerateDataKey` and `kms:Decrypt` on the ARN of the key next to `sqs:SendMessage`, or name the role in the
key policy. A condition on `kms:ViaService` with `sqs.<region>.amazonaws.com` narrows it.

## References

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import queue_users

NUMBER: Final = 721
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "queue-users", "schedules")
SOURCES: Final = ("Q2", "Q3", "Q5", "Q6", "Q8", "Q9")
NEEDS: Final = queue_users.SENDING
