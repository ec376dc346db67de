"""Changes that were found in one scenario, with the blocks as all deployments have them.

In the scenario a block is there for certain. The text is one for all of them, and a reference to what some do not have
makes those fail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.answer import maybe
from keyfit.model.changes import AddStatement, Allow, MoveApart, Refer
from keyfit.model.identities import Identity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyfit.model.block import Block
    from keyfit.model.changes import Change
    from keyfit.model.stack import Stack


def in_all_deployments(changes: Sequence[Change], stack: Stack | None) -> tuple[Change, ...]:
    """The changes with each block as `stack` has it, which is under no scenario; undecided where it has none."""
    known: dict[str, Block] = {}
    if stack is not None:
        known.update((each.block.address, each.block) for each in stack.keys)
        known.update((each.block.address, each.block) for each in stack.identities)
        known.update((each.block.address, each.block) for each in stack.buckets)
    return tuple(_anew(each, known) for each in changes)


def _anew(change: Change, known: Mapping[str, Block]) -> Change:
    match change:
        case AddStatement(to=Identity() as to):
            return replace(change, to=_identity(to, known))
        case AddStatement(bucket=bucket) if bucket is not None:
            return replace(change, bucket=_block(bucket, known))
        case Allow(identity=identity, on=on):
            return replace(change, identity=_identity(identity, known), on=_block(on, known))
        case MoveApart(identity):
            return replace(change, identity=_identity(identity, known))
        case Refer(to=to):
            return replace(change, to=_block(to, known))
        case _:
            return change


def _identity(identity: Identity, known: Mapping[str, Block]) -> Identity:
    return identity if identity.outside else replace(identity, block=_block(identity.block, known))


def _block(block: Block, known: Mapping[str, Block]) -> Block:
    found = known.get(block.address)
    return replace(block, present=maybe() if found is None else found.present)
