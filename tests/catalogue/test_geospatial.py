"""Geospatial jobs: the page's statement holds, and each thing taken out of it gives the finding that names it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

import pytest

from keyfit.model.findings import Finding, Level, Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.verify import check
from tests.catalogue.examples import Template, verdicts

if TYPE_CHECKING:
    from pathlib import Path

ACTIONS = ("kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")
SERVICE = "sagemaker-geospatial.amazonaws.com"
ROOT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}


def stack(*, job: bool, named: bool = True, root: bool = True, own: bool = False) -> Template:
    """A role, its key, and perhaps a state machine that starts a job with both."""
    statements: list[Template] = []
    if root:
        statements.append({"Sid": "Root", "Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"})
    else:
        keep = {"Effect": "Allow", "Principal": ROOT, "Action": "kms:PutKeyPolicy", "Resource": "*"}
        statements.append(keep)
    if named:
        use = {"Sid": "Use", "Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": list(ACTIONS), "Resource": "*"}
        statements.append(use)
    trust = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": list(ACTIONS), "Resource": {"Fn::GetAtt": ["Key", "Arn"]}}
    policy = {
        "PolicyName": "key",
        "Roles": [{"Ref": "Role"}],
        "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]},
    }
    template: Template = {
        "Resources": {
            "Key": {
                "Type": "AWS::KMS::Key",
                "Properties": {"KeyPolicy": {"Version": "2012-10-17", "Statement": statements}},
            },
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
            },
        }
    }
    if own:
        template["Resources"]["Own"] = {"Type": "AWS::IAM::Policy", "Properties": policy}
    if job:
        template["Resources"]["Machine"] = machine()
    return template


def machine() -> Template:
    """A state machine with one start job."""
    arguments = {
        "Name": "fields",
        "ExecutionRoleArn": ROLE,
        "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
        "InputConfig": {},
        "JobConfig": {},
    }
    resource = "arn:aws:states:::aws-sdk:sagemakergeospatial:startEarthObservationJob"
    start = {"Type": "Task", "Resource": resource, "Parameters": arguments, "End": True}
    definition = {"StartAt": "Start", "States": {"Start": start}}
    role = "arn:aws:iam::111122223333:role/machine"
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": role, "Definition": definition}}


def broken(template: Template, region: str = "us-west-2") -> dict[int, Finding]:
    """The broken findings by rule; no rule fails inside."""
    result = verdicts(template, region=region)
    assert result.failures == ()
    return {each.rule: each for each in result.findings if each.verdict is Verdict.BROKEN}


@pytest.mark.parametrize("job", [True, False])
@pytest.mark.parametrize(
    ("named", "root", "own", "rules"),
    [
        (True, True, False, set()),
        (True, True, True, set()),
        (False, True, True, set()),
        (False, True, False, {301}),
        (True, False, True, set()),
        (True, False, False, {303}),
        (False, False, True, {301}),
    ],
)
def test_the_key_policy_names_the_role_or_delegates_to_its_policies(
    *, job: bool, named: bool, root: bool, own: bool, rules: set[int]
) -> None:
    """By the key policy, or by delegation and the role's own policy; without delegation the page asks for both."""
    if not job and not named and not own:
        pytest.skip("nothing connects role and key")
    assert broken(stack(job=job, named=named, root=root, own=own)).keys() == rules


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_taken_out_is_named(action: str) -> None:
    """Each of the four is needed."""
    template = stack(job=True, root=False, own=True)
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]["Action"].remove(action)
    found = broken(template)
    assert found.keys() == {301}
    assert found[301].about.actions == (action,)
    assert found[301].resource == "Machine"
    assert found[301].about.state == "Start"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "*"}},
        {"StringEquals": {"kms:ViaService": "sagemaker-geospatial.us-west-2.amazonaws.com"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-1"}},
    ],
)
def test_a_condition_that_the_calls_do_not_carry_shuts_the_role_out(condition: Template) -> None:
    """Two of the four calls have no encryption context, and none comes through a service."""
    template = stack(job=True, root=False, own=True)
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]["Condition"] = condition
    assert 301 in broken(template)


def test_trust_in_sagemaker_alone_is_the_console_s_trap() -> None:
    """The job's role has to trust the geospatial service."""
    template = stack(job=True)
    trust = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Principal"]["Service"] = "sagemaker.amazonaws.com"
    assert broken(template).keys() == {302}


def test_another_region_is_told_once() -> None:
    """304 speaks, 403 does not."""
    found = broken(stack(job=True), region="us-east-1")
    assert found.keys() == {304}


def test_a_run_time_key_is_unproven() -> None:
    """What only the execution knows is not claimed either way."""
    template = stack(job=True)
    arguments = template["Resources"]["Machine"]["Properties"]["Definition"]["States"]["Start"]["Parameters"]
    del arguments["KmsKeyId"]
    arguments["KmsKeyId.$"] = "$.key"
    result = verdicts(deepcopy(template), region="us-west-2")
    assert {each.verdict for each in result.findings if each.rule == 301} == {Verdict.UNPROVEN}


def outcomes(template: Template) -> dict[int, Verdict]:
    """The outcome of each rule; where it speaks of several things, one of them."""
    result = verdicts(template, region="us-west-2")
    assert result.failures == ()
    return {each.rule: each.verdict for each in result.findings}


def named_for(template: Template, **change: object) -> Template:
    """The template, with the statement that names the role changed."""
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1] |= change
    return template


@pytest.mark.parametrize("change", [{"Effect": "Deny"}, {"Action": "kms:Sign"}])
def test_a_key_that_is_not_for_jobs_is_none_of_the_role_s(change: Template) -> None:
    """A role that no job names is judged with keys that an Allow ties to it, for an action that jobs need."""
    assert {301, 303, 304, 401}.isdisjoint(outcomes(named_for(stack(job=False), **change)))


def test_whether_jobs_use_the_key_of_a_bucket_is_open() -> None:
    """Roles read encrypted buckets, too: what a job would lack is told, and not that it is lacking."""
    template = named_for(stack(job=False), Action=["kms:Decrypt", "kms:GenerateDataKey"])
    assert broken(template).keys() == {301}
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]}}
    encryption = {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": by_default}]}
    template["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": {"BucketEncryption": encryption}}
    assert outcomes(template)[301] is Verdict.UNPROVEN
    (finding,) = (each for each in verdicts(template, region="us-west-2").findings if each.rule == 301)
    told = "cannot tell whether a job uses key `Key`, which encrypts bucket `Bucket`; if so, role `Role` cannot "
    assert finding.message.startswith(told)
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]["Action"] = list(ACTIONS)
    assert outcomes(template)[301] is Verdict.HOLDS


@pytest.mark.parametrize("action", ["kms:Decrypt", "sagemaker-geospatial:StartEarthObservationJob"])
def test_a_role_whose_trust_is_unknown_is_none_for_jobs_where_nothing_is_geospatial(
    action: str, tmp_path: Path
) -> None:
    """A trust policy that nobody can read may name any service, and most of them are others."""
    source = f"""
        variable "trust" {{}}
        resource "aws_iam_role" "writer" {{
          assume_role_policy = jsonencode({{ Statement = [var.trust] }})
        }}
        resource "aws_iam_role_policy" "writer" {{
          role   = aws_iam_role.writer.id
          policy = jsonencode({{ Statement = [
            {{ Effect = "Allow", Action = ["kms:Decrypt", "{action}"], Resource = aws_kms_key.key.arn }}
          ] }})
        }}
        resource "aws_kms_key" "key" {{}}
    """
    (tmp_path / "main.tf").write_text(source, encoding="utf-8")
    result = check(terraform.read(tmp_path, Given(tmp_path)))
    told = {each.rule: each.verdict for each in result.findings if 300 < each.rule < 310}
    assert told.get(302) is (Verdict.UNPROVEN if action.startswith("sagemaker") else None)
    assert Verdict.BROKEN not in told.values()
    doubt = "cannot tell whether a geospatial Earth observation job uses role `aws_iam_role.writer`; if so, "
    assert all(each.message.startswith(doubt) for each in result.findings if each.rule == 301)


def test_a_key_that_serves_a_job_is_judged_for_the_job_alone() -> None:
    """The role that the job names does not stand for others beside it."""
    result = verdicts(stack(job=True), region="us-west-2")
    assert {each.resource for each in result.findings if each.rule == 301} == {"Machine"}


@pytest.mark.parametrize("where", ["key", "trust"])
def test_a_role_is_one_for_jobs_in_the_branch_that_says_so(where: str) -> None:
    """The statement that trusts the service, or ties the key to the role, may stand in one branch of a condition."""
    template = named_for(stack(job=False, root=False), Action=["kms:CreateGrant", "kms:Decrypt"])
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "development"}}
    template["Conditions"] = {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}}
    policy = {
        "key": template["Resources"]["Key"]["Properties"]["KeyPolicy"],
        "trust": template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"],
    }[where]
    policy["Statement"][-1] = {"Fn::If": ["IsProduction", policy["Statement"][-1], {"Ref": "AWS::NoValue"}]}
    found = broken(template)[301]
    assert found.scenario == {"IsProduction": True}
    assert found.about.actions == ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext")


def test_what_the_documentation_asks_for_beside_is_a_warning() -> None:
    """By KMS's own rules the key policy is enough."""
    assert broken(stack(job=True, root=False))[303].level is Level.WARNING


def test_what_is_asked_for_beside_waits_for_access_itself() -> None:
    """Where nobody can tell whether the role has access, nothing is said to be missing beside it."""
    template = named_for(stack(job=True, root=False), Condition={"Bool": {"kms:GrantIsForAWSResource": "true"}})
    assert {number: outcome for number, outcome in outcomes(template).items() if number in {301, 303}} == {
        301: Verdict.BROKEN,  # the other three actions have no such condition key
    }
    grant = deepcopy(template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1])
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"].append({**grant, "Action": list(ACTIONS[:1])})
    del template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]["Condition"]
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][1]["Action"] = list(ACTIONS[1:])
    found = outcomes(template)
    assert (found[301], found[303]) == (Verdict.UNPROVEN, Verdict.UNPROVEN)
