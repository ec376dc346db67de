"""What the encryption context of S3 names: the object, or its bucket where that has an S3 Bucket Key (O2, O3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.catalogue.key_facts import bool_of, text_of
from keyfit.model.names_of_keys import absent
from keyfit.value import Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.model.consumers import Bucket
    from keyfit.value import Text


def has_bucket_key(bucket: Bucket) -> Answer:
    """Whether S3 uses a Bucket Key for the bucket's default encryption with KMS; `aws:kms:dsse` has none."""
    algorithm = "" if bucket.algorithm is None else text_of(bucket.algorithm)
    enabled = False if bucket.bucket_key is None or absent(bucket.bucket_key) else bool_of(bucket.bucket_key)
    if enabled is False or (isinstance(algorithm, str) and algorithm != "aws:kms"):
        return NO
    holes = (each for each in (algorithm, enabled) if isinstance(each, tuple))
    return all_of(maybe(*each) for each in holes)


def context(bucket: Bucket) -> Text | None:
    """The value of `aws:s3:arn` for some object of the bucket; `None` where it is not known whether it has a key."""
    answer = has_bucket_key(bucket)
    if answer == YES:
        return bucket.arn
    name = bucket.block.address
    which = Unknown(Why.UNTOLD, f"which objects of `{name}` are read or written", f"objects of {name}")
    return text(bucket.arn, "/", which) if answer == NO else None
