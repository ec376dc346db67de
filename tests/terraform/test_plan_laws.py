"""No plan takes a verdict back: what is proven of every deployment is so of the one that is planned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from tests import literate
from tests.conftest import ROOT
from tests.literate import HCL, STARTS
from tests.terraform.plans import Made, NotOne, plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from keyfit.model.stack import Stack
    from tests.literate import Case

    Subject = tuple[int, str, str, str, str]

pytestmark = pytest.mark.hcl

STACKS = sorted(path for kind in ("terraform", "modules") for path in (ROOT / "fixtures/stacks" / kind).iterdir())
# What a plan of what is there shows to be otherwise: rules about how, and in which order, something is made.
OF_MAKING = frozenset({406, 407, 508, 601, 602, 603, 604})


def _cases() -> Iterator[object]:
    for fixture in sorted((ROOT / "fixtures" / "rules").glob("[0-9]*.md")):
        for case in literate.read(fixture.read_text("utf-8")):
            if case.language == HCL and STARTS[HCL] in case.files:
                yield pytest.param(case, id=f"{fixture.name}:{case.start}")


def definite(stack: Stack) -> Mapping[Subject, set[Verdict]]:
    """What is proven, in every deployment, of each subject of each rule."""
    found: dict[Subject, set[Verdict]] = {}
    for each in verify.check(stack, options=Options(all_keys=True)).findings:
        subject = (each.rule, each.resource, each.about.parameter, each.about.store, each.about.state)
        if each.verdict is not Verdict.UNPROVEN and each.scenario is None:
            found.setdefault(subject, set()).add(each.verdict)
    return found


def taken_back(without: Stack, planned: Stack, made: Made) -> list[str]:
    """What is proven without a plan and not with it, or otherwise."""
    before, after = definite(without), definite(planned)
    return [
        f"{subject}: {_words(verdicts)}, with the plan {_words(after.get(subject, set()))}"
        for subject, verdicts in before.items()
        if after.get(subject) != verdicts and not (made is Made.THERE and subject[0] in OF_MAKING)
    ]


def contradicted(alone: Stack, planned: Stack, made: Made) -> list[str]:
    """What a plan by itself proves otherwise than with its source; and nothing is unproven of what is there."""
    mine, whole = definite(alone), definite(planned)
    return [
        f"{subject}: {_words(verdicts)}, with the source {_words(whole.get(subject, set()))}"
        for subject, verdicts in mine.items()
        if subject in whole and whole[subject] != verdicts and subject[0] not in OF_MAKING
    ] + [
        f"{subject}: {_words(verdicts)} only with the source"
        for subject, verdicts in whole.items()
        if made is Made.THERE and subject not in mine and subject[0] not in OF_MAKING
    ]


def _words(verdicts: set[Verdict]) -> list[str]:
    return sorted(each.value for each in verdicts)


@pytest.mark.parametrize("made", Made)
@pytest.mark.parametrize("directory", STACKS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_no_plan_of_a_stack_takes_a_verdict_back(directory: Path, made: Made, tmp_path: Path) -> None:
    """Whatever the plan knows."""
    given = Given(ROOT / "fixtures" / "stacks")
    without = terraform.read(directory, given)
    try:
        plan = plan_of(directory, given, made, without)
    except NotOne:
        pytest.skip("something is not given")
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    planned = terraform.read(directory, Given(given.root, plan=tmp_path / "plan.json"))
    assert planned.problems == ()
    assert planned.remarks == ()
    assert taken_back(without, planned, made) == []
    assert contradicted(terraform.read_plan(tmp_path / "plan.json", Given(tmp_path)), planned, made) == []


@pytest.mark.deep
@pytest.mark.parametrize("made", Made)
@pytest.mark.parametrize("case", list(_cases()))
def test_no_plan_of_a_fixture_takes_a_verdict_back(case: Case, made: Made, tmp_path: Path) -> None:
    """For the fixtures of all rules."""
    without = literate.read_stack(case, tmp_path / "root")
    try:
        plan = plan_of(tmp_path / "root", literate.given_in(case, tmp_path / "root"), made, without)
    except NotOne:
        pytest.skip("something is not given")
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    planned = literate.read_stack(case, tmp_path / "root", tmp_path / "plan.json")
    assert planned.problems == without.problems
    assert planned.remarks == ()
    assert taken_back(without, planned, made) == []
    given = literate.given_in(case, tmp_path)
    assert contradicted(terraform.read_plan(tmp_path / "plan.json", given), planned, made) == []
