"""A settings file comes with what it is about: every host tells what it takes away and assumes, or does not read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.hosts import stacks
from tests.hosts.commands import Ran, cfn_lint, checkov, keyfit

if TYPE_CHECKING:
    from pathlib import Path

ARN = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS = f"""\
ignore = ["101"]
account = "111122223333"

[parameters]
Stage = "live"

[[keys]]
arn = "{ARN}"
"""
TOLD = "keyfit.toml: settings: ignores `101`; assumes account `111122223333`; sets parameters `Stage`; declares 1 key"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A broken template, and settings that pass over what is broken."""
    (tmp_path / ".git").mkdir()
    stacks.write(tmp_path / "infra", stacks.BROKEN)
    stacks.write(tmp_path / "infra", SETTINGS, "keyfit.toml")
    stacks.write(tmp_path, 'region = "eu-west-1"\n', "of-the-pipeline.toml")
    return tmp_path


def told(ran: Ran) -> list[str]:
    """What a host says of settings and of what they leave out."""
    return [words for line in ran.err.splitlines() for words in re.findall(r"keyfit: (.*)", line)]


def test_the_command_line_tells_what_settings_do(folder: Path) -> None:
    """By the file, and in the counts."""
    ran = keyfit("check", "stack.yaml", where=folder / "infra")
    *_, settings, summary = ran.out.splitlines()
    assert (ran.status, settings) == (0, TOLD)
    assert summary.startswith("1 template: 0 broken, 0 unproven, ")
    assert summary.endswith(", 1 broken left out")


def test_the_json_tells_what_settings_do(folder: Path) -> None:
    """As data."""
    ran = keyfit("check", "infra", "--format", "json", where=folder)
    effects = TOLD.removeprefix("keyfit.toml: settings: ").split("; ")
    assert ran.json["settings"] == [{"path": "infra/keyfit.toml", "effects": effects}]
    assert (ran.json["stats"]["broken"], ran.json["stats"]["left_out"]) == (0, 1)


def test_only_what_counts_is_told(folder: Path) -> None:
    """What a flag or the environment says wins over the file."""
    flags = ("--ignore", "102", "--parameter", "Stage=test")
    ran = keyfit("check", "stack.yaml", *flags, where=folder / "infra", KEYFIT_ACCOUNT="444455556666")
    assert "keyfit.toml: settings: declares 1 key" in ran.out.splitlines()
    assert ran.status == 1


def test_settings_that_change_no_finding_are_not_told(folder: Path) -> None:
    """There is nothing to say of them."""
    stacks.write(folder / "infra", 'show = ["holds"]\nall-keys = true\n', "keyfit.toml")
    ran = keyfit("check", "stack.yaml", where=folder / "infra")
    assert "settings" not in ran.out
    assert "left out" not in ran.out


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("--isolated",), {}),
        ((), {"KEYFIT_ISOLATED": "1"}),
        ((), {"KEYFIT_ISOLATED": "True"}),
        (("--config", "of-the-pipeline.toml"), {}),
        ((), {"KEYFIT_CONFIG": "of-the-pipeline.toml"}),
        (("--config", "of-the-pipeline.toml"), {"KEYFIT_ISOLATED": "1"}),
    ],
)
def test_a_pipeline_uses_its_own_settings(folder: Path, words: tuple[str, ...], environment: dict[str, str]) -> None:
    """Or none: those of the tree are not read."""
    ran = keyfit("check", "infra", *words, where=folder, **environment)
    assert ran.status == 1
    assert "ignores" not in ran.out
    named = "--config" in words or "KEYFIT_CONFIG" in environment
    assert ("of-the-pipeline.toml: settings: assumes Region `eu-west-1`" in ran.out) is named


@pytest.mark.parametrize(
    ("words", "environment", "reason"),
    [
        (("--config", "of-the-pipeline.toml", "--isolated"), {}, "is named as the settings file, and none is wanted"),
        ((), {"KEYFIT_CONFIG": "x.toml", "KEYFIT_ISOLATED": "1"}, "is named as the settings file, and none is wanted"),
        ((), {"KEYFIT_ISOLATED": "yes"}, "KEYFIT_ISOLATED `yes` is neither `true` nor `false`"),
        ((), {"KEYFIT_CONFIG": "missing.toml"}, "missing.toml:1:1: error: could not check: the file cannot be read"),
        ((), {"KEYFIT_CONFIG": "pyproject.toml"}, "the file has no table `[tool.keyfit]`"),
    ],
)
def test_a_choice_that_cannot_be_made_is_an_error(
    folder: Path, words: tuple[str, ...], environment: dict[str, str], reason: str
) -> None:
    """Never the settings of the tree instead."""
    stacks.write(folder, "[project]\nname = 'x'\n", "pyproject.toml")
    ran = keyfit("check", "infra", *words, where=folder, **environment)
    assert ran.status == 2
    assert reason in ran.out + ran.err


def test_a_table_of_pyproject_can_be_named(folder: Path) -> None:
    """As any other file."""
    stacks.write(folder / "ours", "[tool.keyfit]\nselect = ['102']\n", "pyproject.toml")
    ran = keyfit("check", "infra", "--config", "ours/pyproject.toml", where=folder)
    assert "ours/pyproject.toml: settings: selects only `102`" in ran.out.splitlines()


@pytest.mark.deep
def test_checkov_tells_what_settings_do(folder: Path) -> None:
    """In its log, once; the environment chooses other settings."""
    ran = checkov("--directory", "infra", "--compact", "--quiet", where=folder)
    assert (ran.status, told(ran)) == (0, [f"infra/{TOLD}", "infra/stack.yaml: 1 broken left out"])
    ours = checkov("--directory", "infra", "--compact", "--quiet", where=folder, KEYFIT_CONFIG="of-the-pipeline.toml")
    assert (ours.status, told(ours)) == (1, ["of-the-pipeline.toml: settings: assumes Region `eu-west-1`"])
    none = checkov("--directory", "infra", "--compact", "--quiet", where=folder, KEYFIT_ISOLATED="1")
    assert (none.status, told(none)) == (1, [])


@pytest.mark.deep
def test_cfn_lint_tells_what_settings_do(folder: Path) -> None:
    """In its log, once; the environment chooses other settings."""
    ran = cfn_lint("infra/stack.yaml", where=folder)
    assert (ran.status, told(ran)) == (0, [f"infra/{TOLD}", "infra/stack.yaml: 1 broken left out"])
    ours = cfn_lint("infra/stack.yaml", where=folder, KEYFIT_CONFIG="of-the-pipeline.toml")
    assert (ours.status, told(ours)) == (2, ["of-the-pipeline.toml: settings: assumes Region `eu-west-1`"])
    none = cfn_lint("infra/stack.yaml", where=folder, KEYFIT_ISOLATED="1")
    assert (none.status, told(none)) == (2, [])
