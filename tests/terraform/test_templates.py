"""Templates: quoted strings, heredocs and template files, as Terraform reads them."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from keyfit.model.stack import Problem
from keyfit.readers.hcl.ast import Directive, Interpolation, Template, Variable
from keyfit.readers.hcl.syntax import read_expression, read_template
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import settled
from keyfit.readers.terraform.modules.references import local
from keyfit.value import NOWHERE

from .evaluation import plain
from .worlds import library_of, module_in

pytestmark = pytest.mark.hcl

DATA = Path(__file__).parent / "templates"
EXPECTED: dict[str, str] = json.loads((DATA / "terraform.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_template_is_what_terraform_makes_of_it(name: str, tmp_path: Path) -> None:
    """Escapes, strip markers, directives, dedentation: all as in Terraform."""
    module = module_in(library_of(tmp_path, (DATA / "templates.tf").read_text(encoding="utf-8")))
    with deep():
        assert plain(settled(local(module, name, NOWHERE))) == EXPECTED[name]


def test_terraform_agrees(tmp_path: Path) -> None:
    """`terraform console` gives what stands in the file of expected texts."""
    terraform = shutil.which("terraform")
    if terraform is None:
        pytest.skip("there is no terraform on the PATH")
    shutil.copy(DATA / "templates.tf", tmp_path)
    line = f"base64encode(jsonencode({{{', '.join(f'{name} = local.{name}' for name in EXPECTED)}}}))\n"
    run = subprocess.run([terraform, "console"], input=line, capture_output=True, text=True, cwd=tmp_path, check=True)
    assert json.loads(base64.b64decode(run.stdout.strip().strip('"'))) == EXPECTED


X = Interpolation(Variable("x"))

TREES = [
    ("", ()),
    ("a", ("a",)),
    ("${x}", (X,)),
    ("a${x}b${x}", ("a", X, "b", X)),
    ("a ${~x~} b", ("a", X, "b")),
    (" ${~x}", ("", X)),  # two parts: a string, unlike `${x}` alone
    ("$${x}%%{y}", ("${x}%{y}",)),
    ("$$${x}", ("$${x}",)),
    ("%{if x}a%{endif}", (Directive("if", Variable("x"), Template(("a",))),)),
    ("%{ if x }a%{ else }b%{ endif }", (Directive("if", Variable("x"), Template(("a",)), Template(("b",))),)),
    (
        "%{ for i in x }${i}%{ endfor }",
        (Directive("for", Variable("x"), Template((Interpolation(Variable("i")),)), None, ("i",)),),
    ),
    ("%{ for k, v in x }a%{ endfor }", (Directive("for", Variable("x"), Template(("a",)), None, ("k", "v")),)),
    ("a\\nb", ("a\\nb",)),  # a file has no backslash escapes
    ("line\nline\n", ("line\nline\n",)),
]


@pytest.mark.parametrize(("source", "parts"), TREES)
def test_the_tree_of_a_template_file(source: str, parts: tuple[object, ...]) -> None:
    """A template is its texts, interpolations and directives, in order."""
    assert read_template(source) == Template(parts)  # type: ignore[arg-type]  # the parts are of the table


REFUSED = [
    ("${x", "`{` is not closed"),
    ("%{ if x }a", "directive `if` is not closed"),
    ("%{ endif }", "directive `endif` ends nothing"),
    ("%{ for x in y }%{ endif }", "directive `endif` ends nothing"),
    ("%{ else }", "directive `else` is outside an `if`"),
    ("%{ if x }%{ else }%{ else }%{ endif }", "directive `else` is outside an `if`"),
    ("%{ for x }%{ endfor }", "directive `for` has no `in`"),
    ("%{ while x }%{ endwhile }", "directive is not one of `if`, `else`, `endif`, `for`, `endfor`"),
    ("%{ if x }" * 60 + "%{ endif }" * 60, "expressions are nested more than 100 deep"),
]


@pytest.mark.parametrize(("source", "message"), REFUSED)
def test_what_is_no_template(source: str, message: str) -> None:
    """A template that does not parse is a problem in one line, not an exception."""
    found = read_template(source, "x.tftpl")
    assert isinstance(found, Problem)
    assert found.message == message
    assert found.origin.file == "x.tftpl"


def test_an_expression_that_hcl_refuses() -> None:
    """The words and the place are ours: the distributions stop at different places."""
    found = read_template("line\n${x y} z")
    assert isinstance(found, Problem)
    assert found.message == "`x y` is not an expression"
    assert found.origin.start == (2, 3)


QUOTED = [
    (r'"\q"', r"`\q` is not an escape of HCL"),
    (r'"\u12"', r"`\u` is not an escape of HCL"),
    (r'"\ud800"', r"`\ud800` is not an escape of HCL"),
    (r'"\U00110000"', r"`\U00110000` is not an escape of HCL"),
    ('"a\nb"', "string is not closed"),
    ('"' + '${"' * 30 + '"}' * 30 + '"', "strings are nested more than 12 deep"),
]


@pytest.mark.parametrize(("source", "message"), QUOTED)
def test_what_is_no_quoted_string(source: str, message: str) -> None:
    """So is a quoted string."""
    found = read_expression(source)
    assert isinstance(found, Problem)
    assert found.message == message
