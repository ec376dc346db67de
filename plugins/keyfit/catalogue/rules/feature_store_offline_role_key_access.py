"""The role of an offline store can write with the store's key, through S3.

## What it checks

The role that the feature group names gets `kms:GenerateDataKey` on the offline store's key, by any route that KMS
knows, for a call that S3 makes with the role's session: KMS then sees `kms:ViaService` `s3.<region>.amazonaws.com`. A
statement with `kms:ViaService` `sagemaker.*.amazonaws.com` does not cover it.

## Why it matters

The offline store is a set of S3 objects that the role writes, and S3 asks KMS for data keys in the role's name. Where
KMS refuses, CreateFeatureGroup fails, or the group ends in `CreateFailed`.

AWS's page says that the online store's key policy works for the offline store only without `kms:ViaService`. This is
why: the condition names SageMaker, and here S3 makes the call.

## When it is unproven

The role or the key is not in the source, or an unknown value decides.

## How to fix it

Allow `kms:GenerateDataKey` to the role without `kms:ViaService`, or with Amazon S3's: in the key policy, or in a policy
of the role where the key policy hands the key to the account.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.access.needs import verdicts
from keyfit.model.findings import Level
from keyfit.model.names_of_roles import role_of
from keyfit.services import feature_store
from keyfit.services.need import Need
from keyfit.services.page import Via

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Consumer, Stack

NUMBER: Final = 202
LEVEL: Final = Level.ERROR
SOURCES: Final = ("F11", "F12", "F30")
YIELDS_TO: Final = (203,)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each offline store with a key and a role."""
    for consumer in feature_store.offline(stack):
        for need in needs(stack, consumer):
            yield from verdicts(stack, consumer, need)


def needs(stack: Stack, consumer: Consumer) -> Iterator[Need]:
    """What the role needs on the offline store's key."""
    role = role_of(stack, consumer)
    if role is None:
        return
    for use in consumer.keys:
        yield Need(feature_store.OFFLINE_ACTIONS, role, use, Via.THROUGH_S3)
