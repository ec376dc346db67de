"""AWS's example policies, spoiled in every way: both languages say the same, and name what is missing.

Generated, not typed: each action taken out, each principal exchanged, and conditions put on, in each statement of each
policy of the examples.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from keyfit.model.findings import Verdict
from tests.catalogue import examples, in_terraform, test_feature_store, test_geospatial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.verify import Result

pytestmark = pytest.mark.hcl

REGION = "us-west-2"
EXAMPLES: dict[str, Callable[[], dict[str, Any]]] = {
    "personalize": examples.personalize,
    "feature store": test_feature_store.group,
    "geospatial": lambda: test_geospatial.stack(job=True, root=False, own=True),
}
CONDITIONS = (
    {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}},
    {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "*"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    {"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}},
    {"Bool": {"kms:GrantIsForAWSResource": "true"}},
)


class Spoiled(NamedTuple):
    """An example with one thing changed; `gone` is the action taken out, if one is."""

    name: str
    template: dict[str, Any]
    gone: str = ""


def statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """Every statement of every policy, in the order written."""
    found: list[dict[str, Any]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if "Effect" in value:
                found.append(value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(template)
    return found


def every_way() -> Iterator[Spoiled]:
    """Each example with one thing changed."""
    for example, make in EXAMPLES.items():
        for index, statement in enumerate(statements(make())):
            where = f"{example} {index}"
            actions = statement["Action"] if isinstance(statement["Action"], list) else []
            for action in actions:
                changed = changed_at(make, index, Action=[each for each in actions if each != action] or ["kms:Sign"])
                yield Spoiled(f"{where} without {action}", changed, action)
            if "Principal" in statement:
                principal = {"Service": "ec2.amazonaws.com"}
                yield Spoiled(f"{where} for another principal", changed_at(make, index, Principal=principal))
            if actions:
                for condition in CONDITIONS:
                    (operator,) = condition
                    yield Spoiled(
                        f"{where} if {operator} {condition[operator]}", with_condition(make, index, condition)
                    )


def changed_at(make: Callable[[], dict[str, Any]], index: int, **elements: object) -> dict[str, Any]:
    """The example with these elements in one statement."""
    template = deepcopy(make())
    statements(template)[index].update(elements)
    return template


def with_condition(make: Callable[[], dict[str, Any]], index: int, condition: dict[str, Any]) -> dict[str, Any]:
    """The example with a condition on one statement."""
    return changed_at(make, index, Condition=condition)


def told(result: Result) -> set[tuple[object, ...]]:
    """What the two languages have to say alike: rule, verdict, subject, store, state and actions."""
    assert result.failures == ()
    return {(*said(each), each.about.store, each.about.state, each.about.actions) for each in result.findings}


def said(found: Finding) -> tuple[object, ...]:
    """Rule, verdict, level and subject."""
    return found.rule, found.verdict, found.level, found.resource


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_hold_in_both_languages(example: str, tmp_path: Path) -> None:
    """Nothing broken, and the same said of everything."""
    template = EXAMPLES[example]()
    here = told(examples.verdicts(template, region=REGION))
    assert not [each for each in here if each[1] is Verdict.BROKEN and each[0] != 406]
    assert needs(here) == needs(told(in_terraform.verdicts(template, tmp_path, REGION)))


@pytest.mark.parametrize("spoiled", list(every_way()), ids=lambda spoiled: spoiled.name)
def test_both_languages_say_the_same_of_what_is_spoiled(spoiled: Spoiled, tmp_path: Path) -> None:
    """And where an action that a consumer needs is gone, the broken finding names it."""
    result = examples.verdicts(spoiled.template, region=REGION)
    assert needs(told(result)) == needs(told(in_terraform.verdicts(spoiled.template, tmp_path, REGION)))
    broken = [each for each in result.findings if each.verdict is Verdict.BROKEN and each.rule in NEEDS]
    if spoiled.gone:
        assert all(spoiled.gone in each.about.actions or spoiled.gone in each.message for each in broken)


NEEDS = frozenset({101, 102, 103, 105, 201, 202, 203, 205, 301, 302, 303})


def needs(found: set[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Those about what consumers need."""
    return {each for each in found if each[0] in NEEDS}


def test_there_are_many_ways_to_spoil_an_example() -> None:
    """Else the test above would say little; and each action that the service needs is among them."""
    ways = list(every_way())
    assert len(ways) >= 80
    assert {each.gone for each in ways} >= {*examples.SERVICE_ACTIONS, *test_geospatial.ACTIONS}
