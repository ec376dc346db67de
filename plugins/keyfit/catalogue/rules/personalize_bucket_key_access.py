"""Personalize can use the key that encrypts a bucket which its jobs read or write.

## What it checks

A bucket of the source that a job or metric attribution reads or writes, and that is encrypted with a KMS key by
default: the key policy gives `personalize.amazonaws.com` what `personalize-service-key-access` asks for, and the job's
role gets what `personalize-role-key-access` asks for, by any route. For import jobs too; no identity policy is ever
asked for. An output that names its own key is not written with the bucket's.

## Why it matters

Objects in the bucket are encrypted with this key, so reading and writing them is using it. The job fails with a
message about S3: "Insufficient privileges for accessing data in Amazon S3.". A bucket on the AWS managed key `aws/s3`
can never serve Personalize: the policy of that key cannot be changed.

## When it is unproven

The key or the role is not in the source, or an unknown value decides. A bucket that is not in the source is not
judged.

## How to fix it

Encrypt the bucket with a customer managed key, and give the service and the role what they need in its key policy.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls, needs
from keyfit.catalogue.key_facts import BY_KMS, text_of, unfit
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_bucket, find_key
from keyfit.model.stack import Use
from keyfit.services.pages import personalize
from keyfit.truth import Truth
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.stack import Bucket, Consumer, Stack

NUMBER: Final = 108
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P1", "P16", "P17", "R15", "R16")
NEEDS: Final = personalize.BUCKET_ACCESS
_OWN_KEY: Final = "use a customer managed key, and let Personalize use it"


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each location of a Personalize consumer in a bucket of the source that KMS encrypts."""
    for consumer in consumers.of(stack, *SUBJECTS):
        own = {use.purpose for use in consumer.keys if not absent(use.value)}
        for location in consumer.buckets:
            bucket = find_bucket(stack, location.value) if location.purpose not in own else None
            if bucket is not None:
                yield from _verdicts(stack, consumer, location, bucket)


def _verdicts(stack: Stack, consumer: Consumer, location: Use, bucket: Bucket) -> Iterator[Ruling]:
    if bucket.algorithm is None:
        return
    algorithm = text_of(bucket.algorithm)
    if isinstance(algorithm, tuple):
        message = f"cannot tell whether KMS encrypts bucket `{bucket.block.address}`"
        yield Ruling(
            consumer.block, maybe(*algorithm), message, location.value.origin, about=_about(consumer, location)
        )
    elif algorithm in BY_KMS:
        yield from _by_kms(stack, consumer, location, bucket)


def _by_kms(stack: Stack, consumer: Consumer, location: Use, bucket: Bucket) -> Iterator[Ruling]:
    key = bucket.key
    if key is None or absent(key) or find_key(stack, key).managed:
        yield _never(consumer, location, bucket)
        return
    note = Note(NoteKind.NOTE, f"bucket `{bucket.block.address}` is encrypted with key `{shown(key)}`", key.origin)
    use = Use(location.parameter, key, location.purpose)
    for need in (each for call in NEEDS for each in calls.on(stack, consumer, call, use)):
        for verdict in needs.verdicts(stack, consumer, need):
            yield _placed(stack, verdict, location, note)


def _placed(stack: Stack, verdict: Ruling, location: Use, note: Note) -> Ruling:
    """The verdict at the consumer's location, with the bucket's encryption and what is wrong with its key as notes."""
    found = next((key for key in stack.keys if key.block.address == verdict.about.key), None)
    against = tuple(unfit(found)) if found is not None else ()
    broken = bool(against) and verdict.answer.truth is not Truth.NO
    placed = replace(verdict, origin=location.value.origin, notes=(note, *against, *verdict.notes))
    if not broken:
        return placed
    message = f"key `{verdict.about.key}` of the bucket in `{location.parameter}` cannot serve Personalize"
    return replace(placed, answer=NO, message=message)


def _never(consumer: Consumer, location: Use, bucket: Bucket) -> Ruling:
    name = bucket.block.address
    message = f"bucket `{name}` is encrypted with the AWS managed key `aws/s3`, which Personalize cannot use"
    note = Note(NoteKind.NOTE, "the key policy of `aws/s3` cannot be changed", bucket.block.origin)
    notes = (note, Note(NoteKind.HELP, _OWN_KEY))
    about = _about(consumer, location)
    return Ruling(consumer.block, NO, message, location.value.origin, about=about, notes=notes, remedy=Remedy(_OWN_KEY))


def _about(consumer: Consumer, location: Use) -> About:
    return About(parameter=location.parameter, state=consumer.state)
