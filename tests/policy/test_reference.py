"""The engine against the reference: the same answer to every known request, and to every filling of the holes."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.conftest import seeds
from tests.policy import holes, worlds

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

WORLDS, REQUESTS, WORLD_SEEDS = 600, 20, 10  # 120,000 requests, of which the documentation leaves some 12 % open
PARTIALS, PARTIAL_SEEDS = 2_600, 8  # 20,800 worlds with holes


class Drawn:
    """Decisions by Hypothesis, which looks for small counterexamples."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def of(self, options: Sequence[T]) -> T:
        """One of `options`."""
        chosen: T = self.data.draw(st.sampled_from(options))
        return chosen

    def chance(self, percent: int) -> bool:
        """Yes, or no: the simpler one first."""
        drawn: int = self.data.draw(st.integers(0, 99))
        return drawn >= 100 - percent


def seeded(seed: int) -> worlds.Random:
    """Decisions that are the same on every machine."""
    return worlds.Random(random.Random(seed))  # noqa: S311 - nothing is kept secret


@pytest.mark.parametrize("seed", seeds(WORLD_SEEDS))
def test_known_requests(seed: int) -> None:
    """Where everything is known, the engine answers as the reference does, explicit denials included."""
    choose, seen = seeded(seed), Counter[str]()
    for _ in range(WORLDS):
        world = worlds.world(choose)
        around = worlds.governing(world)
        for asked in (worlds.asked(choose) for _ in range(REQUESTS)):
            seen[compare(world, asked, worlds.engine(worlds.request(asked), around))] += 1
    assert seen[reference.ALLOW] > 0.1 * seen.total()
    assert seen[reference.EXPLICIT] > 0.05 * seen.total()
    assert seen.total() - seen[""] >= 100_000 / WORLD_SEEDS


@given(st.data())
def test_known_requests_small(data: st.DataObject) -> None:
    """The same, by Hypothesis: a difference would come as a small world."""
    choose = Drawn(data)
    world, asked = worlds.world(choose), worlds.asked(choose)
    compare(world, asked, worlds.engine(worlds.request(asked), worlds.governing(world)))


def compare(world: reference.World, asked: reference.Asked, said: str) -> str:
    """The reference's answer, which has to be the engine's; empty where AWS documents none."""
    try:
        documented = reference.decision(asked, world)
    except reference.Undocumented:
        return ""
    assert said == documented, (asked, world)
    return documented


@pytest.mark.parametrize("seed", seeds(PARTIAL_SEEDS))
def test_holes(seed: int) -> None:
    """A definite answer is that of every filling; and where all fillings agree, the answer is definite."""
    choose, definite = seeded(1_000 + seed), Counter[bool]()
    for _ in range(PARTIALS // 2):
        for partial in holes.partials(choose, worlds.world(choose), worlds.asked(choose), 2):
            definite[check(partial)] += 1
    assert definite[False] > 0.05 * PARTIALS


@given(st.data())
def test_holes_small(data: st.DataObject) -> None:
    """The same, by Hypothesis."""
    choose = Drawn(data)
    for partial in holes.partials(choose, worlds.world(choose), worlds.asked(choose)):
        check(partial)


def check(partial: holes.Partial) -> bool:
    """Whether the engine's answer is definite; it has to be sound, and precise where every unknown is used once.

    Not so where the engine rests on what AWS does not document, as how several session policies go together: it does
    not follow that through for each way in which one of them is there.
    """
    world, asked = partial.holed()
    said = worlds.engine(worlds.request(asked), worlds.governing(world))
    answers: set[bool] = set()
    documented = True
    for filled_world, filled in partial.completions():
        try:
            answers.add(reference.decision(filled, filled_world) == reference.ALLOW)
        except reference.Undocumented:
            documented = False
        if not said and len(answers) > 1:
            return False
    if said:
        assert answers <= {said == reference.ALLOW}, partial
    elif partial.once and documented and not worlds.leaves_open(worlds.request(asked), worlds.governing(world)):
        assert len(answers) > 1, partial
    return bool(said)
