"""Which principals KMS takes in a key policy, by how they are written."""

from __future__ import annotations

import pytest

from keyfit.answer import NO
from keyfit.catalogue.access.key_policy_principals import refusal
from keyfit.model.stack import CLOUDFORMATION, Stack
from keyfit.policy.statement import PrincipalEntry
from keyfit.shape import NAME
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

PARAMETER = Unknown(Why.NO_VALUE, "Who", "Who")
NAMED = Unknown(Why.NO_VALUE, "Name", "Name", shape=NAME)
START = "arn:aws:iam::111122223333:"


def refused(value: Text, kind: str = "AWS") -> Truth:
    """NO where KMS refuses it, MAYBE where that is open, YES where nothing speaks against it."""
    found = refusal(Stack("s", CLOUDFORMATION), PrincipalEntry(kind, value), value)
    return Truth.YES if found is None else found.answer.truth


@pytest.mark.parametrize(
    "value",
    [
        "*",
        "111122223333",
        f"{START}root",
        f"{START}role/films",
        f"{START}role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        f"{START}user/eve",
        "arn:aws-cn:iam::111122223333:user/a/b",
        "arn:aws:sts::111122223333:assumed-role/films/me",
        "arn:aws:sts::111122223333:federated-user/me",
        "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
    ],
)
def test_accounts_roles_users_and_sessions_are_principals(value: str) -> None:
    """Each as IAM's page writes it."""
    assert refused(text(value)) is Truth.YES


@pytest.mark.parametrize(
    "value",
    [
        "films-role",
        "Films",
        "role/films",
        "root",
        "o-a1b2c3d4e5",
        "ou-ab12-a1b2c3d4",
        "11112222333",
        "personalize.amazonaws.com",
        "personalize.amazonaws.com.cn",
        f"{START}group/team",
        f"{START}policy/films",
        f"{START}instance-profile/films",
        "arn:aws:iam::12345:role/films",
        "arn:aws:s3:::films",
        "arn:aws:organizations::111122223333:ou/o-a1b2c3d4e5/ou-ab12-a1b2c3d4",
        "arn:aws:iam::<account-id>:root",
        f"{START}role/*",
        f"{START}role/film?",
    ],
)
def test_names_groups_and_other_things_are_none(value: str) -> None:
    """KMS refuses the policy."""
    assert refused(text(value)) is Truth.NO


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (text(PARAMETER), Truth.MAYBE),
        (text(NAMED), Truth.MAYBE),
        (text(Own.ACCOUNT), Truth.YES),
        (text("films-", NAMED), Truth.NO),
        (text("films-", PARAMETER), Truth.NO),
        (text("1111", NAMED), Truth.MAYBE),
        (text(PARAMETER, ":role/films"), Truth.MAYBE),
        (text("arn:aws:iam::", Own.ACCOUNT, ":role/", PARAMETER), Truth.YES),
        (text("arn:aws:iam::", Own.ACCOUNT, ":group/", NAMED), Truth.NO),
        (text("arn:aws:iam::", PARAMETER, ":role/films"), Truth.MAYBE),
        (text("arn:aws:iam::", NAMED, ":role/films"), Truth.MAYBE),
        (text("arn:", Own.PARTITION, ":s3:::", NAMED), Truth.NO),
        (text("AROAEXAMPLE0123456789"), Truth.MAYBE),
    ],
)
def test_what_is_open_is_refused_only_where_every_filling_is(value: Text, expected: Truth) -> None:
    """What can be an ARN, an account or an id is not refused."""
    assert refused(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("personalize.amazonaws.com", Truth.YES), (f"{START}role/films", Truth.NO), ("logs.*.amazonaws.com", Truth.NO)],
)
def test_a_service_is_a_name(value: str, expected: Truth) -> None:
    """An ARN under `Service` is none."""
    assert refused(text(value), "Service") is expected


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("o-a1b2c3d4e5", "use `*` with a condition on `aws:PrincipalOrgID`"),
        ("arn:aws:organizations::111122223333:organization/o-a1", "use `*` with a condition on `aws:PrincipalOrgID`"),
        ("personalize.amazonaws.com", "list it under `Service`"),
        (f"{START}group/team", "specify the account, and allow it in a policy of the group"),
        ("films", "specify a role or user by its ARN, or an account by its 12-digit ID"),
    ],
)
def test_the_advice_is_what_was_meant(value: str, advice: str) -> None:
    """As far as what is written tells."""
    found = refusal(Stack("s", CLOUDFORMATION), PrincipalEntry("AWS", text(value)), text(value))
    assert found is not None
    assert found.answer == NO
    assert found.advice == advice
