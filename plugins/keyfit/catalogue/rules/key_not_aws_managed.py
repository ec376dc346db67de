"""A consumer's key is not an AWS managed key.

## What it checks

The key that a consumer names is not one of the keys that `alias/aws/…` points to. DynamoDB and Amazon EBS take the one
that they have in the account as well.

## Why it matters

The policy of an AWS managed key cannot be changed and allows only its own service to use it, so it can never allow the
consumer what it needs. Use a customer managed key, or none. Where a role of the account uses the key through its own
service, such as `alias/aws/s3` for a Firehose stream, the key serves.

## When it is unproven

The value is not known, and what is known of it leaves open which key it names.

## How to fix it

Create a customer managed key and specify it; or omit the parameter, where the service then uses a key of its own.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import key_uses
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.services import index
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 404
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer",)
SOURCES: Final = ("K85", "R16")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key parameter that is given."""
    return (_verdict(use) for use in key_uses(stack) if not _is_taken(use))


def _is_taken(use: KeyUse) -> bool:
    """Whether it is the key that the service has for the consumer's own account."""
    return use.found.managed in index.page_of(use.consumer.kind).managed


def _verdict(use: KeyUse) -> Ruling:
    if use.found.managed:
        note = Note(NoteKind.NOTE, "its key policy cannot be changed, and allows only its own service to use the key")
        advice = Note(NoteKind.HELP, "use a customer managed key, or omit the parameter")
        return use.verdict(NO, f"`{use.found.managed}` is an AWS managed key", note, advice)
    if use.found.key is None:
        message = f"cannot tell whether `{shown(use.use.value)}` is an AWS managed key"
        return use.verdict(maybe(*use.found.holes), message)
    return use.verdict(YES, f"key `{use.name}` is not an AWS managed key")
