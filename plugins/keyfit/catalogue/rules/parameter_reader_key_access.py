"""Whoever reads a SecureString parameter can decrypt with its key, through Parameter Store.

## What it checks

Every role, user or group of the source with an Allow that names `ssm:GetParameter`, `ssm:GetParameters`,
`ssm:GetParametersByPath` or `ssm:GetParameterHistory` on a SecureString of the source with a customer managed key is
allowed `kms:Decrypt` on that key, by any route, for calls through Parameter Store. Likewise the execution role of a
task definition of Amazon ECS that names the parameter for a container. A statement whose Resource takes in other
parameters, too, or whose Action is `ssm:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS managed
policies say nothing about intent and are left out.

## Why it matters

Parameter Store decrypts the value with the caller's permissions. Without `kms:Decrypt` the value cannot be read, and a
container of Amazon ECS with it does not start.

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to the action of Parameter Store, or name the role in the key policy. A
condition on `kms:ViaService` with `ssm.<region>.amazonaws.com`, or on the encryption context `PARAMETER_ARN`, narrows
it.

## References

https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import secrets

NUMBER: Final = 822
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity", "secrets")
SOURCES: Final = ("B5", "B6", "B7")
NEEDS: Final = secrets.PARAMETER_READING
