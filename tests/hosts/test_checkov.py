"""Checkov with keyfit's checks: evidence on every output, skips, settings, and what could not be checked."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from keyfit import catalogue
from tests.hosts import stacks
from tests.hosts.commands import CHECKS, STACKS, Ran, checkov, records, run

pytestmark = pytest.mark.xdist_group("checkov")  # or each worker would run Checkov over all the cases

GROUP = "AWS::Personalize::DatasetGroup.Group"
OF_GROUP = "`KmsKeyArn` of Personalize dataset group `Group`"
WITH_TABS = {
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "the default key policy"}},
        "Group": {
            "Type": "AWS::Personalize::DatasetGroup",
            "Properties": {
                "Name": "group",
                "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
                "RoleArn": "arn:aws:iam::111122223333:role/outside",
            },
        },
    }
}
SKIPS = {
    "comment": "  Group:\n    #checkov:skip=CKV_KEYFIT_101:the security team knows\n",
    "metadata": (
        "  Group:\n    Metadata:\n      checkov:\n        skip:\n"
        "          - id: CKV_KEYFIT_101\n            comment: the security team knows\n"
    ),
}
MISSPELT = {
    "setting": ('acount = "1"\n', "`acount` is not a setting: did you mean `account`?"),
    "value": ('account = "1234"\n', "account `1234` is not 12 digits"),
    "rule": ('ignore = ["1O1"]\n', "`1O1` is not a rule"),
}


def second_group() -> str:
    """A group of its own, with a good key."""
    text = stacks.RIGHT.partition("Resources:\n")[2]
    for name in ("Key", "Role", "Group"):
        text = text.replace(f"  {name}:\n", f"  Right{name}:\n").replace(f"!GetAtt {name}.", f"!GetAtt Right{name}.")
    return text


def lay(top: Path) -> None:
    """One folder for each case, each with its own settings."""
    stacks.write(top / "broken", stacks.BROKEN)
    stacks.write(top / "two", stacks.BROKEN + second_group())
    stacks.write(top / "bare", stacks.BROKEN.replace("Resources:\n", "Resources:\n  Bare:\n    Type: AWS::KMS::Key\n"))
    stacks.write(top / "tabs", json.dumps(WITH_TABS, indent="\t"), "stack.json")
    stacks.write(top / "undeclared", stacks.RIGHT + "Outputs:\n  KeyArn: {Value: !GetAtt Kye.Arn}\n")
    stacks.write(top / "unproven", stacks.UNPROVEN)
    stacks.write(top / "strict", stacks.UNPROVEN)
    stacks.write(top / "strict", 'fail-on = "unproven"\n', "keyfit.toml")
    stacks.write(top / "warned", stacks.WARNED)
    stacks.write(top / "wary", stacks.WARNED)
    stacks.write(top / "wary", 'fail-on = "warning"\n', "keyfit.toml")
    for name, skip in SKIPS.items():
        stacks.write(top / name, stacks.BROKEN.replace("  Group:\n", skip))
    for name, (settings, _) in MISSPELT.items():
        stacks.write(top / name, stacks.RIGHT)
        stacks.write(top / name, settings, "keyfit.toml")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a folder for each case."""
    top = tmp_path_factory.mktemp("checkov")
    lay(top)
    return top


class Told(NamedTuple):
    """One run of Checkov over all the cases, in three of its outputs."""

    ran: Ran
    cli: str
    sarif: dict[str, Any]


@pytest.fixture(scope="module")
def every_output(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What Checkov says of all the cases."""
    folder = tmp_path_factory.mktemp("outputs")
    outputs = [word for each in ("json", "cli", "sarif") for word in ("--output", each)]
    ran = checkov("--directory", ".", "--compact", *outputs, "--output-file-path", folder, where=world)
    cli, written, sarif = (
        (folder / f"results_{name}").read_text(encoding="utf-8") for name in ("cli.txt", "json.json", "sarif.sarif")
    )
    return Told(replace(ran, out=written), cli, json.loads(sarif))


@pytest.fixture(scope="module")
def told(every_output: Told) -> Ran:
    """The same, as JSON."""
    return every_output.ran


def of(ran: Ran, case: str, rule: int, kind: str = "failed_checks") -> list[dict[str, Any]]:
    """The records of one case and rule."""
    return [
        each
        for each in records(ran, kind)
        if each["file_path"].startswith(f"/{case}/") and each["check_id"] == f"CKV_KEYFIT_{rule:03}"
    ]


def test_what_is_about_no_resource_fails_at_one_of_them(told: Ran) -> None:
    """Checkov asks about no output; that the template cannot be deployed is said once, and nothing holds."""
    (failed,) = of(told, "undeclared", 604)
    assert "output `KeyArn` refers to `Kye`, which is not declared" in failed["check_name"]
    assert of(told, "undeclared", 101, "passed_checks") == []


def test_the_evidence_is_in_the_json(told: Ran) -> None:
    """In words as the check's name, and as data; the id is stable."""
    (record,) = of(told, "broken", 101)
    assert told.status == 1
    assert record["resource"] == GROUP
    assert record["check_name"].startswith(f"personalize-service-key-access: {OF_GROUP}: `personalize.")
    assert f"(broken/stack.yaml:{stacks.LINE}:{stacks.COLUMN})" in record["check_name"]
    (finding,) = record["check_result"]["keyfit"]
    assert (finding["rule"], finding["line"], finding["verdict"]) == (101, stacks.LINE, "broken")
    assert finding["notes"]


def test_the_evidence_is_on_the_command_line(every_output: Told) -> None:
    """Message, note and help."""
    line = next(each for each in every_output.cli.splitlines() if "CKV_KEYFIT_101" in each and "(broken/" in each)
    assert "cannot " in line
    assert "; note: " in line
    assert "; help: " in line


def test_the_evidence_is_in_sarif(every_output: Told) -> None:
    """As the message of the result."""
    (run,) = every_output.sarif["runs"]
    messages = [each["message"]["text"] for each in run["results"] if each["ruleId"] == "CKV_KEYFIT_101"]
    (message,) = [each for each in messages if "(broken/stack.yaml:" in each]
    assert "cannot " in message
    assert "help: " in message


def test_the_evidence_of_one_resource_is_not_told_of_the_next(told: Ran) -> None:
    """The name is that of each run."""
    (passed,) = of(told, "two", 101, "passed_checks")
    (failed,) = of(told, "two", 101)
    assert (passed["resource"], failed["resource"]) == ("AWS::Personalize::DatasetGroup.RightGroup", GROUP)
    assert "cannot" not in passed["check_name"]


@pytest.mark.parametrize("case", SKIPS)
def test_a_skip_in_the_resource_works(told: Ran, case: str) -> None:
    """With its reason, and without evidence of another resource."""
    assert of(told, case, 101) == []
    (record,) = of(told, case, 101, "skipped_checks")
    assert record["check_result"]["suppress_comment"] == "the security team knows"
    assert "cannot" not in record["check_name"]


@pytest.mark.deep
def test_checkovs_own_selection_works(world: Path) -> None:
    """By id."""
    words = ("--directory", "broken", "--soft-fail-on", "CKV_KEYFIT_101", "--skip-check", "CKV_KEYFIT_105")
    softened = checkov(*words, where=world)
    assert softened.status == 0
    assert "CKV_KEYFIT_101" in softened.out
    assert "CKV_KEYFIT_105" not in softened.out


def test_an_unproven_verdict_is_neither_passed_nor_failed(told: Ran) -> None:
    """Unless the settings ask for it."""
    assert [of(told, "unproven", 101, kind) for kind in ("failed_checks", "passed_checks")] == [[], []]
    (record,) = of(told, "strict", 101)
    assert "cannot tell" in record["check_name"]


def test_a_warning_is_neither_passed_nor_failed(told: Ran) -> None:
    """Unless the settings ask for it."""
    assert [of(told, "warned", 103, kind) for kind in ("failed_checks", "passed_checks")] == [[], []]
    (record,) = of(told, "wary", 103)
    assert "do not both allow" in record["check_name"]


def test_the_environment_is_read(world: Path) -> None:
    """As on the command line."""
    ran = checkov("--directory", "unproven", "--output", "json", where=world, KEYFIT_FAIL_ON="unproven")
    assert [each["check_id"] for each in records(ran)] == ["CKV_KEYFIT_101"]


def test_the_help_is_what_can_be_done_here() -> None:
    """A parameter without a value is set in the settings; no flag of the command line is told."""
    stack = STACKS / "key-of-another-team.yaml"
    ran = checkov("--file", stack, "--output", "json", KEYFIT_FAIL_ON="unproven")
    record = next(each for each in records(ran) if each["check_id"] == "CKV_KEYFIT_101")
    (finding,) = record["check_result"]["keyfit"]
    helps = [note["message"] for note in finding["notes"] if note["kind"] == "help"]
    assert helps == ["set `KeyArn` in `[parameters]` of `keyfit.toml`"]
    assert f"help: {helps[0]}" in record["check_name"]
    assert not re.search(r"`--\w", ran.out)


@pytest.mark.parametrize("case", MISSPELT)
def test_a_misspelt_setting_fails_every_resource(told: Ran, case: str) -> None:
    """As could-not-check, and no other rule speaks."""
    found = [each for each in records(told) if each["file_path"].startswith(f"/{case}/")]
    assert {each["check_id"] for each in found} == {"CKV_KEYFIT_000"}
    assert {each["resource"].rpartition(".")[2] for each in found} == {"Key", "Role", "Group"}
    assert all(MISSPELT[case][1] in each["check_name"] for each in found)


@pytest.mark.deep
@pytest.mark.parametrize("words", [("--file", "infra/deep/stack.yaml"), ("-d", "infra/deep")])
def test_the_file_is_found_from_wherever_checkov_is_started(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Its name is shown as from the current directory."""
    stacks.write(tmp_path / "infra" / "deep", stacks.BROKEN)
    (record,) = records(checkov(*words, "--output", "json", where=tmp_path))
    assert f"(infra/deep/stack.yaml:{stacks.LINE}:{stacks.COLUMN})" in record["check_name"]


@pytest.mark.deep
def test_the_file_is_found_by_its_whole_path(world: Path, tmp_path: Path) -> None:
    """From another directory, and where Checkov does not say it."""
    ran = checkov("--directory", world / "tabs", "--output", "json", where=tmp_path)
    assert "CKV_KEYFIT_101" in {each["check_id"] for each in records(ran)}


@pytest.mark.parametrize("case", ["bare", "tabs"])
def test_a_resource_of_which_checkov_does_not_say_where_it_stands_is_checked(told: Ran, case: str) -> None:
    """One without properties; JSON with tabs, which Checkov reads another way."""
    assert of(told, case, 0) == []
    assert [each["resource"] for each in of(told, case, 101)] == [GROUP]


@pytest.mark.deep
def test_all_frameworks_together_report_it_once(world: Path) -> None:
    """Checkov then forks, and loads the checks many times."""
    ran = checkov("--file", "broken/stack.yaml", "--framework", "all", "--output", "json", where=world)
    assert [each["check_id"] for each in records(ran)] == ["CKV_KEYFIT_101"]


REGISTERED = """
import sys
sys.path.insert(0, sys.argv[1])
import keyfit_checks
from checkov.cloudformation.checks.resource.registry import cfn_registry
from checkov.terraform.checks.resource.registry import resource_registry
for registry in (cfn_registry, resource_registry):
    print(*sorted({check.id for checks in registry.checks.values() for check in checks if "KEYFIT" in check.id}))
"""


def test_every_rule_is_a_check_of_both_frameworks() -> None:
    """And so is what says that keyfit could not check."""
    ran = run(sys.executable, "-c", REGISTERED, CHECKS)
    assert ran.status == 0, ran.err
    expected = {f"CKV_KEYFIT_{rule.number:03}" for rule in catalogue.every_rule()} | {"CKV_KEYFIT_000"}
    for line in ran.out.splitlines()[-2:]:
        assert set(line.split()) == expected
