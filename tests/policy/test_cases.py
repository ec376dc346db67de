"""`keyfit decide`: every case is answered as AWS documents it, and what is no case is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keyfit.policy import cases

CASES = json.loads((Path(__file__).parents[1] / "cases" / "authorization.json").read_text(encoding="utf-8"))
ANSWERS = {
    "Allow": ("allowed", None),
    "ImplicitDeny": ("denied", "implicit"),
    "ExplicitDeny": ("denied", "explicit"),
    "Undetermined": ("undetermined", None),
}
ROLE, KEY = "arn:aws:iam::111122223333:role/R", "arn:aws:kms:eu-west-1:111122223333:key/1"
DECRYPT = {"Effect": "Allow", "Sid": "Use", "Principal": {"AWS": ROLE}, "Action": "kms:Decrypt", "Resource": "*"}


def case(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A case that is allowed, with changes to its request or its policies."""
    request = {"principal": ROLE, "action": "kms:Decrypt", "resource": KEY, "resource_account": "111122223333"}
    policies: dict[str, Any] = {"resource": {"Version": "2012-10-17", "Statement": [DECRYPT]}}
    for name, value in changes.items():
        if name == "key_policy":
            policies["resource"] = value
        else:
            (request if name in {*request, "context"} else policies)[name] = value
    return {"id": "it", "request": request, "policies": policies}


def answered(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The answer to that case."""
    (answer,) = cases.answer(case(**changes))
    return answer


def test_there_are_all_cases() -> None:
    """The copy is whole."""
    assert len(CASES) == 73
    assert len({each["id"] for each in CASES}) == 73


@pytest.mark.parametrize("documented", CASES, ids=[each["id"] for each in CASES])
def test_documented(documented: dict[str, Any]) -> None:
    """A case is answered as AWS documents it."""
    (answer,) = cases.answer(documented)
    assert (answer["decision"], answer["deny"]) == ANSWERS[documented["expected"]], documented["basis"]
    assert answer["because"]


def test_answer() -> None:
    """An answer names the case, the decision, the reason and the statements that made it."""
    assert answered() == {
        "id": "it",
        "decision": "allowed",
        "deny": None,
        "because": "the key policy allows it",
        "statements": [{"policy": "resource", "index": 0, "sid": "Use"}],
    }


def test_statements_of_several_policies() -> None:
    """A statement is named by its policy's place in the case."""
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    answer = answered(identity=[{"Statement": []}, {"Statement": [{**deny, "Action": "s3:*"}, deny]}])
    assert answer["statements"] == [{"policy": "identity[1]", "index": 1, "sid": ""}]
    assert answer["because"] == "statement 2 of managed policy `identity[1]` denies it"


def test_list_and_single() -> None:
    """A list of cases has as many answers, in its order; a case without an id is named by its place."""
    first, second = case(), case(action="kms:Encrypt")
    del second["id"]
    assert [(each["id"], each["decision"]) for each in cases.answer([first, second])] == [
        ("it", "allowed"),
        ("1", "denied"),
    ]


def test_json_text_and_arns() -> None:
    """A policy can be JSON text, and the ARN of a policy of AWS."""
    assert answered(key_policy=json.dumps({"Statement": [DECRYPT]}))["decision"] == "allowed"
    root = {"Statement": {**DECRYPT, "Principal": {"AWS": "111122223333"}, "Action": "kms:*"}}
    arns = {
        "arn:aws:iam::aws:policy/AdministratorAccess": "allowed",
        "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess": "denied",
        "arn:aws:iam::aws:policy/NoSuchPolicy": "undetermined",
        "arn:aws:iam::111122223333:policy/Mine": "undetermined",
    }
    for arn, decision in arns.items():
        assert answered(key_policy=root, identity=[arn])["decision"] == decision, arn


def test_grants() -> None:
    """Grants can be given, on this key unless they say which."""
    none = {"Statement": [{**DECRYPT, "Principal": {"AWS": "arn:aws:iam::111122223333:role/Other"}}]}
    grant = {"grantee": ROLE, "operations": ["Decrypt", "Encrypt"]}
    assert answered(key_policy=none, grants=[grant])["because"] == "a grant allows it"
    assert answered(key_policy=none, grants=[{**grant, "operations": ["Encrypt"]}])["decision"] == "denied"
    assert answered(key_policy=none, grants=[{**grant, "key": KEY + "2"}])["decision"] == "denied"
    assert answered(key_policy=none, grants=[{**grant, "key": "1"}])["decision"] == "allowed"


def test_trust_policy() -> None:
    """`sts:AssumeRole` is asked of a trust policy, which has no Resource."""
    trust = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
    asked = {"action": "sts:AssumeRole", "resource": ROLE, "principal": "personalize.amazonaws.com"}
    assert answered(key_policy={"Statement": trust}, **asked)["decision"] == "allowed"
    assert (
        answered(key_policy={"Statement": trust}, **{**asked, "principal": "s3.amazonaws.com"})["decision"] == "denied"
    )


@pytest.mark.parametrize(
    ("changes", "decision"),
    [
        ({"principal": {"text": ["arn:aws:iam::111122223333:role/", {"unknown": "which role"}]}}, "undetermined"),
        ({"principal": {"text": ["arn:aws:iam::111122223333:user/", {"unknown": "which user"}]}}, "denied"),
        ({"key_policy": {"unknown": "which document"}}, "undetermined"),
        ({"resource_account": {"unknown": "whose"}}, "undetermined"),
        ({"session": {"unknown": "which document"}}, "undetermined"),
        ({"scps": [{"Statement": [{"unknown": "which statement"}]}]}, "undetermined"),
    ],
)
def test_unknowns(changes: dict[str, Any], decision: str) -> None:
    """What is unknown in a request or a policy is undetermined where it matters, and only there."""
    assert answered(**changes)["decision"] == decision


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (1, "case `0`: it is no object"),
        (case(boundary={}), "case `it`: `policies` has no `boundary`"),
        ({"id": "x"}, "case `x`: `request` is no object"),
        ({"request": {}}, "case `0`: `request.action` is no action of kms, and not `sts:AssumeRole`"),
        (case(action="s3:GetObject"), "case `it`: `request.action` is no action of kms, and not `sts:AssumeRole`"),
        (case(action={"unknown": "x"}), "case `it`: `request.action` is no action of kms, and not `sts:AssumeRole`"),
        (case(principal=3), "case `it`: `request.principal` is no string"),
        (case(principal="root"), "case `it`: `request.principal` is neither an ARN nor a service"),
        (case(principal="arn:aws:iam::111122223333:group/G"), "case `it`: `request.principal` is no role, session"),
        (case(context=[]), "case `it`: `request.context` is no object"),
        (case(context={"aws:x": {"a": 1}}), "case `it`: `aws:x` of the context is neither a string nor a list"),
        (case(grants={}), "case `it`: `policies.grants` is no list"),
        (case(grants=["x"]), "case `it`: `grants[0]` is no object"),
        (case(context={"aws:x": {1}}), "case `it`: a value is no JSON: set"),
    ],
)
def test_no_case(document: object, message: str) -> None:
    """What is no case is an error that says where and why."""
    with pytest.raises(cases.CaseError) as raised:
        cases.answer(document)
    assert str(raised.value).startswith(message)
