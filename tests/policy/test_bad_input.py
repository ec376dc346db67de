"""Hostile and broken policies: a reasoned answer in bounded work, never an exception, never a wrong definite answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from keyfit import json_text
from keyfit.json_text import plain
from keyfit.model.policies import Policy, PolicyKind
from keyfit.policy.authorize import authorize
from keyfit.policy.decision import Outcome
from keyfit.policy.policy_set import Governing
from keyfit.policy.request import present
from keyfit.value import Bool, List, Null, Number, Unknown, Value, holes_in, text
from tests.policy.test_authorize import EVERYTHING, LITERAL_ROLE, ask, policy
from tests.policy.worlds import value

if TYPE_CHECKING:
    from collections.abc import Callable

USE = {**EVERYTHING, "Principal": {"AWS": LITERAL_ROLE}}
OPEN, CLOSED, FREE = Outcome.UNDETERMINED, Outcome.DENIED, Outcome.ALLOWED


def outcome(document: Value | None) -> tuple[Outcome, str]:
    """The outcome under that key policy, and the reasons where it is open."""
    decision = authorize(ask(), Governing((Policy(PolicyKind.KEY, document, "Key"),)))
    reasons = [hole.phrase for hole in decision.holes if isinstance(hole, Unknown)]
    return decision.outcome, "; ".join(reasons)


def of(*statements: Any, **others: Any) -> Value:  # noqa: ANN401 - JSON
    """A document of these statements."""
    return value({"Version": "2012-10-17", "Statement": list(statements), **others})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, "the key policy is not a policy document"),
        (Null(), "the key policy is not a policy document"),
        (Number(1), "the key policy is not a policy document"),
        (Bool(value=True), "the key policy is not a policy document"),
        (List(), "the key policy is not a policy document"),
        (text("{"), "the key policy is not a policy document"),
        (json_text.read(text("{ not json")), "JSON"),
        (value({}), "the policy has no `Statement`"),
        (value({"Statement": "Allow"}), "statement 1 is not an object"),
        (value({"Statement": ["Allow", USE]}), "statement 1 is not an object"),
        (value({"Statement": 7}), "statement 1 is not an object"),
        (of(USE, Statment=[]), "`Statment` is not an element of a policy"),
        (of({**USE, "Efect": "Allow"}), "`Efect` is not an element of a statement"),
        (of({**USE, "Effect": "allow"}), "`Effect` is neither `Allow` nor `Deny`"),
        (of({**USE, "Effect": ["Allow"]}), "`Effect` is neither `Allow` nor `Deny`"),
        (of({**USE, "NotAction": "x"}), "the statement has `Action` and `NotAction`"),
        (of({**USE, "Condition": {"NoSuchOperator": {"aws:x": "y"}}}), "`NoSuchOperator` is not a condition operator"),
        (of({**USE, "Condition": {"StringLikes": {"aws:x": "y"}}}), "`StringLikes` is not a condition operator"),
        (of({**USE, "Condition": "x"}), "`Condition` is not a map"),
        (of({**USE, "Condition": {"Bool": "x"}}), "a condition operator has no map of keys"),
        (of({**USE, "Principal": "arn:aws:iam::111122223333:root"}), "`Principal` is neither `*` nor a map"),
        (of({**USE, "Principal": {"Aws": "*"}}), "`Aws` is not a type of principal"),
        (of({**USE, "Action": {"a": "b"}}), "`Action` is a list or map, not a string"),
        (of({**USE, "Resource": []}), "`Resource` is an empty list"),
    ],
)
def test_unreadable(document: Value | None, reason: str) -> None:
    """What AWS would refuse, or what cannot be read, may be anything, and says why."""
    found, why = outcome(document)
    assert found is OPEN
    assert reason in why


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"NumericEquals": {"aws:x": "seven"}}, OPEN),
        ({"DateLessThan": {"aws:x": "soon"}}, OPEN),
        ({"IpAddress": {"aws:x": "10.0.0.0/99"}}, OPEN),
        ({"Bool": {"aws:x": "perhaps"}}, OPEN),
        ({"StringEquals": {"aws:x": {"a": "b"}}}, OPEN),
        ({"StringEquals": {"aws:x": None}}, OPEN),
        ({"StringEquals": {"aws:x": 7}}, CLOSED),
        ({"StringEquals": {"aws:x": "y"}}, FREE),
        ({"Null": {"aws:x": "perhaps"}}, OPEN),
    ],
)
def test_condition_values(condition: Any, expected: Outcome) -> None:  # noqa: ANN401 - JSON
    """A condition value of the wrong type leaves the line open."""
    governing = Governing((policy(PolicyKind.KEY, {**USE, "Condition": condition}),))
    assert authorize(ask(aws__x=present(text("y"))), governing).outcome is expected


def test_an_unreadable_statement_beside_others() -> None:
    """What cannot be read may deny; it changes nothing where all is denied anyway."""
    assert outcome(of(USE, "x"))[0] is OPEN
    assert outcome(of({**USE, "Effect": "Deny"}, "x"))[0] is CLOSED


@pytest.mark.parametrize("count", [1_000, 1_001, 10_000])
def test_many_statements(count: int) -> None:
    """Up to a bound, every statement is read; beyond it the policy may be anything, with that reason."""
    tiny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
    found, why = outcome(of(*([tiny] * (count - 1)), USE))
    if count == 1_000:
        assert found in {FREE, OPEN}
    else:
        assert found is OPEN
        assert "the policy has more than 1000 statements" in why


def test_too_long() -> None:
    """A key policy of more than 32 KB is refused by AWS: it may be anything, with that reason (K11)."""
    roles = [f"arn:aws:iam::111122223333:role/Role{number:05}" for number in range(900)]
    assert outcome(of(USE, {**USE, "Principal": {"AWS": roles}})) == (
        OPEN,
        "the key policy is longer than 32768 bytes",
    )
    assert outcome(of(USE, {**USE, "Principal": {"AWS": roles[:600]}}))[0] is FREE


@pytest.mark.parametrize("piece", ["*", "*a", "?", "*?"])
@pytest.mark.parametrize("element", ["Action", "Resource"])
def test_many_stars(piece: str, element: str) -> None:
    """A pattern of ten thousand stars is matched in bounded work, and exactly."""
    wild = ("" if piece == "*" else "kms:" if element == "Action" else "arn:") + piece * (10_000 // len(piece))
    only_stars = piece == "*"
    assert outcome(of({**USE, element: wild}))[0] is (FREE if only_stars else CLOSED)
    holed = {"text": [wild, {"unknown": "x"}, wild]}
    assert outcome(of({**USE, element: holed}))[0] is (OPEN if only_stars else CLOSED)
    condition = {"StringLike": {"kms:ViaService": wild}}
    assert outcome(of({**USE, "Condition": condition}))[0] is CLOSED  # there is no such key


def test_many_values() -> None:
    """A list of thousands of patterns is gone through once."""
    arns = [f"arn:aws:kms:eu-west-1:111122223333:key/{number}" for number in range(2, 700)]
    assert outcome(of({**USE, "Resource": arns}))[0] is CLOSED
    assert outcome(of({**USE, "Resource": [*arns, "*"]}))[0] is FREE


def test_deep_nesting() -> None:
    """What is nested too deeply is unknown, with that reason; nothing recurses without end."""
    deep: Any = "x"
    for _ in range(plain.DEPTH + 10):
        deep = [deep]
    assert outcome(of({**USE, "Action": deep}))[0] is OPEN
    assert outcome(value({"Statement": deep}))[0] is OPEN
    endless = "[" * 100_000 + "]" * 100_000
    assert outcome(json_text.read(text(endless)))[0] is OPEN


@pytest.mark.parametrize("nest", [lambda inner: [inner], lambda inner: {"a": inner}])
def test_how_deep_a_value_can_be(nest: Callable[[Any], Any]) -> None:
    """A hundred levels are read, the value itself among them."""
    for levels, known in ((99, True), (100, False)):
        deep: Any = "x"
        for _ in range(levels):
            deep = nest(deep)
        holes = holes_in(plain.value(deep))
        assert [hole.phrase for hole in holes if isinstance(hole, Unknown)] == (
            [] if known else ["the value is nested more than 100 deep"]
        )


@pytest.mark.parametrize(
    ("number", "written"),
    [(7, "7"), (-7, "-7"), (0.5, "0.5"), (1e20, "100000000000000000000"), (1e-7, "0.0000001"), (2.0, "2.0")],
)
def test_numbers_are_written_out(number: float, written: str) -> None:
    """IAM knows no exponents."""
    assert plain.scalar(Number(number)) == text(written)
    condition = {"NumericEquals": {"aws:x": number}}
    governing = Governing((policy(PolicyKind.KEY, {**USE, "Condition": condition}),))
    assert authorize(ask(aws__x=present(text(written))), governing).outcome is FREE


def test_no_json() -> None:
    """A Python object that JSON cannot hold is a programming error, and told as one."""
    with pytest.raises(TypeError, match="set"):
        plain.value({"a": {1}})
    assert plain.value(json.loads('{"a": [1, 1.5, true, null, ""]}')) == value({"a": [1, 1.5, True, None, ""]})
    assert plain.scalar(Null()) is None
    assert plain.scalar(Number(7)) == text("7")
    assert plain.scalar(Bool(value=False)) == text("false")
    assert plain.scalar(Bool(value=True)) == text("true")
