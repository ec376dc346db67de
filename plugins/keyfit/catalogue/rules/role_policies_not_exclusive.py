"""A Terraform role does not mix policies in its own block with separate attachments.

## What it checks

A role with `inline_policy` blocks has no separate `aws_iam_role_policy`; one with `managed_policy_arns` has no
`aws_iam_policy_attachment` or `aws_iam_role_policy_attachment`.

## Why it matters

`inline_policy` and `managed_policy_arns` are exclusive: where they are set, each `terraform apply` removes every other
policy, and the next one adds it again. The permission on the key comes and goes with them.

## When it is unproven

Whether the separate policy exists depends on a value that is not known.

## How to fix it

Define all of them as separate resources, `aws_iam_role_policy` and `aws_iam_role_policy_attachment`; or all of them in
the role.

## References

https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, any_of
from keyfit.catalogue import policies
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model.findings import Level, Note, NoteKind, Remedy
from keyfit.model.identities import IdentityKind
from keyfit.model.stack import TERRAFORM
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.identities import Identity
    from keyfit.model.stack import Stack

NUMBER: Final = 508
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("role",)
SOURCES: Final = ("T14",)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each role of a Terraform configuration."""
    if stack.language == TERRAFORM:
        roles = (each for each in policies.identities(stack, options) if each.kind is IdentityKind.ROLE)
        yield from map(_verdict, roles)


def _verdict(role: Identity) -> Ruling:
    name = role.block.address
    if not role.mixes:
        return Ruling(role.block, YES, f"role `{name}` has its policies managed in one way", role.block.origin, LEVEL)
    own, *others = role.mixes
    there = any_of(policy.present for policy in role.policies if policy.origin in others)
    if there.truth is Truth.MAYBE:
        message = f"cannot tell whether role `{name}` has its policies managed in one way"
        return Ruling(role.block, there, message, own, LEVEL)
    notes = [
        Note(
            NoteKind.NOTE,
            "the role's own block manages its policies exclusively, and removes all others",
            evidence.place(own),
        )
    ]
    notes += [Note(NoteKind.NOTE, "a separate resource attaches another", evidence.place(each)) for each in others]
    advice = Note(NoteKind.HELP, "manage all of its policies with separate resources", evidence.place(own))
    message = f"role `{name}` has policies in its own block and in separate resources, which conflict"
    return Ruling(
        role.block, NO, message, own, LEVEL, notes=(*notes, advice), remedy=Remedy(advice.message), statement=own
    )
