"""`keyfit fix` and `keyfit check --diff`, and the edits in the reports for programs."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from tests.hosts import stacks
from tests.hosts.commands import STACKS, keyfit

if TYPE_CHECKING:
    from pathlib import Path

NAME = "service-without-create-grant.yaml"
ADDED = "              - kms:CreateGrant\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one stack that a line more would mend, and one that nothing mends."""
    (tmp_path / "mended.yaml").write_bytes((STACKS / NAME).read_bytes())
    stacks.write(tmp_path, stacks.RIGHT, "right.yaml")
    return tmp_path


def test_fix_mends_and_says_what(folder: Path) -> None:
    """One line more, and the check passes; a second run changes nothing."""
    before = (folder / "mended.yaml").read_text(encoding="utf-8")
    ran = keyfit("fix", where=folder)
    after = (folder / "mended.yaml").read_text(encoding="utf-8")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("1 finding mended in 1 file; 0 left\n")
    listed = "              - kms:ListGrants\n"
    assert after == before.replace(listed, listed + ADDED, 1)
    again = keyfit("fix", where=folder)
    assert (again.status, again.out) == (0, "0 findings mended in 0 files; 0 left\n")
    assert (folder / "mended.yaml").read_text(encoding="utf-8") == after


def test_what_is_mended_is_told_where_it_stood(folder: Path) -> None:
    """Equal names in two files are two findings."""
    (folder / "also.yaml").write_bytes((folder / "mended.yaml").read_bytes())
    told = keyfit("fix", where=folder).out.splitlines()
    assert [line.partition(":")[0] for line in told] == [
        "also.yaml",
        "mended.yaml",
        "2 findings mended in 2 files; 0 left",
    ]


@pytest.mark.deep
def test_the_diff_is_one_that_git_applies(folder: Path) -> None:
    """`check --diff` shows what `fix` would do, and `fix --dry-run` shows it alone; neither writes."""
    before = (folder / "mended.yaml").read_bytes()
    shown = keyfit("check", "--fail-on", "warning", "--diff", where=folder)
    dry = keyfit("fix", "--dry-run", where=folder)
    assert (shown.status, dry.status) == (1, 0)
    assert shown.out.endswith(dry.out)
    assert dry.out.startswith("--- a/mended.yaml\n+++ b/mended.yaml\n@@ ")
    assert dry.err.endswith("1 finding can be mended in 1 file; 0 left\n")
    assert (folder / "mended.yaml").read_bytes() == before
    subprocess.run(["git", "apply", "-"], cwd=folder, input=dry.out, text=True, check=True)
    assert keyfit("check", "--fail-on", "warning", where=folder).status == 0


@pytest.mark.deep
def test_only_what_is_selected_is_mended(folder: Path) -> None:
    """By flags, by a suppression in the source, and by a baseline."""
    file = folder / "mended.yaml"
    before = file.read_text(encoding="utf-8")
    for words in (("--select", "301"), ("--ignore", "101")):
        assert keyfit("fix", *words, where=folder).out == "0 findings mended in 0 files; 0 left\n"
    assert keyfit("check", "--write-baseline", "known.json", where=folder).status == 0
    assert keyfit("fix", "--baseline", "known.json", where=folder).status == 0
    assert file.read_text(encoding="utf-8") == before
    silenced = before.replace("KmsKeyArn: ", "# keyfit:ignore[101] a test\n      KmsKeyArn: ", 1)
    file.write_text(silenced, encoding="utf-8")
    assert keyfit("fix", where=folder).status == 0
    assert file.read_text(encoding="utf-8") == silenced


@pytest.mark.deep
def test_a_diff_stands_below_text_alone(folder: Path) -> None:
    """A report for programs has the edits in it."""
    ran = keyfit("check", "--diff", "--format", "json", where=folder)
    assert (ran.status, ran.out) == (2, "")
    assert "keyfit fix --dry-run" in ran.err


@pytest.mark.deep
def test_the_edits_are_in_json_and_sarif(folder: Path) -> None:
    """The same edit, from line and column to line and column; the schema of the report has it."""
    ran = keyfit("check", "--format", "json", "--output", "sarif=log.sarif", "mended.yaml", where=folder)
    (found,) = [each for each in ran.json["findings"] if each["verdict"] == "broken"]
    (edit,) = found["remedy"]["edits"]
    assert edit["replacement"].endswith("- kms:CreateGrant")
    assert (edit["path"], edit["line"], edit["column"]) == ("mended.yaml", edit["end_line"], edit["end_column"])
    Draft202012Validator(keyfit("schema").json).validate(ran.json)
    log = json.loads((folder / "log.sarif").read_text(encoding="utf-8"))
    (result,) = [each for each in log["runs"][0]["results"] if each["kind"] == "fail"]
    ((change,),) = [fix["artifactChanges"] for fix in result["fixes"]]
    (replacement,) = change["replacements"]
    assert replacement["insertedContent"]["text"] == edit["replacement"]
    assert replacement["deletedRegion"]["startLine"] == edit["line"]
