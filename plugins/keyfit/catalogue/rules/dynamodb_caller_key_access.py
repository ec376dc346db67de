"""Whoever reads or writes items of a DynamoDB table can decrypt with its key, through DynamoDB.

## What it checks

Every role, user or group of the source with an Allow that names an action on items (`dynamodb:GetItem`,
`dynamodb:PutItem`, `dynamodb:Query`, …) of a table of the source with a customer managed key is allowed `kms:Decrypt`
on that key, by any route, for calls through DynamoDB. Readers and writers alike; no further action is asked for, though
AWS's example gives callers more. A statement whose Resource takes in other tables, too, or whose Action is
`dynamodb:*`, makes it a warning. Resource `*`, NotAction, NotResource and AWS managed policies say nothing about intent
and are left out.

## Why it matters

DynamoDB decrypts the key of the table with the caller's permissions, for writing, too. Without `kms:Decrypt` each call
fails at run time: "KMS key access denied error: com.amazonaws.services.kms.model.AWSKMSException: The ciphertext refers
to a customer master key that does not exist".

## When it is unproven

A policy of the identity or the key is not in the source, or a statement names an account that is not known to be the
deployment's. A Resource whose name is not in the source can be any, and says nothing of this one.

## How to fix it

Allow `kms:Decrypt` on the ARN of the key next to the actions of DynamoDB, or name the role in the key policy. A
condition on `kms:ViaService` with `dynamodb.<region>.amazonaws.com` narrows it.

## References

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import dynamodb

NUMBER: Final = 823
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("identity",)
SOURCES: Final = ("Y1", "Y2", "Y3", "Y4")
NEEDS: Final = dynamodb.ITEMS
