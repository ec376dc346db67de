from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from keyfit.json_text import DEEPEST
from keyfit.value import Entry, Object, Origin, Own, Position, Reference, Text, Unknown, text
from keyfit.why import Why

from .making import consumers, machine, only, task, value

GROUP = "personalize:createDatasetGroup"
KEY_ARN = text("arn:", Own.PARTITION, ":kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", Reference("Key", "key_id"))


# --- run-time values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({"Parameters": {"KmsKeyArn.$": "$.key"}}, "$.key"),
        ({"Parameters": {"KmsKeyArn.$": "States.Format('arn:{}',\n  $.key)"}}, "States.Format('arn:{}', $.key)"),
        ({"Arguments": {"KmsKeyArn": "{% $states.input.key %}"}}, "{% $states.input.key %}"),
        ({"Arguments": "{% $states.input %}"}, "{% $states.input %}"),
        ({}, "the input of the state"),
        ({"Arguments": {"KmsKeyArn": "{% " + "x" * 300 + " %}"}}, "{% " + "x" * 77 + "…"),
        ({"Arguments": {"KmsKeyArn": text("{% ", Reference("Key", "key_id"), " %}")}}, "{% ${Key.key_id} %}"),
        ({"Arguments": {"KmsKeyArn": text("{% ", Own.ACCOUNT, " %}")}}, "{% ${account} %}"),
    ],
)
def test_what_is_told_at_run_time_is_unknown(given: dict[str, Any], subject: str) -> None:
    """A path, an intrinsic function and a JSONata expression are unknown, and named as they are written."""
    (use,) = only(machine(Make=task(GROUP, **given))).keys
    assert isinstance(use.value, Unknown)
    assert (use.value.why, use.value.subject.strip("`")) == (Why.RUN_TIME, subject)
    assert use.value.identity.startswith("Machine/Make")


def test_each_run_time_value_is_a_value_of_its_own() -> None:
    """Values of two parameters or of two states are not taken for the same; a parameter is the same as itself."""
    given = {"Parameters": {"KmsKeyArn.$": "$.key", "RoleArn.$": "$.role"}}
    definition = machine(One=task(GROUP, **given), Two=task(GROUP, **given))
    holes = [use.value for each in consumers(definition) for use in (*each.keys, each.role) if use]
    identities = [hole.identity for hole in holes if isinstance(hole, Unknown)]
    assert len(set(identities)) == len(identities) == 4
    assert consumers(definition) == consumers(definition)


def test_a_parent_that_is_told_at_run_time_leaves_its_inside_unknown() -> None:
    """`"JobOutput.$"` leaves open whether there is a key in it."""
    consumer = only(machine(Make=task("personalize:createDatasetExportJob", Parameters={"JobOutput.$": "$.out"})))
    assert [use.parameter for use in consumer.keys] == ["JobOutput.S3DataDestination.KmsKeyArn"]
    assert isinstance(consumer.keys[0].value, Unknown)
    assert consumer.role is None


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"KmsKeyArn": "{x}"}, text("{x}")),
        ({"KmsKeyArn": KEY_ARN, "Other": "{% x %}"}, KEY_ARN),
        ({"KmsKeyArn": None}, None),
        ({"Name": "n"}, None),
        ("a text that is not an expression", None),
        (["KmsKeyArn"], None),
        (None, None),
    ],
)
def test_what_is_written_is_as_it_is_written(given: object, expected: Text | None) -> None:
    """A literal value is the value; null and a parent of another kind give nothing."""
    keys = only(machine(Make=task(GROUP, Arguments=given))).keys
    assert [use.value for use in keys] == ([] if expected is None else [expected])


def test_what_depends_on_a_choice_says_so() -> None:
    """An expression with a hole names the choices of the hole."""
    hole = Unknown(Why.UNDECIDED, "condition `IsProd`", choices=frozenset({"Stage"}))
    (use,) = only(machine(Make=task(GROUP, Arguments={"KmsKeyArn": text("{% ", hole, " %}")}))).keys
    assert isinstance(use.value, Unknown)
    assert use.value.choices == {"Stage"}


REST = Unknown(Why.NO_VARIABLE, "more", identity="more")


@pytest.mark.parametrize(
    "given",
    [
        Object((Entry(text("Name"), text("n")),), rest=REST),
        Object((Entry(text(REST), text("n")),)),
        REST,
    ],
)
def test_unknown_parameters_may_hold_a_key_and_a_role(given: Object | Unknown) -> None:
    """Where some of the parameters are not known, key and role are unknown, and not the same unknown."""
    consumer = only(machine(Make=task(GROUP, Parameters=given)))
    (key,) = consumer.keys
    assert consumer.role
    holes = [key.value, consumer.role.value]
    assert [hole.subject for hole in holes if isinstance(hole, Unknown)] == ["more", "more"]
    assert holes[0] != holes[1]


@pytest.mark.parametrize("name", ["KmsKeyArn", "KmsKeyArn.$"])
def test_a_parameter_that_is_written_is_not_hidden_by_unknown_ones(name: str) -> None:
    """What is written wins over further parameters that are not known."""
    given = Object((Entry(text(name), text("$.key")),), rest=REST)
    (key,) = only(machine(Make=task(GROUP, Parameters=given))).keys
    assert key.value == text("$.key") or (isinstance(key.value, Unknown) and key.value.why is Why.RUN_TIME)


def test_a_path_that_is_not_known_itself_is_unknown() -> None:
    """`"KmsKeyArn.$"` with an unknown value is a key that is given."""
    (key,) = only(machine(Make=task(GROUP, Parameters={"KmsKeyArn.$": REST}))).keys
    assert isinstance(key.value, Unknown)


# --- nesting -------------------------------------------------------------------------------------------------


def test_states_are_found_inside_map_and_parallel() -> None:
    """ItemProcessor, Iterator and Branches are read, one inside another, and after what stands beside them."""
    leaf = task(GROUP, Parameters={"Name": "n"})
    definition = machine(
        Each={
            "Type": "Map",
            "ItemProcessor": machine(InItem=leaf, Deep={"Type": "Map", "Iterator": machine(InOld=leaf)}),
        },
        Both={"Type": "Parallel", "Branches": [machine(InFirst=leaf), machine(InSecond=leaf)]},
        Last=leaf,
    )
    found = [consumer.state for consumer in consumers(definition)]
    assert found == ["Last", "InItem", "InFirst", "InSecond", "InOld"]


def _nested(depth: int) -> dict[str, Any]:
    definition = machine(Leaf=task(GROUP, Parameters={"KmsKeyArn": "k"}))
    for level in range(depth):
        inner: dict[str, Any] = {"Type": "Map", "ItemProcessor": definition}
        if level % 2:
            inner = {"Type": "Parallel", "Branches": [definition]}
        definition = machine(**{f"Level{level}": inner})
    return definition


def test_any_depth_is_read() -> None:
    """A definition of values is walked to its end, however deep: no recursion."""
    depth = sys.getrecursionlimit() * 3
    leaf = value(machine(Leaf=task(GROUP, Parameters={"KmsKeyArn": "k"})))
    definition = leaf
    for level in range(depth):
        states = Object((Entry(text("ItemProcessor"), definition),))
        definition = Object((Entry(text("States"), Object((Entry(text(f"Level{level}"), states),))),))
    assert [consumer.state for consumer in consumers(definition)] == ["Leaf"]


def test_text_is_read_as_deep_as_json_is() -> None:
    """Text that holds JSON is read within the bounds of JSON, and says nothing past them."""
    assert [consumer.state for consumer in consumers(json.dumps(_nested(10)))] == ["Leaf"]
    assert consumers(json.dumps(_nested(DEEPEST))) == ()


def test_a_definition_that_holds_one_part_very_often_is_walked_once() -> None:
    """Twenty levels that each name the next one twice are twenty parts, not a million."""
    definition = value(machine(Leaf=task(GROUP, Parameters={})))
    for level in range(20):
        definition = value(machine(**{f"L{level}": {"Type": "Parallel", "Branches": [definition, definition]}}))
    assert [consumer.state for consumer in consumers(definition)] == ["Leaf"]


def test_ten_thousand_states_are_ten_thousand_consumers() -> None:
    """The number of states has no bound of its own."""
    states = {f"S{index}": task(GROUP, Parameters={"KmsKeyArn": "k"}) for index in range(10_000)}
    assert len(consumers(json.dumps(machine(**states)))) == 10_000


# --- what cannot be read -------------------------------------------------------------------------------------

UNKNOWN = Unknown(Why.NO_VALUE, "D")


@pytest.mark.parametrize(
    "definition",
    [
        UNKNOWN, text(UNKNOWN), "", "not JSON", '{"States": ', "[" * 100_000, [], None, 7, True, {},
        {"States": UNKNOWN}, {"States": []}, {"States": {"A": UNKNOWN}}, {"States": {"A": None}},
        {"States": {"A": {"Type": "Map", "ItemProcessor": UNKNOWN, "Iterator": []}}},
        {"States": {"A": {"Type": "Parallel", "Branches": UNKNOWN}}},
        {"States": {"A": {"Type": "Parallel", "Branches": [UNKNOWN, None, "x"]}}},
        {"States": {"A": {"Type": "Task", "Resource": UNKNOWN, "Parameters": {"KmsKeyArn": "k"}}}},
        {"States": {"A": {"Type": "Task", "Resource": 1}}},
        text('{"States": ', UNKNOWN, "}"),
        text('{"States": {', UNKNOWN, "}}"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_nothing(definition: object) -> None:
    """No JSON, unknown parts and values of another kind give no consumer, and do not stop the reading."""
    assert consumers(definition) == ()


def test_an_unknown_state_does_not_hide_the_others() -> None:
    """Beside what is not known, what is known is read."""
    states = Object((Entry(text("A"), UNKNOWN), Entry(text("B"), value(task(GROUP)))), rest=UNKNOWN)
    assert only({"States": states}).state == "B"


def test_of_two_states_with_one_name_the_last_counts() -> None:
    """JSON text with one key twice has the last one's value; names with holes are all kept."""
    first = '{"Resource": "arn:aws:states:::aws-sdk:personalize:createDatasetGroup", "Parameters": {"KmsKeyArn": "%s"}}'
    (use,) = only('{"States": {"A": %s, "A": %s}}' % (first % "one", first % "two")).keys  # noqa: UP031 - braces
    assert use.value == text("two")
    open_ = [Entry(text(Unknown(Why.NO_VALUE, name), "-A"), value(task(GROUP))) for name in ("X", "Y")]
    assert [consumer.state for consumer in consumers({"States": Object(tuple(open_))})] == ["${X}-A", "${Y}-A"]


# --- places --------------------------------------------------------------------------------------------------


def test_a_value_in_text_has_its_own_line() -> None:
    """The key's place is its own line in the file, where the text stands in the file as it is."""
    lines = json.dumps(machine(Make=task(GROUP, Parameters={"Name": "n", "KmsKeyArn": "KEY"})), indent=2).split("\n")
    (number,) = (index for index, line in enumerate(lines) if "KEY" in line)
    before, _, after = "\n".join(lines).partition("KEY")
    origin = Origin("t.yaml", Position(10, 7), Position(10 + len(lines) - 1, 8))
    (use,) = only(text(before, KEY_ARN, after, origin=origin)).keys
    assert use.value == KEY_ARN
    assert (use.value.origin.file, use.value.origin.start.line) == ("t.yaml", 10 + number)


def test_a_run_time_value_has_the_place_of_its_expression() -> None:
    """The place is that of the path."""
    origin = Origin("t.yaml", Position(3))
    (use,) = only(machine(Make=task(GROUP, Parameters={"KmsKeyArn.$": text("$.key", origin=origin)}))).keys
    assert use.value.origin == origin
