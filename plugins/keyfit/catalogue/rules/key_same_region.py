"""A consumer's key is in the consumer's Region.

## What it checks

The Region of the key that a consumer names, and the consumer's own Region, where both are known, are the same.

## Why it matters

KMS keys are Regional, and the services use keys of their own Region only. A multi-Region key works through the
replica in the consumer's Region, by the replica's own ARN and key policy.

## When it is unproven

One of the two Regions is not known: pass `--region`.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import each_key
from keyfit.catalogue.words import shown
from keyfit.findings import Level, Note, NoteKind
from keyfit.pattern import matches
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Key, Stack

NUMBER: Final = 403
LEVEL: Final = Level.ERROR
SOURCES: Final = ("P36", "K83")
YIELDS_TO: Final = (304,)


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each key that a consumer names."""
    return each_key(stack, _verdict, "is in the consumer's Region")


def _verdict(use: KeyUse, key: Key) -> Verdict:
    here = use.consumer.region
    match matches(key.region, here, wildcards=False):
        case Truth.YES:
            return use.verdict(YES, f"key `{use.name}` is in the consumer's Region")
        case Truth.MAYBE:
            message = f"cannot tell whether key `{use.name}` is in the consumer's Region"
            return use.verdict(maybe(*key.region.holes, *here.holes), message)
        case Truth.NO:
            message = f"key `{use.name}` is in `{shown(key.region)}`, and the consumer in `{shown(here)}`"
            advice = f"use a key of `{shown(here)}`; of a multi-Region key, the replica there"
            return use.verdict(NO, message, Note(NoteKind.HELP, advice))
