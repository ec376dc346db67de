"""ARNs with holes: taken apart, put together, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from keyfit.aws import arn
from keyfit.shape import ANY, KEY_ID, NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.value import Hole

ANYTHING: Final = Unknown(Why.NO_VALUE, "P", identity="P")
A_NAME: Final = Unknown(Why.NO_VALUE, "N", identity="N", shape=NAME)
KEY: Final = Reference("Key", "key_id", KEY_ID)
ACCOUNT: Final = "111122223333"

Y, N, M = Truth.YES, Truth.NO, Truth.MAYBE


@pytest.mark.parametrize(
    ("whole", "fields"),
    [
        (text("arn:aws:kms:eu-west-1:111122223333:key/1"), ("arn", "aws", "kms", "eu-west-1", ACCOUNT, "key/1")),
        (text("arn:aws:s3:::bucket"), ("arn", "aws", "s3", "", "", "bucket")),
        (text("arn:aws:sns:r:a:topic:with:colons"), ("arn", "aws", "sns", "r", "a", "topic:with:colons")),
        (text("arn:aws:iam::*:role/*"), ("arn", "aws", "iam", "", "*", "role/*")),
        (text(":::::"), ("", "", "", "", "", "")),
        (
            text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", KEY),
            ("arn", Own.PARTITION, "kms", Own.REGION, Own.ACCOUNT, text("key/", KEY)),
        ),
        (text("arn:aws:s3:::", ANYTHING), ("arn", "aws", "s3", "", "", ANYTHING)),
        (text("arn:aws:x-", A_NAME, ":r:a:b"), ("arn", "aws", text("x-", A_NAME), "r", "a", "b")),
    ],
)
def test_split(whole: Text, fields: tuple[str | Hole | Text, ...]) -> None:
    """An ARN is six fields, holes and all, and its text again."""
    found = arn.split(whole)
    assert found == tuple(map(text, fields))
    assert found is not None
    assert found.text == whole


@pytest.mark.parametrize(
    "whole",
    [
        text(),
        text("key/1"),
        text("arn:aws:kms:*"),
        text(ANYTHING),
        text("arn:", ANYTHING, ":s3:::b"),
        text(Own.ACCOUNT),
    ],
)
def test_what_cannot_be_split(whole: Text) -> None:
    """Too few colons, or a hole that can hold one before the last field: no fields."""
    assert arn.split(whole) is None
    assert arn.account_of(whole) is None


def test_equal_texts_with_holes_of_different_shapes() -> None:
    """What one of them says is not said of the other."""
    narrow, wide = (text("arn:", Reference("R", "x", shape), ":s3:::b") for shape in (NAME, ANY))
    assert narrow == wide
    assert arn.split(narrow) is not None
    assert arn.split(wide) is None


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (text("arn:aws:s3:::b"), True),
        (text("b"), False),
        (text(ANYTHING), True),
        (text("arn:", ANYTHING), True),
        (text(Own.ACCOUNT), False),
    ],
)
def test_what_can_be_an_arn(whole: Text, expected: bool) -> None:  # noqa: FBT001 - a column
    """A text can be an ARN if some filling of its holes has the colons."""
    assert arn.can_be_arn(whole) is expected


PLACE: Final = arn.Place(text("aws-cn"), text("cn-north-1"), text(ACCOUNT))


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (arn.role(text("R"), place=PLACE), "arn:aws-cn:iam::111122223333:role/R"),
        (arn.role(text("R"), text("/a/b/"), PLACE), "arn:aws-cn:iam::111122223333:role/a/b/R"),
        (arn.user(text("U"), place=PLACE), "arn:aws-cn:iam::111122223333:user/U"),
        (arn.root(PLACE), "arn:aws-cn:iam::111122223333:root"),
        (arn.key(text("1"), PLACE), "arn:aws-cn:kms:cn-north-1:111122223333:key/1"),
        (arn.alias(text("alias/a"), PLACE), "arn:aws-cn:kms:cn-north-1:111122223333:alias/a"),
        (arn.bucket(text("b"), PLACE.partition), "arn:aws-cn:s3:::b"),
    ],
)
def test_build(built: Text, expected: str) -> None:
    """Each kind of ARN is spelled as AWS spells it."""
    assert built.literal == expected


def test_build_for_the_deployment_itself() -> None:
    """Without a place, partition, Region and account are the deployment's own."""
    expected = text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", KEY)
    assert arn.key(text(KEY)) == expected
    assert arn.account_of(expected) == text(Own.ACCOUNT)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (text("arn:aws:iam::1:role/R"), text("arn:aws:sts::1:assumed-role/R/s")),
        (text("arn:aws:iam::1:role/path/to/R"), text("arn:aws:sts::1:assumed-role/R/s")),
        (text("arn:aws:iam::1:role/p/", A_NAME, "-x"), text("arn:aws:sts::1:assumed-role/", A_NAME, "-x/s")),
        (text("arn:aws:iam::1:user/U"), None),
        (text(ANYTHING), None),
    ],
)
def test_session(role: Text, expected: Text | None) -> None:
    """A session's ARN has its role's name, without the path."""
    assert arn.session(role, text("s")) == expected


PARTITION = Own.PARTITION


@pytest.mark.parametrize(
    ("one", "other", "agreed"),
    [
        (text("arn:", PARTITION, ":s3:::b"), text("arn:aws-cn:s3:::b"), "arn:aws-cn:s3:::b"),
        (text("arn:", PARTITION, ":s3:::b"), text("arn:aws:*"), "arn:aws:s3:::b"),
        (text("arn:", PARTITION, ":s3:::b"), text("arn:aws*:s3:::b"), "arn:aws:s3:::b"),
        (text("arn:", PARTITION, ":s3:::b"), text("arn:*:s3:::b"), None),
        (text("arn:", PARTITION, ":s3:::b"), text("*"), None),
        (text("arn:", PARTITION, ":s3:::b"), text("arn:", PARTITION, ":s3:::c"), None),
        (text("x.", Own.URL_SUFFIX), text("x.amazonaws.com"), "x.amazonaws.com"),
        (text("x.", Own.URL_SUFFIX), text("y.amazonaws.com.cn"), "x.amazonaws.com.cn"),
        (text("x.", Own.URL_SUFFIX), text("x.example.com"), None),
        (text("arn:", PARTITION, ":iam::", Own.ACCOUNT, ":root"), text("111122223333"), None),
    ],
)
def test_agree(one: Text, other: Text, agreed: str | None) -> None:
    """What one side spells out of the deployment's partition and domain, the other one has too, and nothing else."""
    expected = one if agreed is None else text(agreed)
    assert arn.agree(one, other) == (expected, other)
    assert arn.agree(other, one) == (other, expected)


def role(account: str | Hole, name: str | Hole = "R", partition: str | Hole = "aws") -> Text:
    """A role's ARN."""
    return text("arn:", partition, ":iam::", account, ":role/", name)


@pytest.mark.parametrize(
    ("one", "other", "expected", "holes"),
    [
        (role(ACCOUNT), role(ACCOUNT), Y, ()),
        (role(ACCOUNT), role(ACCOUNT, "r"), N, ()),
        (role(ACCOUNT, "*"), role(ACCOUNT), N, ()),
        (role(ACCOUNT), role(ACCOUNT, partition=PARTITION), Y, ()),
        (role(ACCOUNT, partition="aws-cn"), role(ACCOUNT, partition=PARTITION), Y, ()),
        (role(Own.ACCOUNT), role(Own.ACCOUNT, partition=PARTITION), Y, ()),
        (role(ACCOUNT), role(Own.ACCOUNT, partition=PARTITION), M, (Own.ACCOUNT,)),
        (role(ACCOUNT), role(Own.ACCOUNT, "S", PARTITION), N, ()),
        (role(Own.ACCOUNT), role(Own.ACCOUNT, A_NAME), M, (A_NAME,)),
        (role(ACCOUNT), role(Own.ACCOUNT, A_NAME), M, (Own.ACCOUNT, A_NAME)),
        (text(Own.ACCOUNT), text(ACCOUNT), M, (Own.ACCOUNT,)),
        (text(ANYTHING), role(ACCOUNT), M, (ANYTHING,)),
        (text(ANYTHING), text(ANYTHING), Y, ()),
    ],
)
def test_equal(one: Text, other: Text, expected: Truth, holes: tuple[Hole, ...]) -> None:
    """Two texts are compared as a whole, and only what decides is named; the order of the two is no matter."""
    for answer in (arn.equal(one, other), arn.equal(other, one)):
        assert (answer.truth, set(answer.holes)) == (expected, set(holes))


OWN_KEY: Final = arn.key(text(KEY))


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        (text("*"), OWN_KEY, Y),
        (OWN_KEY, OWN_KEY, Y),
        (text("arn:aws:kms:*:", Own.ACCOUNT, ":key/*"), OWN_KEY, Y),
        (text("arn:aws:kms:*"), OWN_KEY, Y),
        (text("arn:aws:kms:*:key/*"), OWN_KEY, Y),
        (text("arn:aws:*"), OWN_KEY, Y),
        (text("arn:aws:kms:*:111122223333:key/*"), OWN_KEY, M),
        (text("arn:aws:kms:*:111122223333:alias/*"), OWN_KEY, N),
        (text("arn:aws:kms:eu-west-1:", Own.ACCOUNT, ":key/*"), OWN_KEY, M),
        (text("arn:aws:kms:", Own.REGION, ":", Own.ACCOUNT, ":alias/a"), OWN_KEY, N),
        (arn.key(text(Reference("Other", "key_id", KEY_ID))), OWN_KEY, N),
        (arn.key(text("1234abcd-12ab-34cd-56ef-1234567890ab")), OWN_KEY, M),
        (text(KEY), OWN_KEY, N),
        (text("arn:aws:s3:::*"), OWN_KEY, N),
        (text(ANYTHING), OWN_KEY, M),
        (text("arn:aws:s3:::", ANYTHING), OWN_KEY, N),
    ],
)
def test_matches(wanted: Text, given: Text, expected: Truth) -> None:
    """A pattern of a Resource element against a key of the source (I19, K37, K38)."""
    assert arn.matches(wanted, given).truth is expected


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        (text("arn:aws:kms:*:", Own.ACCOUNT, ":key/*"), OWN_KEY, Y),
        (text("arn:aws:kms:*:*:*"), OWN_KEY, Y),
        (text("arn:aws:kms:*"), OWN_KEY, N),
        (text("arn:aws:kms:*:key/*"), OWN_KEY, N),
        (text("*:*:*:*:*:*"), OWN_KEY, Y),
        (text("*"), OWN_KEY, N),
        (OWN_KEY, text(ANYTHING), M),
        (text("*:*:*:*:*:*"), text(ANYTHING), M),
        (text("arn:aws:kms:*:*:*"), text("arn:aws:s3:", ANYTHING), N),
        (text("arn:aws:s3:*:*:b:c"), text("arn:aws:s3:::b:c"), Y),
    ],
)
def test_like(wanted: Text, given: Text, expected: Truth) -> None:
    """Field by field, no star reaches across a colon of the first five (I26)."""
    assert arn.like(wanted, given).truth is expected


def test_a_hole_in_a_field_that_matches_anyway_decides_nothing() -> None:
    """Of several holes, those are named whose fields leave the answer open."""
    given = text("arn:", PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", KEY)
    assert set(arn.matches(text("arn:*:kms:*:*:key/1"), given).holes) == {KEY}
    assert set(arn.like(text("arn:*:kms:eu-*:*:key/*"), given).holes) == {Own.REGION}


def test_a_hole_that_cannot_hold_colons_keeps_fields_apart() -> None:
    """The account of a role is decided by the account alone."""
    digits = Unknown(Why.NO_VALUE, "D", identity="D", shape=Shape(frozenset("12"), 12, 12))
    assert arn.equal(role(digits), role("333333333333")).truth is Truth.NO
    assert arn.equal(role(digits), role("121212121212")).truth is Truth.MAYBE


@pytest.mark.parametrize(
    ("whole", "resource"),
    [
        (text("arn:", Own.PARTITION, ":iam::", Own.ACCOUNT, ":role/a/b"), "role/a/b"),
        (text("arn:aws:iam::", Own.ACCOUNT, ":root"), "root"),
        (text("arn:aws-cn:iam::", Own.ACCOUNT, ":role/x"), None),
        (text("arn:aws:iam::111122223333:role/x"), None),
        (text("arn:aws:sts::", Own.ACCOUNT, ":assumed-role/x/y"), None),
        (text("arn:aws:iam::", Own.ACCOUNT, ":role/", Own.REGION), None),
        (text("*"), None),
    ],
)
def test_what_is_in_the_account_that_is_deployed_to(whole: Text, resource: str | None) -> None:
    """Where its ARN says so, and the rest of it is known."""
    assert arn.resource_here(whole) == resource
