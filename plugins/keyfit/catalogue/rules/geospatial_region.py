"""The key of a geospatial job is in us-west-2.

## What it checks

The Region of the job's key, where it is known, is us-west-2.

## Why it matters

Geospatial capabilities are available only in us-west-2, and KMS keys are Regional: a key in another Region is not found
there. The sample ARN in the AWS documentation, in us-east-1, cannot work.

## When it is unproven

The key's Region is not known: set the Region that is deployed to.

## How to fix it

Use a key in us-west-2, and deploy there what starts the jobs. A multi-Region key works through its replica there.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/geospatial-faq.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import key_uses
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.pattern import matches
from keyfit.services import index
from keyfit.services.pages.geospatial import REGION
from keyfit.truth import Truth
from keyfit.value import text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 304
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("geospatial",)
SOURCES: Final = ("G28",)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key of a geospatial job or role."""
    for use in key_uses(stack):
        if index.page_of(use.consumer.kind).name in SUBJECTS and not use.found.managed:
            yield _verdict(use)


def _verdict(use: KeyUse) -> Ruling:
    key = use.found.key
    if key is None:
        return use.verdict(maybe(*use.found.holes), f"cannot tell whether the key is in `{REGION}`")
    match matches(text(REGION), key.region, wildcards=False):
        case Truth.YES:
            return use.verdict(YES, f"key `{use.name}` is in `{REGION}`")
        case Truth.MAYBE:
            return use.verdict(maybe(*key.region.holes), f"cannot tell whether key `{use.name}` is in `{REGION}`")
        case Truth.NO:
            message = f"key `{use.name}` is in `{shown(key.region)}`, and geospatial jobs run only in `{REGION}`"
            return use.verdict(NO, message, Note(NoteKind.HELP, f"use a key in `{REGION}`, and start the job there"))
