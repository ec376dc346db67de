"""Splitting on demand: broken in one deployment is broken, a deployment without the subject is left out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from keyfit import catalogue, verify
from keyfit.answer import NO, maybe
from keyfit.catalogue import grounds
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.model.effort import MOST, Effort
from keyfit.model.findings import Finding, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.render.advice import COMMAND_LINE, every_note
from keyfit.value import Unknown
from keyfit.verify.search import LEAVES
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Rule
    from keyfit.model.block import Block
    from keyfit.model.stack import Stack

TEMPLATE = """
    Parameters:
      Stage: {Type: String, Default: dev}
      Kind: {Type: String, Default: own, AllowedValues: [own, none]}
      Spec: {Type: String}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      HasKey: !Equals [!Ref Kind, own]
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeySpec: !If [IsProd, RSA_2048, SYMMETRIC_DEFAULT]
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties:
          Name: films
          KmsKeyArn: %s
          RoleArn: arn:aws:iam::111122223333:role/r
    """


def stack(key: str = "!GetAtt Key.Arn", template: str = TEMPLATE, **parameters: str) -> Stack:
    """The template, with a way to name the key."""
    source = dedent(template % key if "%s" in template else template)
    return cloudformation.read(source, "stack.yaml", Given(Path.cwd(), parameters=parameters))


def rule(number: int) -> Rule:
    """One rule of the catalogue."""
    return next(each for each in catalogue.every_rule() if each.number == number)


def found(source: Stack, number: int) -> list[Finding]:
    """The findings of one rule."""
    result = verify.check(source, [rule(number)])
    assert result.failures == ()
    return list(result.findings)


def test_broken_in_one_deployment_is_broken_and_says_in_which() -> None:
    """The key is asymmetric only in production."""
    (finding,) = found(stack(), 401)
    assert finding.verdict is Verdict.BROKEN
    assert finding.scenario == {"IsProd": True}


def test_a_given_parameter_leaves_nothing_to_split() -> None:
    """With the stage given there is one deployment."""
    assert [each.verdict for each in found(stack(Stage="dev"), 401)] == [Verdict.HOLDS]
    (finding,) = found(stack(Stage="prod"), 401)
    assert (finding.verdict, finding.scenario) == (Verdict.BROKEN, None)


def test_a_deployment_without_the_subject_is_left_out() -> None:
    """Where no key is given there is nothing to say; where one is, the verdict stands."""
    key = "!If [HasKey, !GetAtt Key.Arn, !Ref AWS::NoValue]"
    (finding,) = found(stack(key, Stage="dev"), 401)
    assert finding.verdict is Verdict.HOLDS
    assert found(stack(key, Stage="dev", Kind="none"), 401) == []


def test_choices_are_split_together_where_they_decide_together() -> None:
    """With a key, and in production."""
    key = "!If [HasKey, !GetAtt Key.Arn, !Ref AWS::NoValue]"
    (finding,) = found(stack(key), 401)
    assert finding.verdict is Verdict.BROKEN
    assert finding.scenario == {"HasKey": True, "IsProd": True}


def test_what_no_choice_decides_is_unproven() -> None:
    """A parameter without default or condition is unknown, and the note says how to make it known."""
    template = TEMPLATE.replace("!If [IsProd, RSA_2048, SYMMETRIC_DEFAULT]", "!Ref Spec")
    (finding,) = found(stack(template=template), 401)
    assert finding.verdict is Verdict.UNPROVEN
    assert [note.message for note in every_note(finding, COMMAND_LINE)] == [
        "parameter `Spec` has no default and no value given",
        "pass `--parameter Spec=VALUE`",
    ]


def test_more_leaves_than_the_bound_are_unproven_not_slow() -> None:
    """Twelve independent conditions make 4,096 deployments; 64 are looked at, and the rest is not claimed."""
    names = [f"P{index}" for index in range(12)]
    parameters = "".join(f"\n      {name}: {{Type: String, Default: a}}" for name in names)
    conditions = "".join(f"\n      C{name}: !Equals [!Ref {name}, b]" for name in names)
    every = ", ".join(f"{{Condition: C{name}}}" for name in names[:10])
    template = f"""
    Parameters:{parameters}
    Conditions:{conditions}
      All: !And [{every}]
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeySpec: !If [All, RSA_2048, SYMMETRIC_DEFAULT]
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {{Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}}
    """
    (finding,) = found(stack(template=template), 401)
    assert finding.verdict in {Verdict.BROKEN, Verdict.UNPROVEN}


def test_all_rules_together_try_so_many_deployments_and_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left open for that is unproven, and what is only in some deployments could not be checked."""
    hidden = "!If [IsProd, !GetAtt Key.Arn, !Ref AWS::NoValue]"
    before, told = verify.check(stack(hidden)), "not all deployments were tried: there are too many"
    assert before.failures == ()
    assert {each.verdict for each in before.findings if each.rule == 401} == {Verdict.BROKEN}
    monkeypatch.setattr(verify, "Effort", lambda: Effort(0))
    after = verify.check(stack(hidden))
    assert [each.verdict for each in after.findings if each.rule == 401 and each.verdict is Verdict.BROKEN] == []
    assert any(told == note.message for each in after.findings for note in each.notes)
    assert all(each.verdict is Verdict.UNPROVEN for each in after.findings if told in {n.message for n in each.notes})


def test_deployments_that_hide_what_is_judged_are_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that only some deployments use: without looking into them, the template could not be checked."""
    source = """
        Parameters:
          Stage: {Type: String, Default: dev}
        Conditions:
          IsProd: !Equals [!Ref Stage, prod]
        Resources:
          Key: {Type: AWS::KMS::Key}
          Machine:
            Type: AWS::StepFunctions::StateMachine
            Properties:
              RoleArn: arn:aws:iam::111122223333:role/r
              Definition: !If [IsProd, {StartAt: A, States: {A: {Type: Task, End: true,
                Resource: "arn:aws:states:::aws-sdk:personalize:createDatasetGroup",
                Parameters: {Name: n, KmsKeyArn: !GetAtt Key.Arn}}}}, !Ref AWS::NoValue]
        """
    assert verify.check(stack(template=source)).failures == ()
    monkeypatch.setattr(verify, "Effort", lambda: Effort(0))
    (failure,) = verify.check(stack(template=source)).failures
    assert failure.message == "there are too many deployments to look into what is only in some of them"
    assert not failure.internal


def test_what_hangs_on_a_hundred_conditions_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many rules ask: all together, as much as a constant allows."""
    count, spent = 20, Effort()
    monkeypatch.setattr(verify, "Effort", lambda: spent)
    allow = {"Effect": "Allow", "Principal": "*", "Resource": "*"}
    actions = [{"Fn::If": [f"C{n}", "kms:Decrypt", "kms:Encrypt"]} for n in range(count)]
    policy = {"Version": "2012-10-17", "Statement": [allow | {"Action": each} for each in actions]}
    group = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]}}}
    resources = {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
        **{f"G{n}": group | {"Condition": f"C{n}"} for n in range(count)},
    }
    source = json.dumps(
        {
            "Parameters": {f"P{n}": {"Type": "String"} for n in range(count)},
            "Conditions": {f"C{n}": {"Fn::Equals": [{"Ref": f"P{n}"}, "x"]} for n in range(count)},
            "Resources": resources,
        }
    )
    result = verify.check(stack(template=source))
    assert result.failures == ()
    assert -MOST < spent.left <= 0
    assert {each.resource for each in result.findings if each.rule == 101} == {f"G{n}" for n in range(count)}


def failing(_stack: Stack, _options: Options) -> list[Ruling]:
    """A rule that fails inside."""
    message = "nothing is right"
    raise LookupError(message)


def test_a_rule_that_fails_inside_is_a_failure_and_the_others_still_speak() -> None:
    """A crash is never a pass, and never a finding about the user's stack."""
    result = verify.check(stack(Stage="dev"), [replace(rule(402), check=failing), rule(401)])
    assert [each.rule for each in result.findings] == [401]
    (failure,) = result.failures
    assert failure.internal
    assert failure.message == "rule 402 failed: LookupError: nothing is right"


def test_a_rule_yields_to_a_graver_one_about_the_same_subject() -> None:
    """Without a role the documented rule about both sides has nothing to add."""
    spoken = {each.rule for each in verify.check(stack(Stage="dev")).findings if each.verdict is Verdict.BROKEN}
    assert not {102, 103} <= spoken


@pytest.mark.parametrize("seed", ["Stage", "Kind"])
def test_a_definite_answer_stands_in_every_scenario(seed: str) -> None:
    """What holds under the empty scenario holds under each alternative of each choice."""
    source = stack()
    assert source.reading is not None
    choice = source.reading.choice(seed)
    assert choice is not None
    firm = {
        (each.rule, each.resource, each.about.parameter): each.verdict
        for each in verify.check(source).findings
        if each.scenario is None and each.verdict is not Verdict.UNPROVEN
    }
    assert firm
    for value in choice.alternatives:
        under = source.reading.under(source.scenario.given(seed, value))
        assert under is not None
        there = {
            (each.rule, each.resource, each.about.parameter): each.verdict for each in verify.check(under).findings
        }
        assert {key: there[key] for key in firm if key in there} == {key: firm[key] for key in firm if key in there}


def test_a_task_behind_a_condition_is_judged_in_the_deployments_that_have_it() -> None:
    """A definition that depends on a condition hides its tasks until the condition is decided."""
    task = (
        '{"StartAt":"G","States":{"G":{"Type":"Task","End":true,'
        '"Resource":"arn:aws:states:::aws-sdk:personalize:createDatasetGroup",'
        '"Parameters":{"Name":"films","KmsKeyArn":"${Key.Arn}","RoleArn":"arn:aws:iam::111122223333:role/r"}}}}'
    )
    template = f"""
    Parameters:
      Stage: {{Type: String, Default: dev}}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties: {{KeySpec: RSA_2048}}
      Machine:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/machine
          DefinitionString: !If
            - IsProd
            - !Sub '{task}'
            - '{{"StartAt":"P","States":{{"P":{{"Type":"Pass","End":true}}}}}}'
    """
    (finding,) = found(stack(template=template), 401)
    assert (finding.verdict, finding.resource, finding.about.state) == (Verdict.BROKEN, "Machine", "G")
    assert finding.scenario == {"IsProd": True}


def test_statements_behind_many_conditions_are_looked_at_within_a_bound() -> None:
    """What a split brings to light is split in turn, and brings more to light: all of it shares one budget."""
    names = [f"P{index}" for index in range(20)]
    parameters = "".join(f"\n      {name}: {{Type: String, Default: a, AllowedValues: [a, b]}}" for name in names)
    conditions = "".join(f"\n      C{name}: !Equals [!Ref {name}, b]" for name in names)
    denial = "{Effect: Deny, Principal: '*', Action: 'kms:Sign', Resource: '*'}"
    statements = "".join(f"\n              - !If [C{name}, {denial}, !Ref AWS::NoValue]" for name in names)
    template = f"""
    Parameters:{parameters}
    Conditions:{conditions}
    Resources:
      Key:
        Type: AWS::KMS::Key
        Properties:
          KeyPolicy:
            Statement:{statements}
      Group:
        Type: AWS::Personalize::DatasetGroup
        Properties: {{Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}}
    """
    asked = []
    exists = rule(503)

    def counted(source: Stack, options: Options) -> Iterable[Ruling]:
        asked.append(source.scenario)
        return exists.check(source, options)

    result = verify.check(stack(template=template), [replace(exists, check=counted)])
    assert result.failures == ()
    assert {each.verdict for each in result.findings} >= {Verdict.UNPROVEN}
    assert len(asked) < 3 * LEAVES


TWO_GROUPS = """
    Resources:
      Key: {Type: AWS::KMS::Key}
      Other: {Type: AWS::KMS::Key}
      Films:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}
      Books:
        Type: AWS::Personalize::DatasetGroup
        Properties: {Name: books, KmsKeyArn: !GetAtt Other.Arn, RoleArn: "arn:aws:iam::111122223333:role/r"}
    """


@pytest.mark.parametrize(
    ("undermines", "hold"),
    [(Undermined.NOTHING, ["Films", "Books"]), (Undermined.RESTING, ["Books"]), (Undermined.EVERYTHING, [])],
)
def test_nothing_is_said_to_hold_that_cannot_be_deployed(
    monkeypatch: pytest.MonkeyPatch, undermines: Undermined, hold: list[str]
) -> None:
    """What rests on a key that is refused, or all of a template that is; what is open for that reason alone, too."""
    refused = replace(rule(402), check=lambda stack, _: [_ruling(stack.keys[0].block, NO)], undermines=undermines)
    asked = (refused, rule(401), replace(rule(403), check=_open_for_all))
    monkeypatch.setattr(catalogue, "every_rule", lambda: asked)
    monkeypatch.setattr(grounds, "every_rule", lambda: asked)
    findings = verify.check(stack(template=TWO_GROUPS), asked).findings
    assert [each.rule for each in findings if each.verdict is Verdict.BROKEN] == [402]
    for number in (401, 403):
        assert [each.resource for each in findings if each.rule == number] == hold


def _open_for_all(stack: Stack, _options: Options) -> Iterable[Ruling]:
    """Nobody knows of any consumer, since something of its is refused."""
    return [_ruling(each.block, maybe(Unknown(Why.REFUSED, "it is not a policy"))) for each in stack.consumers]


def _ruling(subject: Block, answer: Answer) -> Ruling:
    return Ruling(subject, answer, "so it is", subject.origin)
