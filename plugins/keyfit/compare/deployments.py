"""Both sides under the same choices: a decision is compared deployment by deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.compare.side import at_home
from keyfit.model.rewriting import Rewriting
from keyfit.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.model.alternatives import Choice
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

LEAVES: Final = 64  # of one stack; what is not told apart stays unknown
_PARTS: Final = ("keys", "aliases", "grants", "identities", "consumers")


class There(NamedTuple):
    """A stack, and the directory that it is asked in."""

    stack: Stack
    home: Path


class Deployment(NamedTuple):
    """Both sides under some choices, which `told` has in the words of the source; `None`: a side without the stack."""

    base: There | None
    head: There | None
    told: Mapping[str, bool | str]


def deployments(base: There | None, head: There | None) -> Iterator[Deployment]:
    """Every deployment in which the sides can differ, as far as choices tell them apart."""
    pending, budget = [(base, head)], LEAVES
    while pending:
        one, other = pending.pop()
        names = sorted({*_open(one), *_open(other)}) if budget > 0 else []
        choice = next(
            (found for name in names if (found := (_choice(one, name), _choice(other, name))) != _NONE), _NONE
        )
        if choice == _NONE:
            yield Deployment(one, other, {**_told(one), **_told(other)})
            continue
        parts = list(_under(one, other, choice))
        budget -= len(parts)
        pending.extend(reversed(parts))


Choices = tuple["Choice | None", "Choice | None"]
_NONE: Final[Choices] = (None, None)


def _under(base: There | None, head: There | None, choice: Choices) -> Iterator[tuple[There | None, There | None]]:
    """The sides for each alternative that both can be deployed with; where one side knows more of them, those."""
    old, new = choice
    literals = dict.fromkeys(
        each for side in choice if side for each in side.alternatives if not isinstance(each, Unknown)
    )
    others = [each for side in choice if side for each in side.alternatives if isinstance(each, Unknown)]
    for value in (*literals, *others[-1:]):
        sides = _made(base, old, value), _made(head, new, value)
        if all(made is not None or side is None for side, made in zip((base, head), sides, strict=True)):
            yield sides


def _made(there: There | None, choice: Choice | None, value: Value) -> There | None:
    """A side with a choice made; `None` where it cannot be deployed so."""
    if there is None or choice is None or there.stack.reading is None:
        return there
    other = next((each for each in choice.alternatives if isinstance(each, Unknown)), None)
    meant = value if value in choice.alternatives else other
    if meant is None:
        return None
    with at_home(there.home):
        stack = there.stack.reading.under(there.stack.scenario.given(choice.name, meant))
    return There(stack, there.home) if stack is not None else None


def _choice(there: There | None, name: str) -> Choice | None:
    """The choice of that name, where the side has it and it is open."""
    if there is None or there.stack.reading is None or there.stack.scenario.find(name) is not None:
        return None
    with at_home(there.home):
        return there.stack.reading.choice(name)


def _open(there: There | None) -> Iterable[str]:
    """The names of the choices on which something that is compared depends."""
    if there is None:
        return ()
    found: set[str] = set()

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown):
            found.update(hole.choices)
        return hole

    look = Rewriting(note)
    for part in _PARTS:
        look.of(getattr(there.stack, part))
    return found


def _told(there: There | None) -> Mapping[str, bool | str]:
    if there is None or there.stack.reading is None or not there.stack.scenario.made:
        return {}
    with at_home(there.home):
        return there.stack.reading.told(there.stack.scenario)


def smallest(
    wanted: Iterable[int], everything: Iterable[int], labels: Mapping[int, Mapping[str, bool | str]]
) -> tuple[Mapping[str, bool | str] | None, ...]:
    """What the deployments `wanted` have in common and no other one has: `None` where that is nothing to tell."""
    wanted, others = frozenset(wanted), [labels[each] for each in everything if each not in frozenset(wanted)]
    if not others:
        return (None,)
    found: dict[tuple[tuple[str, bool | str], ...], Mapping[str, bool | str]] = {}
    for each in sorted(wanted):
        kept = dict(labels[each])
        for name in list(kept):
            fewer = {other: value for other, value in kept.items() if other != name}
            if fewer and not any(fewer.items() <= other.items() for other in others):
                kept = fewer
        found[tuple(sorted(kept.items(), key=lambda item: item[0]))] = kept
    return tuple(found.values())
