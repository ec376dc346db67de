"""One statement against one request: each element by its own table, and the four of them together."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest

from keyfit.answer import NO, YES, maybe
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.decision import Element
from keyfit.policy.document import read
from keyfit.policy.judge import acts, judge
from keyfit.policy.memo import Memo
from keyfit.policy.principal import _PARTLY_LISTED, Naming
from keyfit.policy.request import Context, Principal, PrincipalKind, Request, present, unsure
from keyfit.policy.statement import Effect
from keyfit.shape import KEY_ID, NAME, Shape
from keyfit.truth import Truth, every
from keyfit.value import Entry, List, Object, Own, Reference, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.policy.decision import Judgement

ACCOUNT, ELSEWHERE = "111122223333", "444455556666"
HOLE: Final = Unknown(Why.NO_VALUE, "P", identity="P")
KEY: Final = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/path/Role"
SESSION: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/me"
USER: Final = f"arn:aws:iam::{ACCOUNT}:user/User"
ROOT: Final = f"arn:aws:iam::{ACCOUNT}:root"
SERVICE: Final = "personalize.amazonaws.com"

Y, N, M = Truth.YES, Truth.NO, Truth.MAYBE

PRINCIPALS: Final = {
    PrincipalKind.ROLE: Principal(PrincipalKind.ROLE, text(ROLE), text(ACCOUNT), text(ROLE)),
    PrincipalKind.SESSION: Principal(PrincipalKind.SESSION, text(SESSION), text(ACCOUNT), text(ROLE)),
    PrincipalKind.USER: Principal(PrincipalKind.USER, text(USER), text(ACCOUNT)),
    PrincipalKind.ROOT: Principal(PrincipalKind.ROOT, text(ROOT), text(ACCOUNT)),
    PrincipalKind.SERVICE: Principal(PrincipalKind.SERVICE, text(SERVICE)),
}


def request(
    who: PrincipalKind | Principal = PrincipalKind.ROLE,
    action: str = "kms:Decrypt",
    resource: Text | str = KEY,
    context: Context | None = None,
) -> Request:
    """A request for `action` on the key."""
    principal = who if isinstance(who, Principal) else PRINCIPALS[who]
    return Request(principal, action, text(resource), text(ACCOUNT), context or Context(complete=True))


def value_of(written: object) -> Value:
    """JSON as a value; what is a value already stays so."""
    if isinstance(written, dict):
        return Object(tuple(Entry(text(name), value_of(inner)) for name, inner in written.items()))
    if isinstance(written, list):
        return List(tuple(map(value_of, written)))
    return plain.value(written) if isinstance(written, str | int | bool) else written  # type: ignore[return-value]


def judged(
    written: dict[str, Any],
    asked: Request,
    naming: Naming = Naming.ANYHOW,
    kind: PolicyKind = PolicyKind.KEY,
) -> Judgement:
    """The judgement of a policy's only statement."""
    document = read(Policy(kind, value_of({"Version": "2012-10-17", "Statement": written}), "Key"))
    (statement,) = document.statements
    return judge(statement, document, asked, naming)


def statement(**elements: object) -> dict[str, Any]:
    """An Allow of everything to everybody, but for `elements`; `None` takes one away."""
    whole = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*", **elements}
    return {name: written for name, written in whole.items() if written is not None}


# --- Principal ---------------------------------------------------------------------------------------------

EXACT, ITSELF, BY_ACCOUNT = Naming.EXACT, Naming.ITSELF | Naming.EVERYBODY, Naming.ACCOUNT


@pytest.mark.parametrize(
    ("written", "who", "ways"),
    [
        # everybody, services too (K17, K32)
        ("*", PrincipalKind.ROLE, (N, Y, N)),
        ("*", PrincipalKind.SERVICE, (N, Y, N)),
        ({"AWS": "*"}, PrincipalKind.USER, (N, Y, N)),
        ({"AWS": "*"}, PrincipalKind.SERVICE, (N, Y, N)),
        ({"AWS": "*"}, PrincipalKind.ROOT, (N, Y, N)),
        # a role is its sessions (K25); a session is exact (K26)
        ({"AWS": ROLE}, PrincipalKind.ROLE, (N, Y, N)),
        ({"AWS": ROLE}, PrincipalKind.SESSION, (N, Y, N)),
        ({"AWS": ROLE}, PrincipalKind.USER, (N, N, N)),
        ({"AWS": SESSION}, PrincipalKind.SESSION, (Y, N, N)),
        ({"AWS": SESSION}, PrincipalKind.ROLE, (M, N, N)),
        ({"AWS": SESSION.replace("me", "you")}, PrincipalKind.SESSION, (N, N, N)),
        ({"AWS": SESSION.replace("Role", "Other")}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": SESSION[:-2] + "m" * 64}, PrincipalKind.ROLE, (M, N, N)),
        ({"AWS": SESSION[:-2] + "m" * 65}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": SESSION[:-1]}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/path/Role/me"}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Role"}, PrincipalKind.ROLE, (N, N, N)),  # without its path
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/path/role"}, PrincipalKind.ROLE, (N, N, N)),  # K31
        ({"AWS": f"arn:aws:iam::{ELSEWHERE}:role/path/Role"}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": ROLE.replace("aws:", "aws-cn:", 1)}, PrincipalKind.ROLE, (N, N, N)),
        # no wildcards but the whole (K28)
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": "arn:aws:iam::*:root"}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/Role/*"}, PrincipalKind.SESSION, (N, N, N)),
        ({"AWS": "**"}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": USER}, PrincipalKind.USER, (Y, N, N)),
        # the account, in both spellings (K27); it is its root user too (K4)
        ({"AWS": ROOT}, PrincipalKind.ROLE, (N, N, Y)),
        ({"AWS": ACCOUNT}, PrincipalKind.ROLE, (N, N, Y)),
        ({"AWS": int(ACCOUNT)}, PrincipalKind.SESSION, (N, N, Y)),
        ({"AWS": ACCOUNT}, PrincipalKind.USER, (N, N, Y)),
        ({"AWS": ROOT}, PrincipalKind.ROOT, (Y, N, Y)),
        ({"AWS": ACCOUNT}, PrincipalKind.ROOT, (Y, N, Y)),
        ({"AWS": ROOT}, PrincipalKind.SERVICE, (N, N, N)),
        ({"AWS": ELSEWHERE}, PrincipalKind.ROLE, (N, N, N)),
        # services are whole strings (K32)
        ({"Service": SERVICE}, PrincipalKind.SERVICE, (N, Y, N)),
        ({"Service": "personalize.eu-west-1.amazonaws.com"}, PrincipalKind.SERVICE, (N, N, N)),
        ({"Service": "*.amazonaws.com"}, PrincipalKind.SERVICE, (N, N, N)),
        ({"Service": text("personalize.", Own.URL_SUFFIX)}, PrincipalKind.SERVICE, (N, Y, N)),
        ({"AWS": SERVICE}, PrincipalKind.SERVICE, (N, N, N)),
        ({"Service": ROLE}, PrincipalKind.ROLE, (N, N, N)),
        # kinds that are none of KMS's (K33)
        ({"Federated": ROLE}, PrincipalKind.ROLE, (N, N, N)),
        ({"CanonicalUser": ROLE}, PrincipalKind.ROLE, (N, N, N)),
        # several are alternatives (K34)
        ({"AWS": [USER, ROLE], "Service": SERVICE}, PrincipalKind.ROLE, (N, Y, N)),
        ({"AWS": [USER, ROLE], "Service": SERVICE}, PrincipalKind.SERVICE, (N, Y, N)),
        ({"AWS": [ACCOUNT, ROLE]}, PrincipalKind.ROLE, (N, Y, Y)),
        ({}, PrincipalKind.ROLE, (M, M, M)),  # AWS refuses it
        # unknown ones
        (HOLE, PrincipalKind.ROLE, (M, M, M)),
        (HOLE, PrincipalKind.SERVICE, (N, M, N)),
        ({"AWS": HOLE}, PrincipalKind.ROLE, (M, M, M)),
        ({"AWS": text(HOLE)}, PrincipalKind.ROLE, (M, M, M)),
        ({"AWS": HOLE}, PrincipalKind.SERVICE, (N, M, N)),  # it can be a star
        ({"Service": HOLE}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": [HOLE, ROLE]}, PrincipalKind.ROLE, (M, Y, M)),
        ({"AWS": text(f"arn:aws:iam::{ELSEWHERE}:role/", HOLE)}, PrincipalKind.ROLE, (N, N, N)),
        ({"AWS": text(f"arn:aws:iam::{ACCOUNT}:role/", HOLE)}, PrincipalKind.ROLE, (N, M, N)),
        ({"AWS": text(f"arn:aws:iam::{ACCOUNT}:", HOLE)}, PrincipalKind.USER, (M, N, M)),
        ({"AWS": text("arn:aws:iam::", Own.ACCOUNT, ":root")}, PrincipalKind.ROLE, (N, N, M)),
        ({"AWS": text(Own.ACCOUNT)}, PrincipalKind.ROLE, (N, N, M)),
        ({"AWS": text("arn:", Own.PARTITION, f":iam::{ACCOUNT}:root")}, PrincipalKind.ROLE, (N, N, Y)),
        ({"Service": text(HOLE, ".amazonaws.com")}, PrincipalKind.SERVICE, (N, M, N)),
        ({"Service": text(HOLE, ".example.com")}, PrincipalKind.SERVICE, (N, N, N)),
    ],
)
def test_ways_of_naming(written: object, who: PrincipalKind, ways: tuple[Truth, Truth, Truth]) -> None:
    """A statement names whoever asks exactly, in general, by the account, or not at all."""
    found = tuple(
        judged(statement(Principal=written), request(who), n).answer.truth for n in (EXACT, ITSELF, BY_ACCOUNT)
    )
    assert found == ways
    anyhow = judged(statement(Principal=written), request(who)).answer.truth
    assert anyhow is (Y if Y in ways else M if M in ways else N)


def test_everybody_is_a_way_of_its_own() -> None:
    """`*` and NotPrincipal name nobody in particular, a role's ARN nobody else; an unknown one can be either."""
    rows = (
        ("*", (N, Y)),
        ({"AWS": "*"}, (N, Y)),
        ({"AWS": ROLE}, (Y, N)),
        ({"AWS": [ROLE, "*"]}, (Y, Y)),
        (HOLE, (M, M)),
    )
    for written, expected in rows:
        asked = statement(Principal=written)
        found = tuple(judged(asked, request(), way).answer.truth for way in (Naming.ITSELF, Naming.EVERYBODY))
        assert found == expected
        assert judged(asked, request(), Naming.DIRECT).answer.truth is (Y if Y in expected else M)
    others = statement(Principal=None, NotPrincipal={"AWS": USER})
    assert judged(others, request(), Naming.EVERYBODY).answer.truth is Y
    assert judged(others, request(), Naming.ITSELF | EXACT).answer.truth is N


@pytest.mark.parametrize(
    ("unique", "who", "expected"),
    [
        ("AROAABCDEFGHIJKLMNOPQ", PrincipalKind.ROLE, M),
        ("AROAABCDEFGHIJKLMNOPQ", PrincipalKind.SESSION, M),
        ("AROAABCDEFGHIJKLMNOPQ", PrincipalKind.USER, N),
        ("AIDAABCDEFGHIJKLMNOPQ", PrincipalKind.USER, M),
        ("AIDAABCDEFGHIJKLMNOPQ", PrincipalKind.ROLE, N),
        ("AIDAABCDEFGHIJKLMNOPQ", PrincipalKind.ROOT, N),
        ("AROAABCDEFGHIJKLMNOPQ", PrincipalKind.SERVICE, N),
        ("AROASHORT", PrincipalKind.ROLE, N),
        ("ANPAABCDEFGHIJKLMNOPQ", PrincipalKind.ROLE, N),
        (text(Reference("Role", "unique_id", NAME)), PrincipalKind.ROLE, M),
        (text(Reference("User", "unique_id", NAME)), PrincipalKind.USER, M),
    ],
)
def test_unique_ids(unique: object, who: PrincipalKind, expected: Truth) -> None:
    """A role or user can be named by its unique id, which its ARN does not tell."""
    for effect in ("Allow", "Deny"):
        asked = statement(Effect=effect, Principal={"AWS": unique})
        answer = judged(asked, request(who)).answer
        assert answer.truth is expected
        assert bool(answer.holes) is (expected is M)
        assert judged(asked, request(who), BY_ACCOUNT).answer.truth is N


LIST: Final = [SESSION, ROLE, ROOT]
PERHAPS: Final = Unknown(Why.UNDECIDED, "a boundary", identity="boundary")


@pytest.mark.parametrize(
    ("effect", "written", "who", "expected"),
    [
        ("Deny", {"AWS": USER}, PrincipalKind.ROLE, Y),
        ("Deny", {"AWS": [ROOT, f"{ROLE}2"]}, PrincipalKind.ROLE, Y),  # the account exempts nobody else
        ("Deny", {"AWS": ROLE}, PrincipalKind.ROLE, M),
        ("Deny", {"AWS": [ROLE, ROOT]}, PrincipalKind.ROLE, N),  # as IAM recommends
        ("Deny", {"AWS": LIST}, PrincipalKind.ROLE, N),
        ("Deny", {"AWS": LIST}, PrincipalKind.SESSION, N),
        ("Deny", {"AWS": [SESSION, ROLE]}, PrincipalKind.SESSION, M),
        ("Deny", {"AWS": [ROLE, ACCOUNT]}, PrincipalKind.SESSION, N),
        ("Deny", {"AWS": [SESSION, ACCOUNT]}, PrincipalKind.SESSION, M),
        ("Deny", {"AWS": [USER, ACCOUNT]}, PrincipalKind.USER, N),
        ("Deny", {"AWS": USER}, PrincipalKind.USER, M),
        ("Deny", {"AWS": ACCOUNT}, PrincipalKind.USER, Y),
        ("Deny", {"AWS": ACCOUNT}, PrincipalKind.ROOT, N),
        ("Deny", {"AWS": USER}, PrincipalKind.ROOT, Y),
        ("Deny", {"Service": SERVICE}, PrincipalKind.SERVICE, N),
        ("Deny", {"AWS": ROLE}, PrincipalKind.SERVICE, Y),
        ("Deny", {"AWS": "*"}, PrincipalKind.ROLE, N),
        ("Deny", "*", PrincipalKind.SERVICE, N),
        ("Deny", {"AWS": HOLE}, PrincipalKind.ROLE, M),
        ("Deny", {"AWS": text(f"arn:aws:iam::{ELSEWHERE}:role/", HOLE)}, PrincipalKind.ROLE, Y),
        ("Allow", {"AWS": USER}, PrincipalKind.ROLE, Y),
        ("Allow", {"AWS": ACCOUNT}, PrincipalKind.ROLE, M),  # not documented, unlike for Deny
        ("Allow", {"AWS": LIST}, PrincipalKind.SESSION, N),
        ("Allow", {"Service": SERVICE}, PrincipalKind.SERVICE, N),
        ("Allow", {"AWS": ROLE}, PrincipalKind.SERVICE, Y),
    ],
)
def test_not_principal(effect: str, written: object, who: PrincipalKind, expected: Truth) -> None:
    """NotPrincipal exempts for sure where it lists role or user, and account; it names nobody exactly or by account."""
    asked = statement(Effect=effect, Principal=None, NotPrincipal=written)
    assert judged(asked, request(who)).answer.truth is expected
    assert judged(asked, request(who), ITSELF).answer.truth is expected
    assert judged(asked, request(who), EXACT | BY_ACCOUNT).answer.truth is N


@pytest.mark.parametrize(
    ("effect", "written", "bounded", "expected"),
    [
        ("Deny", LIST, YES, Y),
        ("Deny", ["*"], YES, Y),
        ("Deny", USER, YES, Y),
        ("Deny", LIST, maybe(PERHAPS), M),
        ("Deny", [SESSION, ROLE], maybe(PERHAPS), M),
        ("Deny", USER, maybe(PERHAPS), Y),
        ("Allow", LIST, YES, N),
        ("Allow", LIST, maybe(PERHAPS), N),
        ("Allow", USER, YES, Y),
    ],
)
def test_not_principal_and_a_boundary(effect: str, written: object, bounded: Answer, expected: Truth) -> None:
    """A Deny with NotPrincipal covers whoever has a boundary, whatever it lists; an Allow has no such rule."""
    asked = request(PrincipalKind.SESSION)
    asked = replace(asked, principal=replace(asked.principal, bounded=bounded))
    found = judged(statement(Effect=effect, Principal=None, NotPrincipal={"AWS": written}), asked)
    assert found.answer.truth is expected
    assert (PERHAPS in found.answer.holes) is (expected is M)


@pytest.mark.parametrize("bounded", [YES, maybe(PERHAPS), NO])
def test_a_boundary_matters_to_no_other_principal_element(bounded: Answer) -> None:
    """Principal names whom it names, with a boundary or without."""
    for effect, written in product(("Allow", "Deny"), (ROLE, USER)):
        asked = replace(request(), principal=replace(request().principal, bounded=bounded))
        expected = judged(statement(Effect=effect, Principal={"AWS": written}), request())
        assert judged(statement(Effect=effect, Principal={"AWS": written}), asked).answer == expected.answer


@pytest.mark.parametrize(
    ("written", "documented"),
    [(HOLE, True), ([HOLE, ROOT], True), (ROLE, False), ([HOLE, ROLE], False)],
)
def test_what_not_principal_leaves_open(written: object, documented: bool) -> None:  # noqa: FBT001 - a column
    """Where it lists the role and not the account, what AWS does not document is a reason; else only the holes are."""
    asked = statement(Effect="Deny", Principal=None, NotPrincipal={"AWS": written})
    holes = judged(asked, request()).answer.holes
    assert [hole for hole in holes if isinstance(hole, Unknown) and hole.why is Why.UNDOCUMENTED] == (
        [] if documented else [_PARTLY_LISTED]
    )
    assert _PARTLY_LISTED.phrase == (
        "AWS does not document whether `NotPrincipal` exempts a principal of which it lists the session, "
        "the role or the account alone"
    )


GENERATED: Final = text(
    "arn:",
    Own.PARTITION,
    ":iam::",
    Own.ACCOUNT,
    ":role/",
    Unknown(Why.DATA, "s", "stack", shape=NAME),
    "-Role-",
    Reference("Role", "name_suffix", NAME),
)
OWN_ROLE: Final = Principal(PrincipalKind.ROLE, GENERATED, text(Own.ACCOUNT), GENERATED)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (GENERATED, Y),
        (text("arn:aws:iam::", Own.ACCOUNT, ":root"), Y),
        (text(Own.ACCOUNT), Y),
        (ACCOUNT, M),
        (ROOT, M),
        (text("arn:aws:iam::", Own.ACCOUNT, ":role/Other"), N),
        (text("arn:aws:iam::", Own.ACCOUNT, ":role/stack-Role-X1"), M),
        (text("arn:aws:iam::", Own.ACCOUNT, ":role/p/stack-Role-X1"), N),
        (text("arn:aws:sts::", Own.ACCOUNT, ":assumed-role/stack-Role-X1/me"), M),
        (text("arn:aws:sts::", Own.ACCOUNT, ":assumed-role/x/me"), N),
        (f"arn:aws:iam::{ELSEWHERE}:user/u", N),
    ],
)
def test_a_role_of_the_source(written: Text | str, expected: Truth) -> None:
    """A role whose name AWS makes up is told from names outside its shape, and is the account's own."""
    assert judged(statement(Principal={"AWS": written}), request(OWN_ROLE)).answer.truth is expected


@pytest.mark.parametrize(
    "kind", [PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.BOUNDARY, PolicyKind.SERVICE_CONTROL]
)
def test_identity_policies_have_no_principal(kind: PolicyKind) -> None:
    """They speak of the identity they are tied to, in whatever way one asks."""
    for naming in (EXACT, ITSELF, BY_ACCOUNT):
        assert judged(statement(Principal=None), request(), naming, kind).answer == YES


# --- Action ------------------------------------------------------------------------------------------------

ACTIONS: Final = [
    ("kms:Decrypt", "kms:Decrypt", Y),
    ("KMS:decrypt", "kms:Decrypt", Y),
    ("*", "kms:Decrypt", Y),
    ("kms:*", "kms:Decrypt", Y),
    ("kms:De*", "kms:Decrypt", Y),
    ("kms:D?crypt", "kms:Decrypt", Y),
    ("kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", N),
    ("kms:GenerateDataKey*", "kms:GenerateDataKeyWithoutPlaintext", Y),
    ("s3:*", "kms:Decrypt", N),
    ("*:*", "kms:Decrypt", Y),
    ("**", "kms:Decrypt", Y),
    # AWS refuses these (I17)
    ("Decrypt", "kms:Decrypt", M),
    ("", "kms:Decrypt", M),
    ("kms*", "kms:Decrypt", M),
    ("k*:Decrypt", "kms:Decrypt", Y),
    ("kms:Decrypt ", "kms:Decrypt", M),
    ("\u212ams:Decrypt", "kms:Decrypt", M),
    (["s3:*", "kms:Decrypt"], "kms:Decrypt", Y),
    (["s3:*", "kms:Encrypt"], "kms:Decrypt", N),
    (HOLE, "kms:Decrypt", M),
    ([HOLE, "kms:decrypt"], "kms:Decrypt", Y),
    ([HOLE, "kms:encrypt"], "kms:Decrypt", M),
    (text("kms:", HOLE), "kms:Decrypt", M),
    (text("s3:", HOLE), "kms:Decrypt", N),
    (text("KMS:", HOLE, "ypt"), "kms:Decrypt", M),
    ([], "kms:Decrypt", M),
]


@pytest.mark.parametrize(("written", "action", "expected"), ACTIONS)
def test_actions(written: object, action: str, expected: Truth) -> None:
    """An action is matched in any letter case (I17); NotAction is its negation (I18)."""
    assert judged(statement(Action=written), request(action=action)).answer.truth is expected
    assert judged(statement(Action=None, NotAction=written), request(action=action)).answer.truth is ~expected


_LOWER: Final = Shape(frozenset("abcdefghijklmnopqrstuvwxyz1-:"), 0, None)  # a hole of these has no X


@pytest.mark.parametrize(
    ("written", "completed", "expected"),
    [
        ("arn:aws:kms", Y, M),
        ("arn:aws:kms:*:111122223333", Y, M),
        ("arn:aws:kms:us-west-1", N, N),  # another Region, however it is completed
        ("arn:aws:s3", N, N),
        ("arn:aws:kms*", Y, Y),
        ("kms", N, N),
        ("ar?:aws:kms", N, N),
        (text("arn:", Unknown(Why.NO_VARIABLE, "x"), f":{ACCOUNT}"), M, M),
        (text("arn:", Unknown(Why.NO_VARIABLE, "x", shape=_LOWER), f":{ACCOUNT}"), M, M),
        (text("arn:aws:kms:", Own.REGION), M, M),
        (text("arn:aws:s3:", Own.REGION), N, N),
        (text("arn:aws:", Unknown(Why.NO_VARIABLE, "x"), ":eu-west-1"), M, M),
        (text("arn:", Own.PARTITION, ":kms"), Y, M),
    ],
)
def test_resources_of_fewer_than_six_fields(written: object, completed: Truth, expected: Truth) -> None:
    """AWS completes such an ARN with stars in identity policies and refuses it in others; there both have to agree."""
    for kind, truth in ((PolicyKind.INLINE, completed), (PolicyKind.BOUNDARY, expected), (PolicyKind.KEY, expected)):
        everybody = "*" if kind is PolicyKind.KEY else None
        for effect in ("Allow", "Deny"):
            written_ = statement(Effect=effect, Principal=everybody, Resource=written)
            answer = judged(written_, request(), kind=kind).answer
            assert answer.truth is truth
            assert bool(answer.holes) is (truth is M)
        excluded = judged(statement(Principal=everybody, Resource=None, NotResource=written), request(), kind=kind)
        assert excluded.answer.truth is ~truth


def test_judgements_leave_out_what_surely_misses() -> None:
    """A statement whose conditions miss is none of them."""
    conditions: tuple[dict[str, Any], ...] = ({}, {"Null": {"aws:x": "false"}}, {"StringEquals": {"aws:y": "z"}})
    written = [statement(Condition=each) for each in conditions]
    document = read(Policy(PolicyKind.KEY, value_of({"Statement": written}), "Key"))
    asked = request(context=Context({"aws:y": present(HOLE)}, complete=True))
    found = Memo(document).judgements(asked, Effect.ALLOW, Naming.DIRECT)
    assert [(each.statement.index, each.answer.truth) for each in found] == [(0, Y), (2, M)]
    assert not Memo(document).judgements(asked, Effect.DENY, Naming.DIRECT)


def test_a_statement_of_an_identity_policy_names_its_own_in_any_way() -> None:
    """And one of a key policy that has no principal, nobody; it can be there and not be read."""
    for way in (Naming.EXACT, Naming.ITSELF, Naming.EVERYBODY, Naming.ACCOUNT, Naming.DIRECT, Naming.ANYHOW):
        own = judged(statement(Principal=None), request(), way, PolicyKind.INLINE)
        assert (own.answer.truth, own.element) == (Y, None)
        unreadable = judged(statement(Principal=None), request(), way)
        assert (unreadable.answer.truth, unreadable.element) == (M, Element.PRESENCE)


def test_acting_leaves_out_what_surely_misses() -> None:
    """What may speak of the action stays."""
    written = [statement(Action=action) for action in ("kms:Decrypt", "kms:Encrypt", HOLE)]
    document = read(Policy(PolicyKind.KEY, value_of({"Statement": written}), "Key"))
    memo = Memo(document)
    assert [each.index for each in memo.acting("kms:Decrypt", Effect.ALLOW)] == [0, 2]
    assert memo.acting("kms:Decrypt", Effect.ALLOW) is memo.acting("kms:Decrypt", Effect.ALLOW)
    assert [acts(each, "kms:Decrypt") for each in document.statements] == [Y, N, M]


# --- Resource ----------------------------------------------------------------------------------------------

RESOURCES: Final = [
    ("*", KEY, Y),
    (KEY, KEY, Y),
    (KEY.upper(), KEY, N),
    (f"arn:aws:kms:*:{ACCOUNT}:key/*", KEY, Y),
    (f"arn:aws:kms:*:{ELSEWHERE}:key/*", KEY, N),
    (f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/*", KEY, N),  # K38
    (f"arn:aws:kms:eu-west-1:{ACCOUNT}:alias/a", KEY, N),
    ("1234abcd-12ab-34cd-56ef-1234567890ab", KEY, N),  # K37
    ("alias/a", KEY, N),
    ("arn:aws:kms:*", KEY, Y),
    (["arn:aws:s3:::b", KEY], KEY, Y),
    ([], KEY, M),
    (HOLE, KEY, M),
    (text("arn:aws:s3:::", HOLE), KEY, N),
    (text("arn:aws:kms:", Own.REGION, f":{ACCOUNT}:key/*"), KEY, M),
    (text("arn:", Own.PARTITION, f":kms:*:{ACCOUNT}:key/*"), KEY, Y),
    (f"arn:aws:kms:*:{ACCOUNT}:${{aws:PrincipalTag/kind}}/*", KEY, Y),
    ("arn:aws:kms:*:*:${*}/*", KEY, N),
    ("arn:aws:kms:*:${aws:PrincipalAccount}:key/*", KEY, M),  # variables stand after the fifth colon (I21)
    (f"arn:aws:k*:*:{ACCOUNT}:key/*", KEY, M),  # AWS refuses it
    (f"arn:aws:k?s:*:{ACCOUNT}:key/*", KEY, M),
    (f"arn:aws:s*:*:{ACCOUNT}:key/*", KEY, N),
    ("arn:*:kms:*:*:key/*", KEY, Y),
    ("arn:aws:*:*:*:*", KEY, Y),
    ("arn:aws:kms:*:${aws:PrincipalTag/none}:key/*", KEY, N),
]


def in_account() -> Context:
    """A context with the caller's account."""
    facts = {"aws:principalaccount": present(text(ACCOUNT)), "aws:principaltag/kind": present(text("key"))}
    return Context(facts, complete=True)


@pytest.mark.parametrize(("written", "resource", "expected"), RESOURCES)
@pytest.mark.parametrize("kind", [PolicyKind.KEY, PolicyKind.INLINE])
def test_resources(kind: PolicyKind, written: object, resource: str, expected: Truth) -> None:
    """A resource is matched with its case, as a whole ARN (I19); in a key policy as in any other (K14)."""
    everybody = "*" if kind is PolicyKind.KEY else None
    asked = request(resource=resource, context=in_account())
    assert judged(statement(Principal=everybody, Resource=written), asked, kind=kind).answer.truth is expected


@pytest.mark.parametrize(("written", "resource", "expected"), RESOURCES[:-1])
def test_not_resources(written: object, resource: str, expected: Truth) -> None:
    """NotResource is the negation of Resource."""
    asked = request(resource=resource, context=in_account())
    assert judged(statement(Resource=None, NotResource=written), asked).answer.truth is ~expected


def test_a_variable_without_a_value_in_not_resource() -> None:
    """What that leaves out, AWS does not say clearly."""
    written = f"arn:aws:kms:*:{ACCOUNT}:key/${{aws:PrincipalTag/none}}"
    (hole,) = judged(statement(Resource=None, NotResource=written), request()).answer.holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == ("AWS does not document what `NotResource` excludes with a policy variable without a value")


def test_the_key_of_a_block_is_no_other() -> None:
    """A statement on one key of the source says nothing of another."""
    one, other = (
        text("arn:aws:kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", Reference(block, "key_id", KEY_ID))
        for block in ("One", "Other")
    )
    assert judged(statement(Resource=one), request(resource=one)).answer == YES
    assert judged(statement(Resource=one), request(resource=other)).answer == NO


def test_variables_in_resources_are_those_of_the_request() -> None:
    """The same resource is asked anew in another context."""
    written = value_of(
        {"Version": "2012-10-17", "Statement": statement(Resource="arn:aws:s3:::${aws:PrincipalAccount}")}
    )
    document = read(Policy(PolicyKind.KEY, written, "Key"))
    (only,) = document.statements
    here = request(resource=text("arn:aws:s3:::", ACCOUNT), context=in_account())
    there = replace(here, context=Context({"aws:principalaccount": present(text(ELSEWHERE))}, complete=True))
    assert [judge(only, document, each).answer for each in (here, there, here)] == [YES, NO, YES]


def test_a_trust_policy_has_no_resource() -> None:
    """It is about the role it belongs to."""
    asked = request(PrincipalKind.SERVICE, "sts:AssumeRole", ROLE)
    written = statement(Principal={"Service": SERVICE}, Action="sts:AssumeRole", Resource=None)
    assert judged(written, asked, kind=PolicyKind.TRUST).answer == YES


# --- together ----------------------------------------------------------------------------------------------

KEYS: Final = Context(
    {"a:yes": present(text("1")), "a:no": present(text("2")), "a:maybe": unsure("a:maybe", text("1"))}
)
PARTS: Final[dict[Element, dict[Truth, Any]]] = {
    Element.PRINCIPAL: {Y: ROLE, N: USER, M: HOLE},
    Element.ACTION: {Y: "kms:Decrypt", N: "kms:Encrypt", M: HOLE},
    Element.RESOURCE: {Y: KEY, N: "arn:aws:s3:::b", M: HOLE},
    Element.CONDITION: {Y: "a:yes", N: "a:no", M: "a:maybe"},
}


@pytest.mark.parametrize("truths", list(product(Truth, repeat=4)))
def test_a_statement_is_a_conjunction(truths: tuple[Truth, ...]) -> None:
    """Every mix of elements: the answer is Kleene's, and the evidence is the element that made it."""
    who, action, resource, key = (PARTS[element][truth] for element, truth in zip(PARTS, truths, strict=True))
    found = judged(
        statement(Principal={"AWS": who}, Action=action, Resource=resource, Condition={"StringEquals": {key: "1"}}),
        request(context=KEYS),
    )
    assert found.answer.truth is every(truths)
    culprit = next((e for e, truth in zip(PARTS, truths, strict=True) if truth is found.answer.truth is not Y), None)
    assert found.element is culprit
    assert (found.condition is None) is (culprit is not Element.CONDITION)
    asked = truths[:3] if N in truths[:3] else truths  # conditions are asked last
    assert found.elements == asked.count(Y)


def test_a_maybe_names_the_holes_of_every_open_element() -> None:
    """All that decides, once each."""
    other = Unknown(Why.NO_VALUE, "Q", identity="Q")
    found = judged(statement(Principal={"AWS": HOLE}, Action=other, Resource=text("arn:", HOLE)), request())
    assert found.answer.holes == (HOLE, other)


@pytest.mark.parametrize(
    ("missing", "element"),
    [("Action", Element.ACTION), ("Resource", Element.RESOURCE)],
)
def test_a_statement_without_an_element_does_nothing(missing: str, element: Element) -> None:
    """KMS takes it, and it has no effect (K13)."""
    found = judged(statement(**{missing: None}), request())
    assert (found.answer, found.element) == (NO, element)


@pytest.mark.parametrize("written", [HOLE, "x"])
def test_a_statement_that_cannot_be_read_may_apply(written: object) -> None:
    """To anybody, to anything."""
    document = read(Policy(PolicyKind.KEY, value_of({"Statement": [written]}), "Key"))
    (unread,) = document.statements
    found = judge(unread, document, request(PrincipalKind.SERVICE))
    assert (found.answer.truth, found.element) == (M, Element.PRESENCE)
    assert found.answer.holes == (unread.unreadable,)


def test_an_unknown_effect_leaves_the_other_elements_known() -> None:
    """What the statement surely does not speak of, it neither allows nor denies."""
    assert judged(statement(Effect=text(HOLE), Action="kms:Encrypt"), request()).answer == NO
    found = judged(statement(Effect=text(HOLE)), request())
    assert (found.answer.holes, found.element) == ((HOLE,), Element.PRESENCE)
    assert found.statement.effects == set(Effect)


def test_judgements_are_those_of_their_request() -> None:
    """What is remembered of one request, policy or naming is not said of another."""
    written = value_of({"Statement": [statement(Principal={"AWS": ROLE}, Resource=[KEY, "arn:aws:s3:::b"])]})
    document = read(Policy(PolicyKind.KEY, written, "Key"))
    (only,) = document.statements
    requests = [
        request(who, action, resource)
        for who in PRINCIPALS
        for action in ("kms:A", "s3:B")
        for resource in (KEY, f"{KEY}2")
    ]
    first = [judge(only, document, asked, naming).answer for asked in requests for naming in (EXACT, ITSELF)]
    again = [judge(only, document, asked, naming).answer for asked in requests for naming in (EXACT, ITSELF)]
    fresh = [
        judged(statement(Principal={"AWS": ROLE}, Resource=[KEY, "arn:aws:s3:::b"]), asked, naming).answer
        for asked in requests
        for naming in (EXACT, ITSELF)
    ]
    assert first == again == fresh
    assert YES in first


def test_holes_of_equal_names_and_other_shapes_are_told_apart() -> None:
    """Answers are remembered for the text itself: an equal one can have a hole of another shape."""
    digits, anything = (Reference("Key", "name", shape) for shape in (KEY_ID, NAME))
    document = read(Policy(PolicyKind.KEY, value_of({"Statement": [statement(Resource="arn:aws:s3:::A*")]}), "Key"))
    (only,) = document.statements
    asked = [request(resource=text("arn:aws:s3:::", hole)) for hole in (digits, anything)]
    assert [judge(only, document, each).answer.truth for each in asked] == [N, M]
