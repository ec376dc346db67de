"""Policies as written, in all the spellings IAM has, and what becomes of those it has not."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from keyfit.answer import NO, YES
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.document import MOST_BYTES, MOST_STATEMENTS, _least_bytes, read
from keyfit.policy.grammar import has_principals
from keyfit.policy.statement import WHOLE, Condition, Effect, Patterns, PrincipalEntry, Principals, Statement
from keyfit.truth import Truth
from keyfit.value import Entry, List, Null, Number, Object, Origin, Own, Position, Text, Unknown, Value, text
from keyfit.why import Why

HOLE: Final = Unknown(Why.NO_VALUE, "P", identity="P")
BOTH: Final = frozenset(Effect)
ALLOW: Final = {"Effect": "Allow", "Principal": "*", "Action": "kms:Decrypt", "Resource": "*"}


def policy(document: Value | dict[str, Any] | None, kind: PolicyKind = PolicyKind.KEY) -> Policy:
    """A policy of that document."""
    return Policy(kind, plain.value(document) if isinstance(document, dict) else document, "Owner", "name")


def statements(document: Value | dict[str, Any] | None, kind: PolicyKind = PolicyKind.KEY) -> tuple[Statement, ...]:
    """Its statements."""
    return read(policy(document, kind)).statements


def statement(written: dict[str, Any] | Value, kind: PolicyKind = PolicyKind.KEY) -> Statement:
    """The only statement of a policy."""
    value = plain.value(written) if isinstance(written, dict) else written
    (only,) = statements(_object(Statement=List((value,))), kind)
    return only


def _object(**entries: Value) -> Object:
    return Object(tuple(Entry(text(name), value) for name, value in entries.items()))


def reason(read_: Statement) -> str:
    """Why a statement cannot be read."""
    assert read_.unreadable is not None
    return read_.unreadable.phrase


# --- the whole grammar -------------------------------------------------------------------------------------


def test_a_statement_is_read_element_by_element() -> None:
    """Everything that is written is in the statement, in its order."""
    found = statement(
        {
            "Sid": "Use the key",
            "Effect": "Deny",
            "Principal": {"AWS": ["111122223333", "*"], "Service": "s3.amazonaws.com"},
            "NotAction": ["kms:Get*", "kms:List*"],
            "Resource": "*",
            "Condition": {"Bool": {"a:b": True, "a:c": ["true", "false"]}, "NumericLessThan": {"a:d": 7}},
        }
    )
    assert found == Statement(
        0,
        frozenset({Effect.DENY}),
        "Use the key",
        Principals(
            (
                PrincipalEntry("AWS", text("111122223333")),
                PrincipalEntry("AWS", text("*")),
                PrincipalEntry("Service", text("s3.amazonaws.com")),
            )
        ),
        Patterns((text("kms:Get*"), text("kms:List*")), negated=True),
        Patterns((text("*"),)),
        (
            Condition(text("Bool"), text("a:b"), (text("true"),)),
            Condition(text("Bool"), text("a:c"), (text("true"), text("false"))),
            Condition(text("NumericLessThan"), text("a:d"), (text("7"),)),
        ),
    )


@pytest.mark.parametrize(
    ("written", "entries"),
    [
        ("*", (PrincipalEntry("*", text("*")),)),
        ({"AWS": "*"}, (PrincipalEntry("AWS", text("*")),)),
        ({"AWS": 111122223333}, (PrincipalEntry("AWS", text("111122223333")),)),
        (
            {"Federated": "x", "CanonicalUser": ["y"]},
            (PrincipalEntry("Federated", text("x")), PrincipalEntry("CanonicalUser", text("y"))),
        ),
        ({}, (Unknown(Why.REFUSED, "`Principal` specifies no principal"),)),
    ],
)
def test_principals(written: object, entries: tuple[PrincipalEntry, ...]) -> None:
    """Each kind and spelling of principal is an entry."""
    assert statement({**ALLOW, "Principal": written}).principals == Principals(entries)


def test_not_principal() -> None:
    """NotPrincipal is the same, negated."""
    found = statement({"Effect": "Deny", "NotPrincipal": {"AWS": "x"}, "Action": "*", "Resource": "*"})
    assert found.principals == Principals((PrincipalEntry("AWS", text("x")),), negated=True)


@pytest.mark.parametrize("written", [ALLOW, [ALLOW]])
def test_one_statement_needs_no_list(written: object) -> None:
    """A lone statement is read as a list of it."""
    (only,) = statements({"Statement": written})
    assert only.effects == {Effect.ALLOW}
    assert only.unreadable is None


def test_sids_can_repeat() -> None:
    """Statements are a sequence: none takes the place of another."""
    found = statements({"Statement": [{**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a", "Effect": "Deny"}]})
    assert [(each.index, each.sid, each.effects) for each in found] == [
        (0, "a", frozenset({Effect.ALLOW})),
        (1, "a", frozenset({Effect.DENY})),
    ]


@pytest.mark.parametrize(("version", "expected"), [("2012-10-17", YES), ("2008-10-17", NO), (None, NO)])
def test_version(version: str | None, expected: object) -> None:
    """Variables are variables in Version 2012-10-17 alone; null is the same as none (I22)."""
    assert read(policy({"Version": version, "Statement": []})).variables == expected
    assert read(policy({"Statement": []})).variables == NO


@pytest.mark.parametrize("version", [HOLE, text("2012-", HOLE), text("2012-10-18"), Number(2012)])
def test_unknown_version(version: Value) -> None:
    """Whether variables are variables is then not known."""
    assert read(policy(_object(Version=version, Statement=List()))).variables.truth is Truth.MAYBE


@pytest.mark.parametrize(
    ("version", "refused"),
    [
        (HOLE, False),
        (text("2012-", HOLE), False),
        (text("2012-", Own.REGION), False),
        (text("2012-10-18"), True),
        (Number(2012), True),
    ],
)
def test_a_version_that_aws_refuses(version: Value, refused: bool) -> None:  # noqa: FBT001 - a column
    """Then the policy may do anything; one that is not known is one of those that there are."""
    whole = [each for each in statements(_object(Version=version, Statement=List())) if each.index == WHOLE]
    assert [reason(each) for each in whole] == ["`Version` is not a version of the policy language"] * refused


def test_elements_that_are_not_written() -> None:
    """A statement of a key policy without them is a statement; what that means is the judge's to say (K13)."""
    found = statement({"Effect": "Allow", "Principal": "*"})
    assert (found.actions, found.resources, found.conditions) == (None, None, ())
    assert found.unreadable is None


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (PolicyKind.KEY, "Principal"),
        (PolicyKind.INLINE, "Action"),
        (PolicyKind.MANAGED, "Resource"),
        (PolicyKind.BOUNDARY, "Action"),
        (PolicyKind.SERVICE_CONTROL, "Resource"),
        (PolicyKind.TRUST, "Principal"),
        (PolicyKind.TRUST, "Action"),
        (PolicyKind.RESOURCE_CONTROL, "Principal"),
        (PolicyKind.RESOURCE_CONTROL, "Resource"),
    ],
)
def test_elements_that_a_kind_of_policy_has_to_have(kind: PolicyKind, missing: str) -> None:
    """AWS refuses a statement without them: what it would do is not known. The Not… form will do as well."""
    elements = {name: written for name, written in ALLOW.items() if has_principals(kind) or name != "Principal"}
    if kind is PolicyKind.TRUST:
        del elements["Resource"]
    assert statement(elements, kind).unreadable is None
    without = {name: written for name, written in elements.items() if name != missing}
    assert reason(statement(without, kind)) == f"the statement has no `{missing}`"
    assert statement(without, kind).effects == BOTH
    if missing != "Principal":
        assert statement({**without, f"Not{missing}": "x"}, kind).unreadable is None


def test_null_is_not_written() -> None:
    """An element that is null is as one that is not there."""
    nulls = {"Sid": None, "Condition": None, "NotAction": None, "NotResource": None, "NotPrincipal": None}
    assert statement({**ALLOW, **nulls}) == statement(ALLOW)


def test_places_lead_to_what_is_written() -> None:
    """Every record says where it was written."""

    def at(line: int) -> Origin:
        return Origin("a.tf", Position(line), Position(line))

    written = Object(
        (
            Entry(text("Effect"), text("Allow")),
            Entry(text("Principal"), text("*")),
            Entry(text("Action"), text("kms:*", origin=at(2))),
            Entry(text("Condition"), _object(Bool=Object((Entry(text("a:b", origin=at(3)), text("x")),)))),
        ),
        origin=at(1),
    )
    found = statement(written)
    assert found.actions is not None
    assert (found.origin, found.actions.origin, found.conditions[0].origin) == (at(1), at(2), at(3))


# --- what cannot be read -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "phrase"),
    [
        (None, "the key policy is not a policy document"),
        (Null(), "the key policy is not a policy document"),
        (text("{}"), "the key policy is not a policy document"),
        (List(), "the key policy is not a policy document"),
        (HOLE, HOLE.phrase),
        ({}, "the policy has no `Statement`"),
        ({"Statement": None}, "the policy has no `Statement`"),
        ({"Statement": "x"}, "statement 1 is not an object"),
        ({"Statement": [7]}, "statement 1 is not an object"),
        ({"Statement": [None]}, "statement 1 is not an object"),
        (_object(Statement=HOLE), HOLE.phrase),
        (_object(Statement=List((HOLE,))), HOLE.phrase),
        (_object(Statement=List((), rest=HOLE)), HOLE.phrase),
        ({"Statement": [], "statement": []}, "`statement` is not an element of a policy"),
        (Object((Entry(text("Statement"), List()), Entry(text("V", HOLE), text("x")))), HOLE.phrase),
        (
            Object((Entry(text("Statement"), List()), Entry(text(Own.REGION), text("x")))),
            "the name of an element is not known",
        ),
        (
            Object((Entry(text("Statement"), List()), Entry(text("Statement"), List()))),
            "`Statement` is repeated in a policy",
        ),
        (Object((Entry(text("Statement"), List()),), rest=HOLE), HOLE.phrase),
        ({"Id": "x" * MOST_BYTES, "Statement": []}, f"the key policy is longer than {MOST_BYTES} bytes"),
    ],
)
def test_a_document_that_cannot_be_read_may_do_anything(document: Value | dict[str, Any] | None, phrase: str) -> None:
    """There is a statement that may allow and may deny, and says why."""
    (only,) = statements(document)
    assert (only.effects, only.principals, only.actions, only.resources) == (BOTH, None, None, None)
    assert reason(only) == phrase


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        ({"NotAction": "x"}, "the statement has `Action` and `NotAction`"),
        ({"NotResource": "x"}, "the statement has `Resource` and `NotResource`"),
        ({"NotPrincipal": "x"}, "the statement has `Principal` and `NotPrincipal`"),
        ({"action": "x"}, "`action` is not an element of a statement"),
        ({"Effekt": "x"}, "`Effekt` is not an element of a statement"),
    ],
)
def test_a_statement_that_aws_refuses_may_do_anything(change: dict[str, object], phrase: str) -> None:
    """Nothing of it is relied on, and its reason is told."""
    found = statement({"Sid": "s", **ALLOW, **change})
    assert (found.effects, found.principals, found.actions, found.sid) == (BOTH, None, None, "s")
    assert reason(found) == phrase


@pytest.mark.parametrize("effect", ["allow", "DENY", "", 1, None, ["Allow"]])
def test_an_effect_that_is_none_may_be_both(effect: object) -> None:
    """The rest of the statement is still known."""
    found = statement({**ALLOW, "Effect": effect})
    assert (found.effects, found.actions) == (BOTH, Patterns((text("kms:Decrypt"),)))
    assert reason(found) == "`Effect` is neither `Allow` nor `Deny`"


def test_an_unknown_effect_may_be_both() -> None:
    """Its hole is what decides."""
    for kind in (PolicyKind.TRUST, PolicyKind.INLINE):
        elements = {name: written for name, written in ALLOW.items() if (name == "Principal") <= has_principals(kind)}
        if kind is PolicyKind.TRUST:
            del elements["Resource"]
        written_ = _object(**{**{name: plain.value(each) for name, each in elements.items()}, "Effect": text(HOLE)})
        assert statement(written_, kind).unreadable == HOLE
    own = _object(Principal=text("*"), Action=text("*"), Resource=text("*"), Effect=text(Own.REGION))
    assert reason(statement(own)) == "`Effect` is neither `Allow` nor `Deny`"
    others = _object(Principal=text("*"), Action=text("*"), Resource=text("*")).entries
    found = statement(Object((*others, Entry(text("Effect"), text(HOLE)))))
    assert (found.effects, found.unreadable, found.actions) == (BOTH, HOLE, Patterns((text("*"),)))
    for missing in ("Action", "Resource"):  # then it does nothing, whatever its effect
        entries = (entry for entry in others if entry.key.literal != missing)
        assert statement(Object((*entries, Entry(text("Effect"), text(HOLE))))).unreadable is None


@pytest.mark.parametrize(
    ("kind", "element", "phrase"),
    [
        (PolicyKind.INLINE, "Principal", "a statement of the inline policy has `Principal`"),
        (PolicyKind.BOUNDARY, "NotPrincipal", "a statement of the permissions boundary has `NotPrincipal`"),
        (PolicyKind.TRUST, "Resource", "a statement of the trust policy has `Resource`"),
        (PolicyKind.TRUST, "NotResource", "a statement of the trust policy has `NotResource`"),
        (PolicyKind.TRUST, "NotPrincipal", "a statement of the trust policy has `NotPrincipal`"),
    ],
)
def test_elements_that_a_kind_of_policy_cannot_have(kind: PolicyKind, element: str, phrase: str) -> None:
    """AWS refuses such a statement."""
    assert reason(statement({"Effect": "Allow", "Action": "*", element: "*"}, kind)) == phrase


UNREADABLE_PARTS: Final = [
    ("Action", [], "`Action` is an empty list"),
    ("Action", [["kms:*"]], "`Action` is a list or map, not a string"),
    ("Action", {"a": "b"}, "`Action` is a list or map, not a string"),
    ("Action", [None], "`Action` is null"),
    ("Resource", [], "`Resource` is an empty list"),
]


@pytest.mark.parametrize(("element", "written", "phrase"), UNREADABLE_PARTS)
def test_parts_that_cannot_be_read_are_unknown(element: str, written: object, phrase: str) -> None:
    """An element of the wrong form is an unknown among the patterns, and the rest of the statement is known."""
    found = statement({**ALLOW, element: written})
    patterns = found.actions if element == "Action" else found.resources
    assert patterns is not None
    (hole,) = patterns.values
    assert isinstance(hole, Unknown)
    assert (hole.phrase, found.unreadable) == (phrase, None)


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("arn:aws:iam::111122223333:root", "`Principal` is neither `*` nor a map"),
        (["*"], "`Principal` is neither `*` nor a map"),
        ({"aws": "*"}, "`aws` is not a type of principal"),
        ({"AWS": []}, "`Principal` specifies no principal"),
        ({"AWS": [None]}, "`Principal` is null"),
    ],
)
def test_principals_that_cannot_be_read_are_unknown(written: object, phrase: str) -> None:
    """Such an entry may be anybody, or anybody of its kind."""
    found = statement({**ALLOW, "Principal": written})
    assert found.principals is not None
    (entry,) = found.principals.entries
    hole = entry.value if isinstance(entry, PrincipalEntry) else entry
    assert isinstance(hole, Unknown)
    assert hole.phrase == phrase


@pytest.mark.parametrize(
    "written",
    [
        HOLE,
        text(HOLE),
        Object((), rest=HOLE),
        _object(AWS=HOLE),
        _object(AWS=List((), rest=HOLE)),
        Object((Entry(text(HOLE), text("*")),)),
    ],
)
def test_unknown_principals(written: Value) -> None:
    """Wherever the hole is, the entry is that hole, of a kind where one is written; a text is no map."""
    found = statement(_object(Effect=text("Allow"), Principal=written))
    assert found.principals is not None
    (entry,) = found.principals.entries
    assert entry in {HOLE, PrincipalEntry("AWS", HOLE)} or isinstance(written, Text)


def test_unknown_elements_of_lists_are_elements() -> None:
    """What is known of a list stays known beside what is not."""
    actions = List((text("kms:Decrypt"), HOLE, text("kms:", HOLE)), rest=HOLE)
    found = statement(_object(Effect=text("Allow"), Principal=text("*"), Action=actions))
    assert found.actions == Patterns((text("kms:Decrypt"), HOLE, text("kms:", HOLE), HOLE))


@pytest.mark.parametrize(
    "written",
    [
        HOLE,
        Object((), rest=HOLE),
        _object(Bool=HOLE),
        _object(Bool=Object((), rest=HOLE)),
        _object(Bool=Object((Entry(text("a:b"), HOLE),))),
        _object(Bool=Object((Entry(text(HOLE), text("true")),))),
        Object((Entry(text(HOLE), _object(**{"a:b": text("true")})),)),
        text("x"),
        _object(Bool=text("x")),
        _object(Bool=Object((Entry(text("a:b"), List()),))),
        _object(Bool=Object((Entry(text("a:b"), Null()),))),
    ],
)
def test_conditions_that_are_not_known_are_lines(written: Value) -> None:
    """A condition block that is not known, in whole or part, has a line with the unknown in it."""
    found = statement(_object(Effect=text("Allow"), Principal=text("*"), Condition=written))
    (line,) = found.conditions
    assert [
        *(hole for hole in (*line.operator.holes, *line.key.holes) if isinstance(hole, Unknown)),
        *(value for value in line.values if isinstance(value, Unknown)),
    ]


@pytest.mark.parametrize(
    ("written", "phrase"),
    [
        ("x", "`Condition` is not a map"),
        ({"Bool": "x"}, "a condition operator has no map of keys"),
        ({"Bool": {"a:b": []}}, "a condition is an empty list"),
        ({"Bool": {"a:b": {}}}, "a condition is a list or map, not a string"),
        ({"Boole": {}}, "`Boole` is not a condition operator"),
    ],
)
def test_conditions_that_cannot_be_read_say_why(written: object, phrase: str) -> None:
    """The unknown in the line is the reason."""
    (line,) = statement({**ALLOW, "Condition": written}).conditions
    assert [value.phrase for value in line.values if isinstance(value, Unknown)] == [phrase]


def test_an_operator_without_keys() -> None:
    """Its name is read where it is known, and keys that are not known are a line."""

    def block(operator: Text, keys: Object) -> tuple[Condition, ...]:
        others = _object(Effect=text("Allow"), Principal=text("*"), Action=text("*"), Resource=text("*")).entries
        entry = Entry(text("Condition"), Object((Entry(operator, keys),)))
        return statement(Object((*others, entry))).conditions

    assert block(text("x", HOLE), Object(())) == ()
    assert len(block(text("Boole"), _object(a=text("b")))) == 1
    assert len(block(text("Boole"), Object((), rest=HOLE))) == 1


def test_booleans_are_texts() -> None:
    """As IAM reads them."""
    (line,) = statement({**ALLOW, "Condition": {"Bool": {"a:b": [True, False]}}}).conditions
    assert line.values == (text("true"), text("false"))


def test_a_sid_that_is_not_known_is_none() -> None:
    """What is told of the statement is its place."""
    sid = _object(Sid=text("a", HOLE), Effect=text("Allow"), Principal=text("*"))
    assert statement(sid).sid == ""


def test_the_kind_of_a_principal_can_be_a_hole() -> None:
    """Of whatever sort: then it is not known whom it names."""
    principal = Object((Entry(text(Own.REGION), text("x")),))
    found = statement(_object(Effect=text("Allow"), Principal=principal, Action=text("*"), Resource=text("*")))
    assert found.principals is not None
    (entry,) = found.principals.entries
    assert isinstance(entry, Unknown)
    assert entry.phrase == "the kind of a principal is not known"


def test_a_condition_block_can_be_empty() -> None:
    """Then there is no line, and nothing to fail."""
    assert statement({**ALLOW, "Condition": {}}).conditions == ()
    assert statement({**ALLOW, "Condition": {"Bool": {}}}).conditions == ()


# --- policies that are not written here --------------------------------------------------------------------


def test_a_policy_outside_the_source_may_allow() -> None:
    """It is assumed not to deny."""
    (only,) = statements(None, PolicyKind.OUTSIDE)
    assert only.effects == {Effect.ALLOW}
    assert reason(only) == "policy `name` is not in the source"


def test_a_policy_of_aws_is_read_from_what_keyfit_ships() -> None:
    """By its ARN, in any partition; one that keyfit does not know is outside the source."""
    arn = text("arn:", Own.PARTITION, ":iam::aws:policy/AWSKeyManagementServicePowerUser")
    found = read(Policy(PolicyKind.AWS_MANAGED, None, "Role", arn=arn)).statements
    assert found
    assert all(each.unreadable is None and each.actions for each in found)
    other = Policy(PolicyKind.AWS_MANAGED, None, "Role", arn=text("arn:aws:iam::aws:policy/NoSuchPolicy"))
    assert [each.effects for each in read(other).statements] == [{Effect.ALLOW}]


# --- bounds ------------------------------------------------------------------------------------------------


def test_many_statements_are_bounded() -> None:
    """Beyond the most that a policy can hold, one statement stands for the rest: it may do anything."""
    found = statements({"Statement": [{"Effect": "Allow"}] * 10_000})
    assert [reason(each) for each in found[MOST_STATEMENTS:]] == [
        f"the key policy is longer than {MOST_BYTES} bytes",
        f"the policy has more than {MOST_STATEMENTS} statements",
    ]
    assert [each.index for each in found] == [*range(MOST_STATEMENTS), WHOLE, WHOLE]


def test_the_most_statements_are_read() -> None:
    """As many as a policy can hold are no reason to stop."""
    assert len(statements({"Statement": [{}] * MOST_STATEMENTS})) == MOST_STATEMENTS


@pytest.mark.parametrize(
    "written",
    [
        {},
        {"Statement": []},
        {"Statement": [{}, {"a": "b"}, {"c": ["d", "e"], "f": ["g"]}], "Id": "é中"},
        [[], [[]], ["", ""], {"": {"": ""}}],
    ],
)
def test_the_size_of_a_policy(written: object) -> None:
    """It is that of the shortest JSON; what is not known of it can be empty."""
    shortest = json.dumps(written, separators=(",", ":"), ensure_ascii=False).encode()
    assert _least_bytes(plain.value(written)) == len(shortest)
    least = MOST_BYTES - _least_bytes(plain.value({"Statement": [], "Id": ""}))
    assert statements({"Statement": [], "Id": "x" * least}) == ()
    assert len(statements({"Statement": [], "Id": "x" * (least + 1)})) == 1
    assert _least_bytes(text("ab", HOLE)) == 4
    assert _least_bytes(HOLE) == 0
    assert _least_bytes(text("\ud800")) == 3
