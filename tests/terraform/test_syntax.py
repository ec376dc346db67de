"""HCL to trees, through either `hcl2`: these tests run with both."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyfit.model.stack import Problem
from keyfit.readers.hcl import grammar
from keyfit.readers.hcl.ast import Body, Nested, Template, Variable
from keyfit.readers.hcl.blocks import split
from keyfit.readers.hcl.syntax import MAX_DEPTH, read_block, read_body, read_expression
from keyfit.readers.hcl.walk import depth, everything
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.value import Position

from .notation import block, body, written

pytestmark = pytest.mark.hcl

ROOT = Path(__file__).parents[2]

EXPRESSIONS = [
    # literals and names
    ("1", "1"),
    ("1.5", "1.5"),
    ("1.50", "1.5"),
    ("1e3", "1000"),
    ("1.5E-3", "0.0015"),
    ("12345678901234567890", "12345678901234567890"),
    ("-1", "(- 1)"),
    ("-12", "(- 12)"),
    ("-1.5", "(- 1.5)"),
    ("true", "true"),
    ("false", "false"),
    ("null", "null"),
    ("nullable", "nullable"),
    ("iffy", "iffy"),
    ("a-b", "a-b"),
    ("größe", "größe"),
    ("_x", "_x"),
    ('"a"', '"a"'),
    ('""', '""'),
    ('"a${b}c"', '"a${b}c"'),
    ('"${b}"', '"${b}"'),
    ('"${"${b}"}"', '"${"${b}"}"'),
    ('"a}${ {b = "}"}.b }"', '"a}${{"b": "}"}.b}"'),
    ('"${f("x", {a = 1})}"', '"${f("x", {"a": 1})}"'),
    # operators
    ("1 + 2 * 3", "(+ 1 (* 2 3))"),
    ("1 * 2 + 3", "(+ (* 1 2) 3)"),
    ("(1 + 2) * 3", "(* (+ 1 2) 3)"),
    ("1 - 2 - 3", "(- (- 1 2) 3)"),
    ("1-12", "(- 1 12)"),
    ("f(x)-12", "(- f(x) 12)"),
    ("a -12", "(- a 12)"),
    ("1 - -12", "(- 1 (- 12))"),
    ("8 / 4 / 2", "(/ (/ 8 4) 2)"),
    ("7 % 4 * 2", "(* (% 7 4) 2)"),
    ("a || b && c", "(|| a (&& b c))"),
    ("a && b || c", "(|| (&& a b) c)"),
    ("a == b && c != d", "(&& (== a b) (!= c d))"),
    ("a < b == c > d", "(== (< a b) (> c d))"),
    ("a + 1 <= b * 2", "(<= (+ a 1) (* b 2))"),
    ("a >= b", "(>= a b)"),
    ("!a == b", "(== (! a) b)"),
    ("!(a == b)", "(! (== a b))"),
    ("!a.b", "(! a.b)"),
    ("!!a", "(! (! a))"),
    ("!!!a && b", "(&& (! (! (! a))) b)"),
    ("-a.b + c", "(+ (- a.b) c)"),
    ("a ? b : c", "(? a b c)"),
    ("a == b ? c : d", "(? (== a b) c d)"),
    ("a || b == c ? d + e : f && g", "(? (|| a (== b c)) (+ d e) (&& f g))"),
    ("a ? b : c ? d : e", "(? a b (? c d e))"),
    ("(a ? b : c) ? d : e", "(? (? a b c) d e)"),
    ("a ? b ? c : d : e", "(? a (? b c d) e)"),
    ("a == (b ? c : d)", "(== a (? b c d))"),
    ("(a ? b : c) == d", "(== (? a b c) d)"),
    ("1 + (a ? b : c) * 2", "(+ 1 (* (? a b c) 2))"),
    ("((((a))))", "a"),
    # references
    ("a.b.c", "a.b.c"),
    ("a.0.b", "a[0].b"),
    ("a.0.1.b", "a[0][1].b"),
    ("a.12", "a[12]"),
    ('a["x"].b', 'a["x"].b'),
    ("a[b][0]", "a[b][0]"),
    ("a[-1]", "a[(- 1)]"),
    ("a[*]", "([*] a @)"),
    ("a[*].b", "([*] a @.b)"),
    ("a[*].b[0]", "([*] a @.b[0])"),
    ("a[*].b[*].c", "([*] a ([*] @.b @.c))"),
    ("a[*][*]", "([*] a ([*] @ @))"),
    ("a.*.b", "(.* a @.b)"),
    ("a.*.b.c", "(.* a @.b.c)"),
    ("a.*.b[0]", "(.* a @.b)[0]"),
    ("a.*.b[0].c", "(.* a @.b)[0].c"),
    ("a.*.0.c", "(.* a @[0].c)"),
    ("a[*].b.*.c", "([*] a (.* @.b @.c))"),
    ("(a[*].b)[0]", "([*] a @.b)[0]"),
    ("a.for.in.if.null", "a.for.in.if.null"),
    ("f(x).y[0]", "f(x).y[0]"),
    ('{a = 1}["a"]', '{"a": 1}["a"]'),
    ("[1, 2][0]", "[1, 2][0]"),
    ('"a".b', '"a".b'),
    # calls
    ("f()", "f()"),
    ("f(a, b)", "f(a, b)"),
    ("f(a, b,)", "f(a, b)"),
    ("f(a...)", "f(a...)"),
    ("f(a, b...)", "f(a, b...)"),
    ("f(a /* ... */)", "f(a)"),
    ("f(a... # why\n)", "f(a...)"),
    ("f(\n  a,\n\n  b\n)", "f(a, b)"),
    ("f([a]..., )", None),
    ("provider::aws::arn_build(a, b)", "provider::aws::arn_build(a, b)"),
    ("provider::aws::f()", "provider::aws::f()"),
    ("core::upper(a)", "upper(a)"),
    ("f(g(h(a)))", "f(g(h(a)))"),
    ('f("a", "b${c}")', 'f("a", "b${c}")'),
    # collections
    ("[]", "[]"),
    ("[a, b, ]", "[a, b]"),
    ("[\n  a, # first\n  b // second\n  ,\n  c /* third */\n]", "[a, b, c]"),
    ("{}", "{}"),
    ("{ a = 1, b = 2 }", '{"a": 1, "b": 2}'),
    ("{ a: 1, b: 2, }", '{"a": 1, "b": 2}'),
    ("{\n  a = 1\n  b = 2,\n\n  c = 3\n}", '{"a": 1, "b": 2, "c": 3}'),
    ('{ "a b" = 1, "c${d}" = 2, (e) = 3, (f.g) = 4 }', '{"a b": 1, "c${d}": 2, e: 3, f.g: 4}'),
    ("{ true = 1, null = 2, 5 = 3 }", '{"true": 1, "null": 2, 5: 3}'),
    ("{ for = 1, in = 2, if: 3, else = 4 }", '{"for": 1, "in": 2, "if": 3, "else": 4}'),
    ("{\n  for = 1\n  if = 2\n}", '{"for": 1, "if": 2}'),
    ("{ a = b ? c : d, e = 1 }", '{"a": (? b c d), "e": 1}'),
    ("{ a = { b = [1, { c = 2 }] } }", '{"a": {"b": [1, {"c": 2}]}}'),
    ("{ a = 1.5e3 }", '{"a": 1500}'),
    ("{ a = (\n  1 +\n  2\n) }", '{"a": (+ 1 2)}'),
    ("(a\n  && b\n  || c)", "(|| (&& a b) c)"),
    ("[a ?\n  b :\n  c]", "[(? a b c)]"),
    # for
    ("[for x in y : x]", "(for x in y: x)"),
    ("[for k, v in y : v if k != 1]", "(for k v in y: v if (!= k 1))"),
    ("{ for k, v in y : k => v }", "(for k v in y: k => v)"),
    ("{ for k, v in y : k => v... if v }", "(for k v in y: k => v... if v)"),
    ("{\n  for k, v in y :\n  k => v\n  if v\n}", "(for k v in y: k => v if v)"),
    ("{ # all\n  for v in y : v.a => {\n    b = v.b\n    c = 1\n  }\n}", '(for v in y: v.a => {"b": v.b, "c": 1})'),
    ("[for x in [for y in z : y] : f(x)]", "(for x in (for y in z: y): f(x))"),
    ("[for x in y : x ? a : b]", "(for x in y: (? x a b))"),
    ('[for x in y : "${x}-${for_x}"]', '(for x in y: "${x}-${for_x}")'),
    ("[for in_x in y : in_x]", "(for in_x in y: in_x)"),
]


@pytest.mark.parametrize(("source", "expected"), EXPRESSIONS)
def test_an_expression(source: str, expected: str | None) -> None:
    """An expression is one tree, whichever `hcl2` reads it."""
    found = read_expression(source)
    assert (None if isinstance(found, Problem) else written(found)) == expected


BLOCKS = [
    ("locals {}", "locals {}"),
    ("locals { a = 1 }", "locals {a = 1}"),
    ('resource "a" "b" {\n  c = 1\n}', "resource a b {c = 1}"),
    ("resource a b {\n}", "resource a b {}"),
    ('a "b" {\n  c {\n    d = 1\n  }\n  c "e" {\n  }\n  f = 2\n}', "a b {f = 2; c {d = 1}; c e {}}"),
    (
        'r "a" "b" {\n  dynamic "x" {\n    for_each = y\n    content {\n      v = z.value\n    }\n  }\n}',
        "r a b {dynamic x {for_each = y; content {v = z.value}}}",
    ),
    ("locals {\r\n  a = 1\r\n  b = <<E\r\nx\r\nE\r\n}", 'locals {a = 1; b = "x\r\n"}'),
    ("a { # why\n  // x\n  b = 1 /* y\n z */\n\n\n  c = 2 # end\n}", "a {b = 1; c = 2}"),
    (
        "a {\n  for = 1\n  in = 2\n  if = 3\n  for_each = 4\n  null = 5\n}",
        "a {for = 1; in = 2; if = 3; for_each = 4; null = 5}",
    ),
    ("a {\n  b = <<E\nx ${y}\nE\n  c = <<-E\n    z\n    E\n}", 'a {b = "x ${y}\n"; c = "z\n"}'),
    ("a {\n  b = f(<<E\nx\nE\n  , 1)\n}", 'a {b = f("x\n", 1)}'),
    ("a {\n  b = c &&\n    d\n}", None),
    ("a {\n  größe = 1\n}", "a {größe = 1}"),
    ('a "b\\"c" {\n}', 'a b"c {}'),
    ("a {\n  b = 1\n  b = 2\n}", None),
    ("a {\n  b = \n}", None),
    ("a {\n  b\n}", None),
]


@pytest.mark.parametrize(("source", "expected"), BLOCKS)
def test_a_block(source: str, expected: str | None) -> None:
    """A block is its type, labels, arguments and nested blocks."""
    (span,) = split(source, TERRAFORM)
    found = read_block(source, span, "main.tf")
    if expected is None and "&&" in source:  # HCL refuses the newline; both distributions are more lenient
        return
    assert (None if isinstance(found, Problem) else block(found)) == expected


def test_variable_files() -> None:
    """A file of arguments is a body."""
    found = read_body('\ufeffa = "b"\nc = [1,\n 2]\n# end', "terraform.tfvars")
    assert isinstance(found, Body)
    assert body(found) == '{a = "b"; c = [1, 2]}'
    empty = read_body("# nothing\n", "x.tfvars")
    assert isinstance(empty, Body)
    assert not empty.attributes


def test_places_are_those_of_the_file() -> None:
    """Every node knows its file, line and column, a block in the middle of the file as any other."""
    block_source = (
        '  resource "a" "b" {\n    c = [\n      f("x",\n        var.y),\n    ]\n    d = "ab${ local.z }"\n  }\n'
    )
    source = f"locals {{}}\n\n{block_source}"
    found = read_block(source, split(source, TERRAFORM)[1], "main.tf")
    assert isinstance(found, Nested)
    assert (found.origin.file, found.origin.start, found.origin.end) == ("main.tf", (3, 3), (9, 4))
    names = {node.name: node.origin for node in everything(found) if isinstance(node, Variable)}
    assert names["var"].start == Position(6, 9)
    assert names["local"].start == Position(8, 15)
    call = found.body.attributes["c"]
    assert (call.origin.start, call.origin.end) == ((4, 9), (7, 6))


PROBLEMS = [
    ("locals {\n  a = }\n}\n", 2),
    ("locals {\n  a = [1 2]\n}\n", 2),
    ('locals {\n  a = "${b c}"\n}\n', 2),
    ("locals {\n  a = 1\n  a = 2\n}\n", 3),
    ("locals {\n  a = 1e999999\n}\n", 2),
    ("locals {\n  a = " + "9" * 5000 + "\n}\n", 2),
    ('locals {\n\n  a = "\\q"\n}\n', 3),
    ("locals {\n  a = `x`\n}\n", 2),
    ("locals {\n  a = 1b\n}\n", 2),
    ("locals {\n  1a = 1\n}\n", 2),
    ("locals {\n  1 = 1\n}\n", 2),
]


@pytest.mark.parametrize(("source", "line"), PROBLEMS)
def test_what_hcl_refuses_is_a_problem_with_a_place(source: str, line: int) -> None:
    """A block that does not parse is a problem with file and line, in one line of text."""
    found = read_block(source, split(source, TERRAFORM)[0], "main.tf")
    assert isinstance(found, Problem)
    assert found.origin.file == "main.tf"
    assert found.origin.start.line == line
    assert "\n" not in found.message


def test_a_broken_span_is_its_problem() -> None:
    """What the scanner refuses is not parsed."""
    source = "\nlocals {\n"
    found = read_block(source, split(source, TERRAFORM)[0], "main.tf")
    assert isinstance(found, Problem)
    assert found.message == "`{` is not closed"
    assert found.origin.start.line == 2


HOSTILE = [
    "[" * 1000 + "]" * 1000,
    "(" * 1000 + "1" + ")" * 1000,
    "{a=" * 1000 + "1" + "}" * 1000,
    "f(" * 1000 + ")" * 1000,
    "[for x in " * 150 + "y" + " : x]" * 150,
    "!" * 1000 + "a",
    "a" + ".b" * 1000,
    "a" + "[0]" * 1000,
    "a" + "[*]" * 1000,
    "a" + ".*.b" * 1000,
    "+".join("a" * 1000),
    "a ? b : " * 1000 + "c",
    '"' + "${[" * 500 + "]}" * 500 + '"',
    '"${' * 1000 + "1" + '}"' * 1000,
    "-" * 1000 + "1",
    "[" + "1," * 200_000 + "]",
    '"' + "${1}" * 100 + '"',
]


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:12])
def test_no_tree_is_too_deep(source: str) -> None:
    """A tree is at most so deep, or a problem; never an exception."""
    found = read_expression(source)
    assert isinstance(found, Problem) or depth(found) <= MAX_DEPTH


def test_no_hcl2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an `hcl2`, or with a broken one, the error says what to install."""
    grammar.parser.cache_clear()
    monkeypatch.setitem(sys.modules, "hcl2", None)
    with pytest.raises(grammar.HclMissingError, match=r"keyfit\[terraform\]"):
        grammar.parser()
    monkeypatch.setitem(sys.modules, "hcl2", type(sys)("hcl2"))
    with pytest.raises(grammar.HclMissingError, match="overwrite each other"):
        grammar.parser()
    monkeypatch.undo()
    grammar.parser.cache_clear()


def test_hcl2_is_imported_at_the_first_parse() -> None:
    """Nothing heavy is imported before something is parsed."""
    code = "import sys, keyfit.readers.hcl.syntax; print('hcl2' in sys.modules, 'lark' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["False", "False"]


DUMP = """
import json, sys
from keyfit.readers.hcl.blocks import split
from keyfit.readers.hcl.syntax import read_block, read_expression
from keyfit.readers.terraform.modules.block_types import TERRAFORM
expressions, files = json.load(sys.stdin)
print(json.dumps([repr(read_expression(each)) for each in expressions]))
print(json.dumps([[repr(read_block(each, span, "main.tf")) for span in split(each, TERRAFORM)] for each in files]))
"""


def test_both_distributions_give_equal_trees() -> None:
    """The other environment's `hcl2` gives the same trees, places included."""
    other = ROOT / ".venv" / ("hcl" if Path(sys.prefix).name == "hosts" else "hosts") / "bin" / "python"
    if not other.exists():
        pytest.skip("there is no other environment")
    expressions = [source for source, expected in EXPRESSIONS if expected is not None]
    files = [source for source, expected in BLOCKS if expected is not None]
    files += [path.read_text(encoding="utf-8") for path in sorted((ROOT / "fixtures").rglob("*.tf"))]
    files += [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.tf"))]
    answers = [
        subprocess.run(
            [python, "-c", DUMP],
            input=json.dumps([expressions, files]),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(ROOT / "plugins")},
        ).stdout
        for python in (sys.executable, str(other))
    ]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("content", ["one\ntwo\n", "one ${x}\ntwo\n"], ids=["plain", "template"])
@pytest.mark.parametrize("opening", ["<<EOT", "<<-EOT"])
def test_a_heredoc_stands_where_its_lines_do(opening: str, content: str) -> None:
    """From the first character of its content to the line of its marker: JSON in it has the places of its lines."""
    read = read_expression(f"{opening}\n{content}EOT\n")
    assert isinstance(read, Template)
    assert (read.origin.start.line, read.origin.start.column, read.origin.end.line) == (2, 1, 4)
