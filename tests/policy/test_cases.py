"""`keyfit decide`: every case is answered as AWS documents it, and what is no case is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keyfit.policy import cases
from keyfit.policy.cases.file import CaseFileError, read

CASES = json.loads((Path(__file__).parents[1] / "cases" / "authorization.json").read_text(encoding="utf-8"))
ANSWERS = {
    "Allow": ("allowed", None),
    "ImplicitDeny": ("denied", "implicit"),
    "ExplicitDeny": ("denied", "explicit"),
    "Undetermined": ("undetermined", None),
}
ROLE, KEY = "arn:aws:iam::111122223333:role/R", "arn:aws:kms:eu-west-1:111122223333:key/1"
SESSION = "arn:aws:sts::111122223333:assumed-role/R/s"
DECRYPT = {"Effect": "Allow", "Sid": "Use", "Principal": {"AWS": ROLE}, "Action": "kms:Decrypt", "Resource": "*"}
CONDITIONAL = {"Statement": {**DECRYPT, "Condition": {"StringEquals": {"aws:x": "y"}}}}
EVERYBODY = {"Statement": {**DECRYPT, "Principal": "*"}}
DELEGATING = {"Statement": {**DECRYPT, "Principal": {"AWS": "111122223333"}}}
ANYTHING = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
NOBODY: dict[str, Any] = {"Statement": []}
GRANT = {"grantee": ROLE, "operations": ["Decrypt"]}
_NO_ACTION = "`request.action` is `kms:Decypt`, and not one action of KMS or `sts:AssumeRole`"
_TOO_SHORT = "`request.principal` is `arn:aws:iam::11112222333:role/R`"


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
        ({"principal": {"text": ["personalize.", {"unknown": "whose"}]}}, "denied"),
        ({"principal": {"unknown": "who"}}, "undetermined"),
        ({"principal": {"unknown": "who"}, "key_policy": EVERYBODY}, "undetermined"),  # it can be of another account
        ({"principal": {"unknown": "who"}, "key_policy": EVERYBODY, "identity": [ANYTHING]}, "allowed"),
        ({"principal": {"unknown": "who"}, "key_policy": {"Statement": []}, "grants": None}, "denied"),
        ({"key_policy": {"unknown": "which document"}}, "undetermined"),
        ({"key_policy": [{"unknown": "which document"}]}, "undetermined"),
        ({"resource_account": {"unknown": "whose"}}, "allowed"),  # the ARN of the key tells it
        ({"resource": {"unknown": "which key"}}, "allowed"),  # its account is given, and its policy speaks of any
        ({"session": {"unknown": "which document"}}, "undetermined"),
        ({"scps": [{"Statement": [{"unknown": "which statement"}]}]}, "undetermined"),
        ({"context": {"unknown": "what else"}}, "allowed"),
        ({"context": {"unknown": "what else"}, "key_policy": CONDITIONAL}, "undetermined"),
        ({"context": {"aws:x": {"unknown": "x"}}, "key_policy": CONDITIONAL}, "undetermined"),
        ({"context": {"aws:x": ["y", {"unknown": "x"}]}, "key_policy": CONDITIONAL}, "undetermined"),
        ({"context": {"aws:x": "y"}, "key_policy": CONDITIONAL}, "allowed"),
        ({"context": {"AWS:X": True}, "key_policy": CONDITIONAL}, "denied"),
        ({"context": {}, "key_policy": CONDITIONAL}, "denied"),
        ({"key_policy": NOBODY, "grants": {"unknown": "which grants"}}, "undetermined"),
        ({"key_policy": NOBODY, "grants": [{"unknown": "which grant"}]}, "undetermined"),
        ({"key_policy": NOBODY, "grants": [{"grantee": ROLE, "operations": {"unknown": "what"}}]}, "undetermined"),
        ({"key_policy": NOBODY, "grants": [{"grantee": {"unknown": "who"}, "operations": ["Sign"]}]}, "denied"),
    ],
)
def test_unknowns(changes: dict[str, Any], decision: str) -> None:
    """What is unknown in a request or a policy is undetermined where it matters, and only there."""
    assert answered(**changes)["decision"] == decision


def test_unknown_policies() -> None:
    """Of policies that are wholly unknown, each may be there, and say anything."""
    unknown = {**case(), "policies": {"unknown": "all of them"}}
    (answer,) = cases.answer(unknown)
    assert answer["decision"] == "undetermined"
    assert str(answer["because"]).startswith("cannot tell: all of them")


def test_reasons_of_an_unknown_principal() -> None:
    """A reason is told once, be the principal of several kinds; what is said of it is said of the unknown itself."""
    answer = answered(principal={"unknown": "who"}, scps={"unknown": "which policy"})
    assert answer["because"] == "cannot tell: which policy; who"
    headline = cases.explanation(case(principal={"unknown": "who"}))[1]
    assert headline == f"  undetermined: `${{…}}` `kms:Decrypt` on `{KEY}`: cannot tell: who"


def test_levels_of_service_control_policies() -> None:
    """Each level of an organization has to allow; a flat list is one level."""
    nothing = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    denying = {"Statement": {"Effect": "Deny", "Action": "kms:*", "Resource": "*"}}
    assert answered(scps=[ANYTHING, nothing])["decision"] == "allowed"
    assert answered(scps=[[ANYTHING], [nothing, ANYTHING]])["decision"] == "allowed"
    assert answered(scps=[[ANYTHING], [nothing]])["deny"] == "implicit"
    assert answered(scps=[[nothing], [ANYTHING, denying]])["deny"] == "explicit"
    assert answered(scps=[[ANYTHING], {"unknown": "the lower level"}])["decision"] == "undetermined"
    assert answered(scps=[[nothing], {"unknown": "the lower level"}])["decision"] == "denied"


def test_role_of_a_session() -> None:
    """The path of a session's role is told by the context, or by the one role of its name in the key policy."""
    there = "arn:aws:iam::111122223333:role/team/R"
    both = {"Statement": [DECRYPT, {**DECRYPT, "Action": "kms:Encrypt", "Principal": {"AWS": there}}]}
    here, told = {"aws:PrincipalArn": ROLE}, {"aws:PrincipalArn": there}
    assert answered(principal=SESSION)["decision"] == "allowed"
    assert answered(principal=SESSION, context=told)["decision"] == "denied"
    assert answered(principal=SESSION, context=here)["decision"] == "allowed"
    grants = [{**GRANT, "grantee": there}]
    assert answered(principal=SESSION, key_policy=NOBODY, grants=grants)["decision"] == "allowed"
    assert answered(principal=SESSION, grants=grants)["decision"] == "undetermined"
    open_ = answered(principal=SESSION, key_policy=both)
    assert open_["because"] == (
        "cannot tell: the path of role `R`, which `aws:PrincipalArn` of the context would tell, is not given"
    )
    assert answered(principal=SESSION, key_policy=both, context=here)["decision"] == "allowed"
    assert answered(principal="arn:aws:sts::111122223333:assumed-role/XR/s")["decision"] == "denied"
    whose = {"aws:PrincipalArn": {"unknown": "which role"}}
    assert answered(principal=SESSION, context=whose)["decision"] == "undetermined"


def test_arns_of_policies() -> None:
    """What is not AWS's own is told for what it is, wherever it stands, and what is taken for granted of it."""
    mine, rcp = "arn:aws:iam::111122223333:policy/Mine", "arn:aws:organizations::111122223333:policy/o-a/p-b"
    full = "arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess"
    assert answered(scps=[full])["decision"] == "allowed"
    assert "\n".join(cases.explanation(case(scps=[full]))).count("assumed") == 0
    for slot, arn in (("session", mine), ("permission_boundaries", mine), ("scps", rcp), ("rcps", rcp)):
        lines = cases.explanation(case(**{slot: [arn]}))
        assert lines[1].startswith("  allowed: ")
        assert lines[-1].strip() == (
            f"assumed: managed policy that is not in the source `{arn}` is taken not to restrict"
        )
    holed = answered(key_policy=DELEGATING, identity=[{"text": ["arn:aws:iam::aws:policy/", {"unknown": "which"}]}])
    assert holed["because"] == "cannot tell: which"


@pytest.mark.parametrize(
    ("resource", "identity", "decision"),
    [
        ({"text": ["arn:aws:kms:", {"unknown": "r"}, ":111122223333:alias/app"]}, ["*"], "allowed"),
        ({"text": ["arn:aws:kms:eu-west-1:111122223333:", {"unknown": "x"}]}, ["*"], "undetermined"),
        ({"unknown": "which"}, ["*"], "undetermined"),
        ({"unknown": "which"}, [], "undetermined"),
        ({"text": ["arn:aws:kms:eu-west-1:111122223333:key/", {"unknown": "x"}]}, ["*"], "denied"),
        ("arn:aws:kms:eu-west-1:111122223333:alias/app", ["*"], "allowed"),
    ],
)
def test_aliases(resource: object, identity: list[str], decision: str) -> None:
    """What can be a key or an alias is asked as both: the key policy has no say in aliases (K41)."""
    policies = [{"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": each}} for each in identity]
    policy = NOBODY if identity else {"Statement": {**DECRYPT, "Action": "kms:*"}}
    changes = {"action": "kms:CreateAlias", "resource": resource, "identity": policies, "key_policy": policy}
    assert answered(**changes)["decision"] == decision


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (1, "case `0`: it is `1`, and not an object"),
        (None, "case `0`: it is `null`, and not an object"),
        ({**case(), "polices": {}}, "case `it`: it has `polices`, and its fields are `id`, `title`, `policies`"),
        (case(boundary={}), "case `it`: `policies` has `boundary`, and its fields are `identity`, `resource`"),
        ({"id": "x"}, "case `x`: `request` is missing"),
        ({"request": {}}, "case `0`: `request.principal` is missing"),
        (case(action="s3:GetObject"), "case `it`: `request.action` is `s3:GetObject`, and not one action of KMS or"),
        (case(action="kms:Decypt"), f"case `it`: {_NO_ACTION}: close to it are `kms:Decrypt`, `kms:Encrypt` and"),
        (case(action={"unknown": "x"}), "case `it`: `request.action` is unknown, and not one action of KMS or"),
        (case(principal=3), "case `it`: `request.principal` is `3`, and not a string"),
        (case(principal="root"), "case `it`: `request.principal` is `root`, and not the ARN of a role, session"),
        (case(principal="arn:aws:iam::111122223333:group/G"), "case `it`: `request.principal` is `arn:aws:iam::1"),
        (case(principal="arn:aws:iam::11112222333:role/R"), f"case `it`: {_TOO_SHORT}, and an account has 12 digits"),
        (case(principal="arn:aws:iam::111122223333:role/*"), "case `it`: `request.principal` is `arn:aws:iam::1"),
        (case(principal="*.amazonaws.com"), "case `it`: `request.principal` is `*.amazonaws.com`, and not the ARN"),
        (case(principal=f"{SESSION}/x"), f"case `it`: `request.principal` is `{SESSION}/x`, and not the ARN"),
        (
            case(principal={"text": [{"unknown": "what"}, ":role/R"]}),
            "case `it`: `request.principal` is `${…}:role/R`: of the ARN of a role, session of a role, user or root,",
        ),
        (
            case(principal=SESSION, context={"aws:PrincipalArn": ROLE + "2"}),
            f"case `it`: `aws:PrincipalArn` of the context is `{ROLE}2`, and not the ARN of the role of the session",
        ),
        (
            case(principal=SESSION, context={"aws:PrincipalArn": [ROLE, ROLE]}),
            "case `it`: `aws:PrincipalArn` of the context has 2 values, and not one",
        ),
        (
            case(context={"aws:PrincipalArn": ROLE + "2"}),
            f"case `it`: `aws:PrincipalArn` of the context is `{ROLE}2`, and `request.principal` is `{ROLE}`",
        ),
        (case(resource="x"), "case `it`: `request.resource` of `kms:Decrypt` is `x`, and not the ARN of a key, `arn:"),
        (case(resource=ROLE), "case `it`: `request.resource` of `kms:Decrypt` is `arn:aws:iam::111122223333:role/R`"),
        (case(resource=f"{KEY}*"), f"case `it`: `request.resource` of `kms:Decrypt` is `{KEY}*`, and not"),
        (case(action="sts:AssumeRole"), f"case `it`: `request.resource` of `sts:AssumeRole` is `{KEY}`, and not the"),
        (case(resource_account="1"), "case `it`: `request.resource_account` is `1`, and an account has 12 digits"),
        (
            case(resource_account="999988887777"),
            "case `it`: `request.resource_account` is `999988887777`, and the account of `request.resource` is `1111",
        ),
        (
            case(action="kms:ListAliases", resource="*", resource_account=None),
            "case `it`: `request.resource_account` is missing, and `request.resource` does not tell it",
        ),
        (case(context=[]), "case `it`: `request.context` is an empty list, and not an object"),
        (
            case(context={"aws:x": {"a": 1}}),
            "case `it`: `aws:x` of the context is an object, and not a string or a list of strings",
        ),
        (case(context={"aws:x": ["a", [1]]}), "case `it`: `aws:x` of the context is a list with something else in it"),
        (case(context={"aws:x": "a", "AWS:X": "b"}), "case `it`: `request.context` has `aws:x` and `AWS:X`, which are"),
        (case(context={"aws:x": {1}}), "case `it`: a value is no JSON: set"),
        (case(scps=[[{}], []]), "case `it`: `policies.scps[1]` is an empty list, and not a list of the policies of"),
        (case(scps=[[{}], "x"]), "case `it`: `policies.scps[1]` is `x`, and not a list of the policies of one level"),
        (case(grants={}), "case `it`: `policies.grants` is an object, and not a list"),
        (case(grants=["x"]), "case `it`: `grants[0]` is `x`, and not an object"),
        (case(grants=[{**GRANT, "retiring": ROLE}]), "case `it`: `grants[0]` has `retiring`, and its fields are `key`"),
        (case(grants=[{"grantee": ROLE}]), "case `it`: `grants[0].operations` is missing"),
        (case(grants=[{**GRANT, "grantee": "*"}]), "case `it`: `grants[0].grantee` is `*`, and not the ARN of a"),
        (case(grants=[{**GRANT, "key": "alias/x"}]), "case `it`: `grants[0].key` is `alias/x`, and not the ARN or the"),
        (case(grants=[{**GRANT, "operations": "Sign"}]), "case `it`: `grants[0].operations` is `Sign`, and not a list"),
        (
            case(grants=[{**GRANT, "operations": ["Decypt"]}]),
            "case `it`: `grants[0].operations` has `Decypt`, which no grant can hold: close to it are `Decrypt` and",
        ),
        (case(grants=[{**GRANT, "operations": ["ListGrants"]}]), "case `it`: `grants[0].operations` has `ListGrants`"),
        (
            case(grants=[{**GRANT, "encryption_context_equals": {"a": ["b"]}}]),
            "case `it`: `grants[0].encryption_context_equals` is an object, and not an object of strings",
        ),
    ],
)
def test_no_case(document: object, message: str) -> None:
    """What is no case is an error that says in one line where, what is there, and what is expected."""
    with pytest.raises(cases.CaseError) as raised:
        cases.answer(document)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["arn:aws:iam::111122223333:user/" + "u" * 500, "a\nb.c", "\x1b[31m", "\ud800"])
def test_users_text_in_messages(name: str) -> None:
    """It is cut, and nothing in it moves a terminal's cursor."""
    with pytest.raises(cases.CaseError) as raised:
        cases.answer(case(principal=name, action="kms:Nothing" + name))
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("{", "1:2", "this is not JSON: Expecting property name enclosed in double quotes"),
        ('[\n{"a": 1, "a": 2}]', "2:10", "key `a` stands twice in one object"),
        ('{"a": {"b": 1}, "c": [{"b": 1}, {"d": 1, "e": 1, "d": 2}]}', "1:50", "key `d` stands twice in one object"),
        ('{"a": ' + "1" * 5_000 + "}", "", "number `11111111111111111111…` has more than 300 digits"),
        ('{"a": 1e999}', "", "number `1e999` is too large"),
        ('{"a": NaN}', "", "`NaN` is no JSON"),
        ("[" * 100_000, "", "this is nested too deeply"),
    ],
)
def test_no_file(source: str, place: str, message: str) -> None:
    """What is no such JSON is an error that says where; a key that stands twice would hide one of its values."""
    with pytest.raises(CaseFileError) as raised:
        read(source)
    assert (raised.value.place, str(raised.value)) == (place, message)


def test_file() -> None:
    """All other JSON is read as it stands."""
    assert read('[{"a": -1, "b": 1.5, "c": [true, null, "\\u00e9"]}]') == [{"a": -1, "b": 1.5, "c": [True, None, "é"]}]
