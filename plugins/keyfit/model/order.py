"""The order in which blocks are made: a way from one to another along what each needs first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import Answer, all_of
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.graph import Edge, Graph

MOST: Final = 10_000  # nodes that are looked into for one way


class Step(NamedTuple):
    """A block, by its name in the graph, and what it needs first."""

    node: str
    edge: Edge


class Way(NamedTuple):
    """Steps from one block to another, and whether each of them is taken."""

    steps: tuple[Step, ...]

    @property
    def answer(self) -> Answer:
        """Whether every step is taken."""
        return all_of(step.edge.answer for step in self.steps)


def way(graph: Graph, start: str, goal: str) -> Way | None:
    """The shortest way from `start` to `goal`, one that is surely taken before any other; `None` where there is none.

    Both are addresses of blocks. From a block to itself, it is a circle.
    """
    first, last = graph.node(start), graph.node(goal)
    if not first or not last:
        return None
    found, left = _shortest(graph, first, last, {Truth.YES})
    return _shortest(graph, first, last, {Truth.YES, Truth.MAYBE})[0] if found is None and left else found


def _shortest(graph: Graph, start: str, goal: str, taken: Iterable[Truth]) -> tuple[Way | None, bool]:
    """The shortest way, and whether a step was left out that is not among those `taken`."""
    ways: dict[str, tuple[Step, ...]] = {start: ()}
    left = False
    for node in (pending := [start]):
        for edge in graph.edges(node):
            if edge.answer.truth not in taken:
                left = True
                continue
            steps = (*ways[node], Step(node, edge))
            if edge.needs == goal:
                return Way(steps), left
            if edge.needs not in ways and len(ways) < MOST:
                ways[edge.needs] = steps
                pending.append(edge.needs)
    return None, left
