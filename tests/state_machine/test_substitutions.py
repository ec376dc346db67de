from __future__ import annotations

import json

import pytest

from keyfit.readers.state_machine import substituted
from keyfit.readers.state_machine.substitutions import CHARACTERS, NESTING
from keyfit.value import Entry, List, Object, Origin, Own, Position, Reference, Text, Unknown, Value, holes_in, text
from keyfit.why import Why

from .making import consumers, machine, only, task, value

KEY = text("arn:aws:kms:", Own.REGION, ":", Own.ACCOUNT, ":key/", Reference("Key", "key_id"))
UNKNOWN = Unknown(Why.NO_VALUE, "U", identity="U")
SUBSTITUTIONS = value({"Key": KEY, "Name": "n", "Count": 3, "On": True, "Unknown": UNKNOWN, "Odd": ["x"], "Empty": ""})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${Key}", KEY),
        ("a-${Name}-${Name}", text("a-n-n")),
        ("${Count}/${On}", text("3/true")),
        ("${Unknown}", text(UNKNOWN)),
        ("<${Empty}>", text("<>")),
        ("${Other} ${Name", text("${Other} ${Name")),
        ("$${Name}", text("$n")),
        ("{Name} $Name ${}", text("{Name} $Name ${}")),
        ("", text("")),
    ],
)
def test_a_placeholder_stands_for_its_substitution(written: str, expected: Text) -> None:
    """Every `${name}` that has a substitution is filled in, wherever it stands; every other one stays."""
    assert substituted(text(written), SUBSTITUTIONS) == expected
    assert substituted(value({"A": [{written: written}]}), SUBSTITUTIONS) == value({"A": [{expected: expected}]})


def test_what_is_filled_in_is_not_read_again() -> None:
    """A substitution that looks like a placeholder stays as it is."""
    assert substituted(text("${A}"), value({"A": "${B}", "B": "b"})) == text("${B}")


def test_a_substitution_that_is_no_text_is_unknown() -> None:
    """A list has no text of its own."""
    filled = substituted(text("${Odd}"), SUBSTITUTIONS)
    (hole,) = holes_in(filled)
    assert isinstance(hole, Unknown)
    assert hole.why is Why.INVALID


@pytest.mark.parametrize(
    "substitutions", [UNKNOWN, Object((), rest=UNKNOWN), Object((Entry(text(UNKNOWN), text("x")),))]
)
def test_unknown_substitutions_leave_each_placeholder_unknown(substitutions: Value) -> None:
    """Where the substitutions are not known, two placeholders are two unknowns, and one is the same everywhere."""
    first, second, again = holes_in(substituted(value(["${A}", "${B}", "${A}"]), substitutions))
    assert first == again != second


def test_no_substitutions_change_nothing() -> None:
    """Without substitutions a definition is what it was."""
    definition = value({"A": "${A}"})
    assert substituted(definition, None) is definition
    assert substituted(definition, value({})) == definition
    assert substituted(UNKNOWN, SUBSTITUTIONS) == UNKNOWN


def test_a_name_with_a_hole_leaves_its_text_unknown() -> None:
    """`${` before a hole may begin any placeholder."""
    for written in (text("x${", UNKNOWN, "}"), text("${Na", UNKNOWN)):
        assert isinstance(substituted(written, SUBSTITUTIONS), Unknown)
    whole = text("${Name}", UNKNOWN, "${Name}")
    assert substituted(whole, SUBSTITUTIONS) == text("n", UNKNOWN, "n")


def test_places_stay() -> None:
    """A text that is filled in keeps its place."""
    origin = Origin("t.yaml", Position(4))
    assert substituted(text("${Key}", origin=origin), SUBSTITUTIONS).origin == origin


def test_a_definition_is_read_after_it_is_filled_in() -> None:
    """A placeholder outside quotes is JSON once it is filled in; a key inside quotes keeps its holes."""
    definition = json.dumps(machine(Make=task("personalize:createDatasetGroup", Parameters={"KmsKeyArn": "${Key}"})))
    definition = definition.replace('"Type"', '"MaxAttempts": ${Count}, "Type"')
    assert consumers(definition) == ()
    (use,) = only(substituted(text(definition), SUBSTITUTIONS)).keys
    assert use.value == KEY


def test_growth_is_bounded() -> None:
    """A big substitution that stands very often makes the definition unknown, and soon."""
    big = value({"A": "x" * 100_000})
    for definition in (text("${A}" * 100_000), value(["${A}"] * 100_000)):
        filled = substituted(definition, big)
        assert isinstance(filled, Unknown)
        assert filled.why is Why.BOUND
    assert substituted(text("${A}" * 10), big) == text("x" * 1_000_000)
    assert CHARACTERS < 100_000 * 100_000


def test_very_many_small_placeholders_are_filled_in() -> None:
    """Two hundred thousand placeholders take no time worth speaking of."""
    filled = substituted(text("${A}" * 200_000), value({"A": "x"}))
    assert filled == text("x" * 200_000)
    assert isinstance(substituted(text("${" * 500_000), value({"A": "x"})), Text)


def test_depth_is_bounded() -> None:
    """What is nested too deep is unknown from there on."""
    definition: Value = text("${Name}")
    for _ in range(10_000):
        definition = List((definition,))
    (hole,) = holes_in(substituted(definition, SUBSTITUTIONS))
    assert isinstance(hole, Unknown)
    assert hole.why is Why.BOUND
    shallow: Value = text("${Name}")
    for _ in range(NESTING):
        shallow = List((shallow,))
    assert not holes_in(substituted(shallow, SUBSTITUTIONS))


def test_a_part_that_stands_twice_is_filled_in_once() -> None:
    """Sixty levels that each hold the next one twice are sixty parts."""
    definition: Value = text("${Name}")
    for _ in range(60):
        definition = List((definition, definition))
    filled = substituted(definition, SUBSTITUTIONS)
    for _ in range(60):
        assert isinstance(filled, List)
        filled = filled.items[0]
    assert filled == text("n")
