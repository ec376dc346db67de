"""An identity policy names keys by their ARN, not by a bare key id.

## What it checks

No statement of an identity policy that speaks of actions on keys has a bare key id as its Resource: `!Ref Key` in
CloudFormation, `aws_kms_key.x.key_id` or `.id` in Terraform, or the id itself.

## Why it matters

IAM compares a Resource with the whole ARN of the key. A key id by itself matches no key, so the statement gives
nothing.

## When it is unproven

The Resource or the actions are not known.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, answer, any_of
from keyfit.catalogue import resources, statements
from keyfit.catalogue.words import shown
from keyfit.findings import Level, Note, NoteKind
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.resources import Named
    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.catalogue.statements import Written
    from keyfit.model import Stack

NUMBER: Final = 502
LEVEL: Final = Level.ERROR
SOURCES: Final = ("K37", "R6")


def check(stack: Stack, options: Options) -> Iterator[Verdict]:
    """One verdict for each statement of an identity policy that speaks of actions on keys."""
    for written in statements.of_identities(stack, options, "Resource"):
        if resources.key_level(written.statement) is not Truth.NO:
            yield from _verdicts(stack, written)


def _verdicts(stack: Stack, written: Written) -> Iterator[Verdict]:
    yield written.verdict(YES, f"{written.name} names no key by its id alone")
    here = answer(resources.key_level(written.statement), statements.holes_of(written.statement))
    for value in written.resources:
        one = resources.named(stack, value)
        others = (other for other in written.resources if other is not value)
        harmless = any_of((~here, ~one.key_id, resources.covered(one, others)))
        if harmless.truth is Truth.NO:
            yield _broken(stack, written, one)
        elif harmless.truth is Truth.MAYBE:
            yield written.verdict(harmless, f"cannot tell whether {written.name} names a key by its id alone")
    if written.unread is not None:
        yield written.verdict(written.unread, f"cannot tell whether {written.name} names a key by its id alone")


def _broken(stack: Stack, written: Written, one: Named) -> Verdict:
    note = Note(NoteKind.NOTE, "a Resource is compared with the whole ARN of the key", written.place_of(one.value))
    message = f"the Resource of {written.name} is the bare key id `{shown(one.value)}`, which gives nothing on the key"
    return written.verdict(NO, message, note, resources.use_arn(stack, written, one))
