"""Who creates an online store: ways that only together are enough, and deployers by every kind of name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.catalogue.principals import session
from keyfit.model.findings import Finding, Verdict
from keyfit.readers import cloudformation
from keyfit.readers.given import Given
from keyfit.value import Text, Unknown, text
from keyfit.verify import check
from keyfit.why import Advice, AdviceKind
from tests.catalogue.test_feature_store import CREATE, administration, group, key_with, root_statement

if TYPE_CHECKING:
    from tests.catalogue.examples import Template

ACCOUNT = "111122223333"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"


def online(*statements: Template, **resources: Template) -> Template:
    """A feature group with an online store, whose key has these statements beside those that keep control of it."""
    template = group(offline=None)
    template["Resources"] |= {"Online": key_with(administration(), *statements), **resources}
    return template


def allow(principal: str, *actions: str, condition: Template | None = None) -> Template:
    """A statement of a key policy."""
    statement: dict[str, Any] = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    statement["Principal"] = {"AWS": principal}
    return statement if condition is None else {**statement, "Condition": condition}


def told(template: Template, deployer: str | None = None) -> Finding:
    """The one finding of rule 201."""
    given = Given(Path.cwd(), ACCOUNT, "us-east-1", deployer=deployer)
    result = check(cloudformation.read(json.dumps(template), "stack.json", given))
    assert result.failures == ()
    (finding,) = [each for each in result.findings if each.rule == 201]
    return finding


@pytest.mark.parametrize("split", range(1, len(CREATE)))
def test_what_is_given_by_name_and_what_is_delegated_add_up(split: int) -> None:
    """One principal has all eight, some by its name and the others by its own policies: they decide, says a note."""
    finding = told(online(allow(DEPLOYER, *CREATE[:split]), root_statement(list(CREATE[split:]))))
    assert finding.verdict is Verdict.HOLDS
    assert finding.advice == (Advice(AdviceKind.NAME_DEPLOYER, ""),)


@pytest.mark.parametrize("action", CREATE)
def test_the_one_action_that_nobody_gets_is_named(action: str) -> None:
    """The finding says who comes closest, and what that principal lacks."""
    finding = told(online(allow(DEPLOYER, *(each for each in CREATE if each != action))))
    assert finding.verdict is Verdict.BROKEN
    assert finding.about.actions == (action,)
    assert finding.message.endswith(f"role `{DEPLOYER}` lacks `{action}`")
    assert finding.remedy is not None
    assert finding.remedy.summary == f"add `{action}` to that statement"


@pytest.mark.parametrize("action", CREATE)
def test_the_one_action_that_the_account_does_not_hand_on_is_named(action: str) -> None:
    """Delegation of seven is told as such."""
    finding = told(online(root_statement([each for each in CREATE if each != action])))
    assert finding.about.actions == (action,)
    assert finding.message.endswith(f"the account lacks `{action}`")


@pytest.mark.parametrize(
    "statement",
    [
        allow(SESSION, *CREATE),
        allow("*", *CREATE, condition={"ArnEquals": {"aws:PrincipalArn": DEPLOYER}}),
        allow("*", *CREATE, condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}}),
    ],
)
def test_a_principal_is_found_wherever_it_is_named(statement: Template) -> None:
    """A session's ARN, a condition on the principal's ARN, and everybody of the account are ways."""
    assert told(online(statement)).verdict is Verdict.HOLDS


def test_a_deny_for_all_but_one_leaves_that_one() -> None:
    """The role that the Deny leaves out can do what is delegated."""
    deny = allow("*", "kms:*", condition={"ArnNotEquals": {"aws:PrincipalArn": DEPLOYER}})
    assert told(online(root_statement(), {**deny, "Effect": "Deny"})).verdict is Verdict.HOLDS


def test_grants_come_through_sagemaker() -> None:
    """What the console gives key users for grants is met: SageMaker makes and lists them for an AWS resource (K54)."""
    grants = [each for each in CREATE if each.endswith(("Grant", "Grants"))]
    others = [each for each in CREATE if each not in grants]
    aws_resource = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    users = (allow(DEPLOYER, *others), allow(DEPLOYER, *grants, condition=aws_resource))
    assert told(online(*users)).verdict is Verdict.HOLDS


USER = {"Type": "AWS::IAM::User", "Properties": {"UserName": "ann"}}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"RoleName": "deploy", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}


@pytest.mark.parametrize("deployer", ["Ann", f"arn:aws:iam::{ACCOUNT}:user/ann"])
def test_a_user_of_the_source_deploys(deployer: str) -> None:
    """By its address and by its ARN: its own policies give nothing."""
    finding = told(online(root_statement(), Ann=USER), deployer)
    assert (finding.verdict, finding.about.principal) == (Verdict.BROKEN, "Ann")
    assert finding.message.startswith("user `Ann` cannot")


@pytest.mark.parametrize("deployer", ["Deploy", DEPLOYER, SESSION])
def test_a_role_of_the_source_deploys(deployer: str) -> None:
    """By its address, by its ARN, and by the ARN of a session."""
    finding = told(online(root_statement(), Deploy=ROLE), deployer)
    assert (finding.verdict, finding.about.principal) == (Verdict.BROKEN, "Deploy")


def test_the_role_of_a_session_outside_the_source_may_have_a_path() -> None:
    """The ARN of a session leaves out its role's path (K26), so that the role that is named may be another."""
    assert told(online(allow(DEPLOYER, *CREATE)), SESSION).verdict is Verdict.UNPROVEN


def test_a_deployer_that_is_nobody_is_told() -> None:
    """A name that is neither an ARN nor in the source decides nothing, and the note says why."""
    finding = told(online(root_statement()), "nobody")
    assert finding.verdict is Verdict.UNPROVEN
    assert "`nobody` is not an ARN, and not a role or user of the source" in [note.message for note in finding.notes]


@pytest.mark.parametrize("written", [DEPLOYER, f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy", "deploy", SESSION + "/x"])
def test_what_is_no_session_is_none(written: str) -> None:
    """A session's ARN has a role and a name."""
    assert session(text(written)) is None


def test_a_session_has_a_role_whose_path_is_open() -> None:
    """Everything but the path is known."""
    found = session(text(SESSION))
    assert found is not None
    assert isinstance(found.role, Text)
    (hole,) = found.role.holes
    assert isinstance(hole, Unknown)
    assert found.role.parts[-1] == "deploy"
