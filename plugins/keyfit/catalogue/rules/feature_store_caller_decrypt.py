"""Whoever reads or writes records of an online store can decrypt with its key, through SageMaker.

## What it checks

Every role, user or group of the source with an Allow that names record actions (`sagemaker:PutRecord`,
`sagemaker:GetRecord`, `sagemaker:*Record`, …) on a feature group of the source whose online store has a key, is allowed
`kms:Decrypt` on that key for calls through SageMaker; likewise the role of a state machine with a record task. Allows
of `sagemaker:*` or `*`, NotAction and AWS managed policies say nothing about intent and are left out. A group whose
users are in the source is judged through them: permissions of the group and of the user count together.

## Why it matters

Every operation on the records of an encrypted online store requires `kms:Decrypt` for the caller. Otherwise the request
is denied at run time. The error of KMS is `AccessDeniedException: User: … is not authorized to perform: kms:Decrypt on
resource: … because no identity-based policy allows the kms:Decrypt action`.

## When it is unproven

A policy of the identity or the key is not in the source, or it is not known which feature group a statement or a task
refers to.

## How to fix it

Allow `kms:Decrypt` on the key's ARN next to the record actions, or name the caller in the key policy. A condition on
`kms:ViaService` `sagemaker.*.amazonaws.com` with `StringLike` narrows it to calls through SageMaker.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-security.html
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, all_of, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.access import needs
from keyfit.catalogue.access.question import asker
from keyfit.catalogue.record_callers import is_group, names_group
from keyfit.explain.access import Asker
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.names_of_roles import IdentityFound, find_role
from keyfit.services.need import Need
from keyfit.services.pages import feature_store
from keyfit.truth import Truth
from keyfit.value import Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.block import Block
    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.stack import Stack
    from keyfit.value import Origin

NUMBER: Final = 204
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("state machine", "identity")
SOURCES: Final = ("F27", "F28", "F29")
NEEDS: Final = (feature_store.RECORDS,)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each caller of record operations and each key of an online store that it reaches."""
    for caller in (*_tasks(stack), *_identities(stack)):
        for call, use in product(NEEDS, caller.store.keys):
            need = Need(call.actions, caller.found, use, call.via)
            for verdict in needs.verdicts(stack, caller.store, need):
                yield _filed(caller, verdict)


class Caller(NamedTuple):
    """Somebody who works on the records of a store: the block and place it is filed under, and why it is one.

    `reaches` says whether it surely works on them. A role of the source has one verdict for a store, however many
    tasks and statements name the store's records.
    """

    block: Block
    origin: Origin
    found: IdentityFound
    store: Consumer
    reaches: Answer
    why: str
    state: str = ""


def _tasks(stack: Stack) -> Iterator[Caller]:
    """The roles of state machines, for the feature groups that their record tasks name."""
    for task in consumers.named(stack, feature_store.RECORD_TASK):
        if task.caller is None or task.group is None:
            continue
        found = find_role(stack, task.caller.value)
        why = f"state `{task.state}` of `{task.block.address}` accesses records of feature group"
        for store in (*consumers.named(stack, feature_store.ONLINE_STORE), *_abroad(stack)):
            reaches = all_of((task.block.present, is_group(stack, task.group.value, store)))
            if reaches.truth is Truth.NO or (store.block.assumed and reaches.truth is Truth.MAYBE):
                continue
            if found.identity is None or found.identity.outside:
                origin = task.caller.value.origin
                yield Caller(task.block, origin, found, store, reaches, why, task.state)
            else:
                block = found.identity.block
                yield Caller(block, block.origin, found, store, reaches, why)


def _abroad(stack: Stack) -> Iterator[Consumer]:
    """The online stores of other stacks that are joined with this one."""
    return (each for each in stack.abroad if each.kind == feature_store.ONLINE_STORE.words)


def _identities(stack: Stack) -> Iterator[Caller]:
    """The roles, users and groups whose policies name record actions on a feature group with an online key.

    One of another stack has to be named surely, and by more than what all of them match.
    """
    for store in (*consumers.named(stack, feature_store.ONLINE_STORE), *_abroad(stack)):
        for identity in stack.identities if store.keys else ():
            reaches = names_group(stack, identity, store)
            if store.block.assumed and not (reaches == YES and _is_meant(stack, identity, store)):
                continue
            if reaches.truth is not Truth.NO:
                why = "its policies name record actions on feature group"
                yield Caller(identity.block, identity.block.origin, IdentityFound(identity), store, reaches, why)


def _is_meant(stack: Stack, identity: Identity, store: Consumer) -> bool:
    """Whether a policy of an identity of this stack names just this store's feature group."""
    nobodys = replace(store, name=text("zz-of-this-name-there-is-none"))
    return not identity.block.assumed and names_group(stack, identity, nobodys).truth is Truth.NO


def _filed(caller: Caller, verdict: Ruling) -> Ruling:
    """The verdict filed under the caller; where it reaches the group only perhaps, nothing is proven."""
    group = caller.store.block.address
    about = replace(verdict.about, parameter=group, store="online", state=caller.state)
    note = Note(NoteKind.NOTE, f"{caller.why} `{group}`", caller.store.block.origin)
    filed = replace(verdict, subject=caller.block, origin=caller.origin, about=about, notes=(note, *verdict.notes))
    if caller.reaches.truth is Truth.YES or (verdict.answer == YES and not _has_choices(caller.reaches)):
        return filed
    who = asker(caller.found)
    name = who.words if isinstance(who, Asker) else "the role"
    message = (
        f"cannot tell whether {name} accesses records of feature group `{group}`, "
        f"which requires `kms:Decrypt` on key `{about.key}`"
    )
    holes = (*caller.reaches.holes, *verdict.answer.holes)
    return replace(filed, answer=maybe(*holes), message=message, notes=(), remedy=None, statement=None, element="")


def _has_choices(answer: Answer) -> bool:
    return any(isinstance(hole, Unknown) and hole.choices for hole in answer.holes)
