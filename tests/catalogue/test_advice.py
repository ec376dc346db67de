"""Who follows the help of a broken finding has what AWS's page asks for: no other rule then speaks."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

import pytest

from keyfit.model.findings import Finding, NoteKind, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.verify import check

DELEGATES = '- {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:*", Resource: "*"}'
KEEPS = '- {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: "kms:PutKeyPolicy", Resource: "*"}'
FOUR = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")
FIVE = (*FOUR, "kms:CreateGrant")
JOB = ("kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")
PERSONALIZE = """
    Group:
      Type: AWS::Personalize::DatasetGroup
      Properties: {Name: films, KmsKeyArn: !GetAtt Key.Arn, RoleArn: !GetAtt Role.Arn}
"""
GEOSPATIAL = """
    Machine:
      Type: AWS::StepFunctions::StateMachine
      Properties:
        RoleArn: arn:aws:iam::111122223333:role/machine
        Definition:
          StartAt: Start
          States:
            Start:
              Type: Task
              Resource: arn:aws:states:::aws-sdk:sagemakergeospatial:startEarthObservationJob
              Parameters:
                {Name: x, ExecutionRoleArn: !GetAtt Role.Arn, KmsKeyId: !GetAtt Key.Arn, InputConfig: {}, JobConfig: {}}
              End: true
"""


class World(NamedTuple):
    """What the key policy gives the role itself, what the role's own policy does, and whether the key is delegated."""

    key: tuple[str, ...]
    own: tuple[str, ...]
    delegates: bool


def broken(consumer: str, service: str, world: World, rules: tuple[int, ...]) -> list[Finding]:
    """What some rules find broken in a stack of that world."""

    def statement(principal: str, actions: tuple[str, ...]) -> str:
        return f'{{Effect: Allow, {principal}Action: [{", ".join(actions)}], Resource: "*"}}'

    statements = [
        DELEGATES if world.delegates else KEEPS,
        "- " + statement(f"Principal: {{Service: {service}}}, ", FIVE),
    ]
    if world.key:
        statements.append("- " + statement("Principal: {AWS: !GetAtt Role.Arn}, ", world.key))
    own = statement("", world.own) if world.own else ""
    policies = f"[{{PolicyName: own, PolicyDocument: {{Statement: [{own}]}}}}]" if own else "[]"
    trust = f"{{Statement: [{{Effect: Allow, Principal: {{Service: {service}}}, Action: sts:AssumeRole}}]}}"
    lines = [
        "Resources:",
        "  Key:",
        "    Type: AWS::KMS::Key",
        "    Properties:",
        "      KeyPolicy:",
        "        Statement:",
        *(f"          {each}" for each in statements),
        f"  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {trust}, Policies: {policies}}}}}",
        *(f"  {line}" for line in dedent(consumer).strip().splitlines()),
    ]
    result = check(cloudformation.read("\n".join(lines), "stack.yaml", Given(Path.cwd())))
    assert result.failures == ()
    return [each for each in result.findings if each.verdict is Verdict.BROKEN and each.rule in rules]


def mended(world: World, finding: Finding) -> World:
    """The world after its user did what the helps of a finding say."""
    key, own = world.key, world.own
    for note in (each for each in finding.notes if each.kind is NoteKind.HELP):
        actions = tuple(re.findall(r"`(kms:\w+)`", note.message))
        assert actions
        if "in a policy of role `Role`" in note.message or "of inline policy `own`" in note.message:
            own = tuple(dict.fromkeys((*own, *actions)))
        else:
            assert "key policy" in note.message or note.message.endswith("to that statement")
            key = tuple(dict.fromkeys((*key, *actions)))
    return World(key, own, world.delegates)


def worlds(actions: tuple[str, ...]) -> list[World]:
    """Some or all of the actions on either side, or none."""
    some = ((), actions[:1], actions[:-1], actions[-1:], actions)
    return [World(*each) for each in product(some, some, (True, False))]


@pytest.mark.parametrize("world", worlds(FIVE), ids=str)
def test_the_help_leads_to_what_personalize_asks_for(world: World) -> None:
    """Whatever is missing on whichever side, one round of helps is enough."""
    for finding in broken(PERSONALIZE, "personalize.amazonaws.com", world, (102, 103)):
        assert broken(PERSONALIZE, "personalize.amazonaws.com", mended(world, finding), (102, 103)) == []


@pytest.mark.parametrize("world", worlds(JOB), ids=str)
def test_the_help_leads_to_what_geospatial_jobs_ask_for(world: World) -> None:
    """As above; where the key policy delegates, the role's own policies are enough."""
    service = "sagemaker-geospatial.amazonaws.com"
    for finding in broken(GEOSPATIAL, service, world, (301, 303)):
        assert broken(GEOSPATIAL, service, mended(world, finding), (301, 303)) == []


def test_a_single_missing_action_leads_to_the_key_policy() -> None:
    """`kms:CreateGrant` is documented for the key policy alone: an identity policy would leave a warning."""
    (finding,) = broken(PERSONALIZE, "personalize.amazonaws.com", World((), FOUR, delegates=True), (102, 103))
    assert finding.message == "role `Role` cannot `kms:CreateGrant` on key `Key`"
    (advice,) = (note.message for note in finding.notes if note.kind is NoteKind.HELP)
    assert advice == (
        "add a statement to the key policy of `Key` that allows `kms:CreateGrant`, and as AWS's page asks "
        "`kms:Decrypt`, `kms:GenerateDataKey`, `kms:DescribeKey` and `kms:ListGrants`, to role `Role`"
    )


def test_a_statement_that_the_notes_do_not_tell_is_named() -> None:
    """The notes tell of delegation, the help of the statement that names the role."""
    world = World(FOUR, FOUR, delegates=True)
    (finding,) = broken(PERSONALIZE, "personalize.amazonaws.com", world, (102, 103))
    helps = [note.message for note in finding.notes if note.kind is NoteKind.HELP]
    assert helps == ["add `kms:CreateGrant` to statement 3 of the key policy of `Key`"]


ATTACHED = f"""
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          {DELEGATES}
          - {{Effect: Allow, Principal: {{Service: personalize.amazonaws.com}}, Action: "kms:*", Resource: "*"}}
  Reading:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {{Statement: [{{Effect: Allow, Action: "kms:Decrypt", Resource: !GetAtt Key.Arn}}]}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: personalize.amazonaws.com}}, Action: "sts:AssumeRole"}}]
      ManagedPolicyArns: [!Ref Reading]
{dedent(PERSONALIZE).replace(chr(10), chr(10) + "  ")}
"""


def test_what_closes_a_circle_through_a_managed_policy_is_named() -> None:
    """A role without inline policies has none to move."""
    result = check(cloudformation.read(ATTACHED, "stack.yaml", Given(Path.cwd())))
    (finding,) = (each for each in result.findings if each.rule == 102)
    assert finding.notes[-1].message == (
        "also attach `Reading` with its own `Roles`, not in role `Role`: "
        "it needs the key, whose policy will refer to the role"
    )
