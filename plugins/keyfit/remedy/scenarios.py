"""What an edit changes in every scenario that matters: what it touches can depend on choices that are open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.rewriting import Rewriting
from keyfit.readers.overlaid import overlaid
from keyfit.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyfit.model.alternatives import Choice
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

MOST: Final = 16  # scenarios of one edit; what is not told apart is asked with what is known
_PARTS: Final = ("keys", "aliases", "grants", "identities")


class Side(NamedTuple):
    """A stack, and the files as they are or would be: it is read from them when it is asked."""

    stack: Stack
    files: Mapping[str, bytes]

    def under(self, name: str, value: Value) -> Side | None:
        """The same with a choice made; `None` where it cannot be deployed so."""
        if self.stack.reading is None:
            return self
        with overlaid(self.files):
            found = self.stack.reading.under(self.stack.scenario.given(name, value))
        return None if found is None else Side(found, self.files)


def scenarios(before: Side, after: Side) -> Iterator[tuple[Stack, Stack]]:
    """Both stacks under no choice, and under all that decide what differs between them."""
    pending, left = [(before, after)], MOST
    while pending:
        one, other = pending.pop()
        yield one.stack, other.stack
        choice = _open(one.stack, other.stack) if left > 0 else None
        if choice is None:
            continue
        for value in choice.alternatives:
            old, new = one.under(choice.name, value), other.under(choice.name, value)
            if old is not None and new is not None:
                pending.append((old, new))
                left -= 1


def _open(before: Stack, after: Stack) -> Choice | None:
    """A choice that something which differs depends on."""
    names: dict[str, None] = {}

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown):
            names.update(dict.fromkeys(sorted(hole.choices)))
        return hole

    look = Rewriting(note)
    for part in _PARTS:
        was, now = (getattr(each, part) for each in (before, after))
        for each in (*_without(was, now), *_without(now, was)):
            look.of(each)
    open_ = (name for name in names if before.scenario.find(name) is None)
    reading = before.reading
    return next(filter(None, map(reading.choice, open_)), None) if reading is not None else None


def _without(every: Sequence[object], others: Sequence[object]) -> Iterator[object]:
    return (each for each in every if each not in others)
