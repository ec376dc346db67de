"""Decisions as notes of a finding: which statement decides, which element misses, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.explain.statement import called, misses, unread
from keyfit.model.findings import Note, NoteKind
from keyfit.model.policies import PolicyKind
from keyfit.policy.decide import DIRECT
from keyfit.policy.decision import Outcome
from keyfit.policy.statement import Effect
from keyfit.truth import Truth
from keyfit.value import NOWHERE
from keyfit.words import joined

if TYPE_CHECKING:
    from keyfit.model.block import Block
    from keyfit.model.changes import Change
    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.policy.decision import Judgement, PolicyDecision
    from keyfit.policy.principal import Naming
    from keyfit.policy.request import Request
    from keyfit.value import Origin

_ROLE: Final = "AWS::IAM::Role"


def of_policy(decision: PolicyDecision, policy: Policy, request: Request) -> tuple[Note, ...]:
    """Why one policy answers as it does: its denials, or the statement that came closest."""
    if decision.explicit or decision.outcome is Outcome.ALLOWED:
        return tuple(dict.fromkeys(judged(each, request.action) for each in decision.determining))
    return (nothing(policy) if decision.nearest is None else missed(decision.nearest, request),)


def assumed(*blocks: Block) -> tuple[Note, ...]:
    """What the author did not write: a sentence for each block that the settings declare, or that a transform makes."""
    return tuple(
        Note(NoteKind.NOTE, f"`{block.address}` {words}", place(block.origin))
        for block in dict.fromkeys(blocks)
        if (words := _unwritten(block))
    )


def attached(identity: Identity | None) -> tuple[Note, ...]:
    """Which policies of an identity another stack attaches: a sentence for each."""
    policies = identity.policies if identity is not None else ()
    told = (
        Note(NoteKind.NOTE, f"{each.called} is attached in `{each.assumed}`", place(each.origin))
        for each in policies
        if each.assumed and each.present.truth is not Truth.NO
    )
    return tuple(dict.fromkeys(told))


def _unwritten(block: Block) -> str:
    written = block.within
    if written is not None and written.address != block.address:
        made = "the role that AWS SAM creates for" if block.type == _ROLE else "what AWS SAM makes of an event of"
        return f"is {made} `{written.address}`"
    return f"is taken as declared in `{block.assumed}`" if block.assumed else ""


def nothing(policy: Policy) -> Note:
    """A policy without a statement that could allow anything."""
    what = "is not in the source" if policy.kind is PolicyKind.OUTSIDE else "has no statement that allows it"
    return Note(NoteKind.NOTE, f"{policy.called} {what}", place(policy.origin))


def judged(judgement: Judgement, *actions: str) -> Note:
    """A statement that applies, or can: what it does about `actions`."""
    name, verb = called(judgement), "denies" if Effect.DENY in judgement.statement.effects else "allows"
    if judgement.statement.unreadable is not None:
        return told(judgement, f"{name} {unread(judgement)}")
    sure = judgement.answer.truth is Truth.YES
    return told(judgement, f"{name} {verb} {joined(actions)}" if sure else f"whether {name} applies is not known")


def missed(judgement: Judgement, request: Request, naming: Naming = DIRECT) -> Note:
    """The statement that came closest, and what keeps it from applying; why that is open, the unknowns tell.

    `naming` is how the statement had to name the principal.
    """
    words = (each.words for each in misses(judgement, request, naming))
    return told(judgement, f"{called(judgement)} {'; '.join(dict.fromkeys(words))}")


def told(judgement: Judgement, message: str, kind: NoteKind = NoteKind.NOTE, change: Change | None = None) -> Note:
    """A sentence about a statement, placed there."""
    return Note(kind, message, place(judgement.statement.origin), change)


def place_of(decision: PolicyDecision) -> Origin | None:
    """The place of the statement that is the cause of a denial."""
    if decision.explicit and decision.determining:
        return decision.determining[0].statement.origin
    return decision.nearest.statement.origin if decision.nearest else None


def place(origin: Origin) -> Origin | None:
    """A place worth showing; `None` for what nobody wrote."""
    return None if origin == NOWHERE else origin
