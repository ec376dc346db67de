"""What is certain to be refused in a policy, each entry of the table shown; and what is only undocumented is not."""

from __future__ import annotations

from typing import Any, Final

import pytest

from keyfit import json_text
from keyfit.aws import facts
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.document import read
from keyfit.policy.refusals import SOURCES, Refusal, is_action, least_characters, refused, undecided
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

KEY, INLINE, TRUST = PolicyKind.KEY, PolicyKind.INLINE, PolicyKind.TRUST
MANAGED, BOUNDARY = PolicyKind.MANAGED, PolicyKind.BOUNDARY
ASSUME: Final = {"Effect": "Allow", "Principal": {"Service": "a.amazonaws.com"}, "Action": "sts:AssumeRole"}
OWN: Final = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
KEYS: Final = {**OWN, "Principal": "*"}
GOOD: Final = {KEY: KEYS, TRUST: ASSUME}


def without(statement: dict[str, Any], name: str) -> dict[str, Any]:
    """A statement that lacks an element."""
    return {key: value for key, value in statement.items() if key != name}


def policy(kind: PolicyKind, document: object) -> Policy:
    """A policy; a text is JSON, as the readers read it."""
    written = json_text.read(document) if isinstance(document, Text) else plain.value(document)
    return Policy(kind, written, "Owner", "name")


def found(kind: PolicyKind, document: object) -> list[Refusal]:
    """What is refused of it."""
    return [Refusal.of(each.hole) for each in refused(read(policy(kind, document)))]


def of_statement(kind: PolicyKind, statement: object, **elements: object) -> list[Refusal]:
    """What is refused of a policy of one statement."""
    written = {**statement, **elements} if isinstance(statement, dict) else statement
    return found(kind, {"Version": "2012-10-17", "Statement": [written]})


STATEMENTS: Final = [
    (KEY, {**KEYS, "Efect": "Allow"}, Refusal.ELEMENT),
    (KEY, "text", Refusal.STATEMENT),
    (INLINE, {**OWN, "Effect": "allow"}, Refusal.EFFECT),
    (INLINE, without(OWN, "Effect"), Refusal.EFFECT),
    (KEY, {**KEYS, "NotAction": "kms:Sign"}, Refusal.BOTH),
    (KEY, {**KEYS, "Principal": {"Aws": "*"}}, Refusal.KIND),
    (KEY, {**KEYS, "Principal": {}}, Refusal.NOBODY),
    (KEY, {**KEYS, "Principal": {"AWS": [], "Service": []}}, Refusal.NOBODY),
    (KEY, {**KEYS, "Principal": "arn:aws:iam::111122223333:root"}, Refusal.TYPE),
    (KEY, {**KEYS, "Principal": {"AWS": [["*"]]}}, Refusal.TYPE),
    (KEY, {**KEYS, "Condition": "Bool"}, Refusal.TYPE),
    (KEY, {**KEYS, "Condition": {"Bool": "true"}}, Refusal.TYPE),
    (KEY, {**KEYS, "Action": [None]}, Refusal.TYPE),
    (INLINE, KEYS, Refusal.FORBIDDEN),
    (BOUNDARY, {**OWN, "NotPrincipal": "*"}, Refusal.FORBIDDEN),
    (TRUST, {**ASSUME, "Resource": "*"}, Refusal.FORBIDDEN),
    (KEY, OWN, Refusal.MISSING),
    (TRUST, without(ASSUME, "Principal"), Refusal.MISSING),
    (INLINE, without(OWN, "Resource"), Refusal.MISSING),
    (MANAGED, without(OWN, "Action"), Refusal.MISSING),
    (KEY, without(KEYS, "Action"), Refusal.NO_ACTION),
    (KEY, without(KEYS, "Resource"), Refusal.NO_RESOURCE),
    (KEY, {**KEYS, "Action": ["kms:Sign", "Decrypt"]}, Refusal.ACTION),
    (INLINE, {**OWN, "Sid": "My own"}, Refusal.SID),
    (KEY, {**KEYS, "Condition": {"ForAllValues:StringLike": {"aws:RequestTag/a": "*"}}}, Refusal.FOR_ALL_VALUES),
    (
        KEY,
        {**KEYS, "Condition": {"forallvalues:StringEquals": {"KMS:EncryptionContext:a": "b"}}},
        Refusal.FOR_ALL_VALUES,
    ),
]
DOCUMENTS: Final = [
    (KEY, {"Version": "2012-10-17"}, Refusal.STATEMENTS),
    (INLINE, {"Version": "2012-10-18", "Statement": OWN}, Refusal.VERSION),
    (INLINE, {"Statement": [{**OWN, "Sid": "A"}, {**OWN, "Sid": "A"}]}, Refusal.SID_AGAIN),
    (KEY, {"Statement": [{**KEYS, "Sid": "x" * 33_000}]}, Refusal.BYTES),
    (MANAGED, {"Statement": {**OWN, "Action": ["kms:" + "x" * 6_144]}}, Refusal.CHARACTERS),
    (TRUST, {"Statement": {**ASSUME, "Sid": "x" * 8_192}}, Refusal.CHARACTERS),
    (KEY, text('{"Statement": ["', Own.ACCOUNT, '"}'), Refusal.JSON),
]


@pytest.mark.parametrize(("kind", "statement", "refusal"), STATEMENTS)
def test_a_statement_is_refused_for_what_it_has_or_lacks(kind: PolicyKind, statement: object, refusal: Refusal) -> None:
    """With that reason, and no other."""
    assert of_statement(kind, statement) == [refusal]


@pytest.mark.parametrize(("kind", "document", "refusal"), DOCUMENTS)
def test_a_policy_is_refused_as_a_whole(kind: PolicyKind, document: object, refusal: Refusal) -> None:
    """For what is of no statement alone."""
    assert found(kind, document) == [refusal]


def test_each_refusal_is_shown_and_has_its_source() -> None:
    """The table has no entry that nothing makes, and none whose fact is not told."""
    assert {refusal for *_, refusal in (*STATEMENTS, *DOCUMENTS)} == set(Refusal)
    assert all(facts.find(source) for source in SOURCES)


@pytest.mark.parametrize(
    ("kind", "elements"),
    [
        (KEY, {}),
        (KEY, {"Sid": "with spaces"}),
        (KEY, {"Principal": {"AWS": [], "Service": "a.amazonaws.com"}}),  # not documented
        (KEY, {"Resource": "arn:aws:kms:eu-west-1:111122223333:key/x"}),
        (KEY, {"Condition": {"StrinEquals": {"kms:ViaService": "x"}}}),  # not documented
        (KEY, {"Condition": {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": "a"}}}),
        (KEY, {"Condition": {"StringEquals": {"kms:EncryptionContext:a": "b"}}}),
        (KEY, {"Action": []}),  # not documented
        (INLINE, {"Sid": ""}),
        (INLINE, {"Condition": {"ForAllValues:StringEquals": {"aws:RequestTag/a": "b"}}}),
        (TRUST, {"Condition": {}}),
    ],
)
def test_what_is_accepted_or_not_documented_is_not_refused(kind: PolicyKind, elements: dict[str, object]) -> None:
    """Certainty is asked for."""
    assert of_statement(kind, GOOD.get(kind, OWN), **elements) == []


def test_an_unknown_part_can_be_accepted() -> None:
    """In a statement, in a list, and in a text of JSON."""
    hole = Unknown(Why.NO_VALUE, "P", choices=frozenset({"P"}))
    written = read(Policy(KEY, hole, "Owner"))
    assert list(refused(written)) == []
    assert list(undecided(written)) == [hole]
    assert found(KEY, text('{"Statement": [', hole, "}")) == []


@pytest.mark.parametrize(
    ("literal", "answer"),
    [
        *(
            (each, True)
            for each in ("*", "**", "kms:*", "kms:Decrypt", "*:*", "s3-object-lambda:Get*", "k*:Re_Encrypt")
        ),
        *((each, False) for each in ("Decrypt", "", "kms=Decrypt", "kms :Decrypt", "kms")),
    ],
)
def test_an_action_has_a_service(literal: str, *, answer: bool) -> None:
    """Whose name has letters, digits and hyphens, or is a star; what else can stand behind it is not documented."""
    assert is_action(literal) is answer


def test_white_space_is_not_counted() -> None:
    """Nor what is not known."""
    assert least_characters(plain.value({"Sid": "a b", "Action": ["kms:Sign"]})) == len(
        '{"Sid":"ab","Action":["kms:Sign"]}'
    )
    assert least_characters(text("a ", Unknown(Why.NO_VALUE, "P"))) == len('"a"')
