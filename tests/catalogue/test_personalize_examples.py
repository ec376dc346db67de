"""AWS's own example policies hold, and each single thing taken out of them gives the finding that names it."""

from __future__ import annotations

import pytest

from keyfit.model.findings import Finding, Verdict
from keyfit.value import Origin
from tests.catalogue import examples
from tests.catalogue.examples import ROLE_ACTIONS, SERVICE, SERVICE_ACTIONS, Template, personalize, verdicts


def broken(template: Template) -> dict[int, Finding]:
    """The broken findings by rule; no rule fails inside."""
    result = verdicts(template)
    assert result.failures == ()
    return {each.rule: each for each in result.findings if each.verdict is Verdict.BROKEN}


def test_the_example_policies_as_the_page_says_them_hold() -> None:
    """The page's key policy and role policy leave nothing to say, and nothing unproven."""
    result = verdicts(personalize())
    assert result.failures == ()
    assert {each.verdict for each in result.findings} == {Verdict.HOLDS}
    assert {101, 102, 103, 105, 106, 107, 401, 402, 404} <= {each.rule for each in result.findings}


@pytest.mark.parametrize("action", SERVICE_ACTIONS)
def test_an_action_taken_out_of_the_key_policy_is_named(action: str) -> None:
    """Without one action the service lacks it; the role gets it by no route either, for nothing delegates it."""
    template = personalize()
    examples.statement(template)["Action"].remove(action)
    found = broken(template)
    assert found.keys() == {101, 102}
    assert found[101].message == f"`{SERVICE}` cannot `{action}` on key `Key`"
    assert found[101].about.actions == (action,)
    assert found[102].message == f"role `Role` cannot `{action}` on key `Key`"
    assert (
        found[101]
        .notes[0]
        .message.startswith("statement `Allow use of the key` of the key policy of `Key` allows only")
    )
    assert found[101].remedy is not None
    whom = f"that allows `{action}` to service `{SERVICE}`"  # the statement names the role, too
    assert found[101].remedy.summary == f"add a statement to the key policy of `Key` {whom}"


@pytest.mark.parametrize("action", ROLE_ACTIONS)
def test_an_action_taken_out_of_the_role_policy_breaks_the_documented_rule_only(action: str) -> None:
    """The key policy alone is enough for KMS: what is missing on the other side is a warning."""
    template = personalize()
    examples.role_statement(template)["Action"].remove(action)
    found = broken(template)
    assert found.keys() == {103}
    assert f"`{action}`" in found[103].message
    assert found[103].about.actions == (action,)


def test_without_the_service_principal_only_the_service_lacks_access() -> None:
    """The role is still named."""
    template = personalize()
    del examples.statement(template)["Principal"]["Service"]
    found = broken(template)
    assert found.keys() == {101}
    assert found[101].about.actions == SERVICE_ACTIONS


def test_without_the_role_the_role_lacks_access() -> None:
    """The account statement does not delegate the five actions, so the role's own policy gives nothing."""
    template = personalize()
    del examples.statement(template)["Principal"]["AWS"]
    assert broken(template).keys() == {102}


def test_delegation_is_enough_for_the_role_and_a_warning() -> None:
    """A statement for the account makes the role's own policy count; the page also wants the role in the key policy."""
    template = personalize()
    del examples.statement(template)["Principal"]["AWS"]
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"][0]["Action"] = "kms:*"
    examples.role_statement(template)["Action"].append("kms:CreateGrant")
    found = broken(template)
    assert found.keys() == {103}


@pytest.mark.parametrize(
    ("condition", "rules"),
    [
        ({"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}, {101, 102}),
        ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, {102}),
        ({"Bool": {"aws:PrincipalIsAWSService": "false"}}, {101}),
        ({"StringEquals": {"kms:KeySpec": "RSA_2048"}}, {101, 102}),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, {101, 102}),
        ({"StringLike": {"kms:EncryptionContext:aws:s3:arn": "*"}}, {101, 102}),
        ({"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT"}}, set()),
        ({"Bool": {"aws:SecureTransport": "false"}}, {101, 102}),
        ({"StringEquals": {"aws:SourceAccount": "111122223333"}}, {102}),
    ],
)
def test_a_condition_that_the_calls_do_not_meet_breaks_what_it_shuts_out(condition: Template, rules: set[int]) -> None:
    """A condition breaks the need of exactly those whose calls are known not to meet it."""
    template = personalize()
    examples.statement(template)["Condition"] = condition
    assert broken(template).keys() & {101, 102} == rules


def test_a_deny_is_told_with_its_statement() -> None:
    """An explicit deny beats the allow, and the finding points at it."""
    template = personalize()
    deny = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "kms:CreateGrant", "Resource": "*"}
    template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"].append(deny)
    found = broken(template)
    assert found.keys() == {101, 102}
    assert found[101].notes[0].message == "statement `No` of the key policy of `Key` denies `kms:CreateGrant`"
    assert isinstance(found[101].notes[0].origin, Origin)


def test_a_boundary_without_kms_shuts_the_role_out() -> None:
    """A permissions boundary restricts a role that the key policy names by its ARN (I3)."""
    template = personalize()
    template["Resources"]["Boundary"] = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
            }
        },
    }
    template["Resources"]["Role"]["Properties"]["PermissionsBoundary"] = {"Ref": "Boundary"}
    found = broken(template)
    assert found.keys() == {102}
    assert found[102].remedy is not None
    assert "permissions boundary" in found[102].remedy.summary


@pytest.mark.parametrize(
    ("service", "rules"),
    [("sagemaker.amazonaws.com", {105}), (SERVICE, set()), (["ec2.amazonaws.com", SERVICE], set())],
)
def test_the_role_trusts_the_service_or_not(service: object, rules: set[int]) -> None:
    """Trust in another service is no trust in this one."""
    template = personalize()
    trust = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    trust["Principal"]["Service"] = service
    assert broken(template).keys() == rules


@pytest.mark.parametrize("gone", ["KmsKeyArn", "RoleArn"])
def test_key_and_role_go_together(gone: str) -> None:
    """One of the two alone is refused, and nothing else is said about it."""
    template = personalize()
    del template["Resources"]["Group"]["Properties"][gone]
    assert 106 in broken(template)
    assert broken(template).keys() & {102, 103, 105} == set()


@pytest.mark.parametrize(
    ("properties", "rules"),
    [
        ({"KeySpec": "RSA_4096"}, {401}),
        ({"KeyUsage": "SIGN_VERIFY", "KeySpec": "ECC_NIST_P256"}, {401}),
        ({"Enabled": False}, {402}),
        ({"Enabled": "false"}, {402}),
        ({"Origin": "EXTERNAL"}, {402}),
        ({"Enabled": True, "KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}, set()),
    ],
)
def test_a_key_that_cannot_serve_is_told_apart_from_permissions(properties: Template, rules: set[int]) -> None:
    """Spec, usage and state are causes of their own."""
    template = personalize()
    template["Resources"]["Key"]["Properties"] |= properties
    assert broken(template).keys() == rules


@pytest.mark.parametrize(
    ("key", "rules"),
    [
        ({"Ref": "Key"}, {107}),
        ("alias/aws/s3", {107, 404}),
        ("alias/elsewhere", {107}),
        ({"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3"}, {107, 404}),
        ({"Fn::Sub": "${Key.Arn}"}, set()),
    ],
)
def test_the_key_is_named_by_its_arn(key: object, rules: set[int]) -> None:
    """A key id, an alias name and an alias ARN are no key ARN; the key behind them is judged all the same."""
    template = personalize()
    template["Resources"]["Group"]["Properties"]["KmsKeyArn"] = key
    assert broken(template).keys() == rules


def test_an_export_is_judged_in_the_branch_that_exports_from_a_group_with_a_key() -> None:
    """Which dataset is exported may depend on a condition."""
    template = personalize()
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "development"}}
    template["Conditions"] = {"IsProduction": {"Fn::Equals": [{"Ref": "Stage"}, "production"]}}
    data: Template = {"Type": "AWS::Personalize::Dataset", "Properties": {"Name": "ratings"}}
    template["Resources"]["Plain"] = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "plain"}}
    for name, group in (("Ratings", "Group"), ("Scores", "Plain")):
        properties = {**data["Properties"], "DatasetGroupArn": {"Fn::GetAtt": [group, "DatasetGroupArn"]}}
        template["Resources"][name] = {**data, "Properties": properties}
    branches = [{"Fn::GetAtt": [name, "DatasetArn"]} for name in ("Ratings", "Scores")]
    arguments = {"JobName": "x", "DatasetArn": {"Fn::If": ["IsProduction", *branches]}, "RoleArn": examples.ROLE_ARN}
    resource = "arn:aws:states:::aws-sdk:personalize:createDatasetExportJob"
    state = {"Type": "Task", "Resource": resource, "Parameters": arguments, "End": True}
    template["Resources"]["Machine"] = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": "arn:aws:iam::111122223333:role/machine",
            "Definition": {"StartAt": "Export", "States": {"Export": state}},
        },
    }
    assert broken(template)[104].scenario == {"IsProduction": True}
    examples.statement(template)["Action"].append("kms:GenerateDataKeyWithoutPlaintext")
    assert 104 not in broken(template)
