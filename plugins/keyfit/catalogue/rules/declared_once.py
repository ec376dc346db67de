"""Nothing is declared twice.

## What it checks

No two resources, data sources, variables, outputs, local values, module calls or provider configurations of a root
module, or of a module that it calls, have the same name; nor have two resources, parameters, conditions, mappings,
rules or outputs of a template. A file `x_override.tf` changes what another one declares, and is not a second
declaration. Of `main.tf` and `main.tofu` in one directory, keyfit reads the second, as OpenTofu does; rule 001 says
that the first, which Terraform reads, is not looked into.

## Why it matters

Terraform rejects the configuration: `Duplicate resource "aws_kms_key" configuration`. In a template, a name that is
repeated replaces the earlier one.

## When it is unproven

Never: what is declared is in the source.

## How to fix it

Remove all of them but one, or rename them.

## References

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html
https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES
from keyfit.catalogue import policies
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.explain import evidence
from keyfit.model.findings import Level, Note, NoteKind, Remedy
from keyfit.model.stack import CLOUDFORMATION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.stack import Duplicate, Stack

NUMBER: Final = 603
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer", "key", "identity", "policy")
SOURCES: Final = ("R20", "T28")
UNDERMINES: Final = Undermined.EVERYTHING


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each name that is declared twice, and for each key that is not."""
    twice = {each.block.address for each in stack.duplicates}
    for key in policies.keys(stack, options):
        if key.block.address not in twice:
            yield Ruling(key.block, YES, f"key `{key.block.address}` is declared once", key.block.origin)
    yield from (_verdict(stack, each) for each in stack.duplicates)


def _verdict(stack: Stack, duplicate: Duplicate) -> Ruling:
    times = "twice" if len(duplicate.further) == 1 else f"{len(duplicate.further) + 1} times"
    earlier = (duplicate.block.origin, *duplicate.further[:-1])
    notes = [Note(NoteKind.NOTE, "it is declared here, too", evidence.place(origin)) for origin in earlier]
    template = "the last one replaces the earlier ones"
    written = stack.language == CLOUDFORMATION or "/" in duplicate.block.address
    told = template if written else "Terraform rejects the whole configuration"
    rest = "one of them, or rename it" if times == "twice" else "all of them but one, or rename them"
    advice = Note(NoteKind.HELP, f"remove {rest}")
    message = f"{duplicate.kind} `{duplicate.block.address}` is declared {times}"
    notes = [Note(NoteKind.NOTE, told), *notes, advice]
    origin = duplicate.further[-1]
    return Ruling(duplicate.block, NO, message, origin, LEVEL, notes=tuple(notes), remedy=Remedy(advice.message))
