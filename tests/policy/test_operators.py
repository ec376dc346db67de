"""The condition operators, one table an operator: known, unknown, partly known, absent, empty, mixed case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from keyfit.answer import NO, YES, maybe
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.condition import holds, judge_conditions, judge_line, taken_apart
from keyfit.policy.operators import read_test
from keyfit.policy.request import ABSENT, Context, Fact, present, unsure
from keyfit.policy.statement import Condition, Document
from keyfit.policy.variables import Scope, has_variables
from keyfit.shape import Shape
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.answer import Answer

KEY: Final = "kms:SomeKey"
HOLE: Final = Unknown(Why.NO_VALUE, "P", identity="P")
OTHER: Final = Unknown(Why.NO_VALUE, "Q", identity="Q")
ANY_LIST: Final = Unknown(Why.NO_VALUE, "L", identity="L")

Y, N, M = Truth.YES, Truth.NO, Truth.MAYBE


def _shaped(characters: str) -> Unknown:
    """A hole that has some characters only."""
    return Unknown(Why.NO_VALUE, characters, identity=characters, shape=Shape(frozenset(characters), 0, None))


def _texts(*values: str | Text | Unknown) -> tuple[Text | Unknown, ...]:
    return tuple(text(value) if isinstance(value, str) else value for value in values)


def ask(operator: str, wanted: list[str | Text | Unknown], fact: Fact, *, variables: Answer = YES) -> Answer:
    """What one line answers when the request has `fact` for its key."""
    document = Document((), Policy(PolicyKind.KEY, None, "Key"), variables)
    context = Context({KEY.lower(): fact, **VARIABLES}, complete=True)
    return judge_line(Condition(text(operator), text(KEY), _texts(*wanted)), Scope(document, context))


def has(*values: str | Text | Unknown) -> Fact:
    """A key with these values."""
    return present(*_texts(*values))


def can_have(*values: str | Text | Unknown) -> Fact:
    """A key that is absent or has these values."""
    return unsure(KEY, *_texts(*values))


VARIABLES: Final = {
    "aws:principalaccount": present(text("111122223333")),
    "aws:principaltag/team": present(text("a*b")),
    "aws:principaltag/many": present(text("a"), text("b")),
    "aws:principaltag/unknown": present(HOLE),
    "aws:principaltag/list": Fact(YES, HOLE),
    "aws:principaltag/perhaps": unsure("aws:PrincipalTag/perhaps", text("x")),
    "aws:sourcearn": present(text("arn:aws:s3:::", Own.REGION)),
}

NUMBER, DATE = "NumericEquals", "DateEquals"
COMPARISONS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
ARN: Final = "arn:aws:iam::111122223333:role/x"

TABLES: Final = [
    # StringEquals: case counts, wildcards are none
    ("StringEquals", ["abc"], has("abc"), Y),
    ("StringEquals", ["abc"], has("ABC"), N),
    ("StringEquals", ["a*"], has("abc"), N),
    ("StringEquals", ["a*"], has("a*"), Y),
    ("StringEquals", ["x", "abc"], has("abc"), Y),
    ("StringEquals", [""], has(""), Y),
    ("StringEquals", [""], has("a"), N),
    ("StringEquals", ["abc"], ABSENT, N),
    ("StringEquals", ["abc"], has(), N),
    ("StringNotEquals", ["abc"], has(), Y),
    ("StringEquals", ["abc"], can_have("abc"), M),
    ("StringEquals", ["abc"], can_have("abd"), N),
    ("StringEquals", ["abc"], has(HOLE), M),
    ("StringEquals", ["abc"], has(text("a", HOLE)), M),
    ("StringEquals", ["abc"], has(text("b", HOLE)), N),
    ("StringEquals", [text("a", HOLE)], has("abc"), M),
    ("StringEquals", [text("a", HOLE)], has(text("a", HOLE)), Y),
    ("StringEquals", [text("a", HOLE)], has(text("a", OTHER)), M),
    ("StringEquals", [HOLE], has("abc"), M),
    ("StringEquals", ["abc", HOLE], has("abc"), Y),
    ("StringEquals", ["111122223333"], has(text(Own.ACCOUNT)), M),
    ("StringEquals", ["11112222333"], has(text(Own.ACCOUNT)), N),
    ("StringEquals", [text("s3.eu-west-1.", Own.URL_SUFFIX)], has("s3.eu-west-1.amazonaws.com"), Y),
    ("stringequals", ["abc"], has("abc"), Y),
    # StringNotEquals: its negation, also of absence
    ("StringNotEquals", ["abc"], has("abc"), N),
    ("StringNotEquals", ["abc", "x"], has("abc"), N),
    ("StringNotEquals", ["abc", "x"], has("y"), Y),
    ("StringNotEquals", ["abc"], ABSENT, Y),
    ("StringNotEquals", ["abc"], can_have("abc"), M),
    ("StringNotEquals", ["abc"], can_have("abd"), Y),
    ("StringNotEquals", ["abc"], has(HOLE), M),
    ("StringNotEquals", ["abc", HOLE], has("abc"), N),
    ("StringNotEquals", [HOLE], ABSENT, Y),
    # … IgnoreCase
    ("StringEqualsIgnoreCase", ["aBc"], has("AbC"), Y),
    ("StringEqualsIgnoreCase", ["a*"], has("abc"), N),
    ("StringEqualsIgnoreCase", ["ABC"], has(text("a", HOLE)), M),
    ("StringEqualsIgnoreCase", ["ABC"], has(text("b", HOLE)), N),
    ("StringEqualsIgnoreCase", ["x"], ABSENT, N),
    ("StringNotEqualsIgnoreCase", ["aBc"], has("AbC"), N),
    ("StringNotEqualsIgnoreCase", ["aBc"], has("x"), Y),
    ("StringNotEqualsIgnoreCase", ["aBc"], ABSENT, Y),
    # StringLike
    ("StringLike", ["s3.*.amazonaws.com"], has("s3.eu-west-1.amazonaws.com"), Y),
    ("StringLike", ["s3.*.amazonaws.com"], has(text("s3.", Own.REGION, ".amazonaws.com")), Y),
    ("StringLike", ["s3.eu-*.amazonaws.com"], has(text("s3.", Own.REGION, ".amazonaws.com")), M),
    ("StringLike", ["S3.*"], has("s3.eu-west-1.amazonaws.com"), N),
    ("StringLike", ["s3.eu-west-?.amazonaws.com"], has("s3.eu-west-1.amazonaws.com"), Y),
    ("StringLike", ["*"], has(HOLE), Y),
    ("StringLike", ["*"], ABSENT, N),
    ("StringLike", ["*"], can_have(HOLE), M),
    ("StringLike", ["a.c"], has("abc"), N),
    ("StringNotLike", ["a*"], has("abc"), N),
    ("StringNotLike", ["a*"], has("xbc"), Y),
    ("StringNotLike", ["a*"], ABSENT, Y),
    ("StringNotLike", ["*"], has(HOLE), N),
    # Numeric
    ("NumericEquals", ["10"], has("10.0"), Y),
    ("NumericEquals", ["10"], has("11"), N),
    ("NumericEquals", ["10"], has(HOLE), M),
    ("NumericEquals", [text("1", HOLE)], has("10"), M),
    ("NumericEquals", ["abc"], has("10"), M),
    ("NumericEquals", ["10"], has("abc"), M),
    ("NumericEquals", ["NaN"], has("NaN"), M),
    ("NumericEquals", ["10"], ABSENT, N),
    ("NumericEquals", ["-1.50"], has("-1.5"), Y),
    ("NumericNotEquals", ["10"], has("11"), Y),
    ("NumericNotEquals", ["10", "11"], has("11"), N),
    ("NumericNotEquals", ["10"], ABSENT, Y),
    ("NumericNotEquals", ["abc"], has("11"), M),
    ("NumericLessThan", ["10"], has("9"), Y),
    ("NumericLessThan", ["10"], has("10"), N),
    ("NumericLessThanEquals", ["10"], has("10"), Y),
    ("NumericLessThanEquals", ["10"], has("10.1"), N),
    ("NumericGreaterThan", ["10"], has("10"), N),
    ("NumericGreaterThan", ["9", "100"], has("10"), Y),
    ("NumericGreaterThanEquals", ["10"], has("10"), Y),
    ("NumericGreaterThanEquals", ["10"], has("9"), N),
    ("NumericGreaterThanEquals", ["10"], ABSENT, N),
    # Date
    ("DateEquals", ["2024-01-01T00:00:00Z"], has("2024-01-01T00:00:00Z"), Y),
    ("DateEquals", ["2024-01-01"], has("2024-01-01T00:00:00Z"), Y),
    ("DateEquals", ["2024"], has("2024-01-01"), Y),
    ("DateEquals", ["2024-01-01T00:00:00.5Z"], has("2024-01-01T00:00:00.500000Z"), Y),
    ("DateEquals", ["2024-01-01T00:00:00.123456Z"], has("2024-01-01T00:00:00.1234567Z"), Y),
    ("DateEquals", ["2024-01-01T00:00:00.05Z"], has("2024-01-01T00:00:00.5Z"), N),
    ("DateEquals", ["2024-01-01T02:00:00+02:00"], has("2024-01-01T00:00:00Z"), Y),
    ("DateEquals", ["2023-12-31T22:30:00-01:30"], has("2024-01-01T00:00:00.000Z"), Y),
    ("DateEquals", ["1704067200"], has("2024-01-01T00:00Z"), Y),
    ("DateEquals", ["2024-13-01"], has("2024-01-01T00:00:00Z"), M),
    ("DateEquals", ["tomorrow"], has("2024-01-01T00:00:00Z"), M),
    ("DateEquals", ["2024"], has("tomorrow"), M),
    ("DateNotEquals", ["2024"], has("2025"), Y),
    ("DateNotEquals", ["2024"], ABSENT, Y),
    ("DateLessThan", ["2024-06-01T00:00:00Z"], has("2024-05-31T23:59:59Z"), Y),
    ("DateLessThan", ["2024-06-01T00:00:00Z"], has("2024-06-01T00:00:00Z"), N),
    ("DateLessThanEquals", ["2024-06-01T00:00:00Z"], has("2024-06-01T00:00:00Z"), Y),
    ("DateGreaterThan", ["2024-06-01"], has("2024-06-02"), Y),
    ("DateGreaterThan", ["2024-06-01"], has(HOLE), M),
    ("DateGreaterThan", ["2024-06-01"], ABSENT, N),
    ("DateGreaterThanEquals", ["2024-06-01"], has("2024-06-01"), Y),
    ("DateGreaterThanEquals", ["2024-06-01"], has("2023"), N),
    # Bool
    ("Bool", ["true"], has("true"), Y),
    ("Bool", ["True"], has("tRUE"), Y),
    ("bool", ["false"], has("false"), Y),
    ("Bool", ["true"], has("false"), N),
    ("Bool", ["false"], ABSENT, N),
    ("Bool", ["true"], has(HOLE), M),
    ("Bool", [text(HOLE)], has("true"), M),
    ("Bool", ["yes"], has("true"), M),
    ("Bool", ["true"], has("yes"), M),
    # BinaryEquals
    ("BinaryEquals", ["QmluYXJ5"], has("QmluYXJ5"), Y),
    ("BinaryEquals", ["QmluYXJ5"], has("qmluyxj5"), N),
    ("BinaryEquals", ["QmluYXJ5"], ABSENT, N),
    ("BinaryEquals", ["QmluYXJ5"], has(HOLE), M),
    # IpAddress
    ("IpAddress", ["203.0.113.0/24"], has("203.0.113.7"), Y),
    ("IpAddress", ["203.0.113.0/24"], has("203.0.114.7"), N),
    ("IpAddress", ["203.0.113.7"], has("203.0.113.7"), Y),
    ("IpAddress", ["203.0.113.7/24"], has("203.0.113.9"), Y),
    ("IpAddress", ["2001:db8::/32"], has("2001:db8::1"), Y),
    ("IpAddress", ["2001:DB8::/32"], has("203.0.113.7"), N),
    ("IpAddress", ["0.0.0.0/0"], has("2001:db8::1"), N),
    ("IpAddress", ["203.0.113.0/33"], has("203.0.113.7"), M),
    ("IpAddress", ["203.0.113.0/24"], has("personalize.amazonaws.com"), N),
    ("IpAddress", ["203.0.113.0/255.255.255.0"], has("203.0.113.7"), M),
    ("IpAddress", ["fe80::1%eth0"], has("fe80::1"), M),
    ("IpAddress", ["fe80::/10"], has("fe80::1%eth0"), N),
    ("IpAddress", ["203.0.113.0/24"], has(HOLE), M),
    ("IpAddress", [text(HOLE, "/24")], has("203.0.113.7"), M),
    ("IpAddress", ["203.0.113.0/24"], ABSENT, N),
    ("NotIpAddress", ["203.0.113.0/24"], has("203.0.113.7"), N),
    ("NotIpAddress", ["203.0.113.0/24"], has("198.51.100.1"), Y),
    ("NotIpAddress", ["203.0.113.0/24"], has("personalize.amazonaws.com"), Y),
    ("NotIpAddress", ["203.0.113.0/24"], ABSENT, Y),
    # Arn…: six fields, each its own
    ("ArnEquals", [ARN], has(ARN), Y),
    ("ArnEquals", ["arn:aws:iam::*:role/*"], has(ARN), Y),
    ("ArnLike", ["arn:aws:iam::*:role/x"], has(ARN), Y),
    ("ArnLike", ["arn:aws:*:role/x"], has(ARN), N),
    ("ArnLike", ["arn:aws:iam::*:*"], has(ARN), Y),
    ("ArnLike", ["arn:aws:iam:*"], has(ARN), M),
    ("ArnLike", ["*"], has(ARN), M),
    ("ArnLike", ["arn:aws:iam"], has(ARN), N),
    ("ArnLike", ["arn:aws:iam::111122223333:Role/x"], has(ARN), N),
    ("ArnLike", ["arn:*:iam::*:role/?"], has(ARN), Y),
    ("ArnLike", ["arn:aws:sns:*:t"], has("arn:aws:sns:eu-west-1:111122223333:t"), N),
    ("ArnLike", ["arn:aws:s3:*:*:*"], has("arn:aws:s3:::a:b"), Y),
    ("ArnLike", ["arn:aws:iam::111122223333:role/x"], has(text("arn:", Own.PARTITION, ":iam::111122223333:role/x")), Y),
    ("ArnLike", [ARN], has(text("arn:aws:iam::", Own.ACCOUNT, ":role/x")), M),
    ("ArnLike", [ARN], has(text("arn:aws:iam::", Own.ACCOUNT, ":role/y")), N),
    ("ArnLike", ["arn:aws:s3:::x"], has(HOLE), M),
    ("ArnLike", ["arn:aws:s3:::x"], has(text("arn:aws:s3:::", HOLE)), M),
    ("ArnLike", ["arn:aws:s3:::x"], has(text("arn:aws:sns:", HOLE)), N),
    ("ArnLike", ["arn:aws:s3:::x*"], has(text("arn:aws:s3:::x", HOLE)), Y),
    ("ArnLike", [ARN], has("no ARN"), N),
    ("ArnLike", [ARN], ABSENT, N),
    ("ArnNotEquals", [ARN], has(ARN), N),
    ("ArnNotLike", ["arn:aws:iam::*:role/x"], has(ARN), N),
    ("ArnNotLike", ["arn:aws:iam::*:role/y"], has(ARN), Y),
    ("ArnNotLike", ["arn:aws:iam::*:role/y"], ABSENT, Y),
    # Null: asks for the key alone
    ("Null", ["true"], ABSENT, Y),
    ("Null", ["true"], has("x"), N),
    ("Null", ["true", "false"], has("x"), Y),
    ("Null", ["false"], ABSENT, N),
    ("Null", ["False"], has("x"), Y),
    ("Null", ["false"], has(HOLE), Y),
    ("Null", ["true"], can_have("x"), M),
    ("Null", ["false"], can_have("x"), M),
    ("Null", [HOLE], ABSENT, M),
    ("Null", [text(HOLE)], ABSENT, M),
    ("Null", ["maybe"], ABSENT, M),
    ("null", ["true"], ABSENT, Y),
]

SET_OPERATORS: Final = [
    # IfExists: true for an absent key, else as without
    ("StringEqualsIfExists", ["abc"], ABSENT, Y),
    ("StringEqualsIfExists", ["abc"], has("abc"), Y),
    ("StringEqualsIfExists", ["abc"], has("x"), N),
    ("StringEqualsIfExists", ["abc"], can_have("abc"), Y),
    ("StringEqualsIfExists", ["abc"], can_have("x"), M),
    ("StringNotEqualsIfExists", ["abc"], ABSENT, Y),
    ("StringNotEqualsIfExists", ["abc"], can_have("x"), Y),
    ("BoolIfExists", ["true"], ABSENT, Y),
    ("NumericLessThanIfExists", ["1"], ABSENT, Y),
    ("stringlikeifexists", ["a*"], can_have(text("a", HOLE)), Y),
    # ForAllValues: true for none
    ("ForAllValues:StringEquals", ["a", "b"], has("a", "b"), Y),
    ("ForAllValues:StringEquals", ["a", "b"], has("a"), Y),
    ("ForAllValues:StringEquals", ["a", "b"], has("a", "c"), N),
    ("ForAllValues:StringEquals", ["a", "b"], has("a", HOLE), M),
    ("ForAllValues:StringEquals", ["a", "b"], has("c", HOLE), N),
    ("ForAllValues:StringEquals", ["a", "b"], ABSENT, Y),
    ("ForAllValues:StringEquals", ["a", "b"], has(), Y),
    ("ForAllValues:StringEquals", ["a", "b"], can_have("a"), Y),
    ("ForAllValues:StringEquals", ["a", "b"], can_have("c"), M),
    ("ForAllValues:StringEquals", ["a"], Fact(YES, ANY_LIST), M),
    ("ForAllValues:StringLike", ["*"], Fact(YES, ANY_LIST), Y),
    ("ForAllValues:StringNotEquals", ["a", "b"], has("c", "d"), Y),
    ("ForAllValues:StringNotEquals", ["a", "b"], has("c", "a"), N),
    ("ForAllValues:StringNotEquals", ["a", "b"], ABSENT, Y),
    ("forallvalues:stringequals", ["a"], has("a"), Y),
    # ForAnyValue: false for none, negated or not
    ("ForAnyValue:StringEquals", ["a", "b"], has("c", "b"), Y),
    ("ForAnyValue:StringEquals", ["a", "b"], has("c", "d"), N),
    ("ForAnyValue:StringEquals", ["a", "b"], has("c", HOLE), M),
    ("ForAnyValue:StringEquals", ["a", "b"], has("a", HOLE), Y),
    ("ForAnyValue:StringEquals", ["a", "b"], ABSENT, N),
    ("ForAnyValue:StringEquals", ["a", "b"], has(), N),
    ("ForAnyValue:StringEquals", ["a"], can_have("a"), M),
    ("ForAnyValue:StringEquals", ["a"], can_have("b"), N),
    ("ForAnyValue:StringLike", ["*"], Fact(YES, ANY_LIST), M),
    ("ForAnyValue:StringNotEquals", ["a"], has("a", "b"), Y),
    ("ForAnyValue:StringNotEquals", ["a"], has("a"), N),
    ("ForAnyValue:StringNotEquals", ["a"], ABSENT, N),
    ("ForAnyValue:StringEqualsIfExists", ["a"], ABSENT, Y),
    # one value expected, several there: AWS does not say, unless every reading agrees
    ("StringEquals", ["a"], has("a", "b"), M),
    ("StringEquals", ["a", "b"], has("a", "b"), Y),
    ("StringEquals", ["c"], has("a", "b"), N),
    ("StringNotEquals", ["c"], has("a", "b"), Y),
]

NO_OPERATORS: Final = [
    "StringEqual", "", "Equals", "NullIfExists", "ForAllValues:Null", "ForAllValues:", "ForSomeValues:StringEquals",
    "StringEqualsIfExistsIfExists", "ForAllValues:ForAnyValue:StringEquals", "IfExists", "BoolNot",
]  # fmt: skip


@pytest.mark.parametrize(("operator", "wanted", "fact", "expected"), [*TABLES, *SET_OPERATORS])
def test_operators(operator: str, wanted: list[str | Text | Unknown], fact: Fact, expected: Truth) -> None:
    """One line against one key answers as the manual says, and MAYBE only where a completion could change it."""
    assert ask(operator, wanted, fact).truth is expected


@pytest.mark.parametrize(("operator", "wanted", "fact", "expected"), [*TABLES, *SET_OPERATORS])
def test_a_maybe_names_what_it_hangs_on(
    operator: str, wanted: list[str | Text | Unknown], fact: Fact, expected: Truth
) -> None:
    """An answer has holes if and only if it is MAYBE."""
    assert bool(ask(operator, wanted, fact).holes) is (expected is Truth.MAYBE)


@pytest.mark.parametrize("name", NO_OPERATORS)
def test_an_operator_that_does_not_exist_leaves_the_answer_open(name: str) -> None:
    """What is no operator answers MAYBE, and says so."""
    (hole,) = ask(name, ["a"], has("a")).holes
    assert read_test(name) is None
    assert isinstance(hole, Unknown)
    assert hole.phrase == f"`{name}` is not a condition operator"


def test_null_has_no_operator() -> None:
    """It asks for the key alone, in whatever letter case."""
    test = read_test("nULL")
    assert test is not None
    assert (test.operator, test.if_exists) == (None, False)


@pytest.mark.parametrize(
    ("operator", "wanted", "phrase"),
    [
        *((f"Numeric{compare}", "abc", "`abc` is not a number") for compare in COMPARISONS),
        *((f"Date{compare}", "abc", "`abc` is not a date") for compare in COMPARISONS),
        ("Bool", "abc", "`abc` is not a boolean"),
        ("IpAddress", "abc", "`abc` is not a range of IP addresses"),
        ("NotIpAddress", "abc", "`abc` is not a range of IP addresses"),
        ("Null", "abc", "`abc` is not a boolean"),
    ],
)
def test_a_value_of_the_wrong_type_leaves_the_answer_open(operator: str, wanted: str, phrase: str) -> None:
    """What AWS makes of such a value is not documented: the answer is MAYBE, and says why."""
    (hole,) = ask(operator, [wanted], has("1")).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == phrase


def test_unknown_operators_and_keys_leave_the_answer_open() -> None:
    """A hole in the operator or in the key is what the answer hangs on."""
    scope = Scope(Document((), Policy(PolicyKind.KEY, None, "Key")), Context(complete=True))
    for line in (
        Condition(text("String", HOLE), text(KEY), _texts("a")),
        Condition(text("StringEquals"), text("aws:", HOLE), _texts("a")),
    ):
        assert judge_line(line, scope).holes == (HOLE,)


@pytest.mark.parametrize(
    ("wanted", "given", "variables", "expected"),
    [
        ("${aws:PrincipalAccount}", "111122223333", YES, Y),
        ("${AWS:principalaccount}", "111122223333", YES, Y),
        ("${ aws:PrincipalAccount }", "111122223333", YES, Y),
        ("${aws:PrincipalAccount}", "111122223333", NO, N),
        ("${aws:PrincipalAccount}", "${aws:PrincipalAccount}", NO, Y),
        ("x-${aws:PrincipalAccount}-*", "x-111122223333-y", YES, Y),
        ("${aws:PrincipalTag/none}", "x", YES, N),
        ("${aws:PrincipalTag/none}", "${aws:PrincipalTag/none}", YES, N),
        ("${aws:PrincipalTag/none, 'x'}", "x", YES, Y),
        ("${aws:PrincipalTag/none, 'x, y'}", "x, y", YES, Y),
        ("${aws:PrincipalTag/none, '*'}", "x", YES, N),
        ("${aws:PrincipalAccount, 'x'}", "x", YES, N),
        ("${aws:PrincipalTag/team}", "a*b", YES, Y),
        ("${aws:PrincipalTag/team}", "axb", YES, N),
        ("${aws:PrincipalTag/many}", "a", YES, N),
        ("${aws:PrincipalTag/unknown}", "a", YES, M),
        ("x${aws:PrincipalTag/unknown}", "a", YES, N),
        ("${aws:PrincipalTag/list}", "a", YES, M),
        ("${aws:PrincipalTag/list, 'b'}", "a", YES, M),
        ("${aws:PrincipalTag/perhaps}", "x", YES, M),
        ("${aws:PrincipalTag/perhaps, 'y'}", "y", YES, M),
        ("${*}", "*", YES, Y),
        ("${*}", "a", YES, N),
        ("${?}", "?", YES, Y),
        ("${X}", "X", YES, N),
        ("${kms:GrantOperations}", "a", YES, N),  # a key of several values is not a variable
        ("${KMS:grantoperations, 'a'}", "a", YES, Y),
        ("${$}{aws:x}", "${aws:x}", YES, Y),
        ("${", "${", YES, M),  # one that does not end
        ("x${", "y", YES, N),
        ("${a{b}", "${a{b}", YES, M),
        ("${aws:PrincipalAccount" + " " * 30_000 + "}", "111122223333", YES, Y),
        ("${aws:x" + " " * 30_000 + ", 'y'}", "y", YES, Y),
        ("${aws:x, y'}", "y", YES, N),
        ("${aws:x,'}", "'", YES, N),
        ("${aws:x,'}", "", YES, N),
        ("${aws:x,''}", "", YES, Y),
    ],
)
def test_variables(wanted: str, given: str, variables: Answer, expected: Truth) -> None:
    """A variable is the text of its context key, by any case of its name, in Version 2012-10-17 only."""
    assert ask("StringLike", [wanted], has(given), variables=variables).truth is expected


def test_variables_under_an_unknown_version() -> None:
    """Where the Version is not known, both readings have to agree."""
    version = NO.__class__(Truth.MAYBE, (HOLE,))
    assert ask("StringLike", ["${aws:PrincipalAccount}"], has("x"), variables=version) == NO
    assert ask("StringLike", ["${aws:PrincipalAccount}"], has("111122223333"), variables=version).holes == (HOLE,)


def test_a_variable_that_cannot_be_resolved_matches_nothing() -> None:
    """So a negated condition holds (IAM, reference_policies_variables)."""
    for kind in ("String", "Arn"):
        assert ask(f"{kind}NotLike", ["${aws:PrincipalTag/none}"], has("x")) == YES
        assert ask(f"{kind}Like", ["${aws:PrincipalTag/none}"], has("x")) == NO
    assert ask("StringNotEquals", ["${aws:PrincipalTag/none}", "x"], has("x")) == NO


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("",), Y),
        (("a",), Y),
        (("x",), N),
        (("", "a"), M),
        (("", "x"), N),
        ((HOLE,), M),
        ((text("x", HOLE),), N),
        ((HOLE, "x"), N),
        ((), Y),
    ],
)
def test_for_all_values_of_nothing(values: tuple[str | Unknown, ...], expected: Truth) -> None:
    """An empty text is no value at all; among others AWS does not say what it is."""
    assert ask("ForAllValues:StringEquals", ["a"], has(*values)).truth is expected
    assert ask("ForAllValues:StringNotEquals", ["", "x"], has("")).truth is Y
    assert ask("ForAnyValue:StringEquals", ["a"], has("")).truth is N


def test_a_hole_beside_a_variable() -> None:
    """What is known on either side of it decides."""
    for wanted in (text("${aws:PrincipalAccount}-", HOLE), text(HOLE, "-${aws:PrincipalAccount}")):
        assert ask("StringLike", [wanted], has("111122223333-111122223333")).holes == (HOLE,)
        assert ask("StringLike", [wanted], has("2-2")).truth is Truth.NO


@pytest.mark.parametrize(
    ("wanted", "given", "expected"),
    [
        (("x$", HOLE), "xy", M),  # `{aws:PrincipalTag/y}`
        (("x$", HOLE), "y", N),
        (("x$", HOLE, "z"), "xyz", M),
        (("x$", HOLE, "z"), "xyw", N),
        ((HOLE, "nt}-z"), "111122223333-z", M),  # `${aws:PrincipalAccou`
        ((HOLE, "}*"), "anything", M),
        (("x", HOLE, "}"), "y", N),
        (("*", HOLE, "${aws:PrincipalAccount}"), "111122223333", M),
        ((HOLE, "-${aws:PrincipalAccount}"), "9-9", N),  # the first brace opens another
        ((HOLE, "a", Unknown(Why.NO_VALUE, "R", identity="R")), "b", M),
        (("$", HOLE, "{aws:PrincipalAccount}"), "111122223333", M),
        (("$", HOLE, "{", HOLE, "aws:PrincipalAccount}"), "111122223333", M),
        (("$", HOLE, HOLE, "{aws:PrincipalAccount}"), "111122223333", M),
        (("$", Own.REGION, "{aws:PrincipalAccount}"), "111122223333", N),
        (("$", HOLE, _shaped("a"), "{aws:PrincipalAccount}"), "111122223333", M),
        (("$", HOLE, Own.REGION, "{aws:PrincipalAccount}"), "111122223333", N),
        (("$", HOLE, "x{aws:PrincipalAccount}"), "111122223333", N),
        (("x$", _shaped("{}aws:x")), "x1", M),
        (("x$", _shaped("{aws:x")), "x1", N),
        (("x$", _shaped("{aws:x"), _shaped("}z")), "x1", M),
        (("x$", _shaped("{aws:x"), _shaped("z")), "x1", N),
        (("x$", _shaped("{aws:x"), "X}"), "x1", M),
        ((_shaped("${aws:x"), "}"), "1", M),
        ((_shaped("{aws:x"), "}"), "1", N),
        ((Own.REGION, "}"), "b", N),
        (("$", Own.REGION, "}"), "b", N),
    ],
)
def test_a_variable_that_a_hole_brings(wanted: tuple[str | Unknown, ...], given: str, expected: Truth) -> None:
    """A variable can begin or end in what a hole stands for, and then takes what stands between with it."""
    assert ask("StringLike", [text(*wanted)], has(given)).truth is expected
    literal = ask("StringLike", [text(*wanted)], has(given), variables=NO)
    assert literal.truth in {expected, N}


def test_a_variable_that_a_hole_brings_on_one_side() -> None:
    """What is the same on both sides as it is written can be a variable on one of them."""
    named = Unknown(Why.NO_VARIABLE, "x", identity="x")
    assert ask("StringEquals", [text("$", named, "}")], has(text("$", named, "}"))).holes == (named,)
    assert ask("StringEquals", [text("$", named)], has(text("$", named)), variables=NO) == YES
    assert not has_variables(named)


@pytest.mark.parametrize(
    "key",
    [
        *("aws:CalledVia", "aws:PrincipalOrgPaths", "aws:PrincipalServiceNamesList", "aws:ResourceOrgPaths"),
        *("aws:SourceOrgPaths", "aws:TagKeys"),
        *("kms:EncryptionContextKeys", "kms:GrantOperations", "kms:ResourceAliases"),
    ],
)
def test_keys_of_several_values_are_no_variables(key: str) -> None:
    """Not even where a request has one value of it."""
    context = Context({"a:k": has("v"), key.lower(): has("v")}, complete=True)
    scope = Scope(Document((), Policy(PolicyKind.KEY, None, "Key")), context)
    assert judge_line(_line("StringEquals", "a:k", f"${{{key}}}"), scope) == NO
    assert judge_line(_line("StringEquals", "a:k", f"${{{key}, 'v'}}"), scope) == YES


def test_a_variable_that_is_perhaps_there() -> None:
    """Its value is as unknown as whether it is there, whatever keeps that open."""
    for holes in ((HOLE,), (Own.REGION,)):
        context = Context({"a:k": has("x"), "a:v": Fact(maybe(*holes), _texts("x"))}, complete=True)
        scope = Scope(Document((), Policy(PolicyKind.KEY, None, "Key")), context)
        (hole,) = judge_line(_line("StringEquals", "a:k", "${a:v}"), scope).holes
        assert isinstance(hole, Unknown)
        assert hole.why is (HOLE.why if holes == (HOLE,) else Why.UNDOCUMENTED)
        assert hole.subject == "the value of `${a:v}`"


def test_a_variable_that_a_hole_cuts_short() -> None:
    """It is as unknown as what follows."""
    holes = ask("StringLike", [text(OTHER, "${aws:", HOLE, "}")], has("x")).holes
    assert [hole.subject for hole in holes if isinstance(hole, Unknown)] == ["Q", "P"]


def test_a_variable_without_an_end() -> None:
    """What it is, AWS does not say."""
    (hole,) = ask("StringLike", ["x${aws:PrincipalAccount"], has("x1")).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == "AWS does not document what a policy variable is that does not end"


def test_a_hole_in_the_name_of_a_variable() -> None:
    """From the variable on, nothing is known of the value; what stands before it still decides."""
    for wanted in (text("x-${aws:PrincipalTag/", HOLE, "}"), text("x-${aws:PrincipalTag/", HOLE)):
        assert ask("StringLike", [wanted], has("x-1")).truth is Truth.MAYBE
        assert ask("StringLike", [wanted], has("y-1")).truth is Truth.NO


@pytest.mark.parametrize("negation", ["", "Not"])
@pytest.mark.parametrize(
    ("kind", "comparison"),
    [("String", "Equals"), ("String", "Like"), ("String", "EqualsIgnoreCase"), ("Arn", "Equals"), ("Arn", "Like")],
)
def test_variables_of_strings_and_arns(kind: str, comparison: str, negation: str) -> None:
    """Every operator of strings and ARNs has variables, negated or not (I21)."""
    wanted, given = "arn:aws:iam::${aws:PrincipalAccount}:root", "arn:aws:iam::111122223333:root"
    assert ask(f"{kind}{negation}{comparison}", [wanted], has(given)) == (NO if negation else YES)


def test_answers_are_those_of_their_context() -> None:
    """A line is asked anew where the same unknown fact meets variables of other values."""
    line = _line("StringNotEquals", "a:k", "7", "${a:v}")
    fact = unsure("a:k", text("1"))

    def truth(value: str) -> Truth:
        context = Context({"a:k": fact, "a:v": has(value)}, complete=True)
        return judge_line(line, Scope(Document((), Policy(PolicyKind.KEY, None, "Key")), context)).truth

    assert [truth(value) for value in ("1", "2", "1")] == [Truth.MAYBE, Truth.YES, Truth.MAYBE]


def test_a_key_of_several_values() -> None:
    """Without a quantifier, AWS does not say what they do where they differ; the values that are open are told, too."""
    for other in ("a", "b"):
        holes = ask("StringEquals", ["a"], has(other, HOLE)).holes
        assert {hole.phrase for hole in holes if isinstance(hole, Unknown)} == {
            HOLE.phrase,
            (
                "AWS does not document how an operator without ForAllValues or ForAnyValue "
                "compares a key of several values"
            ),
        }
    assert ask("StringEquals", ["a"], has(HOLE, HOLE)).holes == (HOLE,)
    (hole,) = ask("ForAllValues:StringEquals", ["a"], has("", "a")).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == "AWS does not document how a set operator treats an empty value among others"


def test_too_many_pairs_of_values() -> None:
    """Beyond a bound, they are not compared."""
    given = [str(number) for number in range(3)]
    wanted: list[str | Text | Unknown] = [f"x{number}" for number in range(6_667)]
    (hole,) = ask("ForAnyValue:StringEquals", wanted, has(*given)).holes
    assert isinstance(hole, Unknown)
    assert hole.phrase == "a condition compares more than 20000 pairs of values"
    assert ask("ForAnyValue:StringEquals", [*wanted, *wanted][:10_000], has(*given[:2])) == NO


def test_variables_of_numbers_are_none() -> None:
    """Variables stand in strings and ARNs only (I21)."""
    assert ask("NumericEquals", ["${aws:PrincipalAccount}"], has("111122223333")).truth is Truth.MAYBE


def test_a_hole_of_the_request_is_the_same_in_value_and_variable() -> None:
    """A context value and the variable that stands for the same unknown are equal, unless it can be empty."""
    assert ask("StringEquals", ["${aws:PrincipalTag/unknown}"], has(HOLE)).truth is Truth.MAYBE
    assert ask("ArnLike", ["${aws:SourceArn}"], has(text("arn:aws:s3:::", Own.REGION))).truth is Truth.YES


def _line(operator: str, key: str, *values: str | Text | Unknown) -> Condition:
    return Condition(text(operator), text(key), _texts(*values))


def test_all_lines_have_to_hold() -> None:
    """A NO beats a MAYBE, and the line of the answer is the one that made it."""
    scope = Scope(Document((), Policy(PolicyKind.KEY, None, "Key")), Context({"a:k": has("1")}, complete=True))
    yes, open_, no = _line("StringEquals", "A:K", "1"), _line("StringEquals", "a:k", HOLE), _line("Null", "a:k", "true")
    assert judge_conditions((), lambda line: holds(line, scope)) == (YES, None)
    assert judge_conditions(taken_apart((yes, yes)), lambda line: holds(line, scope)) == (YES, None)
    assert judge_conditions(taken_apart((open_, yes, no)), lambda line: holds(line, scope)) == (NO, no)
    answer, line = judge_conditions(taken_apart((yes, open_)), lambda line: holds(line, scope))
    assert (answer.holes, line) == ((HOLE,), open_)
