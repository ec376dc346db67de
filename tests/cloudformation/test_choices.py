"""Conditions, the choices that they leave open, and the scenarios that can be deployed."""

import pytest

from keyfit.model.alternatives import EMPTY
from keyfit.readers.cloudformation.choices import MOST
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Unknown, Value, text
from keyfit.why import Why
from tests.cloudformation.making import evaluate, given, made, reading, scope, shown, stack, under, with_probe

HEAD = """
Parameters:
  Env: {Type: String, Default: dev}
  Size: {Type: Number, Default: 3}
  KeyArn: {Type: String, Default: ""}
  Must: {Type: String}
  Long: {Type: String, MinLength: 3, MaxLength: "5"}
  Flag: {Type: String, AllowedValues: ["true", "false"], Default: "false"}
  Names: {Type: CommaDelimitedList, Default: a}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x}
  Free: {Type: String, Default: free}
Conditions:
  Always: !Equals [a, a]
  Never: !Equals [a, b]
"""


def answer(condition: str, head: str = HEAD) -> str:
    """The truth of a condition, and the choices of the unknowns that decide it."""
    here = scope(reading(with_probe(f"{head}  Asked: {condition}\nResources:\n", "x")))
    found = here.condition("Asked", NOWHERE)
    choices = {name for hole in found.holes if isinstance(hole, Unknown) for name in hole.choices}
    return f"{found.truth.name} {','.join(sorted(choices))}".strip()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("!Equals [a, a]", "YES"),
        ("!Equals [a, A]", "NO"),
        ("!Equals [1, '1']", "YES"),
        ("!Equals [true, 'true']", "YES"),
        ("!Equals ['', !Ref Free]", "MAYBE Free"),
        ("!Equals [!Ref Must, a]", "MAYBE Must"),
        ("!Equals [!Ref Must, !Ref Must]", "YES"),
        ("!Equals [!Sub 'x-${Must}', 'y-a']", "NO"),
        ("!Equals [!Sub 'x-${Must}', 'x-a']", "MAYBE Must"),
        ("!Equals [!Ref Long, ab]", "NO"),
        ("!Equals [!Ref Long, abcdef]", "NO"),
        ("!Equals [!Ref Long, abc]", "MAYBE Long"),
        ("!Equals [!Ref Stored, /x]", "MAYBE Stored"),
        ("!Equals [!Ref AWS::Region, us-east-1]", "MAYBE AWS::Region"),
        ("!Equals [!Ref AWS::Partition, aws-cn]", "MAYBE AWS::Partition"),
        ("!Equals [!Ref AWS::URLSuffix, amazonaws.com.cn]", "MAYBE AWS::Partition"),
        ("!Equals [!Ref AWS::AccountId, '111122223333']", "MAYBE"),
        ("!Equals [!Ref AWS::AccountId, 'prod']", "NO"),
        ("!Equals [!Ref Names, [a]]", "MAYBE Names"),
        ("!Equals [!Select [0, !Ref Names], b]", "MAYBE Names"),
        ("!Equals [!Join ['', !Ref Names], '']", "MAYBE Names"),
        ("!Equals [a]", "MAYBE"),
        ("!And [!Condition Always, !Condition Always]", "YES"),
        ("!And [!Condition Always, !Condition Never]", "NO"),
        ("!And [!Condition Never, !Equals [!Ref Must, a]]", "NO"),
        ("!And [!Equals [!Ref Must, a], !Equals [!Ref Env, a]]", "MAYBE Env,Must"),
        ("!Or [!Condition Never, !Condition Always]", "YES"),
        ("!Or [!Condition Always, !Equals [!Ref Must, a]]", "YES"),
        ("!Or [!Condition Never, !Equals [!Ref Must, a]]", "MAYBE Must"),
        ("!Not [!Condition Never]", "YES"),
        ("!Not [!Equals [!Ref Must, a]]", "MAYBE Must"),
        ("!Not [!Condition Always, !Condition Never]", "MAYBE"),
        ("!Condition Always", "YES"),
        ("{Condition: Never}", "NO"),
        ("!Condition Nowhere", "MAYBE"),
        ("!Condition Asked", "MAYBE"),
        ("!Not [!Condition Asked]", "MAYBE"),
        ("!Nonsense [a]", "MAYBE"),
        ("true", "YES"),
        ("'False'", "NO"),
        ("perhaps", "MAYBE"),
        ("[]", "MAYBE"),
        ("!Equals [!FindInMap [M, a, b], c]", "MAYBE"),
    ],
)
def test_conditions_follow_kleene(condition: str, expected: str) -> None:
    """An open condition names the choices that decide it, and no others."""
    assert answer(condition) == expected


@pytest.mark.parametrize("size", [100, 1000])
def test_a_chain_of_conditions_is_bounded(size: int) -> None:
    """However many conditions name each other, each nested in functions, the answer is MAYBE at worst."""
    chain = "".join(
        f"  C{i}: !And [!Or [!Not [!Not [!And [!Condition C{i + 1}, !Condition C{i + 1}]]], !Condition Never]]\n"
        for i in range(size)
    )
    assert answer("!Condition C0", f"{HEAD}{chain}  C{size}: !Equals [a, a]\n") == "MAYBE"


def alternatives(name: str, conditions: str, sections: str = "", **parameters: str) -> list[str] | None:
    """The alternatives of a choice, in the short form; `None` where there is none."""
    template = f"{HEAD}{conditions}{sections}Resources:\n  Topic: {{Type: AWS::SNS::Topic}}\n"
    found = reading(template, given(**parameters)).choice(name)
    return None if found is None else [_told(each) for each in found.alternatives]


def _told(value: Value) -> str:
    if isinstance(value, Unknown):
        return f"other than {','.join(sorted(value.not_in))}" if value.not_in else "other"
    return shown(value)


@pytest.mark.parametrize(
    ("name", "conditions", "expected"),
    [
        ("Free", "  C: !Equals [!Ref Env, prod]\n", None),
        ("Nowhere", "  C: !Equals [!Ref Env, prod]\n", None),
        ("Env", "  C: !Equals [!Ref Env, prod]\n", ["dev", "prod", "other than dev,prod"]),
        ("Env", "  C: !Equals [prod, !Ref Env]\n", ["dev", "prod", "other than dev,prod"]),
        ("Env", "  C: !Not [!Equals [!Sub '${Env}', dev]]\n", ["dev", "other than dev"]),
        ("Env", "  C: !Equals [!Sub 'x-${Env}-y', x-test-y]\n", ["dev", "test", "other than dev,test"]),
        ("Env", "  C: !Equals [!Sub 'x-${Env}', prod]\n", ["dev", "other than dev"]),
        ("Env", "  C: !Equals [!Sub '${Env}-${Must}', a-b]\n", ["dev", "other than dev"]),
        ("Env", "  C: !Equals [!Ref Env, !Ref Must]\n", ["dev", "other than dev"]),
        (
            "Env",
            "  C: !Or [!Equals [!Ref Env, prod], !Equals [!Ref Env, test]]\n  D: !Equals [!Ref Env, prod]\n",
            ["dev", "prod", "test", "other than dev,prod,test"],
        ),
        ("Size", "  C: !Equals [!Ref Size, 5]\n", ["3", "5", "other than 3,5"]),
        ("KeyArn", "  C: !Equals [!Ref KeyArn, '']\n", ["", "other than "]),
        ("Must", "  C: !Equals [!Ref Must, a]\n", ["a", "other than a"]),
        ("Long", "  C: !Or [!Equals [!Ref Long, ''], !Equals [!Ref Long, abc]]\n", ["abc", "other than abc"]),
        ("Flag", "  C: !Equals [!Ref Flag, 'true']\n", ["false", "true"]),
        ("Flag", "  C: !Equals [!Ref Flag, perhaps]\n", ["false", "true"]),
        ("Names", "  C: !Equals [!Join ['', !Ref Names], '']\n", ["[a]", "other"]),
        ("Stored", "  C: !Equals [!Ref Stored, '']\n", ["", "other than "]),
        ("AWS::Region", "  C: !Equals [!Ref AWS::Region, us-east-1]\n", ["us-east-1", "other than us-east-1"]),
        ("AWS::Partition", "  C: !Equals [!Ref AWS::Partition, aws]\n", ["aws", "other than aws"]),
        ("AWS::Region", "  C: !Equals [!Ref AWS::Region, ME]\n", ["other"]),
    ],
)
def test_alternatives_are_default_allowed_and_compared_values(
    name: str, conditions: str, expected: list[str] | None
) -> None:
    """And something else, unless the allowed values are all there is. The default comes first."""
    assert alternatives(name, conditions) == expected


def test_a_given_value_leaves_no_choice() -> None:
    """What the user says is not tried otherwise."""
    assert alternatives("Env", "  C: !Equals [!Ref Env, prod]\n", Env="test") is None


def test_a_bound_region_leaves_no_choice_of_region_or_partition() -> None:
    """The partition follows from the Region."""
    template = f"{HEAD}  C: !Equals [!Ref AWS::Region, a]\n  D: !Equals [!Ref AWS::Partition, aws]\nResources: {{}}\n"
    bound = reading(template, given(region="us-gov-west-1"))
    assert bound.choice("AWS::Region") is None
    assert bound.choice("AWS::Partition") is None
    assert scope(bound).condition("D", NOWHERE).truth is Truth.NO


LISTED = """
Parameters:
  Open: {Type: String, AllowedValues: [dev, prod]}
  Number: {Type: Number, AllowedValues: [1, 2]}
  Decided: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Plural: {Type: CommaDelimitedList, AllowedValues: [a, b]}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", AllowedValues: [a, b]}
  Nothing: {Type: String, AllowedValues: []}
  Free: {Type: String}
Resources: {Topic: {Type: AWS::SNS::Topic}}
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Open", ["dev", "prod"]),
        ("Number", ["1", "2"]),
        ("Decided", None),
        ("Plural", None),
        ("Stored", None),
        ("Nothing", None),
        ("Free", None),
    ],
)
def test_allowed_values_without_a_default_are_alternatives(name: str, expected: list[str] | None) -> None:
    """They are all that the value can be, whether a condition asks for it or not."""
    found = reading(LISTED).choice(name)
    assert (None if found is None else [_told(each) for each in found.alternatives]) == expected


def test_a_given_value_leaves_no_choice_of_allowed_values() -> None:
    """It is the value."""
    assert reading(LISTED, given(Open="prod")).choice("Open") is None


@pytest.mark.parametrize(("size", "alternatives"), [(MOST, MOST), (MOST + 1, MOST + 1), (2000, MOST + 1)])
def test_the_alternatives_are_bounded(size: int, alternatives: int) -> None:
    """What is not tried is something else than what is."""
    values = ", ".join(f"v{index}" for index in range(size))
    found = reading(LISTED.replace("[dev, prod]}", f"[{values}]}}", 1)).choice("Open")
    assert found is not None
    assert len(found.alternatives) == alternatives
    last = found.alternatives[-1]
    rest = last.not_in if isinstance(last, Unknown) else None
    assert rest == (None if size == MOST else {f"v{index}" for index in range(MOST)})


MAPS = """\
Mappings:
  ByEnv: {dev: {Name: d}, prod: {Name: p, More: m}}
  ByRegion: {us-east-1: {Name: e}, eu-west-1: {Name: w}}
"""


@pytest.mark.parametrize(
    ("properties", "name", "expected"),
    [
        ("{Value: !FindInMap [ByEnv, !Ref Env, Name]}", "Env", ["dev", "prod"]),
        ("{Value: !FindInMap [ByEnv, !Ref Env, More]}", "Env", ["prod"]),
        ("{Value: !FindInMap [ByEnv, !Ref Must, Name]}", "Must", ["dev", "prod"]),
        ("{Value: !FindInMap [ByEnv, !Sub '${Must}od', Name]}", "Must", ["pr"]),
        ("{Value: !FindInMap [ByEnv, prod, !Ref Must]}", "Must", ["Name", "More"]),
        ("{Value: !FindInMap [!Ref Must, prod, Name]}", "Must", ["ByEnv"]),
        (
            "{Value: !FindInMap [ByEnv, !Ref Must, Name, {DefaultValue: x}]}",
            "Must",
            ["dev", "prod", "other than dev,prod"],
        ),
        ("{Value: !FindInMap [ByRegion, !Ref AWS::Region, Name]}", "AWS::Region", ["us-east-1", "eu-west-1"]),
        (
            "{Value: !If [IsTest, !FindInMap [ByRegion, !Ref AWS::Region, Name], x]}",
            "AWS::Region",
            ["us-east-1", "eu-west-1", "other than eu-west-1,us-east-1"],
        ),
    ],
)
def test_the_keys_of_a_map_are_alternatives(properties: str, name: str, expected: list[str]) -> None:
    """A key that the map lacks cannot be deployed, where the look-up is surely made and has no default value."""
    topic = f"Resources:\n  P: {{Type: AWS::SSM::Parameter, Properties: {properties}}}\n"
    found = reading(f"{HEAD}  IsTest: !Equals [!Ref Size, 9]\n{MAPS}{topic}").choice(name)
    assert found is not None
    assert [_told(each) for each in found.alternatives] == expected


SCENARIOS = """
Parameters:
  Env: {Type: String, Default: dev}
  KeyArn: {Type: String, Default: ""}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  Own: !Equals [!Ref KeyArn, ""]
  Both: !And [!Condition IsProd, !Condition Own]
  Always: !Equals [a, a]
Mappings:
  M: {dev: {k: v}, prod: {k: w}}
Resources:
  Key: {Type: AWS::KMS::Key, Condition: Own}
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: x
      KmsKeyArn: !If [Own, !GetAtt Key.Arn, !Ref KeyArn]
"""


def test_the_empty_scenario_decides_nothing() -> None:
    """Even a default is only the first alternative."""
    template = reading(SCENARIOS)
    (key,) = template.empty.keys
    (group,) = template.empty.consumers
    assert key.block.present.truth is Truth.MAYBE
    assert shown(group.keys[0].value) == "?UNDECIDED(condition `Own`)[KeyArn]"


def test_a_scenario_is_the_same_stack_with_its_choices_made() -> None:
    """What was open is known, and what does not exist is not there."""
    template = reading(SCENARIOS)
    own, other = under(template, KeyArn=""), under(template, KeyArn="arn:aws:kms:eu-west-1:111122223333:key/1")
    assert own is not None
    assert other is not None
    assert own.keys[0].block.present.truth is Truth.YES
    assert shown(own.consumers[0].keys[0].value) == "arn:${partition}:kms:${region}:${account}:key/${Key.key_id}"
    assert other.keys == ()
    assert shown(other.consumers[0].keys[0].value) == "arn:aws:kms:eu-west-1:111122223333:key/1"


def test_a_scenario_is_evaluated_once() -> None:
    """Asked again, it is the same stack."""
    template = reading(SCENARIOS)
    assert under(template, Env="prod") is under(template, Env="prod")
    assert template.under(EMPTY) is template.under(EMPTY)


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        ({}, {}),
        ({"Env": "prod"}, {"IsProd": True}),
        ({"Env": "dev"}, {"IsProd": False, "Both": False}),
        ({"Env": "prod", "KeyArn": ""}, {"IsProd": True, "Own": True, "Both": True}),
        ({"KeyArn": ""}, {"Own": True}),
    ],
)
def test_a_scenario_is_told_in_conditions(choices: dict[str, str], expected: dict[str, bool]) -> None:
    """Those that its choices decide, and that were open before."""
    assert reading(SCENARIOS).told(made(**choices)) == expected


def test_a_choice_that_decides_no_condition_is_told_by_its_name() -> None:
    """A map key has no other name."""
    template = reading(SCENARIOS.replace("Name: x", "Name: !FindInMap [M, !Ref AWS::Region, k]"))
    assert template.told(made(AWS_Region="eu-west-1")) == {"AWS::Region": "eu-west-1"}
    other = EMPTY.given("AWS::Region", Unknown(Why.UNBOUND, "region", not_in=frozenset({"dev"})))
    assert template.told(other) == {"AWS::Region": "something else"}


@pytest.mark.parametrize(
    ("rules", "deployable"),
    [
        ("Rules: {R: {Assertions: [{Assert: !Equals [!Ref Env, prod]}]}}", {"dev": False, "prod": True}),
        (
            "Rules: {R: {RuleCondition: !Equals [!Ref Env, prod], Assertions: [{Assert: !Equals [a, b]}]}}",
            {"dev": True, "prod": False},
        ),
        (
            "Rules: {R: {Assertions: [{Assert: !Contains [[test, prod], !Ref Env]}]}}",
            {"dev": False, "prod": True, "test": True},
        ),
        ("Rules: {R: {Assertions: [{Assert: {'Fn::EachMemberIn': [a, b]}}]}}", {"dev": True}),
        ("Rules: {R: [nonsense]}", {"dev": True}),
        ("Rules: nonsense", {"dev": True}),
    ],
)
def test_a_scenario_that_fails_an_assertion_is_none(rules: str, deployable: dict[str, bool]) -> None:
    """Only one that surely fails."""
    template = reading(f"{SCENARIOS}{rules}\n")
    assert {env: under(template, Env=env) is not None for env in deployable} == deployable


@pytest.mark.parametrize(
    ("value", "deployable"),
    [
        ("!GetAtt Key.Arn", False),
        ("!Ref Key", False),
        ("!Sub 'a${Key.Arn}'", False),
        ("!Sub ['${Key.Arn}', {Key.Arn: x}]", True),
        ("!If [Own, !Ref Key, x]", True),
        ("!If [IsProd, !Ref Key, x]", True),
        ("x", True),
    ],
)
def test_a_scenario_in_which_a_reference_finds_nothing_is_none(value: str, deployable: bool) -> None:  # noqa: FBT001
    """CloudFormation refuses a reference to a resource whose condition does not hold, where it is surely made."""
    probe = f"  P: {{Type: AWS::SSM::Parameter, Properties: {{Value: {value}}}}}\n"
    template = reading(f"{SCENARIOS}{probe}")
    assert (under(template, KeyArn="arn:x") is not None) is deployable


def test_a_resource_that_is_not_surely_there_decides_nothing() -> None:
    """Its look-ups are not made where it does not exist."""
    probe = "  P: {Type: T, Condition: IsProd, Properties: {Value: !FindInMap [M, !Ref Env, other]}}\n"
    template = reading(f"{SCENARIOS}{probe}")
    assert under(template, Env="dev") is not None
    assert under(template, Env="prod") is None


def test_region_and_partition_that_contradict_each_other_are_no_scenario() -> None:
    """There is no Region of China in the partition `aws`."""
    head = "Conditions:\n  A: !Equals [!Ref AWS::Region, cn-north-1]\n  B: !Equals [!Ref AWS::Partition, aws]\n"
    template = reading(f"{head}Resources: {{}}\n")
    assert under(template, AWS_Region="cn-north-1", AWS_Partition="aws") is None
    assert under(template, AWS_Region="cn-north-1", AWS_Partition="aws-cn") is not None
    found = under(template, AWS_Region="cn-north-1")
    assert found is not None
    assert found.partition == text("aws-cn")


def test_a_region_that_is_something_else_is_none_of_those_compared() -> None:
    """The hole stays the deployment's own Region, and comparisons know what it is not."""
    head = "Conditions:\n  A: !Equals [!Ref AWS::Region, eu-west-1]\nResources:\n"
    template = reading(with_probe(head, "!If [A, yes, !Ref AWS::Region]"))
    found = template.choice("AWS::Region")
    assert found is not None
    other = EMPTY.given("AWS::Region", found.alternatives[-1])
    assert shown(evaluate(head, "!If [A, 'yes', !Ref AWS::Region]", other)) == "${region}"


def test_given_values_that_are_not_allowed_are_a_problem() -> None:
    """A typing error is not checked as if it were a deployment."""
    template = f"{HEAD}Resources:\n  K: {{Type: AWS::KMS::Key}}\n"
    problems = stack(template, given(Flag="yes", Long="ab", Other="x")).problems
    assert [each.message for each in problems] == [
        "parameter `Flag` does not allow the given value `yes`",
        "parameter `Long` does not allow the given value `ab`",
    ]
