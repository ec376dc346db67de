import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfit.json_text import DEEPEST, LONGEST, read, read_file, reading, write
from keyfit.value import (
    Bool,
    Entry,
    List,
    Null,
    Number,
    Object,
    Origin,
    Own,
    Position,
    Reference,
    Text,
    Unknown,
    Value,
    text,
)
from keyfit.why import Why

HOLE = Unknown(Why.NO_VALUE, "P", identity="P")
OTHER = Unknown(Why.NO_VALUE, "Q", identity="Q")
CHOSEN = Unknown(Why.UNDECIDED, "it", choices=frozenset({"A", "B"}))


def plain(value: Value) -> object:
    """`value` as Python's own kinds; what is not known as itself, an object as pairs."""
    match value:
        case Text():
            return value.literal if value.literal is not None else value.parts
        case Number(number) | Bool(number):
            return number
        case Null():
            return None
        case List(items, rest):
            return [*map(plain, items), *([rest] if rest else [])]
        case Object(entries, rest):
            told: dict[object, object] = {plain(key): plain(inner) for key, inner in entries}
            return {**told, "…": rest} if rest else told
        case _:
            return value


def pairs(loaded: object) -> Value:
    """What Python's own `json` has read, as a value."""
    match loaded:
        case None:
            return Null()
        case bool():
            return Bool(loaded)
        case int() | float():
            return Number(loaded)
        case str():
            return text(loaded)
        case list():
            return List(tuple(map(pairs, loaded)))
        case dict():
            return Object(tuple(Entry(text(key), pairs(inner)) for key, inner in loaded.items()))
        case _:
            raise TypeError(loaded)


DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)


@given(DOCUMENTS, st.booleans(), st.sampled_from([None, 1]))
def test_reads_what_pythons_own_json_reads(document: object, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001
    """Text without holes means what JSON says it means."""
    written = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert read(text(written)) == pairs(document)


@given(DOCUMENTS)
def test_writes_what_reads_back(document: object) -> None:
    """`write` gives JSON that Python's own `json` and `read` both take for the value."""
    value = pairs(document)
    written = write(value)
    assert read(written) == value
    assert written.literal is not None
    assert pairs(json.loads(written.literal)) == value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (text('"a', HOLE, 'b"'), ("a", HOLE, "b")),
        (text('"', HOLE, OTHER, '"'), (HOLE, OTHER)),
        (text('["x', Own.ACCOUNT, '"]'), [("x", Own.ACCOUNT)]),
        (text('{"a": ', HOLE, "}"), {"a": HOLE}),
        (text('{"a": "', Reference("Key", "key_id"), '"}'), {"a": (Reference("Key", "key_id"),)}),
        (text('{"a', HOLE, '": 1}'), {("a", HOLE): 1}),
        (text("{", HOLE, ": 1}"), {(HOLE,): 1}),
        (text("[", HOLE, "]"), [HOLE]),
        (text('["a", ', HOLE, ', "b"]'), ["a", "b", HOLE]),
        (text('["a"', HOLE, "]"), ["a", HOLE]),
        (text("[", HOLE, '"a"]'), ["a", HOLE]),
        (text("{", HOLE, "}"), {"…": HOLE}),
        (text('{"a": 1, ', HOLE, "}"), {"a": 1, "…": HOLE}),
        (text('{"a": "x"', HOLE, ', "b": 2}'), {"a": "x", "b": 2, "…": HOLE}),
        (text("\n", HOLE, "\n"), HOLE),
    ],
)
def test_a_hole_is_part_of_what_it_stands_in(source: Text, expected: object) -> None:
    """In a string it is part of it; for a value it is that value; beside elements it is more of them."""
    assert plain(read(source)) == expected


@pytest.mark.parametrize(
    "source",
    [
        text('{"a": 80', HOLE, "}"),
        text("[1", HOLE, "]"),
        text("[", HOLE, "1]"),
        text("{", HOLE, "true: 1}"),
        text('"a\\', HOLE, '"'),
        text('{"a" ', HOLE, " 1}"),
        text('{"a": 1} ', HOLE),
    ],
)
def test_a_hole_that_could_change_what_stands_beside_it_makes_the_whole_unknown(source: Text) -> None:
    """No guess is made about `80${x}`."""
    value = read(source)
    assert isinstance(value, Unknown)
    assert value.why is Why.UNREADABLE


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (text('{"a": "', Own.ACCOUNT, '"}}'), Why.REFUSED),
        (text('{"a": "', HOLE, '"}}'), Why.UNREADABLE),
        (text("[", Own.ACCOUNT, "1]"), Why.UNREADABLE),  # a number
        (text('["a" "', Own.ACCOUNT, '"]'), Why.REFUSED),
    ],
)
def test_what_no_completion_makes_json_is_refused(source: Text, why: Why) -> None:
    """A hole that is wholly unknown can hold a quote, and one outside strings can be part of a number."""
    value = read(source)
    assert isinstance(value, Unknown)
    assert value.why is why


def test_a_text_that_is_an_unknown_is_that_unknown() -> None:
    """Nothing is lost of why it is not known."""
    assert read(text(CHOSEN)) is CHOSEN


def test_what_the_deployment_knows_of_itself_stands_in_quotes() -> None:
    """An account, Region or made-up id outside quotes is a value that nobody can tell."""
    value = read(text('{"a": ', Own.REGION, "}"))
    assert isinstance(value, Object)
    assert isinstance(value.find("a"), Unknown)


def test_what_cannot_be_read_names_the_choices_of_its_holes() -> None:
    """The text that a choice makes can be JSON after all."""
    value = read(text("{", CHOSEN, " what"))
    assert isinstance(value, Unknown)
    assert value.choices == CHOSEN.choices


def test_several_holes_beside_elements_name_all_choices() -> None:
    """What stands for the further elements depends on each of them."""
    value = read(text("[", CHOSEN, HOLE, Unknown(Why.UNDECIDED, choices=frozenset({"C"})), "]"))
    assert isinstance(value, List)
    assert value.rest is not None
    assert value.rest.choices == {"A", "B", "C"}


def test_keys_given_twice_are_kept() -> None:
    """Which one counts is for the reader of the policy to say."""
    value = read(text('{"a": 1, "a": 2}'))
    assert isinstance(value, Object)
    assert [plain(entry.value) for entry in value.entries] == [1, 2]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "expected a value at line 1, column 1"),
        ("   \n ", "expected a value at line 2, column 2"),
        ("nonsense", "expected a value at line 1, column 1"),
        ("[1,]", "expected a value at line 1, column 4"),
        ('{"a": 1,}', "expected a key at line 1, column 9"),
        ('{"a"; 1}', "expected `:` at line 1, column 5"),
        ("{a: 1}", "expected a key at line 1, column 2"),
        ("[1 2]", "expected `,` or `]` at line 1, column 4"),
        ('{\n "a": 1\n "b": 2}', "expected `,` or `}` at line 3, column 2"),
        ("[1] 2", "expected the end at line 1, column 5"),
        ('"\\q"', "an invalid escape at line 1, column 1"),
        ('"open', "expected a value at line 1, column 1"),
        ("[01]", "expected `,` or `]` at line 1, column 3"),
        ("// no", "expected a value at line 1, column 1"),
        ("9" * 5000, "a number has too many digits at line 1, column 1"),
    ],
)
def test_what_is_no_json_is_unknown_with_the_place(source: str, reason: str) -> None:
    """The reason says what was expected, and where in the text."""
    value = read(text(source))
    assert isinstance(value, Unknown)
    assert value.why is (Why.REFUSED if reason.startswith("expected") else Why.UNREADABLE)
    assert reason in value.subject


@pytest.mark.parametrize("opening", ["[", '{"a":', "[[", '[{"a":'])
def test_nesting_is_bounded(opening: str) -> None:
    """A hundred thousand brackets are an answer, not a crash."""
    value = read(text(opening * 100_000))
    assert isinstance(value, Unknown)
    assert value.why is Why.BOUND
    assert f"nested deeper than {DEEPEST} levels" in value.subject


def test_length_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long is not even begun."""
    assert LONGEST > 1_000_000  # a template has one million at most
    monkeypatch.setattr(reading, "LONGEST", 10)
    value = read(text('"0123456789"'))
    assert isinstance(value, Unknown)
    assert value.why is Why.BOUND


@pytest.mark.parametrize("inside", ["a", "\\\\", 'a\\"', "a\\n"])
def test_a_string_that_does_not_end_is_told_at_once(inside: str) -> None:
    """However long it is: nothing of it is tried twice."""
    value = read(text('{"Statement": [{"Sid": "', inside * 50_000))
    assert isinstance(value, Unknown)
    assert "expected a value at line 1, column 24" in value.subject


def test_half_a_surrogate_pair_can_be_printed() -> None:
    """Whatever stands in a message can be written as UTF-8."""
    value = read(text('"\\ud83d \\ud83d\\ude00"'))
    assert str(plain(value)).encode("utf-8").decode("utf-8") == "\ufffd 😀"


def test_every_private_character_can_stand_in_the_text() -> None:
    """The character that stands for holes while reading is one that the text does not have."""
    everything = "".join(map(chr, range(0xE000, 0xF900)))
    assert plain(read(text('"', everything, HOLE, '"'))) == (everything, HOLE)


# --- places ------------------------------------------------------------------------------------------------

BLOCK = Origin("f", Position(10, 5), Position(14, 6), ("Resources", "Key"))


def test_lines_and_columns_of_a_block_are_those_of_the_file() -> None:
    """A text over several lines that stand in the file as they are tells the place of each value."""
    value = read(Text(('{\n  "a": [\n    "b"\n  ]\n}\n',), BLOCK))
    assert isinstance(value, Object)
    assert value.origin == Origin("f", Position(10, 5), Position(14, 6), BLOCK.path)
    ((key, inner),) = value.entries
    assert (key.origin.start, key.origin.end) == (Position(11, 7), Position(11, 10))
    assert isinstance(inner, List)
    assert inner.items[0].origin == Origin("f", Position(12, 9), Position(12, 12), BLOCK.path)


def test_columns_are_exact_up_to_the_first_hole_of_a_line() -> None:
    """How many characters a hole had in the file is not known; the line is."""
    value = read(Text(('{\n "a": "', HOLE, '", "b": 1,\n "c": 2,\n "d": 3\n}\n'), BLOCK))
    assert isinstance(value, Object)
    places = [entry.key.origin.start for entry in value.entries]
    assert places == [Position(11, 6), Position(11, 12), Position(12, 6), Position(13, 6)]


@pytest.mark.parametrize(
    "origin",
    [
        Origin("f", Position(3, 7), Position(3, 60)),  # on one line, with escapes
        Origin("f", Position(3, 7), Position(9, 60)),  # folded: its lines are not those of the file
    ],
)
def test_a_text_whose_lines_are_not_those_of_the_file_gives_its_own_place(origin: Origin) -> None:
    """No place is better than a wrong one."""
    value = read(Text(('{\n"a": 1\n}',), origin))
    assert isinstance(value, Object)
    assert value.origin == origin
    assert value.entries[0].value.origin == origin


def test_an_error_in_a_block_has_its_own_place() -> None:
    """The user goes straight to the missing comma."""
    value = read(Text(('{\n "a": 1\n "b": 2\n\n}',), BLOCK))
    assert isinstance(value, Unknown)
    assert value.origin.start == Position(12, 6)


def test_a_file_tells_paths() -> None:
    """Each value of a file has its place and its path, even on a single line."""
    value = read_file('{"a": [{"b": true}]}', "f.json")
    assert isinstance(value, Object)
    inner = value.entries[0].value
    assert isinstance(inner, List)
    (element,) = inner.items
    assert isinstance(element, Object)
    ((key, leaf),) = element.entries
    assert leaf.origin == Origin("f.json", Position(1, 14), Position(1, 18), ("a", 0, "b"))
    assert key.origin == Origin("f.json", Position(1, 9), Position(1, 12), ("a", 0, "b"))


# --- writing -----------------------------------------------------------------------------------------------


def test_unknown_values_are_written_without_quotes_and_read_back() -> None:
    """A value, an element, further elements and further members can each be unknown."""
    value = Object(
        (
            Entry(text("a"), HOLE),
            Entry(text("b", HOLE), text('x"\n', HOLE)),
            Entry(text("c"), List((text("d"),), rest=OTHER)),
        ),
        rest=OTHER,
    )
    assert read(write(value)) == value
