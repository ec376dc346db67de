"""Whoever creates Personalize resources with a key can use that key, too.

## What it checks

Only where the settings name the principal that deploys (`deployer`, `--deployer`): on each key that a Personalize
resource names, it is allowed `kms:Decrypt`, `kms:GenerateDataKey` and `kms:DescribeKey`, and `kms:CreateGrant` for a
metric attribution, by any route.

## Why it matters

AWS's pages differ, so this is a warning. An older text about setting up permissions asks that the user who creates the
resources, or its group, may use the key, and names no action; the newer text asks it of Personalize and its service
role alone. CloudFormation, however, asks whoever deploys an `AWS::Personalize::MetricAttribution` for the four actions,
and for none where it creates a dataset group or a dataset.

A user group cannot be named in a key policy: for its users, the key policy delegates to the account, and a policy of
the group allows the actions.

## When it is unproven

The key, or the policies of the principal that deploys, are not in the source, or an unknown value decides.

## How to fix it

Allow the actions to the principal that deploys, in the key policy, or in its own policies where that delegates
to the account.

## References

https://docs.aws.amazon.com/personalize/latest/dg/aws-personalize-set-up-permissions.html

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO
from keyfit.catalogue.access import asked
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.services.pages import personalize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 110
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P18", "P19", "P20", "P22")
NEEDS: Final = personalize.CREATION
_DIFFER: Final = Note(
    NoteKind.NOTE, "AWS's pages differ: an older one asks it of whoever creates the resources, a newer one does not"
)
_asked: Final = asked.check(NEEDS, SUBJECTS)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """What the principal that deploys needs, where it is named; a task of a state machine it does not create."""
    created = {each.block.address for each in stack.consumers if each.caller is None}
    for ruling in _asked(stack, options) if stack.deployer is not None else ():
        if ruling.subject.address in created:
            yield replace(ruling, notes=(_DIFFER, *ruling.notes)) if ruling.answer == NO else ruling
