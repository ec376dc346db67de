"""Who works on the records of a feature group: policies and tasks, told once for one principal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.model.findings import Finding, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.verify import check
from tests.catalogue.test_feature_store import TRUST, group, key_with, root_statement

if TYPE_CHECKING:
    from tests.catalogue.examples import Template

RECORDS = {"Effect": "Allow", "Action": "sagemaker:PutRecord", "Resource": "*"}
DECRYPT = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
ARN = "arn:aws:sagemaker:us-east-1:111122223333:feature-group/trips"


def stack(**resources: Template) -> Template:
    """A feature group with an online store whose key leaves everything to IAM policies."""
    template = group(offline=None)
    template["Resources"] |= {"Online": key_with(root_statement()), **resources}
    return template


def inline(*statements: object) -> list[Template]:
    """The policies of a role, user or group."""
    return [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}]


def role(*statements: object) -> Template:
    """A role with these statements."""
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": inline(*statements)},
    }


def machine(role_arn: object, **parameters: object) -> Template:
    """A state machine that puts a record."""
    resource = "arn:aws:states:::aws-sdk:sagemakerfeaturestoreruntime:putRecord"
    state = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    definition = {"StartAt": "Put", "States": {"Put": state}}
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": role_arn, "Definition": definition}}


def told(template: Template) -> list[Finding]:
    """The findings of rule 204."""
    given = Given(Path.cwd(), "111122223333", "us-east-1")
    result = check(cloudformation.read(json.dumps(template), "stack.json", given))
    assert result.failures == ()
    return [each for each in result.findings if each.rule == 204]


def outcomes(template: Template) -> dict[str, Verdict]:
    """The outcome for each resource that rule 204 speaks about: one for each."""
    found = told(template)
    assert len({each.resource for each in found}) == len(found)
    return {each.resource: each.verdict for each in found}


MACHINE_ROLE = {"Fn::GetAtt": ["Caller", "Arn"]}


@pytest.mark.parametrize("name", ["trips", ARN, {"Ref": "Group"}])
@pytest.mark.parametrize("statement", [RECORDS, {**RECORDS, "Action": "sagemaker:*"}])
def test_a_role_is_told_once_however_often_it_is_named(name: object, statement: Template) -> None:
    """A task and a policy that name the records of one store are one need of one role."""
    template = stack(Caller=role(statement), Machine=machine(MACHINE_ROLE, FeatureGroupName=name))
    assert outcomes(template) == {"Caller": Verdict.BROKEN}


@pytest.mark.parametrize("statement", [RECORDS, DECRYPT])
def test_a_task_on_another_group_says_nothing(statement: Template) -> None:
    """What a policy says still counts."""
    template = stack(Caller=role(statement), Machine=machine(MACHINE_ROLE, FeatureGroupName="other"))
    assert outcomes(template) == ({"Caller": Verdict.BROKEN} if statement is RECORDS else {})


def test_a_group_that_is_known_at_run_time_only_is_unproven() -> None:
    """The task may work on the records, or on others."""
    template = stack(Caller=role(), Machine=machine(MACHINE_ROLE, **{"FeatureGroupName.$": "$.group"}))
    (finding,) = told(template)
    assert finding.verdict is Verdict.UNPROVEN
    assert finding.message.startswith("cannot tell whether role `Caller` accesses records of feature group `Group`")


def test_a_role_outside_the_source_is_told_at_the_state_machine() -> None:
    """By the key policy alone it can have the key, and this one names nobody."""
    template = stack(Machine=machine("arn:aws:iam::111122223333:role/caller", FeatureGroupName="trips"))
    template["Resources"]["Online"] = key_with(root_statement(["kms:PutKeyPolicy"]))
    (finding,) = told(template)
    assert (finding.resource, finding.about.state, finding.verdict) == ("Machine", "Put", Verdict.BROKEN)


def member(*statements: object) -> Template:
    """A user of the group `Team`."""
    return {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Team"}], "Policies": inline(*statements)}}


TEAM = {"Type": "AWS::IAM::Group", "Properties": {"Policies": inline(RECORDS)}}


@pytest.mark.parametrize(("own", "outcome"), [((), Verdict.BROKEN), ((DECRYPT,), Verdict.HOLDS)])
def test_the_users_of_a_group_speak_for_it(own: tuple[Any, ...], outcome: Verdict) -> None:
    """What a user has from a group and what it has itself count together, and the group is not told beside it."""
    assert outcomes(stack(Team=TEAM, Ann=member(*own))) == {"Ann": outcome}


def test_a_group_without_users_in_the_source_speaks_for_itself() -> None:
    """Its policies name record actions, and none gives the key."""
    assert outcomes(stack(Team=TEAM)) == {"Team": Verdict.BROKEN}


@pytest.mark.parametrize("default", ["yes", "no"])
@pytest.mark.parametrize(
    ("statement", "found"),
    [(RECORDS, {"Caller": Verdict.BROKEN}), ({**RECORDS, "Action": "s3:GetObject"}, {})],
)
def test_a_statement_of_one_branch_is_judged_there(default: str, statement: Template, found: object) -> None:
    """Whichever branch is the default: a statement about records in one of them is a caller, another is none."""
    template = stack(Caller=role({"Fn::If": ["Reads", statement, {"Ref": "AWS::NoValue"}]}))
    template["Parameters"] = {"Read": {"Type": "String", "Default": default}}
    template["Conditions"] = {"Reads": {"Fn::Equals": [{"Ref": "Read"}, "yes"]}}
    assert outcomes(template) == found


def test_a_place_that_is_not_known_leaves_it_open() -> None:
    """A literal account against the deployment's own: whether the group is meant cannot be told, and is not claimed."""
    template = stack(Caller=role({**RECORDS, "Resource": ARN}))
    result = check(cloudformation.read(json.dumps(template), "stack.json", Given(Path.cwd())))
    (finding,) = [each for each in result.findings if each.rule == 204]
    assert finding.verdict is Verdict.UNPROVEN
    assert finding.message.startswith("cannot tell")
