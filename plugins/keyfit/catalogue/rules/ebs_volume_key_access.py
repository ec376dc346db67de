"""Whoever makes a volume or launches an instance can use the key of the volume, through EC2.

## What it checks

The principal that makes an EBS volume, or launches an instance whose volumes have a customer managed key, is allowed on
the key, for calls that EC2 makes for it, `kms:CreateGrant`, `kms:Decrypt`, `kms:DescribeKey` and
`kms:GenerateDataKeyWithoutPlaintext`, by any route. Who creates it is the deployer that `--deployer` names, and the
role of a state machine whose task does. Otherwise the principal is not in the source, and the rule checks whether the
key policy makes it possible: it delegates all of them to the account's IAM policies, or some principal that it or a
grant names is allowed all of them.

## Why it matters

EC2 uses the key with the permissions of whoever makes the volume. The request succeeds without them, and the volume or
the instance vanishes afterwards: `InvalidVolume.NotFound`, "Client.InternalError: Client error on launch",
`Client.InvalidKMSKey.InvalidState`. AWS's page also lists `kms:ReEncrypt`, an action that does not exist.

## When it is unproven

The key, or the policies of the deployer that `--deployer` names, are not in the source, or an unknown value decides; so
does the ID of the volume, where a condition on the encryption context names one.

## How to fix it

Allow all of them to the principal that deploys: in one statement of the key policy, or with a key policy that delegates
to the account and the deployer's own policies. Name the deployer with `--deployer`, and keyfit checks those policies
too. A condition on `kms:GrantIsForAWSResource` belongs to `kms:CreateGrant` alone.

## References

https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
"""

from __future__ import annotations

from typing import Final

from keyfit.model.findings import Level
from keyfit.services.pages import ebs

NUMBER: Final = 802
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("ebs",)
SOURCES: Final = ("D4", "D5", "D6")
NEEDS: Final = (ebs.CREATION,)
