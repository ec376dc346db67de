"""`keyfit decide`: every case is answered as AWS documents it, and what is no case is refused with a reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keyfit import decide

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
    (answer,) = decide.answer(case(**changes))
    return answer


def test_there_are_all_cases() -> None:
    """The copy is whole."""
    assert len(CASES) == 73
    assert len({each["id"] for each in CASES}) == 73


@pytest.mark.parametrize("documented", CASES, ids=[each["id"] for each in CASES])
def test_documented(documented: dict[str, Any]) -> None:
    """A case is answered as AWS documents it."""
    (answer,) = decide.answer(documented)
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
    assert [(each["id"], each["decision"]) for each in decide.answer([first, second])] == [
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
    (answer,) = decide.answer(unknown)
    assert answer["decision"] == "undetermined"
    assert str(answer["because"]).startswith("cannot tell: all of them")


def test_reasons_of_an_unknown_principal() -> None:
    """A reason is told once, be the principal of several kinds; what is said of it is said of the unknown itself."""
    answer = answered(principal={"unknown": "who"}, scps={"unknown": "which policy"})
    assert answer["because"] == "cannot tell: which policy; who"
    headline = decide.explanation(case(principal={"unknown": "who"}))[1]
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
        "cannot tell: the path of role `R`, which `aws:PrincipalArn` in the context would give, is not known"
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
    assert "\n".join(decide.explanation(case(scps=[full]))).count("assumed") == 0
    for slot, arn in (("session", mine), ("permission_boundaries", mine), ("scps", rcp), ("rcps", rcp)):
        lines = decide.explanation(case(**{slot: [arn]}))
        assert lines[1].startswith("  allowed: ")
        assert lines[-1].strip() == (
            f"assumed: managed policy that is not in the source `{arn}` is assumed not to restrict"
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
        ({"text": ["arn:aws:kms:eu-west-1:111122223333:alias/b", {"unknown": "x"}]}, ["*"], "allowed"),  # no key
        ({"text": ["arn:aws:kms:eu-west-1:111122223333:a", {"unknown": "x"}]}, ["*"], "undetermined"),  # one of AWS's
    ],
)
def test_aliases(resource: object, identity: list[str], decision: str) -> None:
    """What can be a key or an alias is asked as both: the key policy has no say in aliases (K41)."""
    policies = [{"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": each}} for each in identity]
    policy = NOBODY if identity else {"Statement": {**DECRYPT, "Action": "kms:*"}}
    changes = {"action": "kms:CreateAlias", "resource": resource, "identity": policies, "key_policy": policy}
    assert answered(**changes)["decision"] == decision


# --- principals and resources that are known in part -------------------------------------------------------------

HERE = "arn:aws:iam::111122223333"
WHICH = {"unknown": "which"}
_NO_PATH = "the path of role `Te${…}`, which `aws:PrincipalArn` in the context would give, is not known"


def naming(*principals: object, action: str = "kms:Decrypt") -> list[dict[str, Any]]:
    """A statement of a key policy for each of these."""
    return [{**DECRYPT, "Action": action, "Principal": {"AWS": each}} for each in principals]


@pytest.mark.parametrize(
    ("named", "decision"),
    [
        (f"{HERE}:role/Te", "undetermined"),  # what follows can be a slash, and the name of the session
        (f"{HERE}:role/Test", "undetermined"),
        (f"{HERE}:role/team/Test", "undetermined"),
        (f"{HERE}:role/Best", "denied"),
    ],
)
def test_role_of_a_session_that_is_known_in_part(named: str, decision: str) -> None:
    """Its name begins as it is known to begin."""
    open_end: dict[str, Any] = {"text": ["arn:aws:sts::111122223333:assumed-role/Te", WHICH]}
    closed_end = {"text": ["arn:aws:sts::111122223333:assumed-role/Te", WHICH, "/s"]}
    policy = {"Statement": naming(named)}
    for principal in (open_end, closed_end):
        answer = answered(principal=principal, key_policy=policy)
        assert answer["decision"] == decision
        if decision == "undetermined":
            assert answer["because"] == f"cannot tell: {_NO_PATH}; which"


def test_the_role_that_is_named_is_that_of_the_session() -> None:
    """One of another name, another account or no role at all is not it, and does not keep it from being told."""
    others = [
        f"{HERE}:role/XR",
        f"{HERE}:role/Other",
        f"{HERE}:user/R",
        "arn:aws:iam::444455556666:role/x/R",
        "111122223333",
    ]
    for other in others:
        policy = {"Statement": [DECRYPT, *naming(other, action="kms:Encrypt")]}
        assert answered(principal=SESSION, key_policy=policy)["decision"] == "allowed", other
    unknown = {**DECRYPT, "Action": "kms:Encrypt", "Principal": WHICH}
    assert answered(principal=SESSION, key_policy={"Statement": [DECRYPT, unknown]})["decision"] == "allowed"


@pytest.mark.parametrize(("length", "decision"), [(511, "undetermined"), (512, "denied")])
def test_the_path_of_a_role_is_bounded(length: int, decision: str) -> None:
    """With its first slash, which stands before, it has 512 characters (IAM, reference_iam-quotas)."""
    path = "p" * (length - 1) + "/"
    policy = {"Statement": [*naming(f"{HERE}:role/{path}R"), *naming(ROLE, action="kms:Encrypt")]}
    assert answered(principal=SESSION, key_policy=policy)["decision"] == decision


def test_a_context_that_tells_part_of_the_role() -> None:
    """What it tells counts; where it cannot be the role's ARN for sure, the name of the session does."""
    in_team = {"aws:PrincipalArn": {"text": [f"{HERE}:role/team/", WHICH]}}
    something = {"aws:PrincipalArn": {"text": [f"{HERE}:", WHICH]}}
    assert answered(principal=SESSION, context=in_team)["decision"] == "denied"
    assert answered(principal=SESSION, context=something)["decision"] == "undetermined"


def test_an_account_that_is_known_in_part() -> None:
    """It has to be 12 digits as far as it is known."""
    whole = {"text": ["arn:aws:iam::1111", WHICH, "3333:role/R"]}
    assert answered(principal=whole)["decision"] == "undetermined"


@pytest.mark.parametrize(
    ("named", "grantee"),
    [
        (f"{HERE}:role/R", None),
        (f"{HERE}:user/U", None),
        (f"{HERE}:user/path/U", None),
        (SESSION, None),
        (None, f"{HERE}:root"),
        (None, f"{HERE}:user/U"),
        (None, SESSION),
    ],
)
def test_an_unknown_principal_can_be_each(named: str | None, grantee: str | None) -> None:
    """What a policy or a grant gives to one kind of principal, an unknown one has perhaps."""
    policy = {"Statement": naming(*([named] if named else []))}
    grants = [{**GRANT, "grantee": grantee}] if grantee else None
    answer = answered(principal={"unknown": "who"}, key_policy=policy, grants=grants)
    assert answer["decision"] == "undetermined"
    assert [each["policy"] for each in answer["statements"]] == ["resource"] * bool(named)


def test_denials_of_an_unknown_principal() -> None:
    """It is denied explicitly if it is so whoever it is."""
    deny = {"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    who = {"unknown": "who"}
    some = answered(principal=who, key_policy=NOBODY, identity=[deny])
    every = answered(principal=who, key_policy={"Statement": {**deny["Statement"], "Principal": "*"}})
    assert (some["decision"], some["deny"]) == ("denied", "implicit")
    assert (every["decision"], every["deny"]) == ("denied", "explicit")


def test_users_and_linked_roles() -> None:
    """A root user is its account, in its partition, and no service control policy restricts a service-linked role."""
    user, root = f"{HERE}:user/U", f"{HERE}:root"
    assert answered(principal=user, key_policy={"Statement": naming(user)})["decision"] == "allowed"
    assert answered(principal=root, key_policy=DELEGATING)["decision"] == "allowed"
    for partition, decision in (("aws", "allowed"), ("aws-cn", "denied")):
        policy = {"Statement": naming(f"arn:{partition}:iam::111122223333:root")}
        assert answered(key_policy=policy, identity=[ANYTHING])["decision"] == decision
    linked = f"{HERE}:role/aws-service-role/kafka.amazonaws.com/R"
    nothing = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    assert answered(principal=linked, key_policy={"Statement": naming(linked)}, scps=[nothing])["decision"] == "allowed"
    assert answered(scps=[nothing])["decision"] == "denied"


@pytest.mark.parametrize(
    ("resource", "pattern", "decision"),
    [
        ({"text": [KEY, WHICH]}, KEY, "undetermined"),  # what is unknown can be empty
        ({"text": [KEY, WHICH]}, f"{KEY}!", "undetermined"),
        ({"text": [KEY, WHICH]}, f"{KEY}~", "undetermined"),
        ({"text": [KEY, WHICH]}, f"{KEY}\x7f", "denied"),
        ({"text": [KEY, WHICH]}, f"{KEY} x", "denied"),
        ({"text": [KEY, WHICH]}, f"{KEY}:x", "denied"),
        (WHICH, "arn:*:kms:*:111122223333:key/*", "allowed"),
        (WHICH, "arn:aws:kms:eu-west-1:111122223333:*", "undetermined"),
    ],
)
def test_keys_that_are_known_in_part(resource: object, pattern: str, decision: str) -> None:
    """What is unknown of an ARN is of printable ASCII without colons."""
    identity = [{"Statement": {"Effect": "Allow", "Action": "kms:*", "Resource": pattern}}]
    assert answered(resource=resource, key_policy=DELEGATING, identity=identity)["decision"] == decision


# --- grants, policies and levels ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "decision"),
    [
        ({}, "allowed"),
        ({"key": "1"}, "allowed"),
        ({"key": "X1"}, "denied"),
        ({"key": KEY}, "allowed"),
        ({"grantee": "s3.amazonaws.com"}, "denied"),
        ({"grantee": "111122223333"}, "undetermined"),
        ({"grantee": f"{HERE}:role/X"}, "denied"),
        ({"grantee": {"text": [f"{HERE}:role/", WHICH]}}, "undetermined"),
        ({"encryption_context_equals": {"a": "b"}}, "allowed"),
        ({"encryption_context_equals": {"a": "c"}}, "denied"),
        ({"encryption_context_subset": {"a": "b"}}, "allowed"),
        ({"encryption_context_subset": {"a": "c"}}, "denied"),
        ({"encryption_context_subset": {"a": WHICH}}, "undetermined"),
        ({"source_arn": "arn:aws:s3:::bucket"}, "allowed"),
        ({"source_arn": "arn:aws:s3:::other"}, "denied"),
    ],
)
def test_elements_of_grants(elements: dict[str, Any], decision: str) -> None:
    """Each element of a grant counts as it is given."""
    context = {"kms:EncryptionContext:a": "b", "aws:SourceArn": "arn:aws:s3:::bucket"}
    answer = answered(key_policy=NOBODY, grants=[{**GRANT, **elements}], context=context)
    assert answer["decision"] == decision


def test_names_of_grants_and_policies() -> None:
    """An explanation calls each by its place in the case, a policy of AWS by its ARN."""
    granted = "\n".join(decide.explanation(case(key_policy=NOBODY, grants=WHICH)))
    assert "    grant `grants` possibly applies: " in granted
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    named = "\n".join(decide.explanation(case(key_policy=DELEGATING, identity=[arn])))
    assert f"statement 1 of AWS managed policy `{arn}` applies" in named
    holed = {"text": ["arn:aws:iam::aws:policy/", WHICH]}
    open_ = "\n".join(decide.explanation(case(key_policy=DELEGATING, identity=[holed])))
    assert "AWS managed policy `arn:aws:iam::aws:policy/${…}` cannot be read: which" in open_


def test_a_policy_that_begins_with_what_is_unknown() -> None:
    """It can be any policy; one that is JSON as far as it is known is read."""
    identity = [{"text": [WHICH, ":policy/Mine"]}]
    assert answered(key_policy=DELEGATING, identity=identity)["because"] == "cannot tell: which"


def test_null_is_absent() -> None:
    """A field that is null is as if it were not there."""
    assert answered(context=None)["decision"] == "allowed"
    assert answered(scps=None, grants=None)["decision"] == "allowed"


def test_the_weakest_level_decides() -> None:
    """Wherever it stands."""
    nothing = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
    assert answered(scps=[{"unknown": "the upper level"}, [nothing]])["decision"] == "denied"
    assert answered(scps=[{"unknown": "the upper level"}, [ANYTHING]])["decision"] == "undetermined"
