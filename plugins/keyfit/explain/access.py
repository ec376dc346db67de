"""What one principal gets on one key: the engine's answer for one action, with all that it is told from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Note, NoteKind
from keyfit.record import record

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.policy.decision import Decision, Judgement, PolicyDecision
    from keyfit.policy.request import Principal, Request


_LINKED: Final = ":role/aws-service-role/"


@record
class Asker:
    """Who needs access: the principal, its identity where it is one, and its name in messages."""

    principal: Principal
    identity: Identity | None
    name: str

    @property
    def words(self) -> str:
        """What it is and its name: "role `x`"; a service by its name alone, and so a role that AWS names."""
        _, _, linked = self.name.partition(_LINKED)
        if self.identity is not None and linked:
            return f"service-linked {self.identity.kind.value} `{linked.rpartition('/')[2]}`"
        return self.spelled

    @property
    def spelled(self) -> str:
        """The same with its ARN, where it is known by that alone: as a policy names it."""
        return f"{self.identity.kind.value} `{self.name}`" if self.identity else f"`{self.name}`"


@record
class Access:
    """The answer for one action, as far as it was asked: with the identity policies' own, where both count."""

    asker: Asker
    key: Key
    request: Request
    answer: Answer
    decision: Decision
    identity: PolicyDecision | None = None

    @property
    def action(self) -> str:
        """What was asked for."""
        return self.request.action

    @property
    def blamed(self) -> Judgement | None:
        """The statement that denies, or the one that came closest to allowing the action."""
        if self.decision.explicit and self.decision.determining:
            return self.decision.determining[0]
        missed = (each.nearest for each in self.decision.routes if each.nearest is not None)
        return next(missed, None)

    @property
    def assumptions(self) -> tuple[Note, ...]:
        """What the answer takes for granted, as notes."""
        return tuple(Note(NoteKind.NOTE, words) for words in self.decision.assumptions)
