"""Terraform through `scan` and the command line: which root modules, under which settings, and hostile input."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from keyfit.model.findings import Finding, NoteKind, Verdict
from keyfit.readers import terraform
from keyfit.readers.hcl import grammar
from keyfit.scan import Report, Run, scan
from keyfit.scan.roots import Root, check_root, find_roots
from keyfit.settings import Settings
from tests.hosts.stacks import BROKEN as BROKEN_TEMPLATE
from tests.hosts.stacks import write

pytestmark = pytest.mark.hcl

USE = '["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants"]'
ROLE = """
resource "aws_iam_role" "role" {
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "personalize.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}
resource "aws_iam_role_policy" "role" {
  role   = aws_iam_role.role.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:*", Resource = "*" }] })
}
"""
KEY = """
data "aws_caller_identity" "me" {}
resource "aws_kms_key" "key" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      ROLE
      STATEMENT
    ]
  })
}
"""
OF_ROLE = '{ Effect = "Allow", Principal = { AWS = aws_iam_role.role.arn }, Action = USE, Resource = "*" },'
SERVICE = '{ Effect = "Allow", Principal = { Service = "personalize.amazonaws.com" }, Action = USE, Resource = "*" },'
GROUP = """
resource "awscc_personalize_dataset_group" "group" {
  name        = "group"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = aws_iam_role.role.arn
}
"""
STACK = (ROLE + KEY.replace("ROLE", OF_ROLE) + GROUP).replace("USE", USE)
RIGHT = STACK.replace("STATEMENT", SERVICE.replace("USE", USE))
BROKEN = STACK.replace("STATEMENT", "")
ALONE = KEY.replace("ROLE", "").replace("STATEMENT", "")  # a key that nothing uses
SECRET = "hunter2-is-not-to-be-read"  # noqa: S105 - no password


def files(folder: Path, texts: dict[str, str]) -> Path:
    """A folder with these files."""
    for name, text in texts.items():
        write(folder, text, name)
    return folder


def broken(report: Report) -> list[tuple[str, int, str]]:
    """File, rule and subject of what is broken."""
    return [(f.origin.file, f.rule, f.resource) for f in report.findings if f.verdict is Verdict.BROKEN]


def outcomes(report: Report, rule: int) -> set[Verdict]:
    """Of one rule."""
    return {found.verdict for found in report.findings if found.rule == rule}


def only(report: Report, rule: int) -> Finding:
    """The one finding of a rule."""
    (found,) = (each for each in report.findings if each.rule == rule)
    return found


# --- which root modules


def test_a_directory_gives_its_templates_and_its_root_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are shown as the user would type them."""
    files(tmp_path, {"a/main.tf": BROKEN, "b/stack.yaml": BROKEN_TEMPLATE, "c/main.tf": RIGHT})
    monkeypatch.chdir(tmp_path)
    for path in (Path(), Path("."), tmp_path):  # noqa: PTH201 - what a user types
        report = scan([path], Run())
        shown = "" if path == Path() else f"{path}/"
        assert broken(report) == [
            (f"{shown}a/main.tf", 101, "awscc_personalize_dataset_group.group"),
            (f"{shown}b/stack.yaml", 101, "Group"),
        ]
        assert (len(report.checked), report.roots, report.failures) == (3, 2, ())


@pytest.mark.parametrize("name", ["main.tf", "other.tf.json", "third.tofu"])
def test_a_file_stands_for_its_root_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """All of it, once."""
    files(
        tmp_path,
        {"a/main.tf": ROLE, "a/keys.tf": BROKEN.replace(ROLE, ""), "a/other.tf.json": "{}", "a/third.tofu": ""},
    )
    monkeypatch.chdir(tmp_path)
    report = scan([Path("a", name), Path("a"), tmp_path / "a" / "keys.tf"], Run())
    assert broken(report) == [("a/keys.tf", 101, "awscc_personalize_dataset_group.group")]
    assert len(report.checked) == 1


def test_a_module_that_another_calls_is_no_root_module(tmp_path: Path) -> None:
    """It is judged where it is called, and the call is named."""
    call = 'module "m" {\n  source = "../modules/m"\n}\n'
    files(tmp_path, {"root/main.tf": call, "modules/m/main.tf": BROKEN})
    report = scan([tmp_path], Run())
    assert [Path(each.path).name for each in report.checked] == ["root"]
    finding = only(report, 101)
    assert finding.resource == "module.m.awscc_personalize_dataset_group.group"
    assert finding.origin.file == str(tmp_path / "modules/m/main.tf")
    note = finding.notes[-1]
    assert (note.kind, note.message) == (NoteKind.NOTE, "`module.m` is called here")
    assert note.origin is not None
    assert (note.origin.file, note.origin.start.line) == (str(tmp_path / "root/main.tf"), 1)


def test_modules_in_modules_name_each_call(tmp_path: Path) -> None:
    """The innermost first; keys of copies may hold anything."""
    key = 'a.b["c"]'.replace('"', '\\"')
    call = 'module "%s" {\n  for_each = toset(["' + key + '"])\n  source = "./%s"\n}\n'
    files(
        tmp_path, {"main.tf": call % ("x", "x"), "x/main.tf": 'module "y" {\n  source = "../y"\n}', "y/main.tf": BROKEN}
    )
    notes = [each.message for each in only(scan([tmp_path], Run()), 101).notes if "is called here" in each.message]
    assert len(notes) == 2
    assert notes[0].endswith(".module.y` is called here")
    assert notes[1].startswith("`module.x[")


@pytest.mark.parametrize("data", [".terraform", ".data/tf"])
def test_a_place_in_a_downloaded_module_is_told_as_its_call(tmp_path: Path, data: str) -> None:
    """Nobody edits what `terraform init` fetches, be it called by another such module."""
    modules = {"m": "m", "m.n": "m.n", "m.n.inner": "m.n/inner"}
    manifest = [{"Key": key, "Source": "x/y/z", "Dir": f"{data}/modules/{where}"} for key, where in modules.items()]
    call = 'module "%s" {\n  source = "x/y/z"\n  for_each = toset(["a.b"])\n}\n'
    files(
        tmp_path,
        {
            "main.tf": "\n" + call % "m",
            f"{data}/modules/modules.json": json.dumps({"Modules": [{"Key": "", "Dir": "."}, *manifest]}),
            f"{data}/modules/m/main.tf": call % "n",
            f"{data}/modules/m.n/main.tf": 'module "inner" {\n  source = "./inner"\n}\n',
            f"{data}/modules/m.n/inner/main.tf": BROKEN,
        },
    )
    finding = only(scan([tmp_path], Run(environment={"TF_DATA_DIR": data})), 101)
    assert finding.resource.endswith(".module.inner.awscc_personalize_dataset_group.group")
    assert (finding.origin.file, finding.origin.start.line) == (str(tmp_path / "main.tf"), 2)
    assert {note.origin.file for note in finding.notes if note.origin} == {str(tmp_path / "main.tf")}
    inner = tmp_path / data / "modules/m.n/inner/main.tf"
    assert any(note.message.startswith(f"in the downloaded module, the place is `{inner}:") for note in finding.notes)
    assert not any("is called here" in note.message for note in finding.notes)


def test_what_is_joined_with_another_root_module_names_its_calls(tmp_path: Path) -> None:
    """As it does where it is scanned alone: joined, it is still the configuration that was read."""
    key = 'data "aws_kms_alias" "films" {\n  name = "alias/films"\n}\n'
    group = ROLE + key + GROUP.replace("aws_kms_key.key.arn", "data.aws_kms_alias.films.target_key_arn")
    alias = 'resource "aws_kms_alias" "films" {\n  name = "alias/films"\n  target_key_id = aws_kms_key.key.id\n}\n'
    call = 'module "m" {\n  source = "../modules/m"\n}\n'
    files(tmp_path, {"root/main.tf": call, "modules/m/main.tf": group, "keys/main.tf": ALONE + alias})
    alone = only(scan([tmp_path / "root"], Run(root=tmp_path)), 101)
    joined = only(scan([tmp_path / "root", tmp_path / "keys"], Run(root=tmp_path)), 101)
    assert (alone.verdict, joined.verdict) == (Verdict.UNPROVEN, Verdict.BROKEN)
    for finding in (alone, joined):
        assert [each.message for each in finding.notes if "is called here" in each.message] == [
            "`module.m` is called here"
        ]


def test_what_holds_names_no_call(tmp_path: Path) -> None:
    """Nobody has to go there."""
    files(tmp_path, {"main.tf": 'module "m" {\n  source = "./m"\n}', "m/main.tf": RIGHT})
    report = scan([tmp_path], Run())
    assert outcomes(report, 101) == {Verdict.HOLDS}
    assert not any("is called here" in note.message for each in report.findings for note in each.notes)


def test_two_root_modules_that_call_one_module_are_judged_each(tmp_path: Path) -> None:
    """One is right, and one is not."""
    module = BROKEN.replace("    ]\n  })\n}\n", '      var.statement,\n    ]\n  })\n}\nvariable "statement" {}\n', 1)
    call = 'module "m" {\n  source    = "../m"\n  statement = %s\n}\n'
    good = SERVICE.replace("USE", USE).rstrip(",")
    files(
        tmp_path,
        {"m/main.tf": module, "a/main.tf": call % good, "b/main.tf": call % good.replace("Decrypt", "Encrypt")},
    )
    found = {Path(each.path).name: each for each in scan([tmp_path], Run()).checked}
    assert {name: outcomes(Report((each,)), 101) for name, each in found.items()} == {
        "a": {Verdict.HOLDS},
        "b": {Verdict.BROKEN},
    }


def test_a_tree_without_a_consumer_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only looked at: nothing can be wrong with the key of nobody."""
    files(tmp_path, {"a/main.tf": 'resource "aws_s3_bucket" "b" {}', "b/main.tf": ALONE})

    def read(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(terraform, "read", read)
    report = scan([tmp_path], Run())
    assert (report.roots, report.idle, report.failures) == (2, 2, ())


def test_keys_that_nobody_uses_are_judged_when_asked_for(tmp_path: Path) -> None:
    """By the flag, or by the settings file of the root module."""
    key = ALONE.replace(":root", ":nobody")
    files(tmp_path, {"a/main.tf": key, "b/main.tf": key, "b/keyfit.toml": "all-keys = true\n"})
    for settings, judged in ((Settings(), ["b"]), (Settings(all_keys=True), ["a", "b"])):
        checked = scan([tmp_path], Run(settings)).checked
        assert [Path(each.path).name for each in checked if each.findings] == judged


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        ('module "m" {\n  source = "some/remote/module"\n}\n', ".terraform/modules/m/main.tf"),
        ('locals {\n  policy = file("${path.module}/policy.json")\n}\n', "policy.json"),
    ],
)
def test_a_consumer_in_what_is_not_looked_at_is_found(tmp_path: Path, extra: str, name: str) -> None:
    """A downloaded module, and a file that is read, can hold what the text of the root module does not name."""
    manifest = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "m", "Source": "x", "Dir": ".terraform/modules/m"}]}
    files(
        tmp_path,
        {
            "main.tf": ALONE + extra,
            name: BROKEN,
            ".terraform/modules/modules.json": json.dumps(manifest),
        },
    )
    assert [each.consuming for each in find_roots([tmp_path], Run())] == [True]


def test_a_root_module_that_the_user_names_outside_the_root_is_an_error(tmp_path: Path) -> None:
    """It is not read, and that is no pass."""
    files(tmp_path, {"a/main.tf": BROKEN, "b/main.tf": BROKEN})
    for named in (tmp_path / "a" / "main.tf", tmp_path / "a"):
        report = scan([named, tmp_path / "b"], Run(root=tmp_path / "b"))
        assert [Path(file).parent.name for file, _, _ in broken(report)] == ["b"]
        (failure,) = report.failures
        assert failure.message == f"the directory is outside the scanned directory `{tmp_path / 'b'}`"


# --- settings


def test_settings_are_those_of_the_root_module(tmp_path: Path) -> None:
    """The nearest file upward from it; a module's own says nothing."""
    files(
        tmp_path,
        {
            "a/keyfit.toml": 'ignore = ["101"]\n',
            "a/main.tf": BROKEN,
            "b/main.tf": 'module "m" {\n  source = "../m"\n}\n',
            "m/keyfit.toml": 'ignore = ["101"]\n',
            "m/main.tf": BROKEN,
        },
    )
    assert [(Path(file).parent.name, rule) for file, rule, _ in broken(scan([tmp_path], Run()))] == [("m", 101)]


def test_a_setting_that_cannot_be_used_is_a_failure_of_its_root_module(tmp_path: Path) -> None:
    """The others are judged."""
    files(tmp_path, {"a/keyfit.toml": "nonsense = 1\n", "a/main.tf": BROKEN, "b/main.tf": BROKEN})
    report = scan([tmp_path], Run())
    assert [Path(file).parent.name for file, _, _ in broken(report)] == ["b"]
    (failure,) = report.failures
    assert "`nonsense` is not a setting" in failure.message


def test_variables_come_from_every_place_that_terraform_takes_them_from(tmp_path: Path) -> None:
    """The flag wins over the file named, that over the files that are read unasked, and those over the default.

    A file that the user names can lie anywhere; one that the settings name lies in the scanned directory.
    """
    text = BROKEN.replace('Service = "', 'Service = "') + 'variable "service" {\n  default = "nobody"\n}\n'
    statement = SERVICE.replace('"personalize.amazonaws.com"', '"${var.service}.amazonaws.com"').replace("USE", USE)
    text = text.replace("    ]\n  })\n}\n", f"      {statement}\n    ]\n  }})\n}}\n", 1)
    folder = files(tmp_path / "r", {"main.tf": text})
    given = files(tmp_path, {"r/given.tfvars": 'service = "personalize"\n'}) / "r" / "given.tfvars"
    assert outcomes(scan([folder], Run()), 101) == {Verdict.BROKEN}
    assert outcomes(scan([folder], Run(Settings(variable_files=(given,)))), 101) == {Verdict.HOLDS}
    outside = files(tmp_path, {"values/given.tfvars": 'service = "personalize"\n'}) / "values" / "given.tfvars"
    assert outcomes(scan([folder], Run(Settings(variable_files=(outside,)))), 101) == {Verdict.HOLDS}
    assert outcomes(scan([folder], Run(Settings(variables={"service": "personalize"}))), 101) == {Verdict.HOLDS}
    write(folder, 'service = "personalize"\n', "terraform.tfvars")
    assert outcomes(scan([folder], Run()), 101) == {Verdict.HOLDS}
    assert outcomes(scan([folder], Run(Settings(variables={"service": "no"}))), 101) == {Verdict.BROKEN}
    write(folder, "[variables]\nservice = 'no'\n", "keyfit.toml")
    assert outcomes(scan([folder], Run()), 101) == {Verdict.BROKEN}


# A stack that is right where `var.service` is `personalize`, which nothing but a plan says.
PLANNED = RIGHT.replace('"personalize.amazonaws.com"', '"${var.service}.amazonaws.com"') + 'variable "service" {}\n'


def plan_of(folder: Path, service: str, name: str = "plan.json") -> Path:
    """A plan of `PLANNED`."""
    document = {
        "format_version": "1.2",
        "variables": {"service": {"value": service}},
        "configuration": {"root_module": {"variables": {"service": {}}}},
    }
    return write(folder, json.dumps(document), name)


def test_a_plan_tells_the_values_of_variables(tmp_path: Path) -> None:
    """By the flag and by the settings file; it is read again when it has changed."""
    folder = files(tmp_path / "r", {"main.tf": PLANNED})
    assert outcomes(scan([folder], Run()), 101) == {Verdict.UNPROVEN}
    plan = plan_of(tmp_path, "personalize")
    run = Run(Settings(plan=plan))
    assert outcomes(scan([folder], run), 101) == {Verdict.HOLDS}
    plan_of(tmp_path, "sagemaker")
    assert outcomes(scan([folder], run), 101) == {Verdict.BROKEN}
    files(folder, {"keyfit.toml": 'plan = "own.json"\n'})
    plan_of(folder, "personalize", "own.json")
    assert outcomes(scan([folder], Run()), 101) == {Verdict.HOLDS}
    assert outcomes(scan([folder], Run(Settings(variables={"service": "sagemaker"}))), 101) == {Verdict.BROKEN}


def test_a_plan_is_of_one_root_module(tmp_path: Path) -> None:
    """Given for several, it is told and tells nothing of any; a plan each is right."""
    files(tmp_path, {"a/main.tf": PLANNED, "b/main.tf": PLANNED, "c/main.tf": ALONE})
    plan = plan_of(tmp_path, "personalize")
    report = scan([tmp_path], Run(Settings(plan=plan)))
    assert outcomes(report, 101) == {Verdict.UNPROVEN}
    (failure,) = report.failures
    named = ", ".join(f"`{tmp_path / name}`" for name in "abc")
    assert failure.message == f"a plan is of one root module, and it is given for {named}: check one alone"
    assert scan([tmp_path / "a"], Run(Settings(plan=plan))).failures == ()
    for name in "ab":
        files(tmp_path, {f"{name}/keyfit.toml": 'plan = "plan.json"\n'})
        plan_of(tmp_path / name, "personalize")
    report = scan([tmp_path], Run())
    assert (report.failures, outcomes(report, 101)) == ((), {Verdict.HOLDS})


def test_a_plan_that_cannot_be_used_is_a_failure_and_never_a_pass(tmp_path: Path) -> None:
    """Also of a root module in which nothing uses a key."""
    for text in (PLANNED, ALONE):
        folder = files(tmp_path, {"main.tf": text, "plan.json": "PK"})
        report = scan([folder], Run(Settings(plan=folder / "plan.json")))
        assert ["`terraform show -json` converts" in each.message for each in report.failures] == [True]
        assert Verdict.HOLDS not in outcomes(report, 101)


def test_what_the_settings_declare_is_beside_the_source(tmp_path: Path) -> None:
    """A key of another team, with its policy."""
    arn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    files(
        tmp_path,
        {
            "main.tf": ROLE + GROUP.replace("aws_kms_key.key.arn", f'"{arn}"'),
            "keyfit.toml": f'account = "111122223333"\n[[keys]]\narn = "{arn}"\npolicy = {{ Statement = [] }}\n',
        },
    )
    assert outcomes(scan([tmp_path], Run()), 101) == {Verdict.BROKEN}


# --- memory


@pytest.mark.parametrize("changed", ["main.tf", "m/main.tf", "x.auto.tfvars", "m/policy.json", "m/new.tf"])
def test_a_root_module_is_judged_again_when_anything_that_it_reads_changes(tmp_path: Path, changed: str) -> None:
    """Itself, a module, values, a template file; a file that was not there before. Else it is not read twice."""
    module = BROKEN.replace(
        "jsonencode({ Version", 'file("${path.module}/policy.json") == "" ? "" : jsonencode({ Version'
    )
    folder = files(
        tmp_path,
        {
            "main.tf": 'variable "x" {\n  default = 1\n}\nmodule "m" {\n  source = "./m"\n}\n',
            "m/main.tf": module,
            "m/policy.json": "{}",
            "x.auto.tfvars": "x = 1\n",
        },
    )
    run, root = Run(), Root(folder, folder)
    before = check_root(root, run)
    assert check_root(root, run) is before
    assert outcomes(Report((before,)), 101) == {Verdict.BROKEN}
    file = folder / changed
    file.write_text(f"{file.read_text()}\n" if file.exists() else 'resource "aws_sns_topic" "t" {}\n', encoding="utf-8")
    os.utime(file, ns=(1, 1))
    os.utime(file.parent, ns=(1, 1))
    assert check_root(root, run) is not before


def test_two_settings_are_two_judgements(tmp_path: Path) -> None:
    """One run remembers both."""
    folder = files(tmp_path, {"main.tf": BROKEN})
    root, run = Root(folder, folder), Run()
    loud, quiet = check_root(root, run), check_root(root, Run(Settings(ignore=("101",)), roots=run.roots))
    assert outcomes(Report((loud,)), 101) == {Verdict.BROKEN}
    assert outcomes(Report((quiet,)), 101) == set()
    assert check_root(root, run) is loud


# --- what cannot be read


def test_without_hcl2_there_is_one_failure_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many root modules there are; templates are judged."""
    files(tmp_path, {"a/main.tf": BROKEN, "b/main.tf": BROKEN, "stack.yaml": BROKEN_TEMPLATE})
    monkeypatch.setitem(sys.modules, "hcl2", None)
    grammar.parser.cache_clear()
    try:
        report = scan([tmp_path], Run())
    finally:
        grammar.parser.cache_clear()
    (failure,) = report.failures
    assert "keyfit[terraform]" in failure.message
    assert [(Path(file).name, rule) for file, rule, _ in broken(report)] == [("stack.yaml", 101)]


def test_a_reader_that_fails_inside_is_a_failure_of_that_root_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of no other."""
    files(tmp_path, {"a/main.tf": BROKEN, "b/main.tf": BROKEN})
    own = terraform.read

    def read(directory: Path, given: Any) -> Any:  # noqa: ANN401 - as the reader's own
        if directory.name == "a":
            raise ZeroDivisionError("on purpose")
        return own(directory, given)

    monkeypatch.setattr(terraform, "read", read)
    report = scan([tmp_path], Run())
    (failure,) = report.failures
    assert failure.internal
    assert "ZeroDivisionError: on purpose" in failure.message
    assert [Path(file).parent.name for file, _, _ in broken(report)] == ["b"]


# --- hostile input, through the command line


def check(folder: Path, *words: str, seconds: int = 120, megabytes: int = 1_500) -> tuple[int, dict[str, Any]]:
    """Status and report of `keyfit check`, in bounded time and memory."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))

    ran = subprocess.run(
        [sys.executable, "-m", "keyfit", "check", "--format", "json", *words, "."],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        preexec_fn=limits,
    )
    assert SECRET not in ran.stdout + ran.stderr
    assert ran.stdout, ran.stderr
    assert "Traceback" not in ran.stderr
    return ran.returncode, json.loads(ran.stdout)


def group_of(policy: str, extra: str = "") -> str:
    """A dataset group whose key has this policy."""
    return f'{ROLE}{GROUP}{extra}resource "aws_kms_key" "key" {{\n  policy = {policy}\n}}\n'


TEN = "[for a in local.l : " * 10 + "a" + "]" * 10
HOSTILE = {
    "file outside": group_of('file("/etc/passwd")'),
    "file outside by steps": group_of('file("../secret.json")'),
    "link outside": group_of('file("link.json")'),
    "template that includes itself": group_of('templatefile("self.tftpl", {})'),
    "cycle of locals": group_of("local.a", "locals {\n  a = local.b\n  b = local.a\n}\n"),
    "long range": group_of("jsonencode(range(1000000000))"),
    "many copies": group_of(
        "jsonencode(data.x.y)", 'data "x" "y" {}\nresource "null_resource" "n" {\n  count = 1000000000\n}\n'
    ),
    "for_each over a million": group_of(
        "jsonencode(keys(aws_iam_user.u))",
        'resource "aws_iam_user" "u" {\n  for_each = toset([for i in local.p : "${i[0]}${i[1]}"])\n  name = "u"\n}\n'
        "locals {\n  p = setproduct(range(1000), range(1000))\n}\n",
    ),
    "ten nested for": group_of(f"jsonencode({TEN})", "locals {\n  l = range(1000)\n}\n"),
    "deep brackets": group_of("jsonencode(" + "[" * 5000 + "]" * 5000 + ")"),
    "deep templates": group_of('"' + "${" * 300 + "}" * 300 + '"'),
    "module outside": group_of("module.m.policy", 'module "m" {\n  source = "../outside"\n}\n'),
    "module by link": group_of("module.m.policy", 'module "m" {\n  source = "./linked"\n}\n'),
    "module that calls itself": group_of("module.m.policy", 'module "m" {\n  source = "./"\n}\n'),
}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A directory to check, and beside it what nobody may read."""
    statement = json.dumps({"Version": "2012-10-17", "Statement": [], "Id": SECRET})
    files(
        tmp_path,
        {
            "secret.json": statement,
            "outside/main.tf": f'output "policy" {{\n  value = "{SECRET}"\n}}\n',
            "in/self.tftpl": '${templatefile("self.tftpl", {})}',
            "in/other/main.tf": BROKEN,
        },
    )
    (tmp_path / "in" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "outside")
    return tmp_path / "in"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_bounded_and_everything_else_is_checked(world: Path, name: str) -> None:
    """Nothing outside is read; what cannot be known is unproven, never proven and never broken."""
    write(world, HOSTILE[name], "main.tf")
    status, report = check(world)
    told = {(each["path"], each["resource"], each["verdict"]) for each in report["findings"] if each["rule"] == 101}
    assert ("other/main.tf", "awscc_personalize_dataset_group.group", "broken") in told
    mine = {verdict for path, _, verdict in told if path == "main.tf"}
    assert status == (2 if report["errors"] else 1)
    assert mine == {"unproven"} or (not mine and report["errors"])


def test_a_huge_file_is_named_and_everything_else_is_checked(world: Path) -> None:
    """20 MB; what it could hold leaves nothing sure in its root module."""
    write(world, RIGHT, "main.tf")
    (world / "huge.tf").write_bytes(b"# nothing\n" * 2_000_000)
    status, report = check(world)
    assert status == 2
    assert [(each["path"], each["line"]) for each in report["errors"]] == [("huge.tf", 1)]
    verdicts = {(each["path"], each["verdict"]) for each in report["findings"] if each["rule"] == 101}
    assert verdicts == {("main.tf", "unproven"), ("other/main.tf", "broken")}


def test_a_syntax_error_is_named_with_its_line_and_everything_else_is_checked(world: Path) -> None:
    """The blocks beside it, and the files beside its own."""
    write(world, RIGHT, "main.tf")
    write(world, 'resource "aws_sns_topic" "a" {}\n\nresource "aws_sqs_queue" "b" {\n  name = = "x"\n}\n', "bad.tf")
    write(world, "resource {{{\n", "worse/main.tf")
    status, report = check(world)
    assert status in {1, 2}
    verdicts = {(each["path"], each["verdict"]) for each in report["findings"] if each["rule"] == 101}
    assert ("other/main.tf", "broken") in verdicts
    assert ("main.tf", "holds") in verdicts  # nothing asks for the queue


def test_a_syntax_error_in_what_is_asked_for_is_an_error_with_its_place(world: Path) -> None:
    """File and line; status 2."""
    write(world, RIGHT.replace('  name        = "group"', '  name        = = "group"'), "main.tf")
    status, report = check(world)
    assert status == 2
    (error,) = report["errors"]
    assert error["path"] == "main.tf"
    assert RIGHT.splitlines()[error["line"] - 1].strip().startswith(("resource", "name"))
    assert {each["path"] for each in report["findings"] if each["verdict"] == "broken"} == {"other/main.tf"}


def test_two_runs_with_different_hash_seeds_give_the_same_bytes(world: Path) -> None:
    """Determinism, over modules, copies and scenarios."""
    files(world, {"a/main.tf": 'module "m" {\n  for_each = toset(["x", "y", "z"])\n  source = "../other"\n}\n'})
    outputs = set()
    for seed in ("0", "1", "2"):
        ran = subprocess.run(
            [sys.executable, "-m", "keyfit", "check", "--format", "json", "."],
            cwd=world,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        )
        outputs.add(ran.stdout)
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())["findings"]) > 20
