"""Whoever stores a new value of a secret can use its key, through Secrets Manager.

## What it checks

Every role, user or group of the source with an Allow that names `secretsmanager:PutSecretValue` on a secret of the
source with a customer managed key, such as the role of a function that rotates it, is allowed `kms:GenerateDataKey` and
`kms:Decrypt` on that key, by any route, for calls through Secrets Manager. A statement whose Resource takes in other
secrets, too, or whose Action is `secretsmanager:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS
managed policies say nothing about intent and are left out.

## Why it matters

Secrets Manager encrypts the new value with the caller's permissions, and decrypts to check that. Without both the call
fails, and a rotation with it: "AccessDeniedException: Access to KMS is not allowed".

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:GenerateDataKey` and `kms:Decrypt` on the ARN of the key next to `secretsmanager:PutSecretValue`, or name the
role in the key policy.

## References

https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import secrets

NUMBER: Final = 821
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("B2", "B3", "B4")
NEEDS: Final = secrets.WRITING
