"""A decision explains itself: the route tried, the statement, the element that missed, and why."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from keyfit.answer import NO, maybe
from keyfit.decide import explanation
from keyfit.explain.decision import because, explain
from keyfit.explain.routes import route_name
from keyfit.model.block import Block
from keyfit.model.keys import Grant
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.decide import nearest
from keyfit.policy.decision import Outcome
from keyfit.policy.memo import Memory
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import Context, Request, present, unsure
from keyfit.value import List, Unknown, text
from keyfit.why import Why
from tests.conftest import seeds
from tests.policy import holes, worlds
from tests.policy.test_authorize import (
    DENYING,
    EVERYTHING,
    GENEROUS,
    HERE,
    IDENTITY,
    LITERAL_KEY,
    LITERAL_ROLE,
    SESSION,
    SILENT,
    THERE,
    USER,
    allow,
    ask,
    policy,
)
from tests.policy.worlds import value

HEAD = f"`{LITERAL_ROLE}` `kms:Decrypt` on `arn:aws:kms:eu-west-1:{HERE}:key/1`"
NO_ROUTE = "no route allows it: neither key policy nor delegation nor grant"
KEY, INLINE = "statement 1 of the key policy of `key policy`", "statement 1 of the inline policy of `inline policy`"
FOREIGN = f"arn:aws:iam::{THERE}:role/R"
S3 = {**EVERYTHING, "Action": "s3:*"}
ELSEWHERE = policy(PolicyKind.INLINE, S3)
SCP = policy(PolicyKind.SERVICE_CONTROL, S3)
HOLE = Unknown(Why.NO_VARIABLE, "x")
OPEN_PRINCIPAL, OPEN_ACTION, OPEN_RESOURCE = (
    f", and whether that includes the {element} is not known" for element in ("principal", "action", "resource")
)
OPEN_CONDITION = ", and whether the request meets that is not known"


def told(governing: Governing, request: Request | None = None) -> list[str]:
    """The explanation of the request, by default the role's."""
    request = request or ask()
    return list(explain(request, authorize(request, governing), governing))


def under(head: str, lines: list[str]) -> list[str]:
    """The line that begins with `head`, and those indented under it."""
    start = next(index for index, line in enumerate(lines) if line.startswith(f"  {head}"))
    rest = lines[start + 1 :]
    stop = next((index for index, line in enumerate(rest) if not line.startswith("    ")), len(rest))
    return [line.strip() for line in (lines[start], *rest[:stop])]


def key_policy(**elements: Any) -> Policy:  # noqa: ANN401 - JSON
    """A key policy of one statement: for everybody, but for the elements given; `None` leaves one out."""
    whole = {**EVERYTHING, "Principal": "*", **elements}
    return policy(PolicyKind.KEY, {name: entry for name, entry in whole.items() if entry is not None})


def grant(**elements: Any) -> Grant:  # noqa: ANN401 - values
    """A grant that allows the role to decrypt with the key, but for the elements given."""
    whole = {"key": LITERAL_KEY, "grantee": text(LITERAL_ROLE), "operations": value(["Decrypt"]), **elements}
    return Grant(Block("g", "aws_kms_grant"), **whole)


# --- headline and routes -----------------------------------------------------------------------------------------


def test_allowed() -> None:
    """An allowed request shows the statements that allow it."""
    assert told(Governing((allow(HERE),), (IDENTITY,))) == [
        f"allowed: {HEAD}: delegation allows it",
        "  key policy: no",
        "  delegation: yes",
        "    statement `For0` of the key policy of `key policy` applies",
        f"    {INLINE} applies",
        "  grant: no",
    ]


TRUSTED = policy(PolicyKind.TRUST, {"Effect": "Allow", "Principal": {"AWS": HERE}, "Action": "sts:AssumeRole"})
ASSUMING = ask(action="sts:AssumeRole", resource=text(f"arn:aws:iam::{HERE}:role/P"))
LISTING = ask(action="kms:ListAliases")


@pytest.mark.parametrize(
    ("request_", "governing", "why"),
    [
        (ask(), Governing((allow(LITERAL_ROLE),)), "the key policy allows it"),
        (ask(), Governing((allow(HERE),), (IDENTITY,)), "delegation allows it"),
        (ask(), Governing((), grants=(grant(),)), "a grant allows it"),
        (LISTING, Governing((), (IDENTITY,)), "the IAM policies allow it"),
        (ask(), Governing(()), NO_ROUTE),
        (LISTING, Governing(()), "no route allows it: neither key policy nor IAM policies nor grant"),
        (ask("s3.amazonaws.com"), Governing(()), "no route allows it: neither key policy nor grant"),
        (ASSUMING, Governing((TRUSTED,)), "no route allows it: neither trust policy nor delegation"),
        (
            replace(ASSUMING, principal=ask("s3.amazonaws.com").principal),
            Governing((TRUSTED,)),
            "the trust policy does not allow it",
        ),
        (
            replace(ASSUMING, principal=ask(f"arn:aws:iam::{HERE}:root").principal),
            Governing((TRUSTED,)),
            "the root user of an account cannot assume a role",
        ),
        (ask(), Governing((allow({"unknown": "which"}),)), "cannot tell: which"),
        (ask(), Governing((), (DENYING,)), f"{INLINE} denies it"),
    ],
)
def test_because(request_: Request, governing: Governing, why: str) -> None:
    """The reason alone is one line, and the headline has it."""
    assert because(authorize(request_, governing), request_, governing) == why
    assert told(governing, request_)[0].endswith(f"`: {why}")


def test_trust_policies() -> None:
    """A trust policy is no key policy, and roles have no grants."""
    other = policy(PolicyKind.TRUST, {"Effect": "Allow", "Principal": {"AWS": THERE}, "Action": "sts:AssumeRole"})
    lines = told(Governing((other,)), ASSUMING)
    statement = "nearest: statement 1 of the trust policy of `trust policy`"
    assert lines[1:] == [
        "  trust policy: no",
        f"    {statement} names only `{THERE}`",
        "  delegation: no",
        f"    {statement} names only `{THERE}`, and does not delegate to account `{HERE}`",
    ]


# --- the element that missed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "miss"),
    [
        ({"Principal": {"AWS": ["a", "b"]}}, "names only `a` and `b`"),
        ({"Principal": {"AWS": HERE}}, f"names account `{HERE}`, not the principal itself"),
        ({"NotPrincipal": "*", "Principal": None}, "excludes `*` with `NotPrincipal`"),
        ({"Action": "kms:Encrypt"}, "allows only `kms:Encrypt`"),
        ({"Action": None, "NotAction": ["kms:D*", "s3:*"]}, "excludes `kms:D*` and `s3:*` with `NotAction`"),
        ({"Action": None}, "has no `Action`, so it has no effect"),
        ({"Resource": "arn:aws:kms:*:*:alias/a"}, "applies only to `arn:aws:kms:*:*:alias/a`"),
        ({"Resource": None, "NotResource": "*"}, "excludes `*` with `NotResource`"),
        ({"Resource": None}, "has no `Resource`, so it has no effect"),
        ({"Action": "kms:" + "E" * 300}, "allows only `kms:" + "E" * 156 + "…`"),
    ],
)
def test_nearest(statement: dict[str, Any], miss: str) -> None:
    """An implicit deny shows what came nearest, and the element that missed."""
    lines = told(Governing((key_policy(**statement),)))
    assert lines[0] == f"denied: {HEAD}: {NO_ROUTE}"
    assert under("key policy", lines) == ["key policy: no", f"nearest: {KEY} {miss}"]


@pytest.mark.parametrize("action", ["kms:Encrypt", "KMS:Encrypt", "k*:Encrypt"])
def test_a_statement_about_the_same_service_is_nearer(action: str) -> None:
    """Of two that lack the action, the one on KMS, wherever it stands and whatever else it misses."""
    others = [{**EVERYTHING, "Action": ["ecr:*", "s3:Get*"]}, {**EVERYTHING, "Action": "sts:*"}]
    near = {**EVERYTHING, "Action": action, "Resource": "arn:aws:kms:*:*:key/2"}
    for statements in permutations([*others, near]):
        found = nearest([policy(PolicyKind.BOUNDARY, *statements)], ask(), Memory())
        assert found is not None
        assert [each.literal for each in getattr(found.statement.actions, "values", ())] == [action]


NOTHING_TO_ACCOUNT = f"does not delegate to account `{HERE}`"


def test_a_service_has_no_account() -> None:
    """So that nothing is named instead of it."""
    lines = told(Governing((key_policy(Principal={"AWS": HERE}),)), ask("s3.amazonaws.com"))
    miss = f"names only `{HERE}`"
    assert under("key policy", lines)[1] == f"nearest: {KEY} {miss}"


@pytest.mark.parametrize(
    ("statement", "miss"),
    [
        ({}, f"names the principal itself, and {NOTHING_TO_ACCOUNT}"),
        (
            {"Principal": {"AWS": LITERAL_ROLE}},
            f"names the principal itself, and {NOTHING_TO_ACCOUNT}",
        ),
        (
            {"Principal": None, "NotPrincipal": {"AWS": "x"}},
            f"covers the principal itself, and {NOTHING_TO_ACCOUNT}",
        ),
        ({"Principal": None, "NotPrincipal": "*"}, "excludes `*` with `NotPrincipal`"),
        ({"Principal": {"AWS": THERE}}, f"names only `{THERE}`, and {NOTHING_TO_ACCOUNT}"),
        ({"Principal": {"AWS": SESSION}}, f"names only `{SESSION}`, and {NOTHING_TO_ACCOUNT}"),
    ],
)
def test_nothing_is_delegated(statement: dict[str, Any], miss: str) -> None:
    """Who is named itself is named all right, and cannot be given more by its own policies."""
    lines = told(Governing((key_policy(**statement),), boundary=(SILENT,)))
    nearest = f"nearest: {KEY} {miss}"
    assert under("delegation", lines) == ["delegation: no", nearest]


@pytest.mark.parametrize(
    ("condition", "context", "why"),
    [
        ({"Bool": {"aws:x": "true"}}, {}, "requires `Bool` `aws:x` `true`; the request has no `aws:x`"),
        (
            {"Bool": {"aws:x": "true"}},
            {"aws:x": present(text("false"))},
            "requires `Bool` `aws:x` `true`; the request's `aws:x` is `false`",
        ),
        (
            {"StringLike": {"aws:X": ["a*", "b"]}},
            {"aws:x": present(text("c"))},
            "requires `StringLike` `aws:X` `a*` and `b`; the request's `aws:X` is `c`",
        ),
        (
            {"ForAnyValue:StringEquals": {"aws:x": "a"}},
            {"aws:x": present(text("c"), text("d"))},
            "requires `ForAnyValue:StringEquals` `aws:x` `a`; the request's `aws:x` is `c, d`",
        ),
        (
            {"ForAnyValue:StringEquals": {"aws:x": "a"}},
            {"aws:x": present()},
            "requires `ForAnyValue:StringEquals` `aws:x` `a`; the request has no `aws:x`",
        ),
        (
            {"StringEquals": {"aws:x": "a"}},
            {"aws:x": unsure("aws:x", text("b"))},
            "requires `StringEquals` `aws:x` `a`; the request's `aws:x` is `b` or absent",
        ),
        (
            {"StringEquals": {"aws:x": "a"}},
            {"aws:x": replace(present(), values=replace(HOLE, not_in=frozenset("a")))},
            "requires `StringEquals` `aws:x` `a`, which is not met",
        ),
        (
            {"Bool": {"aws:y": "true"}, "StringEquals": {"aws:x": "a"}},
            {"aws:y": present(text("true"))},
            "requires `StringEquals` `aws:x` `a`; the request has no `aws:x`",
        ),
    ],
)
def test_conditions(condition: dict[str, Any], context: dict[str, Any], why: str) -> None:
    """A condition that misses is told with what the request has."""
    lines = told(Governing((key_policy(Condition=condition),)), ask(**context))
    assert under("key policy", lines)[1] == f"nearest: {KEY} {why}"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            {"Principal": {"AWS": {"unknown": "which role"}}},
            f"names `${{…}}`{OPEN_PRINCIPAL}: which role",
        ),
        (
            {"Principal": None, "NotPrincipal": {"AWS": {"unknown": "which role"}}},
            f"excludes `${{…}}` with `NotPrincipal`{OPEN_PRINCIPAL}: which role",
        ),
        (
            {"Action": ["s3:*", {"unknown": "which"}]},
            f"allows `s3:*` and `${{…}}`{OPEN_ACTION}: which",
        ),
        (
            {"Resource": None, "NotResource": {"unknown": "which"}},
            f"excludes `${{…}}` with `NotResource`{OPEN_RESOURCE}: which",
        ),
        (
            {"Condition": {"Bool": {"aws:x": {"unknown": "which"}}}},
            f"requires `Bool` `aws:x` `${{…}}`{OPEN_CONDITION}: which",
        ),
        ({"Effect": {"unknown": "which effect"}}, "cannot be read: which effect"),
        ({"Principal": "x"}, "cannot be read: `Principal` is neither `*` nor a map"),
        ({"Action": []}, "cannot be read: `Action` is an empty list"),
        (
            {"Action": "kms:Dec rypt"},
            "cannot be read: `kms:Dec rypt` is not an action, nor a pattern of actions",
        ),
        (
            {"Action": ["kms:x y", {"unknown": "which"}]},
            (
                f"allows `kms:x y` and `${{…}}`{OPEN_ACTION}: "
                "`kms:x y` is not an action, nor a pattern of actions; which"
            ),
        ),
        (
            {"Principal": {"AWS": {"unknown": "who"}}, "Action": {"unknown": "what"}},
            f"names `${{…}}`{OPEN_PRINCIPAL}: who; allows `${{…}}`{OPEN_ACTION}: what",
        ),
        (
            {"Condition": {"StringEquals": {"aws:x": {"unknown": "one"}, "aws:X": [{"unknown": "other"}]}}},
            (
                f"requires `StringEquals` `aws:x` `${{…}}`{OPEN_CONDITION}: one; "
                f"requires `StringEquals` `aws:X` `${{…}}`{OPEN_CONDITION}: other"
            ),
        ),
    ],
)
def test_perhaps(statement: dict[str, Any], why: str) -> None:
    """What is open of a statement that possibly applies, and the reason; a phrase of ours is no text of the user's."""
    lines = told(Governing((key_policy(**statement),)), ask(aws__x=present(text("true"))))
    assert under("key policy", lines) == ["key policy: cannot tell", f"{KEY} {why}"]
    assert lines[-1] == f"  not known: {why.rpartition(': ')[2].rpartition('; ')[2]}"


@pytest.mark.parametrize(
    ("version", "context", "why"),
    [
        ("2012-10-17", {}, "; the request has no `aws:PrincipalTag/team`"),
        ("2012-10-17", {"aws:principaltag/team": present(text("b"))}, "; the request's `aws:PrincipalTag/team` is `b`"),
        ("2012-10-17", {"aws:principaltag/team": present(HOLE)}, None),
        ("2008-10-17", {}, "; `${…}` is not a variable without `Version` `2012-10-17`"),
    ],
)
def test_variables(version: str, context: dict[str, Any], why: str | None) -> None:
    """A condition with a policy variable says what that stands for, or that it is none."""
    condition = {"StringEquals": {"aws:x": ["${aws:PrincipalTag/team}", "${*}"]}}
    statement = {**EVERYTHING, "Principal": {"AWS": LITERAL_ROLE}, "Condition": condition}
    document = value({"Version": version, "Statement": statement})
    asked = replace(ask(), context=Context({"aws:x": present(text("a")), **context}, complete=True))
    (line,) = under("key policy", told(Governing((Policy(PolicyKind.KEY, document, "Key"),)), asked))[1:]
    if why is None:
        assert "whether the request meets that is not known" in line
    else:
        assert line.endswith(f"; the request's `aws:x` is `a`{why}")


def test_unreadable() -> None:
    """A statement that cannot be read says why."""
    lines = told(Governing((policy(PolicyKind.KEY, {"unknown": "concat"}),)))
    assert under("key policy", lines)[1] == f"{KEY} cannot be read: concat"


# --- denials -----------------------------------------------------------------------------------------------------


def test_denied_explicitly() -> None:
    """An explicit deny shows the statements that deny."""
    lines = told(Governing((allow(LITERAL_ROLE),), (DENYING,)))
    assert lines[0] == f"denied: {HEAD}: {INLINE} denies it"
    assert lines[1] == f"  denied by {INLINE}"
    assert lines[2] == "  key policy: yes"


def test_denied_on_a_condition() -> None:
    """An explicit deny is told with each of its conditions, and with what the request has."""
    condition = {"Bool": {"aws:SecureTransport": "false"}, "StringNotEquals": {"aws:x": ["a", "b"]}}
    deny = key_policy(Effect="Deny", Condition=condition)
    lines = told(Governing((deny,)), ask(aws__securetransport=present(text("false"))))
    assert under("denied by", lines) == [
        f"denied by {KEY}",
        "`Bool` `aws:SecureTransport` `false` is met; the request's `aws:SecureTransport` is `false`",
        "`StringNotEquals` `aws:x` `a` and `b` is met; the request has no `aws:x`",
    ]


@pytest.mark.parametrize(
    ("statement", "open_"),
    [
        (
            {"Condition": {"Bool": {"aws:x": "true"}}},
            f"requires `Bool` `aws:x` `true`{OPEN_CONDITION}: variable",
        ),
        (
            {"Principal": {"AWS": {"unknown": "whom"}}},
            f"names `${{…}}`{OPEN_PRINCIPAL}: whom",
        ),
        (
            {"Principal": None, "NotPrincipal": {"AWS": LITERAL_ROLE}},
            f"excludes `{LITERAL_ROLE}` with `NotPrincipal`{OPEN_PRINCIPAL}: ",
        ),
    ],
)
def test_denied_perhaps(statement: dict[str, Any], open_: str) -> None:
    """A possible deny is shown, with what is open of it."""
    governing = Governing((allow(LITERAL_ROLE), key_policy(Effect="Deny", **statement)))
    lines = told(governing, ask(aws__x=present(HOLE)))
    assert lines[0].startswith(f"undetermined: {HEAD}: cannot tell: ")
    assert lines[1].startswith(f"  possibly denied by {KEY}, which {open_}")
    assert lines[2:4] == ["  key policy: yes", "    statement `For0` of the key policy of `key policy` applies"]


def test_denied_for_a_boundary() -> None:
    """Who is listed in NotPrincipal and denied all the same is told why."""
    because_bounded = ": its `NotPrincipal` does not exempt principals that have a permissions boundary"
    for whom, why in ([LITERAL_ROLE, HERE], because_bounded), ("x", ""):
        sparing = policy(PolicyKind.KEY, {**EVERYTHING, "Effect": "Deny", "NotPrincipal": {"AWS": whom}})
        lines = told(Governing((allow(LITERAL_ROLE), sparing), boundary=(GENEROUS,)))
        assert lines[1] == f"  denied by statement 1 of the key policy of `key policy`{why}"


# --- routes that are closed --------------------------------------------------------------------------------------


def foreign(action: str = "kms:Decrypt") -> Request:
    """The request of a role of another account."""
    return ask(FOREIGN, action)


RETIRING = ask(action="kms:RetireGrant")
BOTH = f"the IAM policies of account `{THERE}` must allow it, too, and none does"
ACROSS = "`kms:PutKeyPolicy` cannot be used across accounts"
BOUNDARY_SILENT = "the permissions boundary does not allow it"
FOREIGN_INLINE = f"nearest: {INLINE} allows only `s3:*`"
FOR0 = "statement `For0` of the key policy of `key policy` applies"


@pytest.mark.parametrize(
    ("request_", "governing", "route", "lines"),
    [
        # K43, K44, K8: no statement helps
        (LISTING, Governing((allow("*"),)), "key policy", ["no: only IAM policies can allow `kms:ListAliases`"]),
        (LISTING, Governing((allow(HERE),)), "IAM policies", ["no: no IAM policy allows it"]),
        (RETIRING, Governing((allow("*"),)), "key policy", ["no: no key policy can allow `kms:RetireGrant`"]),
        (RETIRING, Governing((allow(HERE),)), "IAM policies", ["no: no IAM policy allows it"]),
        (foreign("kms:PutKeyPolicy"), Governing((allow("*"),), (IDENTITY,)), "key policy", [f"no: {ACROSS}"]),
        (foreign("kms:PutKeyPolicy"), Governing((allow(THERE),), (IDENTITY,)), "delegation", [f"no: {ACROSS}"]),
        (
            ask(action="kms:PutKeyPolicy"),
            Governing((), grants=(grant(),)),
            "grant",
            ["no: no grant can allow `kms:PutKeyPolicy`"],
        ),
        # no statement at all
        (ask(), Governing((DENYING,)), "key policy", ["no: no statement allows anything"]),
        (ask(), Governing(()), "delegation", ["no: no statement allows anything"]),
        (ask(), Governing(()), "grant", ["no: there is none"]),
        # the identity policies are asked, too
        (foreign(), Governing((allow(FOREIGN),)), "key policy", [f"no: {BOTH}", FOR0]),
        (foreign(), Governing((allow(FOREIGN),), (ELSEWHERE,)), "key policy", [f"no: {BOTH}", FOR0, FOREIGN_INLINE]),
        (foreign(), Governing((allow(THERE),)), "delegation", [f"no: {BOTH}", FOR0]),
        (ask(), Governing((allow(HERE),)), "delegation", ["no: no IAM policy allows it", FOR0]),
        (
            ask(),
            Governing((allow(HERE),), (ELSEWHERE,), (SILENT,)),
            "delegation",
            ["no: no IAM policy allows it", FOR0, FOREIGN_INLINE],
        ),
        # a boundary or session policy is silent
        (ask(), Governing((allow(LITERAL_ROLE),), boundary=(SILENT,)), "key policy", [f"no: {BOUNDARY_SILENT}", FOR0]),
        (
            ask(),
            Governing((allow(HERE),), (IDENTITY,), (SILENT,)),
            "delegation",
            [f"no: {BOUNDARY_SILENT}", FOR0, f"{INLINE} applies"],
        ),
        (
            ask(SESSION),
            Governing((allow(LITERAL_ROLE),), boundary=(SILENT,), session=(replace(SILENT, kind=PolicyKind.SESSION),)),
            "key policy",
            ["no: the permissions boundary and the session policy do not allow it", FOR0],
        ),
        (
            ask(),
            Governing((), session=(replace(SILENT, kind=PolicyKind.SESSION),), grants=(grant(),)),
            "grant",
            ["no: the session policy does not allow it", "grant `g` applies"],
        ),
    ],
)
def test_closed(request_: Request, governing: Governing, route: str, lines: list[str]) -> None:
    """A route that is closed says why, and never that what comes nearest applies."""
    everything = told(governing, request_)
    assert under(f"{route}:", everything) == [f"{route}: {lines[0]}", *lines[1:]]
    assert not any(line.endswith(" ") for line in everything)


# --- grants ------------------------------------------------------------------------------------------------------

HR = value({"dept": "HR"})


@pytest.mark.parametrize(
    ("elements", "context", "why"),
    [
        ({"operations": value(["Encrypt", "Sign"])}, {}, "its operations are `Encrypt, Sign`"),
        (
            {"operations": value(["Encrypt", "Sign"])},
            {"kms:GrantOperations": present(text("Sign"))},
            "its operations are `Encrypt, Sign`",
        ),
        ({"grantee": text(USER)}, {}, f"its grantee is `{USER}`"),
        ({"key": text("other")}, {}, "its key is `other`"),
        ({"key": text("other"), "grantee": text(USER)}, {}, "its key is `other`"),
        ({"source_arn": text("arn:a")}, {}, "its source ARN is `arn:a`, and the request has no `aws:SourceArn`"),
        (
            {"source_arn": text("arn:a")},
            {"aws:SourceArn": present(text("arn:b"))},
            "its source ARN is `arn:a`, and the request's `aws:SourceArn` is `arn:b`",
        ),
        (
            {"encryption_context_equals": HR},
            {},
            "its encryption context equals `dept=HR`, and the request has none",
        ),
        (
            {"encryption_context_subset": HR},
            {"kms:EncryptionContext:dept": present(text("IT"))},
            "its encryption context has `dept=HR`, and the request's `kms:EncryptionContext:dept` is `IT`",
        ),
        (
            {"encryption_context_subset": HR},
            {
                "aws:PrincipalTag/dept": present(text("HR")),
                "kms:EncryptionContext:": present(text("HR")),
                "kms:EncryptionContext:dept": present(text("IT")),
                "kms:EncryptionContext:site": present(text("x")),
            },
            (
                "its encryption context has `dept=HR`, and the request's `kms:EncryptionContext:dept` is `IT`, "
                "the request's `kms:EncryptionContext:site` is `x`"
            ),
        ),
    ],
)
def test_grants(elements: dict[str, Any], context: dict[str, Any], why: str) -> None:
    """A grant that does not help says which element misses, and what the request has."""
    lines = told(Governing((), grants=(grant(**elements), grant(operations=value(["Sign"])))), ask(**context))
    assert under("grant:", lines)[1] == f"grant `g` does not apply: {why}"


def test_grants_that_make_grants() -> None:
    """Where a grant may make others, but none that gives so much, both are told."""
    asked = ask(action="kms:CreateGrant", kms__GrantOperations=present(text("Decrypt"), text("Encrypt")))
    lines = told(Governing((), grants=(grant(operations=value(["CreateGrant", "Decrypt"])),)), asked)
    has = "the request's `kms:GrantOperations` is `Decrypt, Encrypt`"
    assert under("grant:", lines)[1] == (
        f"grant `g` does not apply: its operations are `CreateGrant, Decrypt`, and {has}"
    )
    other = told(Governing((), grants=(grant(operations=value(["CreateGrant"]), key=text("other")),)), asked)
    assert under("grant:", other)[1].startswith("grant `g` does not apply: its key is `other`")


def test_grants_perhaps() -> None:
    """A grant of which something is not known says what; one that is not deployed says that."""
    lines = told(Governing((), grants=(grant(operations=List((HOLE,))),)))
    reason = "variable `x` has no default and no value given"
    assert under("grant:", lines) == [
        "grant: cannot tell",
        f"grant `g` possibly applies: its operations are `${{x}}`: {reason}",
    ]
    both = told(Governing((), grants=(grant(operations=List((HOLE,)), grantee=HOLE),)))
    assert under("grant:", both)[1] == (
        f"grant `g` possibly applies: its grantee is `${{x}}`; its operations are `${{x}}`: {reason}"
    )
    gone = replace(grant(), block=Block("g", "aws_kms_grant", present=NO))
    assert under("grant:", told(Governing((), grants=(gone,)))) == [
        "grant: no",
        "grant `g` does not apply: it is not deployed",
    ]
    unsure_ = replace(gone, block=replace(gone.block, present=maybe(HOLE)))
    assert under("grant:", told(Governing((), grants=(unsure_,))))[1] == f"grant `g` possibly applies: {reason}"


def test_grant_and_assumptions() -> None:
    """A grant is named by its block, what is taken for granted is said."""
    lines = told(Governing((allow("x"),), grants=(grant(),), assumed=True))
    assert lines[0] == f"allowed: {HEAD}: a grant allows it"
    assert under("grant:", lines) == ["grant: yes", "grant `g` applies"]
    assert lines[-1] == "  assumed: the policies of the principal are not in the source and are assumed not to deny"


# --- what restricts ----------------------------------------------------------------------------------------------

SESSION_SILENT = replace(SILENT, kind=PolicyKind.SESSION, owner="session policy")
NO_BOUNDARY = policy(PolicyKind.BOUNDARY)


@pytest.mark.parametrize(
    ("who", "governing", "kind", "nearest"),
    [
        (LITERAL_ROLE, Governing((), boundary=(SILENT,)), "permissions boundary", True),
        (LITERAL_ROLE, Governing((), boundary=(NO_BOUNDARY,)), "permissions boundary", False),
        (USER, Governing((), boundary=(SILENT,), service_control=(SCP,)), "service control policy", True),
        (USER, Governing((), boundary=(SILENT,), session=(SESSION_SILENT,)), "session policy", True),
        (LITERAL_ROLE, Governing((), session=(SESSION_SILENT, SESSION_SILENT)), "session policy", True),
        (SESSION, Governing((), (), (SILENT,), (SESSION_SILENT,), (SCP,)), "service control policy", True),
    ],
)
def test_restricted(who: str, governing: Governing, kind: str, nearest: bool) -> None:  # noqa: FBT001 - a column
    """Only what does restrict is blamed (I3), and shown with what comes nearest to allowing it."""
    request = ask(who)
    governing = replace(governing, resource=(allow(who),))
    lines = told(governing, request)
    assert lines[0].endswith(f": the {kind} does not allow it")
    assert because(authorize(request, governing), request, governing) == f"the {kind} does not allow it"
    miss = f"nearest: statement 1 of the {kind} of `{kind}` allows only `s3:*`"
    assert under("restricted", lines) == [
        f"restricted: the {kind} does not allow it",
        miss if nearest else f"the {kind} of `{kind}` has no statement that allows anything",
    ]


def test_all_that_restricts_is_told() -> None:
    """Who mends one of several is denied all the same."""
    governing = Governing((allow(LITERAL_ROLE),), (), (SILENT,), (SESSION_SILENT,), (SCP,))
    lines = told(governing)
    every = "the permissions boundary, the session policy and the service control policy do not allow it"
    assert lines[0].endswith(f": {every}")
    assert [line for line in lines if line.startswith("  restricted: ")] == [
        f"  restricted: the {kind} does not allow it"
        for kind in ("permissions boundary", "session policy", "service control policy")
    ]
    key_policy_line = "key policy: no: the permissions boundary and the session policy do not allow it"
    assert under("key policy", lines)[0] == key_policy_line


def test_what_is_not_sure_to_be_there_is_not_blamed() -> None:
    """A boundary that is attached perhaps restricts perhaps; the SCP decides."""
    perhaps = replace(SILENT, present=maybe(HOLE))
    lines = told(Governing((allow(LITERAL_ROLE),), boundary=(perhaps,), service_control=(SCP,)))
    assert under("restricted:", lines)[0] == "restricted: the service control policy does not allow it"


def test_restricted_perhaps() -> None:
    """A boundary that keeps a decision open is shown with what is open of it; one that does not is not."""
    boundary = policy(PolicyKind.BOUNDARY, {**EVERYTHING, "Action": {"unknown": "which action"}})
    lines = told(Governing((allow(LITERAL_ROLE),), boundary=(boundary,)))
    statement = "statement 1 of the permissions boundary of `permissions boundary`"
    assert under("possibly restricted", lines) == [
        "possibly restricted by the permissions boundary",
        f"nearest: {statement} allows `${{…}}`{OPEN_ACTION}: which action",
    ]
    assert not any("restricted" in line for line in told(Governing((allow(USER),), boundary=(boundary,)), ask(USER)))


def test_undetermined() -> None:
    """What is not known is told once, with the statements it keeps open."""
    lines = told(Governing((allow({"unknown": "which role"}),)))
    assert lines[0] == f"undetermined: {HEAD}: cannot tell: which role"
    assert [line for line in lines if line.startswith("  not known")] == ["  not known: which role"]


def test_without_what_governed_it() -> None:
    """A decision alone is told by the evidence that it carries; what that does not tell is not made up."""

    def told_alone(governing: Governing, request: Request) -> list[str]:
        return list(explain(request, authorize(request, governing)))

    statement = "nearest: statement `For0` of the key policy of `key policy`"
    lines = told_alone(Governing((allow(HERE),), grants=(grant(operations=value(["Sign"])),)), ask())
    assert lines[1:] == [
        "  key policy: no",
        f"    {statement} names account `{HERE}`, not the principal itself",
        "  delegation: no",
        f"    {FOR0}",
        "  grant: no",
    ]
    across = told_alone(Governing((allow("*"),), (IDENTITY,)), foreign("kms:PutKeyPolicy"))
    assert under("key policy", across) == [f"key policy: no: {ACROSS}"]
    foreign_ = told_alone(Governing((), session=(GENEROUS,), grants=(grant(),)), ask())
    assert under("grant", foreign_) == ["grant: yes", "grant `g` applies"]
    restricted = Governing((allow(LITERAL_ROLE),), boundary=(SILENT,))
    assert because(authorize(ask(), restricted)) == BOUNDARY_SILENT
    silent = replace(restricted, boundary=(NO_BOUNDARY,))
    any_of_them = "a boundary, session policy or service control policy does not allow it"
    assert because(authorize(ask(), silent)) == any_of_them
    assert told_alone(silent, ask())[-1] == f"  restricted: {any_of_them}"
    assert because(authorize(ask(), Governing(()))) == NO_ROUTE
    assert because(authorize(LISTING, Governing((), (IDENTITY,)))) == "delegation allows it"


@pytest.mark.parametrize("seed", seeds(10))
def test_nothing_goes_without_a_reason(seed: int) -> None:
    """In any world: a closed route of a request that is not allowed says why, as does what restricts it, or denies."""
    choose = worlds.Random(random.Random(seed))  # noqa: S311 - no secret
    for _ in range(60):
        for partial in holes.partials(choose, worlds.world(choose), worlds.asked(choose)):
            world, asked = partial.holed()
            is_told(worlds.request(asked), worlds.governing(world))


_REASON = re.compile(
    r"^nearest: .* (names|covers|allows|excludes|applies|requires|has no|cannot be read) |^grant .* does not apply: "
)


def is_told(request: Request, governing: Governing) -> None:
    """Whether the explanation has a reason wherever there has to be one."""
    decision = authorize(request, governing)
    lines = list(explain(request, decision, governing))
    assert not any(line.endswith((" ", "possibly applies")) for line in lines)
    for route in decision.routes if decision.outcome is not Outcome.ALLOWED else ():
        head, *rest = under(f"{route_name(route.route, request)}: ", lines)
        assert not head.endswith(": no") or any(_REASON.search(line) for line in rest), lines
        assert not head.endswith("cannot tell") or rest, lines
    if decision.restricted_by is not None:
        assert len(under("restricted: ", lines)) > 1
        assert "session policy or" not in lines[0]
    if decision.explicit:
        assert lines[1].startswith("  denied by")


# --- cases ------------------------------------------------------------------------------------------------------


def test_explanation_of_cases() -> None:
    """Each case is told under its name, which commands no terminal."""
    case = {
        "id": "one",
        "policies": {"resource": {"Statement": []}},
        "request": {
            "principal": LITERAL_ROLE,
            "action": "kms:Decrypt",
            "resource": f"arn:aws:kms:eu-west-1:{HERE}:key/1",
        },
    }
    assert explanation(case)[:2] == ["one:", f"  denied: {HEAD}: {NO_ROUTE}"]
    assert explanation({**case, "id": "\x1b]0;x\x07"})[0] == "\\x1b]0;x\\x07:"
