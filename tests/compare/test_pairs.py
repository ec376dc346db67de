"""What differs between two sources is every decision that differs, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyfit.aws.kms_actions import on_a_key
from keyfit.compare import compare
from keyfit.compare.side import Side, at_home
from keyfit.render import difference_words
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.compare.pairs import ALL, CASES, Case, Expected

if TYPE_CHECKING:
    from keyfit.compare.difference import Difference


def side(name: str, home: Path, files: dict[str, str]) -> Side:
    """One side, of these files."""
    home.mkdir()
    for file, text in files.items():
        (home / file).write_text(text, encoding="utf-8")
    with at_home(home):
        return Side(name, home, scan((Path(),), Run(Settings(all_keys=True), {}, home)))


def differing(case: Case, tmp_path: Path) -> Difference:
    """What differs in a case."""
    return compare(side("base", tmp_path / "base", case.base), side("head", tmp_path / "head", case.head))


def together(difference: Difference) -> set[Expected]:
    """The changed decisions as they are expected: those that differ in their reasons alone are one."""
    found: dict[Expected, frozenset[str]] = {}
    for each in difference.decided:
        scenario = tuple((each.scenario or {}).items())
        about = Expected(each.direction.value, each.principal, "", each.key, scenario)
        found[about] = found.get(about, frozenset()) | frozenset(each.actions)
    return {replace(about, actions=named) for about, named in found.items()}


def wanted(each: Expected) -> Expected:
    """With all actions by name: all but some, where those have a minus."""
    every = frozenset(on_a_key())
    if each.actions == ALL:
        named = every - {"kms:RetireGrant"}
    else:
        less = frozenset(name.replace("-", "") for name in each.actions if "-" in name)
        named = every - less if less else frozenset(each.actions)
    return Expected(each.direction, each.principal, named, each.key, each.scenario)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_decision_that_differs_and_no_other_is_told(case: Case, tmp_path: Path) -> None:
    """As it was written down by hand."""
    difference = differing(case, tmp_path)
    assert not difference.failures
    assert together(difference) == {wanted(each) for each in case.decided}
    told = [each for each in difference.judged if not each.is_quiet]
    changed = {(each.finding.rule, each.finding.resource, difference_words.verdict(each)) for each in told}
    assert changed == set(case.judged)
    altered = sorted(each.said for each in difference.altered)
    assert len(altered) == len(case.altered)
    assert all(said.startswith(expected) for said, expected in zip(altered, sorted(case.altered), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_nothing_differs_from_itself(case: Case, tmp_path: Path) -> None:
    """A law: whatever the source, and however much of it is not known."""
    both = Case(case.name, case.head, case.head)
    difference = differing(both, tmp_path)
    assert (difference.decided, difference.judged, difference.altered) == ((), (), ())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_way_back_is_the_opposite(case: Case, tmp_path: Path) -> None:
    """A law: what is gained one way is lost the other."""
    (tmp_path / "there").mkdir()
    (tmp_path / "back").mkdir()
    there = differing(case, tmp_path / "there")
    back = differing(Case(case.name, case.head, case.base), tmp_path / "back")
    opposite = {"gained": "lost", "lost": "gained", "perhaps gained": "perhaps lost", "perhaps lost": "perhaps gained"}
    assert sorted((opposite[each.direction.value], each.actions) for each in there.decided) == sorted(
        (each.direction.value, each.actions) for each in back.decided
    )
