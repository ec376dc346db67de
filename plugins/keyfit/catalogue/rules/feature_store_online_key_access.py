"""Whoever creates an online store can use the store's key, through SageMaker.

## What it checks

The principal that calls CreateFeatureGroup gets on the online store's key, for calls that SageMaker makes for it,
`kms:Encrypt`, `kms:Decrypt`, `kms:DescribeKey`, `kms:CreateGrant`, `kms:ReEncryptFrom`, `kms:ReEncryptTo`,
`kms:GenerateDataKey` and `kms:ListGrants`, all eight, by any route. It is the state machine's role for a Step
Functions task, and the deployer where `--deployer` names one. Otherwise it is not in the source, and the rule asks
whether the key policy leaves a way: delegation of all eight to the account, or one principal that is named with all
eight.

## Why it matters

SageMaker uses the key on behalf of whoever creates the store, with that principal's own permissions. Without one of
the eight CreateFeatureGroup fails. AWS's page lists three more: `kms:ListAliases` and `kms:RetireGrant` have no
effect in a key policy, and `kms:RevokeGrant` is missing from the page's own example, so its absence is a note.

## When it is unproven

The key is not in the source, or an unknown value decides.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO
from keyfit.catalogue import access, feature_store
from keyfit.catalogue.asking import Asker, Question, ask, asker
from keyfit.catalogue.creator import creator, some_way
from keyfit.catalogue.lookup import find_key
from keyfit.catalogue.rule import Asked, Need, Via
from keyfit.findings import Level, Note, NoteKind
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Consumer, Stack

NUMBER: Final = 201
LEVEL: Final = Level.ERROR
SOURCES: Final = ("F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F17")
_NO_REVOKE: Final = Note(
    NoteKind.NOTE,
    "it does not get `kms:RevokeGrant`, which AWS's page lists and AWS's own example leaves out",
)


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each online store with a key."""
    for consumer in feature_store.online(stack):
        by = creator(stack, consumer)
        for use in consumer.keys:
            if by is None:
                yield from some_way(stack, consumer, use)
                continue
            need = Need(feature_store.CREATE_ACTIONS, by, use, Via.THROUGH_SAGEMAKER)
            for verdict in access.verdicts(stack, consumer, need):
                lacks = verdict.answer.truth is Truth.YES and _lacks_revoke(stack, consumer, need)
                yield verdict.with_notes(_NO_REVOKE) if lacks else verdict


def _lacks_revoke(stack: Stack, consumer: Consumer, need: Need) -> bool:
    who, found = asker(need.by), find_key(stack, need.key.value)
    if not isinstance(who, Asker) or found.key is None:
        return False
    question = Question(stack, consumer, who, found.key, need.via)
    return ask(question, feature_store.REVOKE, Asked.ANY).answer == NO
