"""Whoever reads or writes records of an online store can decrypt with its key, through SageMaker.

## What it checks

Every role, user or group of the source with an Allow that names record actions (`sagemaker:PutRecord`,
`sagemaker:GetRecord`, `sagemaker:*Record`, …) on a feature group of the source whose online store has a key, gets
`kms:Decrypt` on that key for calls through SageMaker; likewise the role of a state machine with a record task. Allows
of `sagemaker:*` or `*`, NotAction and AWS managed policies say nothing about intent and are left out.

## Why it matters

Every operation on the records of an encrypted online store takes `kms:Decrypt` of whoever asks for it; else the
request is refused at run time.

## When it is unproven

A policy of the identity, the key, or the feature group is not in the source, or an unknown value decides.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, any_of
from keyfit.catalogue import access, feature_store
from keyfit.catalogue.lookup import IdentityFound, find_role
from keyfit.catalogue.records import names_group
from keyfit.catalogue.rule import Need, Via
from keyfit.findings import Level, Note, NoteKind
from keyfit.model import ConsumerKind
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Block, Consumer, Stack

NUMBER: Final = 204
LEVEL: Final = Level.ERROR
SOURCES: Final = ("F27", "F28", "F29")


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each caller of record operations and each key of an online store that it reaches."""
    for caller in (*_identities(stack), *_tasks(stack)):
        for use in caller.store.keys:
            need = Need(feature_store.RECORD_ACTIONS, caller.found, use, Via.THROUGH_SAGEMAKER)
            for verdict in access.verdicts(stack, caller.store, need):
                yield _about(caller, verdict)


class Caller(NamedTuple):
    """Somebody who works on the records of a store: the block it is filed under, and whether it surely does."""

    block: Block
    found: IdentityFound
    store: Consumer
    reaches: Answer
    state: str = ""


def _identities(stack: Stack) -> Iterator[Caller]:
    """The roles, users and groups whose policies name record actions on a feature group with an online key."""
    for store in feature_store.online(stack):
        for identity in stack.identities if store.keys else ():
            reaches = names_group(stack, identity, store)
            if reaches.truth is not Truth.NO:
                yield Caller(identity.block, IdentityFound(identity), store, reaches)


def _tasks(stack: Stack) -> Iterator[Caller]:
    """The roles of state machines, for the feature groups that their record tasks name."""
    for task in stack.consumers:
        if task.kind is ConsumerKind.RECORD_TASK and task.caller is not None and task.group is not None:
            role = find_role(stack, task.caller.value)
            named = (store for store in feature_store.online(stack) if store.name == task.group.value)
            yield from (Caller(task.block, role, store, YES, task.state) for store in named)


def _about(caller: Caller, verdict: Verdict) -> Verdict:
    """The verdict filed under the caller; where it reaches the group only perhaps, broken is not proven."""
    group = caller.store.block.address
    about = replace(verdict.about, parameter=group, store="online", state=caller.state)
    answer = any_of((~caller.reaches, verdict.answer)) if verdict.answer.truth is Truth.NO else verdict.answer
    note = Note(
        NoteKind.NOTE, f"its policies name record actions on feature group `{group}`", caller.store.block.origin
    )
    placed = replace(verdict, subject=caller.block, origin=caller.block.origin, about=about, answer=answer)
    return placed.with_notes(note)
