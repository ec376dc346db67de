"""Whoever reads a secret can decrypt with its key, through Secrets Manager.

## What it checks

Every role, user or group of the source with an Allow that names `secretsmanager:GetSecretValue` on a secret of the
source with a customer managed key is allowed `kms:Decrypt` on that key, by any route, for calls through Secrets
Manager. Likewise the execution role of a task definition of Amazon ECS that names the secret for a container. A
statement whose Resource takes in other secrets, too, or whose Action is `secretsmanager:*`, makes it a warning.
Resource `*`, NotAction, NotResource and AWS managed policies say nothing about intent and are left out.

## Why it matters

Secrets Manager decrypts the secret with the caller's permissions. Without `kms:Decrypt` the secret cannot be read:
"AccessDeniedException: Access to KMS is not allowed". The secrets of a container of Amazon ECS are read with the task
*execution* role, and the task does not start: "ResourceInitializationError: unable to pull secrets or registry auth".

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to `secretsmanager:GetSecretValue`, or name the role in the key policy. A
condition on `kms:ViaService` with `secretsmanager.<region>.amazonaws.com` narrows it. A secret on the AWS managed key
`aws/secretsmanager` needs nothing within its account.

## References

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import secrets

NUMBER: Final = 820
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "secrets")
SOURCES: Final = ("B1", "B3", "B4", "B5", "B8")
NEEDS: Final = secrets.READING
