"""Laws of evaluation, on every template that a small grammar makes.

An `Unknown` names every choice it depends on. What a scenario chooses is what `--parameter` gives. A definite answer
holds in every scenario.
"""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.model.alternatives import EMPTY
from keyfit.readers.cloudformation.evaluation.bindings import REGION
from keyfit.truth import Truth
from keyfit.value import List, Object, Text, Unknown, Value, choices_in, holes_in, text
from keyfit.why import Why
from tests.cloudformation.making import given, probed, reading, shown, under, with_probe

if TYPE_CHECKING:
    from keyfit.model.alternatives import Scenario
    from keyfit.readers.cloudformation.stack import TemplateReading

HEAD = """
Parameters:
  A: {Type: String, Default: a}
  B: {Type: String, AllowedValues: [a, b]}
  L: {Type: CommaDelimitedList, Default: "a,b"}
  Z: {Type: String}
Mappings:
  M: {a: {k: v, a: w}, b: {k: u, a: w}}
Conditions:
  CA: !Equals [!Ref A, a]
  CB: !Equals [!Ref B, b]
  CL: !Equals [!Select [0, !Ref L], a]
  CR: !Equals [!Ref AWS::Region, us-east-1]
  CX: !Or [!And [!Condition CA, !Condition CB], !Not [!Condition CL]]
  CY: !And [!Condition CA, !Not [!Condition CA]]
Resources:
  K: {Type: AWS::KMS::Key}
  R: {Type: AWS::IAM::Role, Properties: {RoleName: !If [CA, !Ref B, !Ref Z]}}
"""
ATOMS = (
    "x",
    "!Ref A",
    "!Ref B",
    "!Ref L",
    "!Ref Z",
    "!Ref AWS::NoValue",
    "!Ref AWS::Region",
    "!Ref R",
    "!GetAtt R.Arn",
    "!GetAtt K.Arn",
    "'{{resolve:ssm:/x}}'",
)
FRAMES = (
    "!Sub ['p-${v}-${A}', {v: @}]",
    "!Join ['-', [@, !Ref B]]",
    "!Join ['-', @]",
    "!If [CA, @, y]",
    "!If [CX, !Ref AWS::NoValue, @]",
    "!If [CY, @, y]",
    "!If [CR, @, y]",
    "!If [CL, @, @]",
    "[@, !If [CB, @, !Ref AWS::NoValue]]",
    "{k: @, l: !If [CB, 1, !Ref AWS::NoValue]}",
    "!Select [0, [@, !Ref B]]",
    "!Select [0, !Split ['-', @]]",
    "!Split ['a', @]",
    "!FindInMap [M, @, k]",
    "!FindInMap [M, a, @, {DefaultValue: !Ref A}]",
    "{'Fn::ToJsonString': {k: @}}",
    "{'Fn::Length': @}",
    "!Base64 {'Fn::Sub': ['${v}', {v: @}]}",
    "!ImportValue {'Fn::Sub': ['${v}', {v: @}]}",
    "{'Fn::GetAZs': @}",
)
ONE_DEEP = [frame.replace("@", atom) for frame in FRAMES for atom in ATOMS]
TWO_DEEP = [
    outer.replace("@", inner.replace("@", atom))
    for outer, inner in product(FRAMES, FRAMES)
    for atom in ("!Ref A", "!If [CB, !Ref L, z]")
]
EXPRESSIONS = [*ATOMS, *ONE_DEEP, *TWO_DEEP]
CHOICES: Final = ("A", "B", "L", "Z", REGION)
SIZE: Final = 200
LOTS: Final = [EXPRESSIONS[start : start + SIZE] for start in range(0, len(EXPRESSIONS), SIZE)]


@cache
def template(lot: int) -> TemplateReading:
    """The template of a lot of expressions, read once."""
    return reading(with_probe(HEAD, *LOTS[lot]))


def evaluated(lot: int, scenario: Scenario = EMPTY) -> list[Value | None]:
    """What the expressions of a lot come to."""
    return [probed(template(lot), scenario, number) for number in range(len(LOTS[lot]))]


def refused(*values: Value | None) -> bool:
    """Whether CloudFormation refuses an expression: it is no template, and the laws are not about it."""
    return any(isinstance(hole, Unknown) and hole.why is Why.INVALID for each in values for hole in holes_in(each))


@pytest.mark.parametrize("lot", range(len(LOTS)))
@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_names_every_choice_it_depends_on(lot: int, name: str) -> None:
    """Making a choice that a value does not name leaves the value as it is."""
    choice = template(lot).choice(name)
    before = evaluated(lot)
    for alternative in choice.alternatives if choice else ():
        after = evaluated(lot, EMPTY.given(name, alternative))
        for expression, old, new in zip(LOTS[lot], before, after, strict=True):
            if name not in choices_in(old) and not refused(old, new):
                assert _same(old, new, name), (expression, shown(alternative), shown(old), shown(new))


def _same(before: Value | None, after: Value | None, name: str) -> bool:
    """Whether two values are equal; the hole of the Region may be filled in by a choice of Region."""
    if name == REGION:
        return _without_region(shown(before)) == _without_region(shown(after))
    return before == after


def _without_region(told: str) -> str:
    return told.replace("us-east-1", "${region}").replace("${partition}", "aws")


@pytest.mark.parametrize("lot", range(len(LOTS)))
def test_a_choice_is_what_a_parameter_would_be(lot: int) -> None:
    """The value under a scenario is the value with the same parameters given."""
    for chosen in ({"A": "a", "B": "b"}, {"A": "x", "B": "a"}):
        scenario = EMPTY
        for name, value in chosen.items():
            scenario = scenario.given(name, text(value))
        bound = reading(with_probe(HEAD, *LOTS[lot]), given(**chosen))
        for number, expression in enumerate(LOTS[lot]):
            assert probed(template(lot), scenario, number) == probed(bound, EMPTY, number), expression


@pytest.mark.parametrize("lot", range(len(LOTS)))
def test_what_is_known_before_a_choice_stays_known(lot: int) -> None:
    """Choices only fill in: where two values differ, the first one was open there."""
    before = evaluated(lot)
    for first, second in product(("a", "b", "x"), ("a", "b")):
        after = evaluated(lot, EMPTY.given("A", text(first)).given("B", text(second)))
        for expression, old, new in zip(LOTS[lot], before, after, strict=True):
            assert refused(old, new) or fills(old, new), (expression, shown(old), shown(new))


def fills(before: Value | None, after: Value | None) -> bool:
    """Whether `after` is a way of filling in what is open in `before`."""
    match before, after:
        case (Unknown() | Text(), _):
            return before == after or bool(choices_in(before))
        case (List(items, rest), List(others)):
            if rest is not None:
                return bool(rest.choices)
            return len(items) == len(others) and all(map(fills, items, others))
        case (Object(entries), Object(others)):
            left = {entry.key: entry.value for entry in others}
            kept = all(fills(value, left.get(key)) for key, value in entries)
            return kept and left.keys() <= {entry.key for entry in entries}
        case _:
            return before == after


def test_the_laws_are_about_something() -> None:
    """The grammar makes known values, unknown ones with no, one and several choices, and absent ones."""
    values = [value for lot in range(len(LOTS)) for value in evaluated(lot)]
    sizes = {len(choices_in(each)) for each in values}
    assert {0, 1, 2, 3} <= sizes
    assert None in values
    assert sum(isinstance(each, Text) and each.literal is not None for each in values) > 5
    assert len(EXPRESSIONS) > 1000
    assert sum(map(refused, values)) < len(values) / 3


@pytest.mark.parametrize("name", ["CA", "CB", "CL", "CR", "CX", "CY"])
def test_a_definite_condition_is_definite_in_every_scenario(name: str) -> None:
    """And one that is open is decided by the choices that it names, as far as they can be."""
    here = reading(with_probe(HEAD, "x"))
    scope = here.scope(EMPTY)
    assert scope is not None
    before = scope.condition(name, text().origin)
    named = {choice for hole in before.holes if isinstance(hole, Unknown) for choice in hole.choices}
    for first, second in product(("a", "b"), ("a", "b")):
        after = here.scope(EMPTY.given("A", text(first)).given("B", text(second)))
        assert after is not None
        truth = after.condition(name, text().origin).truth
        assert before.truth in {Truth.MAYBE, truth}
        assert truth is not Truth.MAYBE or named - {"A", "B"}


def test_the_presence_of_a_resource_names_its_choices() -> None:
    """A conditional resource is there, or it is not, for the choices of its condition and no others."""
    here = reading(HEAD + "  C1: {Type: AWS::KMS::Key, Condition: CX}\n  C2: {Type: AWS::KMS::Key, Condition: CY}\n")
    keys = {key.block.address: key.block.present for key in here.empty.keys}
    named = {choice for hole in keys["C1"].holes if isinstance(hole, Unknown) for choice in hole.choices}
    assert named == {"A", "B", "L"}
    assert keys["C2"].truth is Truth.MAYBE
    for value in ("a", "b"):
        found = under(here, A=value)
        assert found is not None
        assert "C2" not in {key.block.address for key in found.keys}
