"""`keyfit diff` as a user runs it: revisions, directories and files; nothing of a revision is executed."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests.bench.estate import SOURCE
from tests.hosts import stacks
from tests.hosts.commands import keyfit

if TYPE_CHECKING:
    from pathlib import Path

WITHOUT: Final = stacks.RIGHT.replace("              - kms:CreateGrant\n", "")
TERRAFORM: Final = SOURCE.read_text(encoding="utf-8")
NAMES: Final = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def git(where: Path, *words: str) -> str:
    """Run git there, with no settings but the repository's own."""
    environment = os.environ | NAMES | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    ran = subprocess.run(("git", *words), cwd=where, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


def commit(where: Path, text: str) -> None:
    """Commit a template."""
    (where / "live").mkdir(exist_ok=True)
    (where / "live" / "stack.yaml").write_text(text, encoding="utf-8")
    git(where, "add", "--all")
    git(where, "commit", "--quiet", "--message", "x")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A right stack on branch main, and on branch work one in which the service cannot create grants."""
    where = tmp_path / "repository"
    where.mkdir()
    git(where, "init", "--quiet", "--initial-branch", "main")
    commit(where, stacks.RIGHT)
    git(where, "checkout", "--quiet", "-b", "work")
    commit(where, WITHOUT)
    return where


def test_two_revisions(repository: Path) -> None:
    """What held is broken: status 1; the other way round access is wider, which fails where it is asked for."""
    ran = keyfit("diff", "main", "work", where=repository)
    assert ran.status == 1
    assert "101 personalize-service-key-access: held, is broken" in ran.out
    assert "lost: `personalize.amazonaws.com` can no longer `kms:CreateGrant` on key `Key`" in ran.out
    assert keyfit("diff", "work", "main", where=repository).status == 0
    assert keyfit("diff", "work", "main", "--fail-on", "widened", where=repository).status == 1
    assert keyfit("diff", "work", "work", "--fail-on", "widened", where=repository).status == 0


def test_a_revision_and_the_current_directory(repository: Path) -> None:
    """In a directory below the root, only what lies there; what is not committed counts."""
    (repository / "live" / "stack.yaml").write_text(stacks.RIGHT, encoding="utf-8")
    ran = keyfit("diff", "work", "--format", "json", where=repository / "live")
    assert ran.status == 0
    assert {(each["change"], *each["actions"]) for each in ran.json["decisions"]} == {("gained", "kms:CreateGrant")}
    assert {each["stack"] for each in ran.json["decisions"]} == {"stack.yaml"}


def test_the_last_common_ancestor(repository: Path) -> None:
    """`main...` is what the branch changes, whatever has come to main since."""
    git(repository, "checkout", "--quiet", "main")
    commit(repository, stacks.RIGHT.replace("kms:ListGrants", "kms:Sign"))
    git(repository, "checkout", "--quiet", "work")
    ran = keyfit("diff", "main...", "--format", "json", where=repository)
    assert {(each["change"], *each["actions"]) for each in ran.json["decisions"]} == {("lost", "kms:CreateGrant")}


def test_directories_and_files(tmp_path: Path) -> None:
    """Outside of any repository; files of two names are the same template."""
    for name, text in (("old", stacks.RIGHT), ("new", WITHOUT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.yaml").write_text(text, encoding="utf-8")
    ran = keyfit("diff", "old", "new", "--output", "markdown=a.md", "--output", "html=b.html", where=tmp_path)
    assert ran.status == 1
    assert "held, is broken" in (tmp_path / "a.md").read_text(encoding="utf-8")
    assert "before: old.yaml" in (tmp_path / "b.html").read_text(encoding="utf-8")
    assert keyfit("diff", "old/old.yaml", "new/new.yaml", where=tmp_path).out == ran.out


def test_needs_are_selected_and_directories_left_out(repository: Path) -> None:
    """What principals can do on keys is told whatever the rules are; what is excluded is on neither side."""
    ran = keyfit("diff", "main", "work", "--select", "201", "--format", "json", where=repository)
    assert (ran.status, ran.json["verdicts"]) == (0, [])
    assert {each["change"] for each in ran.json["decisions"]} == {"lost"}
    assert keyfit("diff", "main", "work", "--ignore", "1*", where=repository).status == 0
    assert keyfit("diff", "main", "work", "--select", "101", where=repository).status == 1
    left = keyfit("diff", "main", "work", "--exclude", "live/", "--format", "json", where=repository)
    assert (left.status, left.json["decisions"]) == (0, [])
    assert "`nothing` is not a rule" in keyfit("diff", "main", "work", "--select", "nothing", where=repository).err


def test_the_difference_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    """One root module is another, one is new, two are gone, one is the same, one has other values beside it."""
    both = ("same", "other", "values")
    for name, roots in (("old", (*both, "gone", "left")), ("new", (*both, "new"))):
        for root in roots:
            (tmp_path / name / root).mkdir(parents=True)
            (tmp_path / name / root / "main.tf").write_text(TERRAFORM, encoding="utf-8")
    changed = TERRAFORM.replace('"kms:CreateGrant"', '"kms:RevokeGrant"')
    (tmp_path / "new" / "other" / "main.tf").write_text(changed, encoding="utf-8")
    (tmp_path / "new" / "values" / "keyfit.toml").write_text('account = "111122223333"\n', encoding="utf-8")
    one, two = (keyfit("diff", "old", "new", "--jobs", jobs, "--format", "json", where=tmp_path) for jobs in "12")
    assert (one.status, one.out) == (two.status, two.out)
    assert {each["stack"] for each in one.json["decisions"]} >= {"other", "new", "gone"}


def test_nothing_of_a_repository_is_executed(repository: Path) -> None:
    """No hook, no filter, no conversion, no pager, no monitor; and no link leads out."""
    ran = repository / "executed"
    command = f"touch {ran}; cat"
    for name in ("core.fsmonitor", "core.pager", "filter.x.smudge", "filter.x.clean", "diff.x.textconv"):
        git(repository, "config", name, command)
    hook = repository / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{command}\n")
    hook.chmod(0o755)
    (repository / ".gitattributes").write_text("* filter=x diff=x text eol=crlf\n")
    secret = repository.parent / "secret.yaml"
    secret.write_text(WITHOUT)
    (repository / "link.yaml").symlink_to("../secret.yaml")
    (repository / "inner.yaml").symlink_to("live/stack.yaml")
    for word in (".gitattributes", "link.yaml", "inner.yaml"):
        git(
            repository,
            "update-index",
            "--add",
            "--cacheinfo",
            f"{_mode(repository / word)},{_blob(repository / word)},{word}",
        )
    git(repository, "-c", "core.fsmonitor=false", "commit", "--quiet", "--message", "x")
    ran.unlink(missing_ok=True)
    found = keyfit("diff", "main", "work", "--format", "json", where=repository)
    assert not ran.exists()
    assert found.status == 1
    assert {each["stack"] for each in found.json["decisions"]} == {"inner.yaml"}  # one file with two names


def _mode(path: Path) -> str:
    return "120000" if path.is_symlink() else "100644"


def _blob(path: Path) -> str:
    """The blob of a file, or of a link, written to the repository as it is."""
    data = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
    words = ("git", "hash-object", "-w", "--stdin", "--no-filters")
    ran = subprocess.run(words, cwd=path.parent, input=data, capture_output=True, check=True)
    return ran.stdout.decode().strip()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nowhere", "work"), "`nowhere` is not a revision of this repository, nor a path: `git fetch` may bring it"),
        (("live",), "`live` is a path: give a second one to compare it with, or a git revision"),
        (("main", "work", "--output", "pdf=x"), "`pdf` is not one of the formats `text`, `json`, `markdown`, `html`"),
        (("--output=x",), "No such option"),
        (("main", "work", "--account", "1"), "12 digits"),
    ],
)
def test_what_cannot_be_compared_is_said(repository: Path, words: tuple[str, ...], told: str) -> None:
    """Status 2, and what to do."""
    ran = keyfit("diff", *words, where=repository)
    assert ran.status == 2
    assert told in ran.err or "--output" in words[0]


def test_a_side_that_cannot_be_read_is_no_pass(repository: Path) -> None:
    """Status 2, also where nothing else differs."""
    (repository / "live" / "stack.yaml").write_text("Resources: {Key: {Type: 'AWS::KMS::Key'", encoding="utf-8")
    ran = keyfit("diff", "main", where=repository)
    assert ran.status == 2
    assert ".: live/stack.yaml:" in ran.out


def test_a_name_that_is_a_path_and_a_revision(repository: Path) -> None:
    """It has to be written so that it is only one of them."""
    (repository / "main").mkdir()
    ran = keyfit("diff", "main", "work", where=repository)
    assert ran.status == 2
    assert "`main` is a path and a git revision: write `./main` for the path, or `refs/heads/main`" in ran.err
    assert keyfit("diff", "refs/heads/main", "work", where=repository).status == 1
