"""A grant gives its operations on its key to its grantee, within its constraints; what is unknown in it is open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from keyfit.answer import NO, maybe
from keyfit.model.block import Block
from keyfit.model.keys import Grant
from keyfit.policy.grants import gives
from keyfit.policy.request import Context, present, unsure
from keyfit.shape import KEY_ID
from keyfit.truth import Truth
from keyfit.value import List, Null, Object, Own, Reference, Unknown, text
from keyfit.why import Why
from tests.policy.test_authorize import HERE, LITERAL_KEY, LITERAL_ROLE, SESSION, USER, ask
from tests.policy.worlds import value

if TYPE_CHECKING:
    from keyfit.policy.request import Fact, Request
    from keyfit.value import Value

YES, MAYBE = Truth.YES, Truth.MAYBE
HOLE = Unknown(Why.NO_VARIABLE, "x")
GRANT = Grant(Block("g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), value(["Decrypt", "GenerateDataKey"]))


def given(request: Request | None = None, **changes: Any) -> Truth:  # noqa: ANN401 - a grant's fields
    """Whether the grant, so changed, gives what is asked for."""
    return gives(replace(GRANT, **changes), request or ask()).truth


def test_holes() -> None:
    """What keeps a grant open is told."""
    assert gives(replace(GRANT, grantee=HOLE), ask()).holes == (HOLE,)
    for changes, phrase in (
        ({"grantee": text(f"arn:aws:iam::{HERE}:root")}, "AWS does not document whom a grant to an account reaches"),
        ({"operations": value([7])}, "a value of the grant is not a string"),
    ):
        (hole,) = gives(replace(GRANT, **changes), ask()).holes
        assert isinstance(hole, Unknown)
        assert hole.phrase == phrase
    making = replace(GRANT, operations=value(["CreateGrant", "Decrypt"]), source_arn=text("arn:x"))
    asked = ask(action="kms:CreateGrant", kms__GrantOperations=present(), aws__SourceArn=present(text("arn:x")))
    assert [hole.subject for hole in gives(making, asked).holes if isinstance(hole, Unknown)] == [
        "which operations the new grant has"
    ]
    asked = replace(asked, context=Context({**asked.context.facts, "kms:grantoperations": present(text("Decrypt"))}))
    assert [hole.subject for hole in gives(making, asked).holes if isinstance(hole, Unknown)] == [
        "what constrains the new grant"
    ]


@pytest.mark.parametrize(
    ("key", "truth"),
    [
        (LITERAL_KEY, YES),
        (text("1"), YES),
        (text("2"), Truth.NO),
        (text(f"arn:aws:kms:eu-west-1:{HERE}:alias/1"), Truth.NO),
        (text("arn:aws:kms:eu-west-1:", Own.ACCOUNT, ":key/1"), MAYBE),
        (text("arn:", Own.PARTITION, f":kms:eu-west-1:{HERE}:key/1"), YES),
        (HOLE, MAYBE),
        (Null(), MAYBE),
    ],
)
def test_key(key: Value, truth: Truth) -> None:
    """It is for one key, by ARN or id."""
    assert given(key=key) is truth


def test_key_of_the_source() -> None:
    """A key of the source is known by the id that AWS will give it, whatever that is."""
    reference = Reference("Key", "key_id", KEY_ID)
    request = ask(resource=text(f"arn:aws:kms:eu-west-1:{HERE}:key/", reference))
    assert given(request, key=text(reference)) is YES
    assert given(request, key=text(Reference("Other", "key_id", KEY_ID))) is Truth.NO
    assert given(ask(resource=text("1")), key=text("1")) is YES
    assert given(ask(resource=text("arn:aws:kms:eu-west-1:", HOLE)), key=text("1")) is MAYBE
    assert given(ask(resource=text("arn:aws:s3:", HOLE)), key=LITERAL_KEY) is Truth.NO


@pytest.mark.parametrize(
    ("operations", "changes", "truth"),
    [
        (present(text("Decrypt")), {}, YES),
        (present(text("Decrypt"), text("CreateGrant")), {}, YES),
        (present(text("Decrypt"), text("Sign")), {}, Truth.NO),
        (present(text("Decrypt"), HOLE), {}, MAYBE),
        (present(HOLE, text("Sign")), {}, Truth.NO),
        (unsure("kms:GrantOperations"), {}, MAYBE),
        (present(), {}, MAYBE),  # every grant has some
        (present(text("Decrypt")), {"source_arn": Null()}, YES),
        (present(text("Decrypt")), {"source_arn": text("arn:x")}, MAYBE),
        (present(text("Sign")), {"source_arn": text("arn:x")}, Truth.NO),
        (present(text("Decrypt")), {"encryption_context_equals": value({})}, MAYBE),
        (present(text("Decrypt")), {"encryption_context_subset": value({})}, MAYBE),
    ],
)
def test_a_grant_made_by_right_of_another(operations: Fact, changes: dict[str, Any], truth: Truth) -> None:
    """It gives no operation that the first does not; whether it is as constrained, the request does not tell."""
    request = ask(action="kms:CreateGrant", kms__GrantOperations=operations, aws__SourceArn=present(text("arn:x")))
    assert given(request, operations=value(["CreateGrant", "Decrypt"]), **changes) is truth


def test_operations_in_any_case() -> None:
    """An action counts in any letter case (I17), an operation as AWS spells it."""
    assert given(ask(action="kms:decrypt")) is YES
    assert given(ask(), operations=value(["decrypt"])) is Truth.NO
    assert given(ask(), grantee=text("*")) is Truth.NO


@pytest.mark.parametrize(
    ("grantee", "who", "truth"),
    [
        (LITERAL_ROLE, LITERAL_ROLE, YES),
        (LITERAL_ROLE, SESSION, YES),
        (SESSION, SESSION, YES),
        (SESSION, LITERAL_ROLE, MAYBE),
        (USER, USER, YES),
        (USER, LITERAL_ROLE, Truth.NO),
        (f"arn:aws:iam::{HERE}:root", LITERAL_ROLE, MAYBE),
        ("arn:aws:iam::444455556666:root", LITERAL_ROLE, Truth.NO),
        ("personalize.amazonaws.com", "personalize.amazonaws.com", YES),
        ("sagemaker.amazonaws.com", "personalize.amazonaws.com", Truth.NO),
        (LITERAL_ROLE, "personalize.amazonaws.com", Truth.NO),
    ],
)
def test_grantee(grantee: str, who: str, truth: Truth) -> None:
    """It is for one grantee: a role with its sessions, a session, a user, a service (K69)."""
    assert given(ask(who), grantee=text(grantee)) is truth


@pytest.mark.parametrize(
    ("operations", "action", "truth"),
    [
        (["Decrypt"], "kms:Decrypt", YES),
        ("Decrypt", "kms:Decrypt", YES),
        (["Encrypt"], "kms:Decrypt", Truth.NO),
        (["decrypt"], "kms:Decrypt", Truth.NO),
        ([], "kms:Decrypt", Truth.NO),
        ([{"unknown": "x"}], "kms:Decrypt", MAYBE),
        ([{"unknown": "x"}, "Decrypt"], "kms:Decrypt", YES),
        ({"unknown": "x"}, "kms:Decrypt", MAYBE),
        (["ListGrants"], "kms:ListGrants", Truth.NO),  # K46
        ({"unknown": "x"}, "kms:RevokeGrant", Truth.NO),
        (["Frob"], "kms:Frob", YES),
    ],
)
def test_operations(operations: Any, action: str, truth: Truth) -> None:  # noqa: ANN401 - JSON
    """It gives the operations that it lists, if a grant can hold them."""
    assert given(ask(action=action), operations=value(operations)) is truth


def test_further_operations() -> None:
    """A list that goes on may hold the operation."""
    assert given(operations=List((text("Encrypt"),), rest=HOLE)) is MAYBE


def carrying(**pairs: Fact) -> Request:
    """A request with this encryption context."""
    request = ask()
    facts = {f"kms:encryptioncontext:{name}": fact for name, fact in pairs.items()}
    return replace(request, context=Context(facts, complete=True))


@pytest.mark.parametrize(
    ("constraint", "subset", "equals"),
    [
        ({}, YES, Truth.NO),
        ({"dept": "ml"}, YES, Truth.NO),
        ({"DEPT": "ml", "team": "a"}, YES, YES),
        ({"dept": "ML", "team": "a"}, Truth.NO, Truth.NO),
        ({"dept": "ml", "team": "a", "more": "x"}, Truth.NO, Truth.NO),
        ({"dept": {"unknown": "x"}, "team": "a"}, MAYBE, MAYBE),
        ({"dept": 1}, MAYBE, Truth.NO),
        ({"unknown": "x"}, MAYBE, MAYBE),
        (None, YES, YES),
    ],
)
def test_encryption_context(constraint: Any, subset: Truth, equals: Truth) -> None:  # noqa: ANN401 - JSON
    """A subset has to be there, an equal context has nothing else; keys in any letter case, values exactly (K68)."""
    request = carrying(dept=present(text("ml")), team=present(text("a")))
    assert given(request, encryption_context_subset=value(constraint)) is subset
    assert given(request, encryption_context_equals=value(constraint)) is equals
    describe = replace(request, action="kms:DescribeKey")
    granted = {"operations": value(["DescribeKey", "RetireGrant"])}
    assert given(describe, encryption_context_equals=value(constraint), **granted) is YES
    assert (
        given(replace(request, action="kms:RetireGrant"), encryption_context_equals=value(constraint), **granted) is YES
    )


def test_open_context() -> None:
    """Of a request whose encryption context is not known, nobody can tell whether it meets a constraint."""
    pair = value({"dept": "ml"})
    request = carrying(dept=present(text("ml")))
    open_ = replace(request, context=Context(request.context.facts, open=("kms:encryptioncontext",)))
    assert given(open_, encryption_context_subset=pair) is YES
    assert given(open_, encryption_context_equals=pair) is MAYBE
    assert (
        given(carrying(dept=unsure("kms:EncryptionContext:dept", text("ml"))), encryption_context_subset=pair) is MAYBE
    )
    assert given(carrying(dept=present(HOLE)), encryption_context_subset=pair) is MAYBE
    assert given(carrying(dept=replace(present(), values=HOLE)), encryption_context_subset=pair) is MAYBE
    further = Object(pair.entries if isinstance(pair, Object) else (), rest=HOLE)
    assert given(request, encryption_context_subset=further) is MAYBE
    assert given(request, encryption_context_equals=further) is MAYBE


def test_open_constraint_key() -> None:
    """A constraint on a key that is not known is open."""
    (entry,) = value({"dept": "ml"}).entries  # type: ignore[union-attr]  # it is an object
    constraint = Object((entry._replace(key=text(HOLE)),))
    request = carrying(dept=present(text("ml")))
    assert given(request, encryption_context_subset=constraint) is MAYBE
    assert given(request, encryption_context_equals=constraint) is MAYBE


def test_source() -> None:
    """A source constraint wants the request to be made for that resource."""
    bucket = text("arn:aws:s3:::b")
    assert given(source_arn=bucket) is Truth.NO
    assert given(ask(aws__sourcearn=present(bucket)), source_arn=bucket) is YES
    assert given(ask(aws__sourcearn=present(text("arn:aws:s3:::c"))), source_arn=bucket) is Truth.NO
    assert given(ask(aws__sourcearn=present(HOLE)), source_arn=bucket) is MAYBE
    assert given(ask(aws__sourcearn=present(bucket)), source_arn=HOLE) is MAYBE
    assert given(source_arn=Null()) is YES
    assert given(ask(aws__sourcearn=present(text("arn:aws:s3:::c"), bucket)), source_arn=bucket) is YES


def test_presence() -> None:
    """A grant that may not be there gives perhaps."""
    assert given(block=replace(GRANT.block, present=maybe(HOLE))) is MAYBE
    assert given(block=replace(GRANT.block, present=NO)) is Truth.NO
