"""Loading: YAML and JSON, the place of every value, and one clear problem for everything else."""

import pytest

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loading import LONGEST, load, looks_like_template, too_big
from keyfit.readers.cloudformation.template.yaml_text import DEEPEST, MOST
from keyfit.value import Bool, List, Null, Number, Object, Position, Text, Value, text
from tests.cloudformation.making import shown


def loaded(source: str) -> Value:
    """What `source` describes; a problem is a failure."""
    value = load(source, "f")
    assert not isinstance(value, Problem), value
    return value


def problem(source: str) -> Problem:
    """Why `source` is no template."""
    value = load(source, "f")
    assert isinstance(value, Problem), value
    return value


def at(value: Value, *path: str | int) -> Value:
    """The value at a path."""
    for step in path:
        found = value.find(str(step)) if isinstance(value, Object) else None
        found = value.items[int(step)] if isinstance(value, List) else found
        assert found is not None
        value = found
    return value


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref x", "{Ref: x}"),
        ("!Condition x", "{Condition: x}"),
        ("!GetAtt a.b", "{Fn::GetAtt: a.b}"),
        ("!Sub ['${a}', {a: 1}]", "{Fn::Sub: [${a}, {a: 1}]}"),
        ("!If [C, !Ref x, 'no']", "{Fn::If: [C, {Ref: x}, no]}"),
        ("!Nonsense {a: b}", "{Fn::Nonsense: {a: b}}"),
        ("!Join\n  - ','\n  - [a]", "{Fn::Join: [,, [a]]}"),
        ("!!str 5", "5"),
    ],
)
def test_a_short_tag_is_its_long_form(written: str, expected: str) -> None:
    """`!Ref x` and `{Ref: x}` are one value."""
    assert shown(at(loaded(f"a: {written}"), "a")) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("text", text("text")),
        ("''", text()),
        ("'5'", text("5")),
        ("5", Number(5)),
        ("-5", Number(-5)),
        ("1.5", Number(1.5)),
        ("1.10", text("1.10")),
        ("012345678901", text("012345678901")),
        ("123456789012", Number(123456789012)),
        ("1e3", text("1e3")),
        ("2012-10-17", text("2012-10-17")),
        ("9" * 40, text("9" * 40)),
        ("true", Bool(value=True)),
        ("No", Bool(value=False)),
        ("'no'", text("no")),
        ("!!str true", text("true")),
        ("~", Null()),
        ("", Null()),
        ("!!null x", text("x")),
    ],
)
def test_a_plain_scalar_has_the_type_of_yaml(written: str, expected: Value) -> None:
    """But a number that is not written as it prints stays text: an account id can begin with a zero."""
    assert at(loaded(f"a: {written}"), "a") == expected


YAML = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      Enabled: true
      KeyPolicy: !Sub |
        {
          "a": 1
        }
      Tags: [{Key: a, Value: !Ref b}]
  Other:
    Type: x
"""


@pytest.mark.parametrize(
    ("path", "start", "end"),
    [
        (("Resources",), (2, 3), (12, 12)),
        (("Resources", "Key"), (3, 5), (10, 38)),
        (("Resources", "Key", "Properties", "Enabled"), (5, 16), (5, 20)),
        (("Resources", "Key", "Properties", "KeyPolicy"), (6, 18), (9, 10)),
        (("Resources", "Key", "Properties", "KeyPolicy", "Fn::Sub"), (7, 9), (9, 10)),
        (("Resources", "Key", "Properties", "Tags", 0), (10, 14), (10, 37)),
        (("Resources", "Key", "Properties", "Tags", 0, "Value"), (10, 30), (10, 36)),
        (("Resources", "Key", "Properties", "Tags", 0, "Value", "Ref"), (10, 30), (10, 36)),
    ],
)
def test_every_value_has_its_place_and_path(
    path: tuple[str | int, ...], start: tuple[int, int], end: tuple[int, int]
) -> None:
    """Line and column of the first character, and of the one after the last; a block scalar begins with its text."""
    origin = at(loaded(YAML), *path).origin
    assert (origin.file, origin.path) == ("f", path)
    assert (origin.start, origin.end) == (Position(*start), Position(*end))


def test_keys_have_places_too() -> None:
    """A block of the source is pointed at by its logical id."""
    resources = at(loaded(YAML), "Resources")
    assert isinstance(resources, Object)
    assert [key.origin.start for key, _ in resources.entries] == [Position(2, 3), Position(11, 3)]
    assert resources.entries[0].key.origin.path == ("Resources", "Key")


def test_json_has_the_same_values_as_yaml() -> None:
    """One loader, two ways to write."""
    as_json = loaded('{"Resources": {"Key": {"Type": "T", "Properties": {"A": [1, {"Ref": "x"}], "B": null}}}}')
    as_yaml = loaded("Resources: {Key: {Type: T, Properties: {A: [1, !Ref x], B: }}}")
    assert as_json == as_yaml
    assert at(as_json, "Resources", "Key", "Type").origin.path == ("Resources", "Key", "Type")


@pytest.mark.parametrize(
    "source", ["\ufeffa: {b: 1}", "a:\r\n  b: 1\r\n", '{\r\n\t"a": {"b": 1}}', "# c\na:\n  b: 1", "{a: {b: 1}}"]
)
def test_marks_line_ends_and_tabs_that_do_not_matter(source: str) -> None:
    """A byte order mark, Windows line ends, tabs in JSON, YAML in braces."""
    assert shown(loaded(source)) == "{a: {b: 1}}"


def test_keys_given_twice_are_kept() -> None:
    """Who asks for the key gets the last one, who looks sees both."""
    value = loaded("a: 1\na: 2")
    assert isinstance(value, Object)
    assert len(value.entries) == 2
    assert value.find("a") == Number(2)


def test_an_alias_is_the_value_of_its_anchor() -> None:
    """Shared, not copied."""
    value = loaded("a: &x {k: v}\nb: *x\nc: [*x]")
    assert at(value, "a") is at(value, "b")
    assert at(value, "a") is at(value, "c", 0)


def test_a_merge_adds_what_is_not_given() -> None:
    """`<<` takes a map or a list of maps; what stands beside it wins, then the first."""
    value = loaded("a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc: {<<: [*a, *b], x: 0}")
    assert shown(at(value, "c")) == "{x: 0, y: 1, z: 2}"


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], k{i}: 1}}\n" for i in range(1, 60))
TOWER = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [[[[[[[[[*a{i - 1}]]]]]]]]]\n" for i in range(1, 30))


@pytest.mark.parametrize(
    ("source", "message", "place"),
    [
        ("", "the file is empty", (1, 1)),
        ("# nothing", "the file is empty", (1, 1)),
        ("- a", "the file is not a template: it is a list", (1, 1)),
        ("just text", "the file is not a template: it is text", (1, 1)),
        ("5", "the file is not a template: it is a number", (1, 1)),
        ("~", "the file is not a template: it is empty", (1, 1)),
        ("a: b: c", "the YAML cannot be read: mapping values are not allowed in this context", (1, 5)),
        ("a:\n\tb: 1", "the YAML cannot be read: a tab is used where spaces are required", (2, 1)),
        ("a: [1, 2", "the YAML cannot be read: did not find expected ',' or ']'", (2, 1)),
        ("a: *x", "`*x` has no anchor", (1, 4)),
        ("a: &x [*x]", "`&x` refers to itself", (1, 8)),
        ("? [a]\n: b", "a key is not a string", (1, 3)),
        ("a: &x b\n*x : c", "a key is an alias", (2, 1)),
        ("a: 1\n---\nb: 2", "the file contains more than one YAML document", (2, 1)),
        ("a: \x00", "the YAML cannot be read: unacceptable character", (1, 1)),
        ('{"a": 1,,}', "the JSON text cannot be read: expected a key at line 1, column 9", (1, 9)),
        ('{\n "a": 1\n "b": 2}', "the JSON text cannot be read: expected `,` or `}` at line 3, column 2", (3, 2)),
        ("[" * 1000, f"the file is nested deeper than {DEEPEST} levels", (1, DEEPEST + 1)),
        ("a: " + "[" * 1000 + "]" * 1000, f"the file is nested deeper than {DEEPEST} levels", (1, DEEPEST + 3)),
        ('{"a":' * 1000 + "1" + "}" * 1000, f"nested deeper than {DEEPEST} levels", (1, 5 * DEEPEST + 1)),
        (
            "\n".join(" " * i + "a:" for i in range(1000)),
            f"nested deeper than {DEEPEST} levels",
            (DEEPEST + 1, DEEPEST + 1),
        ),
        (BOMB, f"the file contains more than {MOST} values", (6, 5)),
        (MERGES, f"the file contains more than {MOST} values", None),
        (TOWER, f"the file is nested deeper than {DEEPEST} levels", None),
        ("x" * (LONGEST + 1), f"the template has {LONGEST + 1} characters", (1, 1)),
    ],
    ids=range(25),
)
def test_what_is_no_template_has_one_clear_problem(source: str, message: str, place: tuple[int, int] | None) -> None:
    """The problem names the file, the place and the reason; time and memory are bounded."""
    found = problem(source)
    assert message in found.message
    assert "\n" not in found.message
    assert found.origin.file == "f"
    assert place is None or found.origin.start == Position(*place)


def test_a_value_that_a_host_decoded_is_bounded_too() -> None:
    """Nesting and size are checked again where another loader did the work."""
    deep: Value = Null()
    for _ in range(DEEPEST + 1):
        deep = List((deep,))
    wide: Value = Null()
    for _ in range(20):
        wide = List((wide, wide))
    assert too_big(deep) is not None
    assert too_big(wide) is not None
    assert too_big(loaded(YAML)) is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('AWSTemplateFormatVersion: "2010-09-09"\n', True),
        ('{"AWSTemplateFormatVersion": "2010-09-09"}', True),
        ("Resources:\n  A:\n    Type: AWS::KMS::Key", True),
        ("Resources:\n  A:\n    Type: 'Custom::Thing'", True),
        ('{"Resources":{"A":{"Type":"AWS::KMS::Key"}}}', True),
        ('{\n  "Resources" : {\n "A": {"Type" : "AWS::KMS::Key"}}}', True),
        ("Resources:\n  A: b", False),
        ("apiVersion: v1\nkind: ConfigMap", False),
        ('{"resources": [{"type": "AWS::KMS::Key"}]}', False),
        ("Type: AWS::KMS::Key", False),
        ("", False),
    ],
)
def test_a_template_is_recognised_without_loading_it(source: str, expected: bool) -> None:  # noqa: FBT001
    """A directory holds other YAML and JSON too."""
    assert looks_like_template(source) is expected


def test_text_of_a_block_scalar_keeps_its_lines() -> None:
    """The place of a block scalar is that of its first and last characters, however it is indented or chomped."""
    for indicator in ("|", "|-", "|+", "|2-", "!Sub |"):
        value = at(loaded(f"a:\n  b: {indicator}\n\n    x\n     y\n\n\nc: 1"), "a", "b")
        if isinstance(value, Object):
            value = at(value, "Fn::Sub")
        assert isinstance(value, Text)
        written = value.literal or ""
        assert (value.origin.start.line, value.origin.end.line) == (3, 5)
        assert written.rstrip("\n").count("\n") == 2
