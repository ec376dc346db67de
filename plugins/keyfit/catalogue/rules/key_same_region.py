"""A consumer's key is in the consumer's Region.

## What it checks

The Region of the key that a consumer names, and the consumer's own Region, where both are known, are the same.

## Why it matters

KMS keys are Regional, and the services use keys in their own Region only. A multi-Region key works through the replica
in the consumer's Region, by the replica's own ARN and key policy.

## When it is unproven

One of the two Regions is not known: set the Region that is deployed to.

## How to fix it

Use a key in the consumer's Region (here us-west-2), or replicate a multi-Region key there and specify the replica by
its own ARN; the replica has its own key policy.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import each_key
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.names_of_keys import Form
from keyfit.pattern import matches
from keyfit.services import index
from keyfit.truth import Truth
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack

NUMBER: Final = 403
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer",)
SOURCES: Final = ("P36", "K83")
YIELDS_TO: Final = (304,)
_LOOKED_UP: Final = frozenset({Form.KEY_ID, Form.ALIAS_NAME})  # they name no Region: KMS takes that of the call


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key that a consumer names."""
    return each_key(stack, _verdict, "is in the consumer's Region")


def _verdict(use: KeyUse, key: Key) -> Ruling:
    here = use.consumer.region
    if index.kinds()[use.consumer.kind][1].any_region:
        return use.verdict(YES, f"key `{use.name}` need not be in the consumer's Region")
    if not key.block.type and use.found.form in _LOOKED_UP:
        return use.verdict(YES, f"key `{use.name}` is looked up in the consumer's Region")
    match matches(key.region, here, wildcards=False):
        case Truth.YES:
            return use.verdict(YES, f"key `{use.name}` is in the consumer's Region")
        case Truth.MAYBE:
            message = f"cannot tell whether key `{use.name}` is in the consumer's Region"
            return use.verdict(maybe(*key.region.holes, *here.holes), message)
        case Truth.NO:
            message = f"key `{use.name}` is in `{shown(key.region)}`, and the consumer in `{shown(here)}`"
            advice = f"use a key in `{shown(here)}`; for a multi-Region key, its replica there"
            return use.verdict(NO, message, Note(NoteKind.HELP, advice))
