"""Whoever stores the value of a SecureString parameter can encrypt with its key, through Parameter Store.

## What it checks

Every role, user or group of the source with an Allow that names `ssm:PutParameter` on a SecureString of the source with
a customer managed key is allowed `kms:Encrypt` on that key, or `kms:GenerateDataKey` for the advanced tier, by any
route, for calls through Parameter Store. A statement whose Resource names all parameters alike, or whose Action is
`ssm:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS managed policies say nothing about intent and
are left out. Where the tier can be either (`Intelligent-Tiering`), the rule is silent.

## Why it matters

Parameter Store encrypts the value with the caller's permissions: directly with the key, and of the advanced tier with a
data key. Without that permission no new value can be stored.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow the action on the ARN of the key next to `ssm:PutParameter`, or name the role in the key policy. A condition on
`kms:ViaService` with `ssm.<region>.amazonaws.com`, or on the encryption context `PARAMETER_ARN`, narrows it.

## References

https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import secrets

NUMBER: Final = 829
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("B7", "B9")
NEEDS: Final = secrets.PARAMETER_WRITING
