"""Checkov on Terraform, through its real command: what users of Checkov see, in each output."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.catalogue.rules import reference_exists
from keyfit.hosts import cards
from keyfit.hosts.in_checkov.graph import is_part, locate
from keyfit.model.findings import Level, Verdict
from keyfit.readers import terraform
from keyfit.readers.given import Given
from keyfit.scan import Run, scan
from keyfit.services import subjects
from keyfit.services.spelling import TERRAFORM
from tests import literate
from tests.hosts.commands import CHECKS, ROOT, STACKS, Ran, command, number, records, run
from tests.hosts.stacks import write
from tests.test_scan_terraform import BROKEN, RIGHT, SERVICE, USE

if TYPE_CHECKING:
    from keyfit.model.findings import Finding

if importlib.util.find_spec("checkov") is None:
    pytest.skip("Checkov is not installed", allow_module_level=True)

pytestmark = pytest.mark.xdist_group("checkov on Terraform")  # or each worker would run Checkov over the whole world

GROUP = "awscc_personalize_dataset_group.group"
STATEMENT = SERVICE.replace("USE", USE).rstrip(",")

GIVEN = STATEMENT.replace('"personalize.amazonaws.com"', '"${var.service}.amazonaws.com"')


def with_statement(statement: str) -> str:
    """The broken root module, with one more statement in its key policy."""
    return BROKEN.replace("    ]\n  })\n}\n", f"      {statement},\n    ]\n  }})\n}}\n", 1)


MODULE = with_statement("var.statement") + 'variable "statement" {}\n'
CALL = 'module "m" {\n  source    = "../m"\n  statement = %s\n}\n'
# Nobody documents whether Personalize's calls carry aws:SourceAccount (P25): 101 is unproven.
CONDITION = 'Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } }'
UNPROVEN = with_statement(STATEMENT.replace('Resource = "*"', f'Resource = "*", {CONDITION}'))
SKIPPED = BROKEN.replace(
    '"awscc_personalize_dataset_group" "group" {\n',
    '"awscc_personalize_dataset_group" "group" {\n  #checkov:skip=CKV_KEYFIT_101:we know\n',
)
COPIES = BROKEN.replace('"group" {\n', '"group" {\n  for_each = toset(["a", "b"])\n', 1)
UNKNOWN_COPIES = BROKEN.replace('"group" {\n', '"group" {\n  for_each = var.names\n', 1) + 'variable "names" {}\n'
UNREAD = BROKEN.replace('  name        = "group"\n', "  name        = fail(\n")
TEMPLATE = """
resource "aws_cloudformation_stack" "stack" {
  name          = "stack"
  template_body = file("${path.module}/stack.yaml")
}
"""
WORLD = {
    "two/m/main.tf": MODULE,
    "two/a/main.tf": CALL % STATEMENT,
    "two/b/main.tf": CALL % STATEMENT.replace("personalize", "polly"),
    "right/main.tf": RIGHT,
    "broken/main.tf": BROKEN,
    "nowhere/main.tf": RIGHT + 'output "key" {\n  value = local.key_arn\n}\n',
    "elsewhere/main.tf": RIGHT
    + 'module "key" {\n  source  = "terraform-aws-modules/kms/aws"\n  version = "1.0.0"\n}\n',
    "elsewhere/keyfit.toml": 'fail-on = "unproven"\n',
    "skipped/main.tf": SKIPPED,
    "unproven/main.tf": UNPROVEN,
    "copies/main.tf": COPIES,
    "unknown/main.tf": UNKNOWN_COPIES,
    "unread/main.tf": RIGHT,
    "unread/other.tf": 'resource "aws_iam_role_policy" "other" {\n  role = aws_iam_role.role.id\n  policy = "${"\n}\n',
    "none/main.tf": 'resource "aws_iam_role" "role" {\n  assume_role_policy = "{}"\n}\n',
}


def checkov(*words: str | Path, where: Path, checks: Path = CHECKS, **environment: str) -> Ran:
    """Checkov with keyfit's checks, and no others."""
    framework = () if "--framework" in words else ("--framework", "terraform")
    loaded = ("--external-checks-dir", checks, "--skip-download", "--check", "CKV_KEYFIT_*")
    return run(command("checkov"), *loaded, *framework, *words, where=where, **environment)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Root modules, each in its own folder."""
    folder = tmp_path_factory.mktemp("world")
    for name, text in WORLD.items():
        write(folder, text, name)
    return folder


@pytest.fixture(scope="module")
def told(world: Path) -> Ran:
    """One run over all of them."""
    return checkov("--directory", ".", "--output", "json", where=world)


def of(ran: Ran, case: str, rule: int, kind: str = "failed_checks") -> list[dict[str, Any]]:
    """The records of one rule about the files of one case."""
    wanted = f"CKV_KEYFIT_{rule:03}"
    return [
        each for each in records(ran, kind) if each["check_id"] == wanted and each["file_path"].startswith(f"/{case}/")
    ]


def test_a_broken_finding_fails_with_its_evidence_as_its_name(told: Ran) -> None:
    """The sentence with its place, then the notes; and as data."""
    (record,) = of(told, "broken", 101)
    assert record["resource"] == GROUP
    assert record["details"] == []
    sentence, *notes = record["check_name"].removeprefix("personalize-service-key-access: ").split("; ")
    line = 1 + BROKEN[: BROKEN.index("kms_key_arn")].count("\n")
    assert sentence.startswith(f"`kms_key_arn` of Personalize dataset group `{GROUP}`: `personalize.")
    assert sentence.endswith(f"(broken/main.tf:{line}:17)")
    assert notes
    assert all(note.startswith(("note: ", "help: ")) for note in notes)
    assert [each["rule"] for each in record["check_result"]["keyfit"]] == [101]


def test_what_holds_passes(told: Ran) -> None:
    """And nothing of it fails."""
    assert [each["resource"] for each in of(told, "right", 101, "passed_checks")] == [GROUP]
    assert [each for each in records(told) if each["file_path"].startswith("/right/")] == []


def test_two_root_modules_that_call_one_module_are_one_record(told: Ran) -> None:
    """The worst of both, wherever Checkov finds it first; it says which of them is broken, and where the call is."""
    (record,) = of(told, "two/m", 101)
    assert record["resource"] == f"module.m.{GROUP}"
    assert of(told, "two/m", 101, "passed_checks") == []
    assert record["caller_file_path"] in {"/two/a/main.tf", "/two/b/main.tf"}
    assert "; note: `module.m` is called here (two/b/main.tf:1)" in record["check_name"]
    assert of(told, "two/m", 105, "passed_checks")


def test_what_is_about_no_resource_fails_at_one_of_them(told: Ran) -> None:
    """Checkov asks about no output and no module call; what is said of these is said once."""
    (failed,) = of(told, "nowhere", 604)
    assert "`output.key` refers to `local.key_arn`, which is not declared" in failed["check_name"]
    assert of(told, "nowhere", 101, "passed_checks") == []
    (failed,) = of(told, "elsewhere", 1)
    assert "module source `terraform-aws-modules/kms/aws` is not here" in failed["check_name"]


def test_a_skip_in_the_resource_works(told: Ran) -> None:
    """With its reason."""
    (record,) = of(told, "skipped", 101, "skipped_checks")
    assert record["check_result"]["suppress_comment"] == "we know"
    assert of(told, "skipped", 101) == []


def test_the_files_of_variables_that_checkov_is_given_are_heard(tmp_path: Path) -> None:
    """The last one of several wins."""
    write(tmp_path, f'variable "service" {{}}\n{RIGHT.replace(STATEMENT, GIVEN)}', "live/main.tf")
    write(tmp_path, 'service = "personalize"', "right.tfvars")
    write(tmp_path, 'service = "sagemaker"', "wrong.tfvars")
    flags = ("--var-file", "wrong.tfvars", "--var-file", "right.tfvars")
    for given, status in ((flags, "passed_checks"), (flags[:2], "failed_checks")):
        ran = checkov("--directory", "live", *given, "--output", "json", where=tmp_path)
        told = [each for each in records(ran, status) if each["check_id"] == "CKV_KEYFIT_101"]
        assert [each["resource"] for each in told] == [GROUP]


def test_what_is_unproven_is_not_reported(told: Ran, world: Path) -> None:
    """Unless asked for."""
    assert of(told, "unproven", 101) + of(told, "unproven", 101, "passed_checks") == []
    asked = checkov("--directory", "unproven", "--output", "json", where=world, KEYFIT_FAIL_ON="unproven")
    record = next(each for each in records(asked) if each["check_id"] == "CKV_KEYFIT_101")
    assert "cannot tell" in record["check_name"]


def test_copies_are_told_apart(told: Ran) -> None:
    """By their addresses; a block whose copies nobody knows is one."""
    assert {each["resource"] for each in of(told, "copies", 101)} == {f'{GROUP}["a"]', f'{GROUP}["b"]'}
    assert [each["resource"] for each in of(told, "unknown", 107, "passed_checks")] == [GROUP]


def test_a_root_module_that_cannot_be_read_fails_on_every_resource(told: Ran) -> None:
    """With the reason; what is known to be so whatever the unread says is still said."""
    found = of(told, "unread", 0)
    assert {"aws_kms_key.key", "aws_iam_role.role", GROUP} <= {each["resource"] for each in found}
    assert all("could not check: " in each["check_name"] and "unread/other.tf:" in each["check_name"] for each in found)
    assert {case for case in WORLD if of(told, case.split("/")[0], 0)} == {"unread/main.tf", "unread/other.tf"}


def test_a_tree_without_a_consumer_has_no_records(told: Ran) -> None:
    """Neither passed nor failed."""
    for kind in ("failed_checks", "passed_checks"):
        assert [each for each in records(told, kind) if each["file_path"].startswith("/none/")] == []


@pytest.mark.deep
def test_the_evidence_is_in_csv(world: Path, tmp_path: Path) -> None:
    """Which Checkov writes alone."""
    checkov("--directory", "broken", "--output", "csv", "--output-file-path", tmp_path, where=world)
    written = [file.read_text(encoding="utf-8") for file in tmp_path.iterdir() if file.suffix == ".csv"]
    assert any("`personalize.amazonaws.com` cannot `kms:Decrypt`" in text for text in written)


@pytest.mark.deep
@pytest.mark.parametrize("words", [("--directory", "broken"), ("--file", "broken/main.tf")], ids=["directory", "file"])
def test_all_frameworks_together_report_it_once(world: Path, words: tuple[str, ...]) -> None:
    """Checkov then forks, and loads the checks many times."""
    ran = checkov(*words, "--framework", "all", "--output", "json", where=world)
    assert [(each["check_id"], each["resource"]) for each in records(ran)] == [("CKV_KEYFIT_101", GROUP)]


@pytest.mark.deep
def test_a_template_in_a_resource_is_judged_with_it(tmp_path: Path) -> None:
    """Its findings are the resource's."""
    write(tmp_path, TEMPLATE, "main.tf")
    own = (STACKS / "service-without-create-grant.yaml").read_text(encoding="utf-8")
    write(tmp_path, own.replace("              - kms:GenerateDataKey\n", "", 1))
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path)
    (record,) = (each for each in records(ran) if each["check_id"] == "CKV_KEYFIT_101")
    assert record["resource"] == "aws_cloudformation_stack.stack"
    assert "stack.yaml:" in record["check_name"]


@pytest.mark.deep
def test_a_plan_that_does_not_say_what_refers_to_what_is_not_passed_over(tmp_path: Path) -> None:
    """One without its configuration: nothing of it can be judged, and that fails."""
    values = {"root_module": {"resources": [resource(address="aws_kms_key.k")]}}
    plan = {"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": values, "resource_changes": []}
    write(tmp_path, json.dumps(plan), "plan.json")
    ran = checkov("--file", "plan.json", "--framework", "terraform_plan", "--output", "json", where=tmp_path)
    assert {(each["check_id"], each["resource"]) for each in records(ran)} == {("CKV_KEYFIT_000", "aws_kms_key.k")}
    assert "has no configuration" in str(records(ran))
    assert records(ran, "passed_checks") == []


def resource(address: str) -> dict[str, Any]:
    """A resource of a plan."""
    kind, name = address.split(".")
    return {"address": address, "mode": "managed", "type": kind, "name": name, "values": {}, "schema_version": 0}


@pytest.mark.deep
def test_an_engine_that_cannot_be_loaded_is_said_of_every_resource(tmp_path: Path) -> None:
    """`CKV_KEYFIT_000` alone, in Terraform as in CloudFormation."""
    for folder in ("checks", "plugins"):
        shutil.copytree(ROOT / folder, tmp_path / "copy" / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "copy/plugins/keyfit/hosts/in_checkov/terraform.py").write_text("def broken(:\n", encoding="utf-8")
    write(tmp_path, BROKEN, "world/main.tf")
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path / "world", checks=tmp_path / "copy" / "checks")
    assert ran.status == 1
    assert {each["check_id"] for each in records(ran)} == {"CKV_KEYFIT_000"}
    assert {each["resource"] for each in records(ran)} >= {GROUP, "aws_kms_key.key", "aws_iam_role.role"}
    assert all("the engine cannot be loaded: SyntaxError" in each["check_name"] for each in records(ran))


# --- the hosts agree


# Checkov decides a count that depends on an open variable, and takes out the resource.
IN_PRODUCTION = str(STACKS / "terraform" / "broken-in-production")
LEFT_OUT = {(IN_PRODUCTION, rule, "awscc_personalize_metric_attribution.bookings") for rule in (101, 102)}


def verdict_of(found: Finding) -> str:
    """A warning fails nothing, and Checkov hears of it no more than of what is unproven."""
    warned = found.verdict is Verdict.BROKEN and found.level is Level.WARNING
    return "unproven" if warned else found.verdict.value


def worst(pairs: list[tuple[tuple[str, int, str], str]]) -> dict[tuple[str, int, str], str]:
    """The worst verdict for each root module (none for what stands in a module), rule and subject."""
    found: dict[tuple[str, int, str], str] = {}
    gravity = ("holds", "unproven", "broken")
    for key, verdict in pairs:
        found[key] = max(found.get(key, "holds"), verdict, key=gravity.index)
    return found


def test_checkov_and_the_command_line_agree() -> None:
    """By root module, rule and subject, over all stacks in both forms."""
    folders = [STACKS / "terraform", STACKS / "modules"]
    report = scan(folders, Run())
    ours = worst(
        [
            ((where(each.path, found.resource), found.rule, whole(found.resource)), verdict_of(found))
            for each in report.checked
            for found in each.findings
        ]
    )
    ran = checkov("--directory", STACKS, "--output", "json", where=ROOT)
    kinds = (("failed_checks", "broken"), ("passed_checks", "holds"))
    theirs = worst([(told_of(each), verdict) for kind, verdict in kinds for each in records(ran, kind)])
    broken = {key for key, verdict in ours.items() if verdict == "broken"}
    assert broken - LEFT_OUT == {key for key, verdict in theirs.items() if verdict == "broken"}
    assert broken >= LEFT_OUT
    assert set(theirs) <= set(ours)
    missing = {key[2] for key, verdict in ours.items() if verdict == "holds" and key not in theirs}
    assert missing <= {key[2] for key in LEFT_OUT}
    assert len(theirs) > 100


def told_of(record: dict[str, Any]) -> tuple[str, int, str]:
    """Root module, rule and subject of a record."""
    folder = f"{STACKS}{Path(record['file_path']).parent}"
    return where(folder, record["resource"]), number(record["check_id"]), whole(record["resource"])


def where(directory: str, address: str) -> str:
    """The root module of a subject; several can share one that stands in a module."""
    return "" if address.startswith("module.") else str(Path(directory))


def whole(address: str) -> str:
    """An address without copies: Checkov does not always tell them apart."""
    return re.sub(r"\[[^\]]*\]", "", address)


# --- in detail


@pytest.mark.deep
def test_every_subject_of_the_fixtures_has_a_type_that_its_check_is_registered_for(tmp_path: Path) -> None:
    """Or Checkov would never ask; 604, of any block, is then told of one that it is asked about."""
    seen: set[tuple[int, str]] = set()
    for count, file in enumerate(sorted((ROOT / "fixtures" / "rules").glob("[0-9]*.md"))):
        for case in literate.read(file.read_text(encoding="utf-8")):
            if case.language == literate.HCL:
                seen |= judged(tmp_path / f"{count}-{case.start}", case.files)
    asked = {card.number: subjects.terraform(*card.subjects) for card in cards.every_card()}
    resources = {(rule, kind) for rule, kind in seen if kind.startswith(TERRAFORM)}  # not a variable, as in 603
    missing = {(rule, kind) for rule, kind in resources if kind not in asked[rule] and rule != reference_exists.NUMBER}
    assert missing == set()
    assert len({rule for rule, _ in seen}) > 20


def judged(folder: Path, files: dict[str, str]) -> set[tuple[int, str]]:
    """Rule and type of everything found in some files."""
    for name, text in files.items():
        write(folder, text, name)
    found = verify.check(terraform.read(folder, Given(folder)), options=Options(all_keys=True)).findings
    return {(each.rule, each.type) for each in found}


@pytest.mark.parametrize(
    ("address", "of", "expected"),
    [
        ("aws_kms_key.k", "aws_kms_key.k", True),
        ("aws_kms_key.k", "aws_kms_key.kk", False),
        ("aws_kms_key.k[0]", "aws_kms_key.k", True),
        ("aws_kms_key.k", "aws_kms_key.k[0]", False),
        ("aws_kms_key.k[*]", 'aws_kms_key.k["a"]', True),
        ("aws_kms_key.k[0]", "aws_kms_key.k[1]", False),
        ('module.m["a"].aws_kms_key.k', "module.m.aws_kms_key.k", True),
        ('module.m["a"].aws_kms_key.k', 'module.m["b"].aws_kms_key.k', False),
        ("module.m.aws_kms_key.k", "aws_kms_key.k", False),
        ('aws_kms_key.k["a.b[c]/d"]', 'aws_kms_key.k["a.b[c]/d"]', True),
        ('aws_kms_key.k["a.b"]', 'aws_kms_key.k["a.c"]', False),
        ("aws_cloudformation_stack.s/Key", "aws_cloudformation_stack.s", True),
        ('aws_cloudformation_stack.s["x"]/Key', "aws_cloudformation_stack.s", True),
        ("aws_cloudformation_stack.s/Key", "aws_cloudformation_stack.t", False),
    ],
)
def test_whether_a_finding_belongs_to_a_resource(address: str, of: str, *, expected: bool) -> None:
    """By address, as far as each side tells copies apart."""
    assert is_part(address, of) is expected


def node(file: str, address: str, *callers: str) -> dict[str, Any]:
    """A resource in Checkov's graph; the callers from the inside out."""
    caller = None
    for each in reversed(callers):
        caller = SimpleNamespace(path=each, nested_tf_module=caller)
    name = ".".join(address.split(".")[-2:])
    return {
        "block_type_": "resource",
        "block_name_": name,
        "file_path_": file,
        "__address__": address,
        "source_module_object_": caller,
    }


def graph(*nodes: dict[str, Any]) -> Any:  # noqa: ANN401 - as rustworkx has it
    """A graph of Checkov's."""
    return SimpleNamespace(nodes=lambda: list(enumerate(nodes)))


def test_the_root_modules_of_a_resource_are_the_outermost_callers() -> None:
    """Through modules in modules; all that share its file and address."""
    located = locate(
        graph(
            node("/w/m/main.tf", "module.a.module.m.aws_kms_key.k", "/w/x/main.tf", "/w/r1/main.tf"),
            node("/w/m/main.tf", "module.a.module.m.aws_kms_key.k", "/w/y/main.tf", "/w/r2/main.tf"),
            node("/w/r1/main.tf", "aws_kms_key.k"),
            node("/w/r2/main.tf", "aws_kms_key.k"),
            node("/w/r2/main.tf", "aws_sns_topic.t"),
        ),
        frozenset({"aws_kms_key"}),
    )
    assert located.roots_of("/m/main.tf", "module.a.module.m.aws_kms_key.k") == {"/w/r1", "/w/r2"}
    assert located.roots_of("/r1/main.tf", "aws_kms_key.k") == {"/w/r1"}
    for address in ("aws_sns_topic.t", "aws_kms_key.other"):
        with pytest.raises(LookupError):
            located.roots_of("/r2/main.tf", address)


def test_a_file_is_told_from_another_whose_path_ends_alike() -> None:
    """Checkov says only how a file lies from where it began."""
    nodes = graph(node("/w/m/main.tf", "aws_kms_key.k"), node("/w/x/m/main.tf", "aws_kms_key.k"))
    located = locate(nodes, frozenset({"aws_kms_key"}))
    assert located.roots_of("/m/main.tf", "aws_kms_key.k") == {"/w/m"}
    assert located.roots_of("/x/m/main.tf", "aws_kms_key.k") == {"/w/x/m"}
