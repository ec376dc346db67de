"""A scenario is told as far as it matters: enumerated over all small worlds."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from keyfit import catalogue, verify
from keyfit.explain.deployments import when
from keyfit.model.findings import Finding, Verdict
from keyfit.readers import cloudformation, terraform
from keyfit.readers.given import Given
from keyfit.render.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES: Final = ("InA", "InB", "InC")
WORLDS: Final = tuple(product((True, False), repeat=len(NAMES)))
SYMMETRIC: Final = next(each for each in catalogue.every_rule() if each.number == 401)


def template(broken: frozenset[tuple[bool, ...]], present: str = "") -> str:
    """Three independent conditions, and a key that is asymmetric in some of the eight deployments."""
    parameters = "".join(f"  {name}P: {{Type: String, AllowedValues: ['yes', 'no']}}\n" for name in NAMES)
    conditions = "".join(f"  {name}: !Equals [!Ref {name}P, 'yes']\n" for name in NAMES)
    return (
        f"Parameters:\n{parameters}Conditions:\n{conditions}Resources:\n"
        f"  Key: {{Type: AWS::KMS::Key, Properties: {{KeySpec: {spec(broken, ())}}}}}\n"
        f"  Group:\n    Type: AWS::Personalize::DatasetGroup\n{present}"
        "    Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: 'arn:aws:iam::111122223333:role/r'}\n"
    )


def spec(broken: frozenset[tuple[bool, ...]], made: tuple[bool, ...]) -> str:
    """A tree of all conditions: a verdict can depend on each."""
    if len(made) == len(NAMES):
        return "RSA_2048" if made in broken else "SYMMETRIC_DEFAULT"
    return f"!If [{NAMES[len(made)]}, {spec(broken, (*made, True))}, {spec(broken, (*made, False))}]"


def judged(source: str) -> Finding:
    """The finding of rule 401."""
    stack = cloudformation.read(source, "stack.yaml", Given(Path.cwd()))
    (finding,) = verify.check(stack, [SYMMETRIC]).findings
    return finding


def within(scenario: Mapping[str, bool | str]) -> set[tuple[bool, ...]]:
    """The deployments under some choices."""
    return {world for world in WORLDS if scenario.items() <= dict(zip(NAMES, world, strict=True)).items()}


def tables() -> Iterator[frozenset[tuple[bool, ...]]]:
    """A third of the ways to be broken in some of the eight deployments."""
    for bits in range(0, 1 << len(WORLDS), 3):
        yield frozenset(world for index, world in enumerate(WORLDS) if bits >> index & 1)


@pytest.mark.parametrize("broken", list(tables()), ids=lambda broken: f"{len(broken)}")
def test_a_told_scenario_is_the_smallest(broken: frozenset[tuple[bool, ...]]) -> None:
    """It is broken in all its deployments, and in not all of any proper subset of the choices; all are told."""
    finding = judged(template(broken))
    if not broken:
        assert (finding.verdict, finding.scenarios) == (Verdict.HOLDS, ())
        return
    assert finding.verdict is Verdict.BROKEN
    told = finding.scenarios or ({},)
    assert set().union(*map(within, told)) == broken
    for scenario in told:
        fewer = (dict(some) for size in range(len(scenario)) for some in combinations(scenario.items(), size))
        assert not any(within(each) <= broken for each in fewer)
    assert finding.scenario == (None if not finding.scenarios else min(finding.scenarios, key=len))


def test_no_scenario_is_told_where_all_deployments_are_broken() -> None:
    """Though the reason may be another one in each."""
    assert judged(template(frozenset(WORLDS))).scenarios == ()


def test_a_deployment_without_the_subject_is_none_in_which_it_is_broken() -> None:
    """It is broken wherever it is: that is where the condition is met."""
    finding = judged(template(frozenset(WORLDS), "    Condition: InB\n"))
    assert finding.scenarios == ({"InB": True},)


def test_several_scenarios_are_told() -> None:
    """And the sentence has each, up to a bound."""
    broken = frozenset(world for world in WORLDS if world[0] or world[2])
    finding = judged(template(broken))
    assert {frozenset(each.items()) for each in finding.scenarios} == {
        frozenset({("InA", True)}),
        frozenset({("InC", True)}),
    }
    assert sentence(finding).endswith("when `InA` is true, or when `InC` is true")
    assert when([{"A": True}] * 7) == f"{', or '.join(['when `A` is true'] * 4)}, or in 3 more cases"


def test_variables_are_told_as_far_as_they_matter(tmp_path: Path) -> None:
    """Of three variables that the source compares, one tells where the key is none that Personalize can use."""
    source = """
        variable "stage" {}
        variable "blue" { type = bool }
        resource "aws_kms_key" "key" {
          customer_master_key_spec = var.stage == "prod" ? "RSA_2048" : "SYMMETRIC_DEFAULT"
          description              = var.blue ? "blue" : "green"
        }
        resource "awscc_personalize_dataset_group" "films" {
          count       = var.stage == "none" ? 0 : 1
          name        = var.blue ? "blue" : "green"
          kms_key_arn = aws_kms_key.key.arn
          role_arn    = "arn:aws:iam::111122223333:role/r"
        }
    """
    (tmp_path / "main.tf").write_text(source, encoding="utf-8")
    (finding,) = verify.check(terraform.read(tmp_path, Given(tmp_path)), [SYMMETRIC]).findings
    assert (finding.verdict, finding.scenarios) == (Verdict.BROKEN, ({"var.stage": "prod"},))
