"""`Fn::ForEach`, unrolled where its collection is known."""

import pytest

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import Verdict
from keyfit.readers.cloudformation.template.loops import MOST
from keyfit.why import Advice, AdviceKind, Why
from tests.cloudformation.making import given, reading, scope, shown, stack

HEAD = """
Parameters:
  Names: {Type: CommaDelimitedList, Default: "one,two"}
  Open: {Type: CommaDelimitedList}
  Which: {Type: String, Default: one}
Mappings:
  M: {one: {of: [z]}, two: {of: [x, y]}}
"""


def addresses(loop: str, **parameters: str) -> list[str]:
    """The logical ids of the keys that a loop makes."""
    return [key.block.address for key in stack(f"{HEAD}Resources:\n  {loop}\n", given(**parameters)).keys]


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("'Fn::ForEach::L': [N, [A, B], {'Key${N}': {Type: AWS::KMS::Key}}]", ["KeyA", "KeyB"]),
        ("'Fn::ForEach::L': [N, [a-b, c.d], {'Key&{N}': {Type: AWS::KMS::Key}}]", ["Keyab", "Keycd"]),
        ("'Fn::ForEach::L': [N, !Ref Names, {'Key${N}': {Type: AWS::KMS::Key}}]", ["Keyone", "Keytwo"]),
        ("'Fn::ForEach::L': [N, [], {'Key${N}': {Type: AWS::KMS::Key}}]", []),
        ("'Fn::ForEach::L': [N, !Ref Open, {'Key${N}': {Type: AWS::KMS::Key}}]", []),
        ("'Fn::ForEach::L': nonsense", []),
        ("'Fn::ForEach::L': [N, !FindInMap [M, two, of], {'Key${N}': {Type: AWS::KMS::Key}}]", ["Keyx", "Keyy"]),
        ("'Fn::ForEach::L': [N, !FindInMap [M, !Ref Which, of], {'Key${N}': {Type: AWS::KMS::Key}}]", ["Keyz"]),
        ("'Fn::ForEach::L': [N, !FindInMap [M, !Ref AWS::Region, of], {'Key${N}': {Type: AWS::KMS::Key}}]", []),
        ("'Fn::ForEach::L': [N, !FindInMap [M, none, of], {'Key${N}': {Type: AWS::KMS::Key}}]", []),
        (
            "'Fn::ForEach::L': [N, [A, B], {'Fn::ForEach::M': [O, [C, D], {'K${N}${O}': {Type: AWS::KMS::Key}}]}]",
            ["KAC", "KAD", "KBC", "KBD"],
        ),
    ],
)
def test_a_loop_makes_a_resource_for_each_element(loop: str, expected: list[str]) -> None:
    """Of a list, of a parameter with a value; a loop in a loop too."""
    assert addresses(loop) == expected


def test_a_given_parameter_is_the_collection() -> None:
    """As it would be when deployed."""
    loop = "'Fn::ForEach::L': [N, !Ref Open, {'Key${N}': {Type: AWS::KMS::Key}}]"
    assert addresses(loop, Open="x,y,z") == ["Keyx", "Keyy", "Keyz"]


def test_the_name_of_a_loop_is_filled_in_wherever_it_stands() -> None:
    """In texts, in keys, and as what `Ref` refers to."""
    source = """
    Resources:
      'Fn::ForEach::L':
        - N
        - [A, B]
        - 'Alias${N}':
            Type: AWS::KMS::Alias
            Properties: {AliasName: !Sub "alias/${N}-${AWS::AccountId}", TargetKeyId: !Ref N}
    """
    aliases = stack(source).aliases
    assert [(shown(each.name), shown(each.target)) for each in aliases] == [
        ("alias/A-${account}", "A"),
        ("alias/B-${account}", "B"),
    ]


def test_a_loop_inside_properties_is_unrolled_too() -> None:
    """Or gives unknown further entries."""
    source = """
    Parameters: {Open: {Type: CommaDelimitedList}}
    Resources:
      Known: {Type: T, Properties: {a: 0, 'Fn::ForEach::L': [N, [b, c], {'${N}': !Sub '${N}!'}]}}
      Unknown: {Type: T, Properties: {a: 0, 'Fn::ForEach::L': [N, !Ref Open, {'${N}': 1}]}}
    """
    here = scope(reading(source))
    values = [here.value(each.properties) for each in here.template.resources.values() if each.properties]
    assert [shown(each) for each in values] == ["{a: 0, b: b!, c: c!}", "{a: 0, … ?TRANSFORM(Fn::ForEach::L)}"]


def test_loops_are_bounded() -> None:
    """A hundred times a hundred times a hundred is a problem, not a hang."""
    elements = "[" + ", ".join(f"e{i}" for i in range(200)) + "]"
    loop = "{'K${A}${B}${C}': {Type: AWS::KMS::Key}}"
    for name in "CBA":
        loop = f"{{'Fn::ForEach::{name}': [{name}, {elements}, {loop}]}}"
    found = stack(f"Resources: {loop}\n")
    assert MOST < 200**3
    assert [each.why.why for each in found.seen] == [Why.LOOP]
    assert len(found.keys) <= MOST


@pytest.mark.parametrize(
    ("loop", "seen"),
    [
        ("[N, !Ref Open, {'Topic${N}': {Type: AWS::SNS::Topic}}]", []),
        (
            "[N, !Ref Open, {'Topic${N}': {Type: AWS::SNS::Topic, Properties: {KmsMasterKeyId: x}}}]",
            [(Why.LOOP_OVER, AdviceKind.GIVE_PARAMETER)],
        ),
        ("[N, !Ref Open, {'Key${N}': {Type: AWS::KMS::Key}}]", [(Why.LOOP_OVER, AdviceKind.GIVE_PARAMETER)]),
        ("[N, !Split [',', !Ref Which], {'Role${N}': {Type: AWS::IAM::Role}}]", [(Why.LOOP, AdviceKind.EXPAND)]),
        (
            "[N, !Ref Open, {'Fn::ForEach::M': [O, [a], {'Key${N}${O}': {Type: AWS::KMS::Key}}]}]",
            [(Why.LOOP_OVER, AdviceKind.GIVE_PARAMETER)],
        ),
    ],
)
def test_a_loop_over_what_is_not_known_is_seen_where_it_is_of_concern(
    loop: str, seen: list[tuple[Why, AdviceKind]]
) -> None:
    """What it makes is no error; a template of topics has nothing to do with keys."""
    found = stack(f"{HEAD}Resources:\n  'Fn::ForEach::L': {loop}\n")
    assert found.problems == ()
    assert [(each.why.why, each.why.why.advice) for each in found.seen] == seen


def test_nothing_is_proven_beside_a_loop_that_can_create_a_policy_of_any_role() -> None:
    """It is no error: with the parameter, it is known."""
    loop = "[N, !Ref Open, {'Policy${N}': {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref Role]}}}]"
    key = "  Key: {Type: AWS::KMS::Key}\n"
    found = stack(f"{HEAD}Resources:\n{key}  'Fn::ForEach::L': {loop}\n")
    assert (found.problems, len(found.seen)) == ((), 1)
    findings = verify.check(found, options=Options(all_keys=True)).findings
    assert {each.verdict for each in findings} == {Verdict.UNPROVEN}
    assert all(Advice(AdviceKind.GIVE_PARAMETER, "Open") in each.advice for each in findings)


def test_a_loop_that_is_none_is_a_problem() -> None:
    """What it would make has no type."""
    (problem,) = stack(f"{HEAD}Resources:\n  'Fn::ForEach::L': nonsense\n").problems
    assert "its collection is not known" in problem.message
