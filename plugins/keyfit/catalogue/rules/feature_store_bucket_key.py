"""The bucket of an offline store that KMS encrypts uses an S3 Bucket Key.

## What it checks

Where the offline store's bucket is in the source and encrypted with a KMS key by default, `BucketKeyEnabled` is true.

## Why it matters

A Bucket Key reduces the number of calls to KMS, and their cost, by up to 99 percent. With one, the encryption context
contains the bucket's ARN, not the object's: a condition on `kms:EncryptionContext:aws:s3:arn` then needs the bucket's
ARN. Double encryption (`aws:kms:dsse`) does not support Bucket Keys, so none is required.

## When it is unproven

The bucket's encryption depends on a value that is not known. A bucket that is not in the source is not judged.

## How to fix it

Set `BucketKeyEnabled` beside the algorithm; in Terraform `bucket_key_enabled`. If a policy requires
`kms:EncryptionContext:aws:s3:arn` of objects, add the bucket's ARN to it first.

## References

https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.key_facts import bool_of, text_of
from keyfit.catalogue.rule import Ruling
from keyfit.model.changes import EnableBucketKey, Write
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_bucket
from keyfit.services.pages import feature_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.changes import Change
    from keyfit.model.consumers import Bucket, Consumer, Use
    from keyfit.model.stack import Stack

NUMBER: Final = 206
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F34", "F35")
_WITH_BUCKET_KEYS: Final = "aws:kms"  # not `aws:kms:dsse`, which has no Bucket Keys
_ADVICE: Final = "enable an S3 Bucket Key in the bucket's encryption rule"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each offline store whose bucket is in the source and encrypted with KMS."""
    for store in consumers.named(stack, feature_store.OFFLINE_STORE):
        for location in store.buckets:
            bucket = find_bucket(stack, location.value)
            if bucket is not None and bucket.algorithm is not None:
                yield from _verdict(store, location, bucket)


def _verdict(store: Consumer, location: Use, bucket: Bucket) -> Iterator[Ruling]:
    name = bucket.block.address
    about = About(parameter=location.parameter, store=store.store, state=store.state)
    algorithm = text_of(bucket.algorithm) if bucket.algorithm is not None else ""
    enabled = False if bucket.bucket_key is None or absent(bucket.bucket_key) else bool_of(bucket.bucket_key)
    origin = location.value.origin
    if isinstance(algorithm, str) and algorithm != _WITH_BUCKET_KEYS:
        return
    holes = (*(algorithm if isinstance(algorithm, tuple) else ()), *(enabled if isinstance(enabled, tuple) else ()))
    if enabled is True:
        yield Ruling(store.block, YES, f"bucket `{name}` uses an S3 Bucket Key", origin, LEVEL, about)
    elif holes:
        message = f"cannot tell whether bucket `{name}` uses an S3 Bucket Key"
        yield Ruling(store.block, maybe(*holes), message, origin, LEVEL, about)
    else:
        notes = (
            Note(NoteKind.NOTE, "each object requires a call to KMS", bucket.block.origin),
            Note(NoteKind.HELP, _ADVICE, change=_change(bucket)),
        )
        message = f"bucket `{name}` is encrypted with KMS without an S3 Bucket Key"
        yield Ruling(store.block, NO, message, origin, LEVEL, about, notes, Remedy(_ADVICE))


def _change(bucket: Bucket) -> Change | None:
    """In the rule that names the algorithm; where the rule says no, yes."""
    if bucket.bucket_key is not None and not absent(bucket.bucket_key):
        return Write(bucket.bucket_key.origin, value=True)
    return None if bucket.algorithm is None else EnableBucketKey(bucket.algorithm.origin)
