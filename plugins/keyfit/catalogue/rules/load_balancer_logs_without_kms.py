"""The access logs of an Application or Classic Load Balancer go to a bucket that KMS does not encrypt.

## What it checks

The bucket that takes the access logs of an Application Load Balancer or of a Classic Load Balancer has no default
encryption with KMS (`aws:kms`, `aws:kms:dsse`).

## Why it matters

The access logs of these load balancers support SSE-S3 only: no key policy helps. Elastic Load Balancing writes a test
object when access logs are enabled, and the deployment fails: "Access Denied for bucket: <bucket>. Please check
S3bucket permission", the same words as for a bucket policy that is not enough. A Network Load Balancer supports a
customer managed key.

## When it is unproven

Whether KMS encrypts the bucket depends on a value that is not known.

## How to fix it

Encrypt the bucket of the access logs with `AES256`, or use another bucket for them.

## References

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.key_facts import BY_KMS, text_of
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import find_bucket
from keyfit.services.page import Failure
from keyfit.services.pages import load_balancers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Bucket, Consumer, Use
    from keyfit.model.stack import Stack

NUMBER: Final = 910
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("load-balancers",)
SOURCES: Final = ("L19", "L20")
_ADVICE: Final = "encrypt the bucket with `AES256`, or use another bucket for access logs"
_LOST: Final = "the deployment fails"
_TOLD: Final = "AWS then says: Access Denied for bucket: <bucket>. Please check S3bucket permission"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each bucket of the source that takes such logs."""
    for kind in load_balancers.REFUSING:
        for consumer in consumers.named(stack, kind):
            for location in consumer.buckets:
                bucket = find_bucket(stack, location.value)
                if bucket is not None:
                    yield _verdict(consumer, location, bucket)


def _verdict(consumer: Consumer, location: Use, bucket: Bucket) -> Ruling:
    name, origin = bucket.block.address, location.value.origin
    about = About(parameter=location.parameter, failure=Failure.AT_DEPLOYMENT.value)
    algorithm = "" if bucket.algorithm is None else text_of(bucket.algorithm)
    if isinstance(algorithm, tuple):
        message = f"cannot tell whether KMS encrypts bucket `{name}`"
        return Ruling(consumer.block, maybe(*algorithm), message, origin, about=about)
    if algorithm not in BY_KMS:
        return Ruling(consumer.block, YES, f"KMS does not encrypt bucket `{name}`", origin, about=about)
    message = f"bucket `{name}` is encrypted with KMS, and access logs support SSE-S3 only: {_LOST}"
    place = bucket.algorithm.origin if bucket.algorithm is not None else bucket.block.origin
    notes = (
        Note(NoteKind.NOTE, _TOLD),
        Note(NoteKind.NOTE, f"its default encryption is `{algorithm}`", place),
        Note(NoteKind.HELP, _ADVICE),
    )
    return Ruling(consumer.block, NO, message, origin, LEVEL, about, notes, Remedy(_ADVICE))
