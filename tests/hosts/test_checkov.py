"""Checkov with keyfit's checks: evidence on every output, skips, settings, and what could not be checked."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.hosts import stacks
from tests.hosts.commands import Ran, broken_in_checkov, checkov, records


def failed(ran: Ran, rule: int) -> list[dict[str, Any]]:
    """The failed records of one rule."""
    return [each for each in records(ran) if each["check_id"] == f"CKV_KEYFIT_{rule:03}"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one broken stack."""
    made = tmp_path_factory.mktemp("checkov")
    stacks.write(made, stacks.BROKEN)
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> Ran:
    """What Checkov prints of it as JSON."""
    return checkov("--file", "stack.yaml", "--output", "json", where=folder)


def test_the_evidence_is_in_the_json(told: Ran) -> None:
    """In words as the check's name, and as data; the id is stable."""
    (record,) = failed(told, 101)
    assert record["resource"] == "AWS::Personalize::DatasetGroup.Group"
    assert str(record["check_name"]).startswith("personalize-service-key-access: `personalize.amazonaws.com` cannot ")
    assert f"(stack.yaml:{stacks.LINE}:{stacks.COLUMN})" in str(record["check_name"])
    result = record["check_result"]
    assert isinstance(result, dict)
    (finding,) = result["keyfit"]
    assert (finding["rule"], finding["line"], finding["verdict"]) == (101, stacks.LINE, "broken")
    assert finding["notes"]


def test_the_evidence_is_on_the_command_line(folder: Path) -> None:
    """Message, note and help; status 1."""
    ran = checkov("--file", "stack.yaml", "--compact", where=folder)
    assert ran.status == 1
    (line,) = [each for each in ran.out.splitlines() if "CKV_KEYFIT_101" in each]
    assert "cannot " in line
    assert "; note: " in line
    assert "; help: " in line


def test_the_evidence_is_in_sarif(folder: Path) -> None:
    """As the message of the result."""
    ran = checkov("--file", "stack.yaml", "--output", "sarif", "--output-file-path", "out", where=folder)
    assert ran.status == 1
    (run,) = json.loads((folder / "out" / "results_sarif.sarif").read_text(encoding="utf-8"))["runs"]
    (result,) = [each for each in run["results"] if each["ruleId"] == "CKV_KEYFIT_101"]
    assert "cannot " in result["message"]["text"]
    assert "help: " in result["message"]["text"]


def test_the_evidence_of_one_resource_is_not_told_of_the_next(tmp_path: Path) -> None:
    """The name is that of each run: a second group with a good key passes under the rule's own name."""
    second = stacks.RIGHT.partition("Resources:\n")[2]
    for name in ("Key", "Role", "Group"):
        second = second.replace(f"  {name}:\n", f"  Right{name}:\n").replace(
            f"!GetAtt {name}.", f"!GetAtt Right{name}."
        )
    stacks.write(tmp_path, stacks.BROKEN + second)
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path)
    passed = {
        each["resource"]: each["check_name"] for each in records(ran, "passed_checks") if "101" in each["check_id"]
    }
    assert list(passed) == ["AWS::Personalize::DatasetGroup.RightGroup"]
    assert "cannot" not in passed["AWS::Personalize::DatasetGroup.RightGroup"]


@pytest.mark.parametrize(
    "skip",
    [
        "  Group:\n    #checkov:skip=CKV_KEYFIT_101:the security team knows\n    Type:",
        (
            "  Group:\n    Metadata:\n      checkov:\n        skip:\n"
            "          - id: CKV_KEYFIT_101\n            comment: the security team knows\n    Type:"
        ),
    ],
    ids=["comment", "metadata"],
)
def test_a_skip_in_the_resource_works(tmp_path: Path, skip: str) -> None:
    """With its reason, and without the evidence."""
    stacks.write(tmp_path, stacks.BROKEN.replace("  Group:\n    Type:", skip))
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path)
    assert failed(ran, 101) == []
    (record,) = [each for each in records(ran, "skipped_checks") if each["check_id"] == "CKV_KEYFIT_101"]
    assert record["check_result"]["suppress_comment"] == "the security team knows"


def test_checkovs_own_selection_works(folder: Path) -> None:
    """By id."""
    chosen = checkov("--file", "stack.yaml", "--check", "CKV_KEYFIT_105", "--output", "json", where=folder)
    assert chosen.status == 0
    softened = checkov("--file", "stack.yaml", "--soft-fail-on", "CKV_KEYFIT_*", where=folder)
    assert softened.status == 0
    assert "CKV_KEYFIT_101" in softened.out


def test_an_unproven_verdict_fails_only_if_asked(tmp_path: Path) -> None:
    """Else it is neither passed nor failed."""
    stacks.write(tmp_path, stacks.UNPROVEN)
    quiet = checkov("--directory", ".", "--output", "json", where=tmp_path)
    assert quiet.status == 0
    assert "CKV_KEYFIT_101" not in quiet.out
    strict = checkov("--directory", ".", "--output", "json", where=tmp_path, KEYFIT_FAIL_ON="unproven")
    (record,) = failed(strict, 101)
    assert "cannot tell" in str(record["check_name"])
    assert strict.status == 1


def test_a_settings_file_is_read(tmp_path: Path) -> None:
    """The same one as the command line reads."""
    stacks.write(tmp_path, stacks.UNPROVEN)
    stacks.write(tmp_path, 'fail-on = "unproven"\n', "keyfit.toml")
    assert failed(checkov("--directory", ".", "--output", "json", where=tmp_path), 101)


@pytest.mark.parametrize(
    ("settings", "account", "reason"),
    [
        ('acount = "1"\n', "", "`acount` is no setting: is `account` meant?"),
        ("", "1234", "account `1234` is not 12 digits"),
        ('ignore = ["1O1"]\n', "", "`1O1` is no rule"),
    ],
)
def test_a_misspelt_setting_fails_every_resource(tmp_path: Path, settings: str, account: str, reason: str) -> None:
    """As could-not-check, and no other rule speaks."""
    stacks.write(tmp_path, stacks.RIGHT)
    stacks.write(tmp_path, settings, "keyfit.toml")
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path, KEYFIT_ACCOUNT=account)
    assert ran.status == 1
    assert {each["resource"].rpartition(".")[2] for each in failed(ran, 0)} == {"Key", "Role", "Group"}
    assert all(reason in each["check_name"] for each in records(ran))
    assert {rule for _, rule, _ in broken_in_checkov(ran)} == {0}


@pytest.mark.parametrize("words", [("--directory", "infra"), ("--file", "infra/deep/stack.yaml"), ("-d", "infra/deep")])
def test_the_file_is_found_from_wherever_checkov_is_started(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Its name is shown as from the current directory."""
    stacks.write(tmp_path / "infra" / "deep", stacks.BROKEN)
    (record,) = failed(checkov(*words, "--output", "json", where=tmp_path), 101)
    assert f"(infra/deep/stack.yaml:{stacks.LINE}:{stacks.COLUMN})" in str(record["check_name"])


def test_the_file_is_found_by_its_whole_path(tmp_path: Path) -> None:
    """In another directory."""
    stacks.write(tmp_path / "infra", stacks.BROKEN)
    (tmp_path / "elsewhere").mkdir()
    ran = checkov("--directory", tmp_path / "infra", "--output", "json", where=tmp_path / "elsewhere")
    assert len(failed(ran, 101)) == 1


def test_a_resource_without_properties_is_checked(tmp_path: Path) -> None:
    """Though Checkov does not say where it stands."""
    text = stacks.BROKEN.replace("Resources:\n", "Resources:\n  Bare:\n    Type: AWS::KMS::Key\n", 1)
    stacks.write(tmp_path, text)
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path)
    assert failed(ran, 0) == []
    assert len(failed(ran, 101)) == 1


def test_json_with_tabs_is_checked(tmp_path: Path) -> None:
    """Checkov reads it another way, which leaves no file names."""
    template = {
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
    stacks.write(tmp_path, json.dumps(template, indent="\t"), "stack.json")
    ran = checkov("--directory", ".", "--output", "json", where=tmp_path)
    assert failed(ran, 0) == []
    assert len(failed(ran, 101)) == 1


def test_all_frameworks_together_report_it_once(folder: Path) -> None:
    """Checkov then forks, and loads the checks many times."""
    ran = checkov("--file", "stack.yaml", "--framework", "all", "--output", "json", where=folder)
    assert len(failed(ran, 101)) == 1
