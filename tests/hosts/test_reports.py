"""Reports by the command line: which, where to, and several at once."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.hosts import stacks
from tests.hosts.commands import keyfit

ACTIONS = {"GITHUB_ACTIONS": "true"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a broken stack in a folder."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "live").mkdir()
    stacks.write(tmp_path / "live", stacks.BROKEN, "broken.yaml")
    return tmp_path


def test_several_reports_come_of_one_run(folder: Path) -> None:
    """One printed, the others to files; the status is the same."""
    words = ("--output", "sarif=a.sarif", "--output", "junit=b.xml", "--output", "markdown=c.md", "--format", "gitlab")
    ran = keyfit("check", "live", *words, where=folder)
    assert ran.status == 1
    assert ran.json[0]["location"]["path"] == "live/broken.yaml"
    results = json.loads((folder / "a.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert [each["ruleId"] for each in results] == ["101"]
    assert fromstring((folder / "b.xml").read_text(encoding="utf-8")).get("failures") == "1"  # noqa: S314 - our own
    assert "personalize-service-key-access" in (folder / "c.md").read_text(encoding="utf-8")


def test_paths_for_programs_begin_at_the_root_of_the_repository(folder: Path) -> None:
    """Wherever keyfit runs; people see what they typed."""
    ran = keyfit("check", ".", "--output", "sarif=x.sarif", where=folder / "live")
    assert ran.out.startswith("broken.yaml:")
    (result,) = json.loads((folder / "live" / "x.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "live/broken.yaml"


def test_under_github_actions_annotations_stand_beside_the_text(folder: Path) -> None:
    """Where no format is asked for; and nowhere else."""
    plain = keyfit("check", "live", where=folder)
    ran = keyfit("check", "live", where=folder, **ACTIONS)
    assert ran.out.startswith(plain.out)
    (line,) = ran.out.removeprefix(plain.out).splitlines()
    assert line.startswith("::error file=live/broken.yaml,line=")
    assert ran.status == plain.status == 1
    assert keyfit("check", "live", "--format", "text", where=folder, **ACTIONS).out == plain.out
    assert not any(line.startswith("::") for line in plain.out.splitlines())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--output", "sarif"), "`--output sarif` is not FORMAT=FILE, such as `--output sarif=keyfit.sarif`"),
        (("--output", "sarif="), "is not FORMAT=FILE"),
        (("--output", "saruf=x"), "`saruf` is not one of the formats `text`, `json`, `sarif`"),
        (("--output", "sarif=absent/x"), "absent/x"),
        (("--format", "saruf"), "'saruf' is not one of 'text', 'json', 'sarif'"),
    ],
)
def test_a_report_that_cannot_be_written_is_an_error(folder: Path, words: tuple[str, ...], told: str) -> None:
    """Status 2, with what is expected."""
    ran = keyfit("check", "live", *words, where=folder)
    assert ran.status == 2
    assert told in ran.err


def test_a_name_in_the_source_is_inert_in_a_log(folder: Path) -> None:
    """A file that is called like a command is no command."""
    name = "::error ##vso[task.setvariable]x.yaml"
    stacks.write(folder, stacks.BROKEN, name)
    ran = keyfit("check", name, where=folder)
    assert ran.status == 1
    assert ran.out.startswith("\\x3a:error \\x23#vso[task.setvariable]x.yaml:")
    assert "##vso[" not in ran.out


# --- what counts


def test_a_baseline_lets_pass_what_was_there(folder: Path) -> None:
    """And nothing else."""
    first = keyfit("check", "live", "--write-baseline", "base.json", where=folder)
    assert first.status == 0
    assert "1 suppressed (1 by the baseline)" in first.out
    text = (folder / "live" / "broken.yaml").read_text(encoding="utf-8")
    (folder / "live" / "broken.yaml").write_text(f"# shifted\n\n{text}", encoding="utf-8")
    again = keyfit("check", ".", "--baseline", "../base.json", where=folder / "live")
    assert (again.status, again.out) == (0, first.out)
    stacks.write(folder / "live", stacks.BROKEN, "new.yaml")
    assert keyfit("check", "live", "--baseline", "base.json", where=folder).status == 1


def test_a_suppression_lets_pass(folder: Path) -> None:
    """With its reason, if one is required."""
    file = folder / "live" / "broken.yaml"
    for reason, words, status in (("", (), 0), ("", ("--require-reasons",), 2), (" why", ("--require-reasons",), 0)):
        text = stacks.BROKEN.replace("  Group:\n", f"  # keyfit:ignore[101]{reason}\n  Group:\n")
        file.write_text(text, encoding="utf-8")
        ran = keyfit("check", "live", *words, where=folder)
        assert ran.status == status, ran.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--baseline", "absent.json"), "absent.json"),
        (("--baseline", "live/broken.yaml"), "`live/broken.yaml` is not a baseline: it is not JSON: line 1"),
        (("--write-baseline", "absent/base.json"), "absent/base.json"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_an_error(folder: Path, words: tuple[str, ...], told: str) -> None:
    """Status 2: nothing is hidden by mistake."""
    ran = keyfit("check", "live", *words, where=folder)
    assert ran.status == 2
    assert told in ran.err
