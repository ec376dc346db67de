"""Both sides in each environment that their settings name: what differs in all is told once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from keyfit.compare.matching import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from keyfit.compare.difference import Decided, Difference
    from keyfit.scan import Checked

_T = TypeVar("_T")


def in_environments(pair: Pair) -> Iterator[tuple[str, Pair]]:
    """The two sides in every environment that one of them has; as they are, where there is none."""
    sides = (pair.base, pair.head)
    names = dict.fromkeys(name for side in sides if side is not None for name in side.deployments)
    for name in names or ("",):
        yield name, Pair(*(_in(side, name) for side in sides))


def _in(side: Checked | None, name: str) -> Checked | None:
    """A side in an environment; one without environments is the same in all."""
    return side.deployments.get(name) if side is not None and side.deployments else side


def together(before: Difference, made: Sequence[tuple[str, Difference]]) -> Difference:
    """What the environments add to a difference, each once; a decision names those in which it differs so."""
    decided = [(name, each) for name, found in made for each in found.decided[len(before.decided) :]]
    several = _once(decided)
    return replace(
        made[0][1],
        decided=(*before.decided, *(_named(each, names, len(made)) for each, names in several)),
        judged=(*before.judged, *_each(made, lambda found: found.judged[len(before.judged) :])),
        altered=(*before.altered, *_each(made, lambda found: found.altered[len(before.altered) :])),
        failures=tuple(each for each, _ in _once((name, each) for name, found in made for each in found.failures)),
    )


def _named(each: Decided, names: list[str], every: int) -> Decided:
    return each if len(names) == every else replace(each, environments=tuple(names))


def _each(made: Sequence[tuple[str, Difference]], part: Callable[[Difference], Iterable[_T]]) -> Iterator[_T]:
    return (each for each, _ in _once((name, each) for name, found in made for each in part(found)))


def _once(found: Iterable[tuple[str, _T]]) -> list[tuple[_T, list[str]]]:
    """What is equal once, with the environments it is from."""
    kept: list[tuple[_T, list[str]]] = []
    for name, each in found:
        known = next((names for other, names in kept if other == each), None)
        if known is None:
            kept.append((each, [name]))
        else:
            known.append(name)
    return kept
