"""Functions with known arguments: a table, and Terraform itself where it is there."""

import base64
import json
import shutil
import subprocess
from itertools import groupby
from pathlib import Path

import pytest

from keyfit.readers.terraform.functions import functions

from .evaluation import plain, value_of

pytestmark = pytest.mark.hcl

HERE = Path(__file__).parent
ERROR = "ERROR"


def rows() -> list[tuple[str, str, object]]:
    """Subject, expression, and what Terraform makes of it."""
    found = []
    subject = ""
    for line in (HERE / "functions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            subject = line.removeprefix("# ")
        elif line:
            expression, expected = line.split("  =>  ")
            found.append((subject, expression, ERROR if expected == ERROR else json.loads(expected)))
    return found


ROWS = rows()
BY_SUBJECT = {subject: list(group) for subject, group in groupby(ROWS, key=lambda row: row[0])}


def equal(left: object, right: object) -> bool:
    """Whether two plain values are equal; `True` is not 1 here."""
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@pytest.mark.parametrize("subject", BY_SUBJECT)
def test_known_arguments(subject: str) -> None:
    """A function of known arguments gives what Terraform gives, and fails where Terraform fails."""
    wrong = [
        (expression, expected, got)
        for _, expression, expected in BY_SUBJECT[subject]
        if not equal(got := plain(value_of(expression, HERE)), expected)
    ]
    assert wrong == []


# What Terraform's own answer cannot say: run time, the machine, or a word of ours.
WITHOUT_ROWS = {
    "abspath",  # depends on the machine
    "ephemeralasnull",  # from Terraform 1.10 on
    "issensitive",  # never known here
    "list",  # removed in Terraform 0.15
    "map",  # removed in Terraform 0.15
    "provider::aws::arn_build",  # needs the provider
    "provider::aws::arn_parse",
    "provider::aws::trim_iam_role_path",
    "sensitive",  # `terraform console` does not show it
    "templatestring",  # takes a reference only
    "urldecode",  # OpenTofu's
    "filebase64sha512",
    "filesha1",
    "filesha512",
}


def test_every_function_has_rows() -> None:
    """Each function of the table stands in the rows, but for those that Terraform's console cannot answer for."""
    assert set(functions()) - set(BY_SUBJECT) == WITHOUT_ROWS


def test_there_are_enough_rows() -> None:
    """At least 300 expressions, each once."""
    assert len({expression for _, expression, _ in ROWS}) == len(ROWS) >= 300


@pytest.fixture(scope="module")
def terraform() -> str:
    """The terraform binary."""
    binary = shutil.which("terraform")
    if binary is None:
        pytest.skip("there is no terraform on the PATH")
    return binary


def test_terraform_agrees(terraform: str, tmp_path: Path) -> None:
    """`terraform console` gives, for every row, what the row says."""
    shutil.copytree(HERE / "data", tmp_path / "data")
    tried = [f'try([{expression}], "{ERROR}")' for _, expression, _ in ROWS]
    line = f"base64encode(jsonencode([{', '.join(tried)}]))\n"
    run = subprocess.run([terraform, "console"], input=line, capture_output=True, text=True, cwd=tmp_path, check=True)
    answers = json.loads(base64.b64decode(run.stdout.strip().strip('"')))
    expected = [ERROR if each == ERROR else [each] for _, _, each in ROWS]
    wrong = [
        (expression, said, answer)
        for (_, expression, _), said, answer in zip(ROWS, expected, answers, strict=True)
        if not equal(said, answer)
    ]
    assert wrong == []


OURS = [
    ('provider::aws::arn_build("aws", "iam", "", "444455556666", "role/x")', "arn:aws:iam::444455556666:role/x"),
    (
        'provider::aws::arn_parse("arn:aws:logs:eu-west-1:444455556666:log-group:x:*")',
        {
            "partition": "aws",
            "service": "logs",
            "region": "eu-west-1",
            "account_id": "444455556666",
            "resource": "log-group:x:*",
        },
    ),
    ('provider::aws::arn_parse("no arn")', ERROR),
    ('provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/a/b/c")', "arn:aws:iam::444455556666:role/c"),
    ('provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:role/c")', "arn:aws:iam::444455556666:role/c"),
    ('provider::aws::trim_iam_role_path("arn:aws:iam::444455556666:user/c")', ERROR),
    ('templatestring("x is $${x}", {x = 5})', "x is 5"),
    ('urldecode("a%20b+c%2F")', "a b c/"),
    ('urldecode("%ff")', ERROR),
    ('list("a", 1)', ["a", "1"]),
    ('map("a", 1, "b", 2)', {"a": 1, "b": 2}),
    ('map("a")', ERROR),
    ('sensitive("a")', "a"),
    ('ephemeralasnull("a")', "a"),
    ('core::upper("a")', "A"),
    ('filesha1("data/hello.txt")', "1d229271928d3f9e2bb0375bd6ce5db6c6d348d9"),
    ('length(filesha512("data/hello.txt"))', 128),
    ('length(filebase64sha512("data/hello.txt"))', 88),
    ('templatefile("data/recursive.tftpl", {})', "x is 1.\n"),  # OpenTofu's; Terraform refuses
    ('element(["a", "b", "c"], -1)', "c"),  # from Terraform 1.14 on
]


@pytest.mark.parametrize(("expression", "expected"), OURS)
def test_beyond_the_console(expression: str, expected: object) -> None:
    """So do functions of providers, of other versions, and of OpenTofu."""
    assert equal(plain(value_of(expression, HERE)), expected)


def test_abspath() -> None:
    """`abspath` is the path from the root of the file system."""
    assert plain(value_of('abspath("data/../x")', HERE)) == str(HERE / "x")
