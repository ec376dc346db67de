"""`keyfit init` in repositories of each kind: what it writes works, and nothing is overwritten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from tests.hosts import stacks
from tests.hosts.commands import keyfit

if TYPE_CHECKING:
    from pathlib import Path


def repository(where: Path, *files: str) -> Path:
    """A repository with a stack and these files."""
    (where / ".git").mkdir()
    stacks.write(where, stacks.RIGHT, "stack.yaml")
    for name in files:
        (where / name).parent.mkdir(parents=True, exist_ok=True)
        (where / name).write_text("repos: []\n", encoding="utf-8")
    return where


def test_a_repository_on_github(tmp_path: Path) -> None:
    """A workflow, and settings with which keyfit runs; a second time nothing is changed."""
    where = repository(tmp_path, ".github/CODEOWNERS")
    ran = keyfit("init", where=where)
    assert ran.status == 0
    assert f"wrote `{where}/keyfit.toml`\nwrote `{where}/.github/workflows/keyfit.yml`\n" in ran.out
    job = yaml.safe_load((where / ".github/workflows/keyfit.yml").read_text(encoding="utf-8"))["jobs"]["keyfit"]
    words = [step["run"].split() for step in job["steps"] if step.get("run", "").startswith("keyfit check")]
    assert keyfit(*words[0][1:], where=where).status == 0
    (where / "keyfit.toml").write_text('fail-on = "error"\n', encoding="utf-8")
    again = keyfit("init", where=where)
    assert "wrote" not in again.out
    assert f"kept `{where}/keyfit.toml`, which is there already" in again.out
    assert (where / "keyfit.toml").read_text(encoding="utf-8") == 'fail-on = "error"\n'


def test_every_setting_that_is_offered_is_one(tmp_path: Path) -> None:
    """With the marks removed, keyfit reads them all."""
    where = repository(tmp_path)
    keyfit("init", where=where)
    lines = (where / "keyfit.toml").read_text(encoding="utf-8").splitlines()
    bare = [line.removeprefix("# ") for line in lines if "=" in line or line.startswith("# [")]
    (where / "keyfit.toml").write_text("\n".join(bare), encoding="utf-8")
    ran = keyfit("check", where=where)
    assert ran.status == 0, ran.out + ran.err


def test_other_pipelines_get_what_they_need(tmp_path: Path) -> None:
    """A file of its own for GitLab; what belongs into a file that is there is printed, and that file is kept."""
    where = repository(tmp_path, ".gitlab-ci.yml", ".pre-commit-config.yaml")
    out = keyfit("init", where=where).out
    assert yaml.safe_load((where / ".gitlab/keyfit.yml").read_text(encoding="utf-8"))["keyfit"]["script"]
    assert f"kept `{where}/.gitlab-ci.yml`; add to it:\n\ninclude:\n  - local: .gitlab/keyfit.yml\n" in out
    printed = out.partition("below `repos:`:\n\n")[2].partition("next:")[0]
    (hook,) = yaml.safe_load("repos:\n" + printed)["repos"][0]["hooks"]
    assert keyfit(*hook["entry"].split()[1:], "stack.yaml", where=where).status == 0
    assert re.search(hook["files"], "live/main.tf")
    assert not re.search(hook["files"], "README.md")
    assert (where / ".pre-commit-config.yaml").read_text(encoding="utf-8") == "repos: []\n"


def test_a_pipeline_can_be_chosen(tmp_path: Path) -> None:
    """Where there is none, it is said which there are; a link that leads out is not followed."""
    (tmp_path / "here").mkdir()
    where = repository(tmp_path / "here")
    assert "no pipeline is here that keyfit knows: choose one with `--pipeline`" in keyfit("init", where=where).out
    keyfit("init", "--pipeline", "pre-commit", where=where)
    assert yaml.safe_load((where / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    (tmp_path / "outside").mkdir()
    (where / ".github").symlink_to(tmp_path / "outside")
    ran = keyfit("init", "--pipeline", "github", where=where)
    assert ran.status == 2
    assert "nothing is written there" in ran.err
    assert list((tmp_path / "outside").iterdir()) == []
