"""What was found out about a statement, kept with it: the same few questions are asked over and over.

Nothing here is part of what a policy says. Questions are told apart by the identity of the objects they are about,
which is cheaper than equality, and exact: equal texts can have holes of different shapes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.policy.decision import Judgement
    from keyfit.policy.principal import Naming, Ways
    from keyfit.policy.request import Request
    from keyfit.policy.statement import Condition

About = TypeVar("About")
Found = TypeVar("Found")

_MOST: Final = 64  # answers kept of one kind for one statement; then it starts afresh
_MOST_NUMBERED: Final = 1 << 14


class Kept(dict[About, Found], Generic[About, Found]):
    """Answers by what they are about, and not too many of them."""

    __slots__ = ()

    def keep(self, about: About, found: Found) -> Found:
        """Keep `found`, and give it back."""
        if len(self) >= _MOST:
            self.clear()
        self[about] = found
        return found


_numbers: dict[tuple[int, ...], tuple[int, tuple[object, ...]]] = {}
_next: Final = count()


def number(*objects: object) -> int:
    """A number that stands for these very objects: mostly the same for the same ones, never the same for others."""
    about = tuple(map(id, objects))
    found = _numbers.get(about)
    if found is None:
        if len(_numbers) >= _MOST_NUMBERED:
            _numbers.clear()
        found = _numbers[about] = (next(_next), objects)  # they are kept, so that no other object takes over their ids
    return found[0]


@dataclass(slots=True)
class Memory:
    """What is kept with one statement: answers of its elements, by themselves and together, and of its conditions.

    `principals` and `resources` are by the numbers of a request, `judgements` are of all but the conditions.
    `conditions` are of the last request alone, for no two have the same context.
    """

    actions: dict[str, Answer] = field(default_factory=dict)
    principals: Kept[int, Ways] = field(default_factory=Kept)
    resources: Kept[int, Answer] = field(default_factory=Kept)
    judgements: Kept[tuple[int, Naming], Judgement] = field(default_factory=Kept)
    variables: bool | None = None
    request: Request | None = None
    conditions: tuple[Answer, Condition | None] | None = None
