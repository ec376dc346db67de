"""A decision explains itself: the route tried, the statement, the element that missed, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from keyfit.model import Block, Grant, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.cases import explanation
from keyfit.policy.explain import because, explain, hole_words, shown
from keyfit.policy.governing import Governing
from keyfit.value import List, Own, Reference, Unknown, Why, text
from tests.policy.test_authorize import (
    DENYING,
    EVERYTHING,
    GENEROUS,
    HERE,
    IDENTITY,
    LITERAL_KEY,
    LITERAL_ROLE,
    SILENT,
    allow,
    ask,
    policy,
)

HEAD = f"`{LITERAL_ROLE}` `kms:Decrypt` on `arn:aws:kms:eu-west-1:{HERE}:key/1`"
NO_ROUTE = "no route allows it: neither key policy nor delegation nor grant"


def told(governing: Governing) -> list[str]:
    """The explanation of the role's request."""
    request = ask()
    return list(explain(request, authorize(request, governing)))


def test_allowed() -> None:
    """An allowed request shows the statements that allow it."""
    assert told(Governing((allow(HERE),), (IDENTITY,))) == [
        f"allowed: {HEAD}: delegation allows it",
        "  key policy: no",
        "  delegation: yes",
        "    statement `For0` of key policy `key policy` applies",
        "    statement 1 of inline policy `inline policy` applies",
        "  grant: no",
    ]


@pytest.mark.parametrize(
    ("statement", "miss"),
    [
        ({"Principal": {"AWS": ["a", "b"]}}, "`Principal` `a, b`"),
        ({"NotPrincipal": "*", "Principal": None}, "`NotPrincipal` `*`"),
        ({"Action": "kms:Encrypt"}, "`Action` `kms:Encrypt`"),
        ({"Action": None, "NotAction": ["kms:*"]}, "`NotAction` `kms:*`"),
        ({"Resource": "arn:aws:kms:*:*:alias/a"}, "`Resource` `arn:aws:kms:*:*:alias/a`"),
        ({"Resource": None, "NotResource": "*"}, "`NotResource` `*`"),
        ({"Resource": None}, "the missing `Resource`"),
        ({"Condition": {"Bool": {"aws:x": "true"}}}, "condition `Bool aws:x true`"),
        ({"Action": "kms:" + "E" * 300}, "`Action` `kms:" + "E" * 156 + "…`"),
    ],
)
def test_nearest(statement: dict[str, Any], miss: str) -> None:
    """An implicit deny shows what came nearest, and the element that missed."""
    whole = {name: entry for name, entry in {**EVERYTHING, "Principal": "*", **statement}.items() if entry is not None}
    lines = told(Governing((policy(PolicyKind.KEY, whole),)))
    assert lines[0] == f"denied: {HEAD}: {NO_ROUTE}"
    nearest = "statement 1 of key policy `key policy` comes nearest"
    assert lines[2] == f"    {nearest}, and does not apply: {miss} does not match"


def test_denied_explicitly() -> None:
    """An explicit deny shows the statements that deny."""
    lines = told(Governing((allow(LITERAL_ROLE),), (DENYING,)))
    assert lines[0] == f"denied: {HEAD}: statement 1 of inline policy `inline policy` denies it"
    assert lines[1] == "  denied by statement 1 of inline policy `inline policy`"
    assert lines[2] == "  key policy: yes"


def test_denied_for_a_boundary() -> None:
    """Who is listed in NotPrincipal and denied all the same is told why."""
    because_bounded = ": its `NotPrincipal` spares nobody who has a permissions boundary"
    for whom, why in ([LITERAL_ROLE, HERE], because_bounded), ("x", ""):
        sparing = policy(PolicyKind.KEY, {**EVERYTHING, "Effect": "Deny", "NotPrincipal": {"AWS": whom}})
        lines = told(Governing((allow(LITERAL_ROLE), sparing), boundary=(GENEROUS,)))
        assert lines[1] == f"  denied by statement 1 of key policy `key policy`{why}"


def test_restricted() -> None:
    """What lacks an allow is shown with what came nearest to being one."""
    lines = told(Governing((allow(LITERAL_ROLE),), (), (SILENT,)))
    assert lines[0] == f"denied: {HEAD}: the permissions boundary does not allow it"
    nearest = "statement 1 of permissions boundary `permissions boundary` comes nearest"
    assert lines[-2:] == [
        "  restricted: the permissions boundary does not allow it",
        f"    {nearest}, and does not apply: `Action` `s3:*` does not match",
    ]
    empty = policy(PolicyKind.BOUNDARY)
    assert told(Governing((allow(LITERAL_ROLE),), (), (empty,)))[-1] == (
        "  restricted: a boundary, session policy or service control policy does not allow it"
    )


def test_undetermined() -> None:
    """What is not known is told once, with the statements it keeps open."""
    hole = {"unknown": "which role"}
    lines = told(Governing((allow(hole),)))
    assert lines[0] == f"undetermined: {HEAD}: cannot tell: which role"
    statement = "statement `For0` of key policy `key policy`"
    perhaps = f"    {statement} applies perhaps: `Principal` `${{which role}}` is not sure to match: which role"
    assert lines[1:3] == ["  key policy: cannot tell", perhaps]
    assert lines[-1] == "  not known: which role"


def test_unreadable() -> None:
    """A statement that cannot be read says why."""
    lines = told(Governing((policy(PolicyKind.KEY, {"unknown": "concat"}),)))
    assert lines[2] == "    statement 1 of key policy `key policy` applies perhaps: concat"


def test_grant_and_assumptions() -> None:
    """A grant is named by its block, what is taken for granted is said."""
    grant = Grant(Block("aws_kms_grant.g", "aws_kms_grant"), LITERAL_KEY, text(LITERAL_ROLE), List((text("Decrypt"),)))
    lines = told(Governing((allow("x"),), grants=(grant,), assumed=True))
    assert lines[0] == f"allowed: {HEAD}: a grant allows it"
    assert "    grant `aws_kms_grant.g`" in lines
    assert lines[-1] == "  assumed: the policies of the principal are not in the source and are taken not to deny"


def test_because() -> None:
    """The reason alone, in one line."""
    assert because(authorize(ask(), Governing((allow(LITERAL_ROLE),)))) == "the key policy allows it"
    service = replace(ask("s3.amazonaws.com"))
    assert because(authorize(service, Governing((allow("x"),)))) == ("no route allows it: neither key policy nor grant")


@pytest.mark.parametrize(
    ("hole", "words", "sign"),
    [
        (Own.ACCOUNT, "the deployment's own account is not given", "${account}"),
        (Reference("Key", "key_id"), "`key_id` of `Key` is known only after deployment", "${Key.key_id}"),
        (Unknown(Why.NO_VARIABLE, "x"), "variable `x` has no default and no value given", "${x}"),
        (Unknown(Why.UNREADABLE), "", "${unknown}"),
    ],
)
def test_holes(hole: Own | Reference | Unknown, words: str, sign: str) -> None:
    """Every hole has words for why it is one, and a sign for where it stands."""
    assert hole_words(hole) == words
    assert shown(text("a", hole)) == f"a{sign}"


def test_other_values() -> None:
    """What is no text is not repeated."""
    assert shown(Unknown(Why.UNREADABLE, "x")) == "${x}"
    assert shown(List()) == "…"


def test_explanation_of_cases() -> None:
    """Each case is told under its name."""
    case = {
        "id": "one",
        "policies": {"resource": {"Statement": []}},
        "request": {
            "principal": LITERAL_ROLE,
            "action": "kms:Decrypt",
            "resource": f"arn:aws:kms:eu-west-1:{HERE}:key/1",
        },
    }
    assert explanation(case) == [
        "one:",
        f"  denied: {HEAD}: {NO_ROUTE}",
        "    key policy: no",
        "    delegation: no",
        "    grant: no",
    ]
