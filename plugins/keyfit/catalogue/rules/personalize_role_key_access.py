"""The role of a Personalize consumer can use the consumer's key.

## What it checks

The role that a dataset group, job or metric attribution names gets `kms:Decrypt`, `kms:GenerateDataKey`,
`kms:DescribeKey`, `kms:ListGrants` and `kms:CreateGrant` on its key by any route that KMS knows: a key-policy
statement that names it, delegation to the account together with the role's own policies, or a grant; within its
permissions boundary, and with no deny anywhere.

## Why it matters

Personalize also calls KMS with the role's credentials. A role without access fails the dataset group or job as
surely as a key policy without the service.

## When it is unproven

The role or the key is not in the source, or an unknown value decides.

## How to fix it

Name the role in the key policy for all five actions, and allow all but `kms:CreateGrant` on the key's ARN in a policy
of the role: AWS's page asks for both, and the help says what is missing where. A permissions boundary has to allow
them, too.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.access import asked, needs
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.services.pages import personalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 102
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P2", "P5", "P13", "P15")
YIELDS_TO: Final = (106,)
NEEDS: Final = personalize.ROLE_ACCESS
_BY_DELEGATION: Final = Note(
    NoteKind.NOTE,
    "`kms:CreateGrant` comes from an identity policy by delegation; AWS's page asks for it in the key policy",
)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key parameter of a Personalize consumer that names a role."""
    for consumer, verdict, need in asked.told(stack, NEEDS, SUBJECTS):
        by_delegation = need is not None and needs.only_by_delegation(stack, consumer, need, personalize.CREATE_GRANT)
        yield verdict.with_notes(_BY_DELEGATION) if by_delegation else verdict
