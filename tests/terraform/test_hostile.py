"""Input that means harm: nothing outside the root is read, and everything ends."""

from pathlib import Path

import pytest

from keyfit.readers.given import Given
from keyfit.readers.terraform import read, roots
from keyfit.truth import Truth
from keyfit.value import Unknown, holes_in
from keyfit.why import Why

from .worlds import local, stack_of, words, write

pytestmark = pytest.mark.hcl

KEY = 'resource "aws_kms_key" "k" {\n  description = "fine"\n}\n'


def _why(value: object) -> set[Why]:
    return {hole.why for hole in holes_in(value) if isinstance(hole, Unknown)}  # type: ignore[arg-type]


TEN = "".join(f"[for a{n} in local.many : " for n in range(10)) + "1" + "]" * 10
CHAIN = "\n".join(f"  c{n} = [local.c{n - 1}, local.c{n - 1}]" for n in range(1, 60))
TEXTS = "\n".join(f'  t{n} = "${{local.t{n - 1}}}${{local.t{n - 1}}}"' for n in range(1, 60))
LONG = "\n".join(f"  l{n} = local.l{n - 1} + 1" for n in range(1, 3000))

BOUNDED = [
    ("range(1e9)", ""),
    ("[for n in range(100000) : n]", ""),
    (TEN, "locals {\n  many = range(100)\n}"),
    ("local.c59", f"locals {{\n  c0 = 1\n{CHAIN}\n}}"),
    ("local.t59", f'locals {{\n  t0 = "xx"\n{TEXTS}\n}}'),
    ("local.l2999", f"locals {{\n  l0 = 1\n{LONG}\n}}"),
    ("1e300 * 1e300", ""),
    ("pow(10, 200) * pow(10, 200)", ""),
    ("sum([1e299, 1e308])", ""),
    ("sum([for n in range(1000) : 9.9e299 * 1e8])", ""),
    ("-1e299 * 1e299 - 1", ""),
    ("parseint(" + '"' + "z" * 300 + '", 36)', ""),
    ("floor(9e299 * 9e299)", ""),
    ('jsondecode("1e400")', ""),
    ('jsondecode("' + "9" * 400 + '")', ""),
    ('yamldecode("' + "9" * 3900 + '")', ""),
    ('"${1e299 * 1e299}"', ""),
    (
        "local.n40",
        "locals {\n  n0 = 10\n" + "\n".join(f"  n{n} = local.n{n - 1} * local.n{n - 1}" for n in range(1, 41)) + "\n}",
    ),
    ("(" * 3000 + "1" + ")" * 3000, ""),
    ("[" * 3000 + "]" * 3000, ""),
    ("-" * 5000 + "1", ""),
    ('"' + "${" * 500 + "1" + "}" * 500 + '"', ""),
    (
        "repeat",
        'locals {\n  repeat = join(",", [for a in range(1000) : join(",", [for b in range(1000) : "xxxxxxxx"])])\n}',
    ),
]


@pytest.mark.parametrize(("expression", "context"), BOUNDED, ids=[str(n) for n in range(len(BOUNDED))])
def test_what_is_too_big_is_unknown(tmp_path: Path, expression: str, context: str) -> None:
    """Reaching a bound is an unknown value with its reason, and no crash."""
    value = local(tmp_path, expression, context)
    assert _why(value) & {Why.BOUND, Why.INVALID, Why.UNREADABLE} or words(value) in {"1", "-1"}


COPIES = [
    "count = 1000000000",
    "count = -1",
    'count = "x"',
    "for_each = toset(range(1000000))",
    "for_each = { for n in range(1000) : n => [for m in range(1000) : m] }",
    "for_each = null",
    'for_each = "x"',
]


@pytest.mark.parametrize("meta", COPIES)
def test_a_million_copies_are_one_that_is_not_known(tmp_path: Path, meta: str) -> None:
    """A block with more copies than anyone goes through is there perhaps; what stands beside it is read."""
    stack = stack_of(tmp_path, f'resource "aws_kms_key" "many" {{\n  {meta}\n}}\n{KEY}')
    assert [key.block.address for key in stack.keys if key.block.present.truth is Truth.YES][-1] == "aws_kms_key.k"
    assert len(stack.keys) <= 1001


def test_modules_that_double_at_every_level_end(tmp_path: Path) -> None:
    """Modules inside modules are bounded in number."""
    files = {"main.tf": 'module "a" { source = "./m0" }\n' + KEY}
    for n in range(40):
        files[f"m{n}/main.tf"] = "".join(f'module "{name}" {{ source = "../m{n + 1}" }}\n' for name in "ab")
    files["m40/main.tf"] = KEY
    assert "aws_kms_key.k" in {key.block.address for key in stack_of(tmp_path, files).keys}


OUTSIDE = [
    'file("/etc/passwd")',
    'file("../secret.txt")',
    'file("${path.module}/../secret.txt")',
    'templatefile("../secret.txt", {})',
    'file("link.txt")',
    'filebase64("../secret.txt")',
    'one(fileset("..", "secret.txt"))',
    'fileexists("../secret.txt") ? "secret" : "none"',
]


@pytest.mark.parametrize("expression", OUTSIDE)
def test_nothing_outside_the_root_is_read(tmp_path: Path, expression: str) -> None:
    """Neither a path nor a link leads out of the root."""
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    root.mkdir()
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    value = local(root, expression)
    assert "secret" not in words(value) or _why(value)
    assert "root:" not in words(value)


def test_links_out_of_the_root_are_not_followed(tmp_path: Path) -> None:
    """Neither a module nor a file that a link leads to outside the root is read."""
    write(tmp_path / "outside", {"main.tf": KEY, "terraform.tfvars": 'x = "secret"'})
    root = write(
        tmp_path / "root",
        (
            'module "m" { source = "./linked" }\nvariable "x" { '
            'default = "d" }\nresource "aws_kms_key" "k" { tags = { x = var.x } }'
        ),
    )
    (root / "linked").symlink_to(tmp_path / "outside")
    (root / "terraform.tfvars").symlink_to(tmp_path / "outside/terraform.tfvars")
    (root / "more.tf").symlink_to(tmp_path / "outside/main.tf")
    stack = read(root, Given(root))
    assert [words(key.tags) for key in stack.keys] == ['{x: "d"}']
    assert len(stack.problems) == 2


def test_a_template_that_includes_itself_ends(tmp_path: Path) -> None:
    """A template file that includes itself is unknown."""
    write(tmp_path, {"t.tpl": 'x${templatefile("t.tpl", {})}'})
    assert _why(local(tmp_path, 'templatefile("t.tpl", {})')) <= {Why.BOUND, Why.INVALID, Why.CYCLE}


BROKEN: dict[str, str | bytes] = {
    "open.tf": 'resource "aws_kms_key" "open" {\n  description = "x\n',
    "junk.tf": "this is not a terraform\n",
    "long.tf": f"{'a' * 100_000} = true\n",
    "latin.tf": b"# \xff\xfe\n",
    "nul.tf": "\x00",
    "key.tf.json": "{",
    "attribute.tf": 'resource "aws_kms_key" "bad" {\n  description = = 1\n}\n',
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_a_problem_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    """A file that cannot be read is named with its line; what stands elsewhere is read."""
    write(tmp_path, KEY)
    content = BROKEN[name]
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    stack = read(tmp_path, Given(tmp_path))
    assert "aws_kms_key.k" in [key.block.address for key in stack.keys]
    assert [Path(problem.origin.file).name for problem in stack.problems][:1] == [name]


def test_a_huge_file_is_a_problem(tmp_path: Path) -> None:
    """A file larger than the limit is named, and not read."""
    write(tmp_path, {"main.tf": KEY, "huge.tf": "# x\n" * 5_000_000})
    stack = read(tmp_path, Given(tmp_path))
    assert [key.block.address for key in stack.keys] == ["aws_kms_key.k"]
    assert len(stack.problems) == 1


def test_roots_are_the_modules_that_no_other_calls(tmp_path: Path) -> None:
    """A directory that another calls is no root; one that speaks of no key is left out; links are not followed."""
    files = {
        "a/main.tf": 'module "m" {\n  source = "../modules/m"\n}',
        "b/main.tf": 'resource "aws_s3_bucket" "b" {}',
        "c/main.tf": KEY,
        "c/.terraform/modules/x/main.tf": KEY,
        "modules/m/main.tf": 'module "n" {\n  source = "./n"\n}',
        "modules/m/n/main.tf": 'resource "aws_iam_policy" "p" { policy = "kms:Decrypt" }',
        "d/main.tf.json": '{"module": {"c": {"source": "../c2"}}}',
        "c2/main.tf": KEY,
    }
    write(tmp_path, files)
    assert [str(path.relative_to(tmp_path)) for path in roots(tmp_path, Given(tmp_path))] == ["a", "c", "d"]


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('module "m" { source = "../m" }', ["a"]),
        ('  module m{source="../m"}', ["a"]),
        ('# module "m" { source = "../m" }', ["a", "m"]),
        ('resource "x" "m" { source = "../m" }', ["a", "m"]),
    ],
    ids=["a line", "a line without spaces", "a comment", "no module"],
)
def test_a_call_can_stand_in_one_line(tmp_path: Path, call: str, found: list[str]) -> None:
    """A module that is so called is no root; what is commented out, and what is no call, calls nothing."""
    write(tmp_path, {"a/main.tf": f"{KEY}\n{call}\n", "m/main.tf": KEY})
    assert [str(path.relative_to(tmp_path)) for path in roots(tmp_path, Given(tmp_path))] == found
