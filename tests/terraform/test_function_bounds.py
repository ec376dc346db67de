"""Functions on hostile arguments: nothing outside the root is read, nothing grows without a bound."""

from pathlib import Path

import pytest

from keyfit.readers.terraform.functions import call
from keyfit.readers.terraform.values.terraform_values import Set
from keyfit.value import Entry, List, Number, Object, Text, Unknown, Value, text
from keyfit.why import Why

from .evaluation import context, plain, value_of

pytestmark = pytest.mark.hcl

HERE = Path(__file__).parent


@pytest.fixture(name="tree")
def _tree(tmp_path: Path) -> Path:
    """A root with files and links in it, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "inside").mkdir(parents=True)
    (root / "inside" / "file.txt").write_text("text")
    (root / "link-in").symlink_to("inside/file.txt")
    (root / "link-out").symlink_to(tmp_path / "secret.txt")
    (root / "directory-out").symlink_to(tmp_path)
    (root / "loop").symlink_to("loop")
    (root / "latin").write_bytes(b"\xff")
    (root / "self.tftpl").write_text('${templatefile("self.tftpl", {})}')
    (root / "file.tftpl").write_text('${file("../secret.txt")}')
    return root


READING = [
    ('file("inside/file.txt")', "text"),
    ('file("./inside/../inside/file.txt")', "text"),
    ('file("link-in")', "text"),
    ('file("latin")', "ERROR"),
    ('filebase64("latin")', "/w=="),
    ('file("inside")', "ERROR"),
    ('fileexists("link-in")', True),
    ('fileset(".", "**")', ["file.tftpl", "inside/file.txt", "latin", "link-in", "self.tftpl"]),
    ('fileset("inside", "*")', ["file.txt"]),
]


@pytest.mark.parametrize(("expression", "expected"), READING)
def test_files_inside_the_root_are_read(tree: Path, expression: str, expected: object) -> None:
    """A file in the root is read, through links that stay inside too."""
    assert plain(value_of(expression, tree)) == expected


OUTSIDE = [
    'file("../secret.txt")',
    'file("/etc/passwd")',
    'file("link-out")',
    'file("directory-out/secret.txt")',
    'file("~/.aws/credentials")',
    'file("inside/../../secret.txt")',
    'filebase64("../secret.txt")',
    'fileexists("../secret.txt")',
    'fileexists("/etc/passwd")',
    'fileset("..", "*")',
    'fileset("directory-out", "*")',
    'filemd5("link-out")',
    'filesha256("/etc/passwd")',
    'filebase64sha512("link-out")',
    'templatefile("../secret.txt", {})',
    'templatefile("file.tftpl", {})',
    'pathexpand("~/x")',
]


@pytest.mark.parametrize("expression", OUTSIDE)
def test_nothing_outside_the_root_is_read(tree: Path, expression: str) -> None:
    """What lies outside is unknown, and that is the reason; whether it is there is not told."""
    found = value_of(expression, tree)
    whole = found.parts[0] if isinstance(found, Text) else found
    assert isinstance(whole, Unknown)
    assert whole.why is Why.OUTSIDE_ROOT


def test_a_template_that_includes_itself(tree: Path) -> None:
    """It is unknown after a few rounds."""
    found = value_of('templatefile("self.tftpl", {})', tree)
    assert isinstance(found, Unknown)
    assert found.why is Why.BOUND


def test_odd_paths(tree: Path) -> None:
    """A path with a null character, and a link to itself, are no files."""
    assert plain(value_of('file("a\\u0000b")', tree)) == "ERROR"
    assert not isinstance(value_of('file("loop")', tree), Text)


LONG = text("a" * 100_000)
WIDE = List((LONG,) * 5_000)


def nested(depth: int) -> Value:
    """Lists in lists."""
    value: Value = List()
    for _ in range(depth):
        value = List((value,))
    return value


def doubled(times: int) -> Value:
    """A list that holds itself twice, so many times over: its written form has 2 to that power parts."""
    value: Value = text("x")
    for _ in range(times):
        value = List((value, value))
    return value


HOSTILE: list[tuple[str, tuple[Value, ...]]] = [
    ("range", (Number(10**9),)),
    ("range", (Number(0), Number(1), Number(1e-300))),
    ("setproduct", (List(tuple(map(Number, range(1000)))),) * 9),
    ("join", (LONG, WIDE)),
    ("join", (text(","), WIDE)),
    ("replace", (text("a" * 10_000), text("a"), LONG)),
    ("replace", (text("a" * 2_000), text("/a/"), LONG)),
    ("format", (text("%[1]s" * 1000), LONG)),
    ("format", (text("%99999d" * 1000), *map(Number, range(1000)))),
    ("formatlist", (LONG, WIDE)),
    ("indent", (Number(1e6), text("\n" * 10_000))),
    ("jsonencode", (WIDE,)),
    ("jsonencode", (doubled(60),)),
    ("jsonencode", (nested(5_000),)),
    ("flatten", (doubled(60),)),
    ("flatten", (nested(5_000),)),
    ("distinct", (List((nested(5_000), nested(5_000))),)),
    ("contains", (List((doubled(60),)), doubled(60))),
    ("length", (doubled(60),)),
    ("concat", (List(tuple(map(Number, range(9_000)))),) * 20),
    ("merge", tuple(Object((Entry(text(str(at)), LONG),)) for at in range(200))),
    ("yamldecode", (text("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )),)),
    ("yamldecode", (text("[" * 10_000),)),
    ("jsondecode", (text("[" * 10_000 + "]" * 10_000),)),
    ("csvdecode", (text("a,b\n" + "1,2\n" * 20_000),)),
    ("regex", (text("(a+)+$"), text("a" * 40 + "b"))),
    ("regex", (text("(a|a)*$"), text("a" * 40 + "b"))),
    ("regex", (text("(.*)(.*)(.*)(.*)(.*)x"), text("a" * 1_000))),
    ("regexall", (text("a*b"), text("a" * 100_000))),
    ("regex", (text("a{1,1000}{1,1000}"), text("a"))),
    ("regex", (text("((((((((((a{99}){99}){99}){99}){99}){99}){99}){99}){99}){99})"), text("a"))),
    ("regex", (text("(" * 900 + ")" * 900), text("a"))),
    ("parseint", (text("9" * 100_000), Number(10))),
    ("pow", (Number(10), Number(10**9))),
    ("tonumber", (text("1e999999999"),)),
    ("tonumber", (text("9" * 100_000),)),
    ("fileset", (text("."), text("*" * 50 + "x"))),
    ("chunklist", (List(tuple(map(Number, range(1000)))), Number(10**30))),
    ("substr", (LONG, Number(10**30), Number(1))),
    ("element", (List((Number(1),)), Number(10**30))),
    ("templatestring", (text("${" * 5000), Object())),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments"), HOSTILE)
def test_hostile_arguments_end(name: str, arguments: tuple[Value, ...], tmp_path: Path) -> None:
    """A value comes back, and soon; what is too big is unknown, with that reason."""
    found = call(name, arguments, context(tmp_path))
    assert sum(len(part) for part in getattr(found, "parts", ()) if isinstance(part, str)) <= 1_000_000


def test_a_pattern_of_files_tries_nothing_twice(tmp_path: Path) -> None:
    """However many stars it has, a name that matches up to its last character is told soon."""
    (tmp_path / ("a" * 200)).touch()
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "a-b-c.txt").touch()
    assert call("fileset", (text("."), text("*a" * 40 + "b")), context(tmp_path)) == Set()
    found = call("fileset", (text("."), text("**/a*b*{c,d}.*")), context(tmp_path))
    assert found == Set((text("inside/a-b-c.txt"),))
