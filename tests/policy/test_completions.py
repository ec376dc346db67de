"""Cases in which a hole, an empty value or an unusual text was once answered too surely, or not surely enough."""

from __future__ import annotations

from typing import Any

import pytest

from keyfit import decide
from tests.policy.test_cases import DECRYPT, DELEGATING, GRANT, NOBODY, ROLE, SESSION, answered, case

Json = Any
HOLE = {"unknown": "which"}
OPEN, ALLOWED, DENIED, FORBIDDEN = "undetermined", "allowed", "denied", "denied explicitly"
SESSION_OF_IT = {"aws:PrincipalArn": ROLE}
HERE = "arn:aws:kms:eu-west-1:111122223333:"
ALIAS, RESERVED = f"{HERE}alias/films", f"{HERE}alias/aws/s3"


def cut(*parts: str) -> Json:
    """A text with a hole between its parts, and before the first where that is empty."""
    holed: list[Json] = [parts[0]]
    for part in parts[1:]:
        holed += [HOLE, part]
    return {"text": [part for part in holed if part]}


def statement(effect: str = "Allow", **elements: Json) -> Json:
    """A statement of an identity policy about all actions of KMS."""
    whole = {"Effect": effect, "Action": "kms:*", "Resource": "*", **elements}
    return {name: written for name, written in whole.items() if written is not None}


def policy(*statements: Json) -> Json:
    """A policy whose texts can have variables."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def of_key(effect: str = "Allow", **elements: Json) -> Json:
    """A key policy of one statement, for everybody."""
    return policy(statement(effect, Principal="*", **elements))


def delegated(on: Json, /, **case_: Json) -> Json:
    """A case in which the key policy delegates, and the identity policy allows that resource."""
    return {"key_policy": DELEGATING, "identity": [policy(statement(Resource=on))], **case_}


def forbidden(**elements: Json) -> Json:
    """A case in which the key policy allows, and the identity policy denies that."""
    return {"identity": [policy(statement("Deny", **elements))]}


def tagged(operator: str, *keys: str, null: str = "", tags: Json) -> Json:
    """A case of tagging the key under a condition on the keys of its new tags."""
    condition = {operator: {"aws:TagKeys": list(keys)}, **({"Null": {"aws:TagKeys": null}} if null else {})}
    return {"key_policy": of_key(Condition=condition), "action": "kms:TagResource", "context": {"aws:TagKeys": tags}}


def asked(operator: str, value: Json, effect: str = "Allow", **context: Json) -> Json:
    """A case in which the key policy asks for the value of a key, or denies for it."""
    allowing = [] if effect == "Allow" else [{**DECRYPT}]
    line = statement(effect, Principal="*", Condition={operator: {"x:k": value}})
    return {"key_policy": policy(*allowing, line), "context": {"x:k": "ann", "aws:username": "ann", **context}}


def named(effect: str, entry: Json, **case_: Json) -> Json:
    """A case in which a statement of the key policy names that principal, beside one that allows where it denies."""
    allowing = [] if effect == "Allow" else [statement(Principal="*")]
    return {"key_policy": policy(*allowing, statement(effect, Principal={"AWS": entry})), **case_}


def spared(*names: str) -> Json:
    """A case in which a statement of the key policy denies it to all but those."""
    return {"key_policy": policy(DECRYPT, statement("Deny", NotPrincipal={"AWS": list(names)}))}


def unknown_context(*statements: Json) -> Json:
    """A case in which nothing is known of the context."""
    return {"key_policy": policy(*(statement(Principal="*", Condition=each) for each in statements)), "context": HOLE}


def listed_too(world: Json) -> Json:
    """The same, and a boundary asks for the key as of one of several values."""
    return {**world, "permission_boundaries": [policy(statement(Condition={"ForAnyValue:StringLike": {"x:k": "*"}}))]}


IS_A, IS_NOT_A = {"StringEquals": {"x:k": "a"}}, {"StringNotEquals": {"x:k": "a"}}
SHORT = (
    "cannot tell: which; AWS does not document whether `${…}:aws:kms`, which has fewer than six fields, matches ARNs"
)
NAMELESS = "cannot tell: which; the name of the session of the role is known only at run time"
IN_SESSION = "arn:aws:sts::111122223333:assumed-role/Films/nightly"
IN_FOLDER = cut("arn:aws:iam::111122223333:role/studio", "")

ROWS: list[tuple[str, Json, str, str]] = [
    # an identity policy's ARN of fewer than six fields goes on with stars, also where its beginning is a hole
    ("short behind a hole", delegated(cut("", "kms:eu-west-1")), OPEN, "cannot tell: which"),
    ("short", delegated("arn:aws:kms:eu-west-1"), ALLOWED, "delegation allows it"),
    ("short behind a hole, denied", forbidden(Resource=cut("", ":aws:kms")), OPEN, "cannot tell: which"),
    ("short behind a hole, spared", forbidden(Resource=None, NotResource=cut("", "kms:eu-west-1")), OPEN, ""),
    ("another service behind a hole", delegated(cut("", "s3:eu-west-1")), DENIED, ""),
    ("another Region behind a hole", delegated(cut("", ":kms:us-east-1")), DENIED, ""),
    (
        "short in a key policy",
        {"key_policy": of_key(Resource=cut("", ":aws:kms"))},
        OPEN,
        SHORT,
    ),
    # a hole can end with the dollar of a variable whose brace is written
    ("a dollar in the hole", asked("StringEquals", cut("", "{aws:username}")), OPEN, "cannot tell: which"),
    ("the dollar written", asked("StringEquals", "${aws:username}"), ALLOWED, "the key policy allows it"),
    ("a dollar in the hole, denied", asked("StringEquals", cut("", "{aws:username}"), "Deny"), OPEN, ""),
    ("the dollar written, denied", asked("StringEquals", "${aws:username}", "Deny"), FORBIDDEN, ""),
    ("a dollar in the hole, no brace", asked("StringEquals", cut("b", "aws:username}")), DENIED, ""),
    (
        "a dollar in the hole of a resource",
        delegated(cut(f"{HERE}key/", "{aws:PrincipalTag/k}*"), context={"aws:PrincipalTag/k": "1"}),
        OPEN,
        "cannot tell: which",
    ),
    # the slash before a role's name can be in a hole
    ("a slash in the hole", named("Deny", IN_SESSION, principal=IN_FOLDER), OPEN, NAMELESS),
    ("a slash in the hole, allowed", named("Allow", IN_SESSION, principal=IN_FOLDER), OPEN, NAMELESS),
    ("the slash written", named("Deny", IN_SESSION, principal="arn:aws:iam::111122223333:role/studio/Films"), OPEN, ""),
    ("another name", named("Deny", IN_SESSION, principal="arn:aws:iam::111122223333:role/studio"), ALLOWED, ""),
    # what acts on no key has a star for its resource, and is of its own account
    ("listing aliases", delegated(ALIAS, action="kms:ListAliases", resource=ALIAS), DENIED, ""),
    ("random bytes", delegated(ALIAS, action="kms:GenerateRandom", resource=ALIAS), DENIED, ""),
    ("listing aliases on a star", delegated("*", action="kms:ListAliases", resource=ALIAS), ALLOWED, ""),
    (
        "listing the keys of another account",
        delegated("*", action="kms:ListKeys", resource="*", principal="arn:aws:iam::444455556666:role/X"),
        DENIED,
        "",
    ),
    (
        "an alias that is AWS's",
        delegated("*", action="kms:CreateAlias", resource=RESERVED),
        DENIED,
        "",
    ),
    (
        "moving one that is AWS's",
        delegated("*", action="kms:UpdateAlias", resource=RESERVED),
        DENIED,
        "",
    ),
    ("an alias of one's own", delegated("*", action="kms:CreateAlias", resource=ALIAS), ALLOWED, ""),
    # a list that is not known can be empty
    ("an unknown list", tagged("ForAnyValue:StringLike", "*", tags=HOLE), OPEN, "cannot tell: which"),
    ("an empty list", tagged("ForAnyValue:StringLike", "*", tags=[]), DENIED, ""),
    ("an unknown list that none may be in", tagged("ForAllValues:StringEquals", "a", tags=HOLE), OPEN, ""),
    # an empty value of a key of several is none
    ("an empty value for any", tagged("ForAnyValue:StringLike", "*", tags=""), DENIED, ""),
    ("an empty value for all", tagged("ForAllValues:StringEquals", "team", tags=""), ALLOWED, ""),
    ("an empty value that is null", tagged("ForAllValues:StringEquals", "team", null="false", tags=""), DENIED, ""),
    ("no value that is null", tagged("ForAllValues:StringEquals", "team", null="false", tags=[]), DENIED, ""),
    ("a value that is not null", tagged("ForAllValues:StringEquals", "team", null="false", tags="team"), ALLOWED, ""),
    (
        "an empty value among others for any",
        tagged("ForAnyValue:StringEquals", "", "x", tags=["", "y"]),
        OPEN,
        "cannot tell: AWS does not document how a set operator treats an empty value among others",
    ),
    # an empty tag in the place of a variable
    (
        "an empty tag",
        delegated(HERE + "key/${aws:PrincipalTag/k}*", context={"aws:PrincipalTag/k": ""}),
        OPEN,
        "cannot tell: AWS does not document what a policy variable with an empty value stands for",
    ),
    # the unique id of a role that is known in part
    ("an id in part", named("Allow", cut("AROA", "")), OPEN, "cannot tell: which"),
    ("an id in part, denied", named("Deny", cut("AROA", "")), OPEN, "cannot tell: which"),
    ("the id of a user in part", named("Deny", cut("AIDA", "")), ALLOWED, ""),
    ("no id in part", named("Deny", cut("AROA", "-")), ALLOWED, ""),
    # a variable that can be without a value
    (
        "a variable in NotResource",
        {
            "context": HOLE,
            **forbidden(Resource=None, NotResource=HERE + "alias/${aws:username}"),
        },
        OPEN,
        "",
    ),
    # a pattern of ARNs can be the star that is none of six fields
    ("a star in the hole", asked("ArnLike", cut("", "")), OPEN, ""),
    ("no star in the hole", asked("ArnLike", cut("", "x")), DENIED, ""),
    # wildcards where AWS wants none, and where it takes them
    ("a type in part", delegated(f"{HERE}k*"), OPEN, ""),
    (
        "a type that is a star",
        delegated(f"{HERE}*/1"),
        OPEN,
        "cannot tell: `arn:aws:kms:eu-west-1:111122223333:*/1` has a wildcard in the type of the resource",
    ),
    ("a resource that is a star", delegated(f"{HERE}*"), ALLOWED, ""),
    (
        "a service in part",
        {"key_policy": DELEGATING, "identity": [policy(statement(Action="k*:Decrypt"))]},
        ALLOWED,
        "",
    ),
    # what a session policy does to a grant to the session itself is not documented
    (
        "a grant to the session",
        {
            "key_policy": NOBODY,
            "principal": SESSION,
            "context": SESSION_OF_IT,
            "grants": [{**GRANT, "grantee": SESSION}],
            "session": policy({**statement(), "Action": "s3:*"}),
        },
        OPEN,
        "cannot tell: AWS does not document whether a session policy restricts a grant to the session",
    ),
    (
        "a grant to the role",
        {
            "key_policy": NOBODY,
            "principal": SESSION,
            "context": SESSION_OF_IT,
            "grants": [GRANT],
            "session": policy({**statement(), "Action": "s3:*"}),
        },
        DENIED,
        "the session policy does not allow it",
    ),
    # an AWS managed policy that can be one that denies
    ("some policy of AWS", {"identity": [cut("arn:aws:iam::aws:policy/AWSDeny", "")]}, OPEN, "cannot tell: which"),
    ("another policy of AWS", {"identity": [cut("arn:aws:iam::aws:policy/AmazonS3", "")]}, ALLOWED, ""),
    # NotPrincipal with role and account, as IAM recommends
    (
        "all but the role and its account",
        {
            "key_policy": policy(
                DECRYPT,
                {**statement("Deny"), "NotPrincipal": {"AWS": [ROLE, "111122223333"]}},
            )
        },
        ALLOWED,
        "",
    ),
    (
        "all but the role",
        {"key_policy": policy(DECRYPT, {**statement("Deny"), "NotPrincipal": {"AWS": ROLE}})},
        OPEN,
        "",
    ),
    # one key asked twice
    (
        "both absent and there",
        unknown_context({"Null": {"x:k": "true"}, **IS_A}),
        DENIED,
        "",
    ),
    ("one or another", unknown_context(IS_A, {"StringNotEquals": {"x:k": "a"}}), ALLOWED, ""),
    ("one or not a third", unknown_context(IS_A, {"StringNotEquals": {"x:k": "b"}}), OPEN, ""),
    ("one or a few", unknown_context(IS_A, {"StringEquals": {"x:k": "b"}}), OPEN, ""),
    (
        "in another case",
        unknown_context(IS_A, {"StringNotEqualsIgnoreCase": {"x:k": "a"}}),
        OPEN,
        "",
    ),
    ("one of a list", listed_too(unknown_context(IS_A, IS_NOT_A)), OPEN, ""),
    # who asks tells its account and its ARN
    ("its account", unknown_context({"StringEquals": {"aws:PrincipalAccount": "111122223333"}}), ALLOWED, ""),
    ("its ARN", unknown_context({"ArnEquals": {"aws:PrincipalArn": ROLE}}), ALLOWED, ""),
    ("another account", unknown_context({"StringEquals": {"aws:PrincipalAccount": "444455556666"}}), DENIED, ""),
]


@pytest.mark.parametrize(("changes", "decision", "because"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_completions(changes: Json, decision: str, because: str) -> None:
    """The answer is right for every way of filling in what is not known, and no less sure than that."""
    answer = answered(**changes)
    explicitly = " explicitly" if answer["deny"] == "explicit" else ""
    assert answer["decision"] + explicitly == decision, answer["because"]
    assert because in {"", answer["because"]}


def test_evidence_of_one_key_asked_twice() -> None:
    """All statements that make the answer, each in one of the ways that the key can be."""
    both = unknown_context(IS_A, {"StringNotEquals": {"x:k": "a"}})
    assert [each["index"] for each in answered(**both)["statements"]] == [1, 0]
    assert answered(**both)["because"] == "the key policy allows it"


def test_a_reserved_name_is_told() -> None:
    """Nobody can be allowed to give it."""
    lines = decide.explanation(case(**delegated("*", action="kms:CreateAlias", resource=RESERVED)))
    assert "names that begin with `alias/aws/` are reserved for AWS managed keys" in lines[3]
