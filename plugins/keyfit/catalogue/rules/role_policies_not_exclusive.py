"""A Terraform role does not mix policies of its own block with separate attachments.

## What it checks

A role with `inline_policy` blocks or `managed_policy_arns` gets no `aws_iam_role_policy`, `aws_iam_policy_attachment`
or `aws_iam_role_policy_attachment` beside them.

## Why it matters

`inline_policy` and `managed_policy_arns` are exclusive: where they are given, each `terraform apply` removes every
policy that came otherwise, and the next one puts it back. The permission on the key comes and goes with them.

## When it is unproven

It is not: what mixes stands in the source.

## References

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES
from keyfit.catalogue import evidence, policies
from keyfit.catalogue.rule import Verdict
from keyfit.findings import Level, Note, NoteKind, Remedy
from keyfit.model import TERRAFORM, IdentityKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model import Identity, Stack

NUMBER: Final = 508
LEVEL: Final = Level.WARNING
SOURCES: Final = ("T14",)


def check(stack: Stack, options: Options) -> Iterator[Verdict]:
    """One verdict for each role of a Terraform configuration."""
    if stack.language == TERRAFORM:
        roles = (each for each in policies.identities(stack, options) if each.kind is IdentityKind.ROLE)
        yield from map(_verdict, roles)


def _verdict(role: Identity) -> Verdict:
    name = role.block.address
    if not role.mixes:
        return Verdict(role.block, YES, f"role `{name}` gets its policies in one way", role.block.origin, LEVEL)
    own, *others = role.mixes
    notes = [Note(NoteKind.NOTE, "the role's own block gives policies, and removes all others", evidence.place(own))]
    notes += [Note(NoteKind.NOTE, "a separate resource gives it another", evidence.place(each)) for each in others]
    advice = Note(NoteKind.HELP, "give all of its policies by separate resources")
    message = f"role `{name}` has policies in its own block and in separate resources, which exclude each other"
    return Verdict(
        role.block, NO, message, own, LEVEL, notes=(*notes, advice), remedy=Remedy(advice.message), statement=own
    )
