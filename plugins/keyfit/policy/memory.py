"""What was found out about a statement, kept with it: the same few questions are asked over and over.

Nothing here is part of what a policy says. Questions are told apart by the identity of the objects they are about,
which is cheaper than equality, and exact: equal texts can have holes of different shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.policy.decision import Judgement
    from keyfit.policy.principal import Naming, Ways
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Condition, Document

Found = TypeVar("Found")

_MOST: Final = 64  # answers kept of one kind for one statement; then it starts afresh


class ByIdentity(Generic[Found]):
    """Answers to questions about certain objects, by the identity of these."""

    __slots__ = ("_kept",)

    def __init__(self) -> None:
        self._kept: dict[tuple[int, ...], tuple[tuple[object, ...], Found]] = {}

    def find(self, *about: object) -> Found | None:
        """What was kept about these very objects; `None` where nothing was."""
        kept = self._kept.get(tuple(map(id, about)))
        return None if kept is None else kept[1]

    def keep(self, found: Found, *about: object) -> Found:
        """Keep `found` about these objects. They are kept with it, so that no other object takes over their ids."""
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[tuple(map(id, about))] = (about, found)
        return found


@dataclass(slots=True)
class Memory:
    """What is kept with one statement: answers of its elements, and all about the last request that it was asked for.

    `principals` answers for a principal's parts, `resources` for a resource.
    """

    actions: dict[str, Answer] = field(default_factory=dict)
    principals: ByIdentity[Ways] = field(default_factory=ByIdentity)
    resources: ByIdentity[Answer] = field(default_factory=ByIdentity)
    document: Document | None = None
    request: Request | None = None
    judgements: dict[Naming, Judgement] = field(default_factory=dict)
    conditions: tuple[Answer, Condition | None] | None = None
