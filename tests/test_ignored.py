"""What of a directory is not scanned: what git ignores, and what the user excludes."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyfit.hosts.cli.faults import TERRAFORM
from keyfit.scan import Run, scan
from keyfit.scan.git_index import tracked
from keyfit.scan.ignored import left_out
from keyfit.settings import Settings
from tests.hosts.stacks import RIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping

GIT = shutil.which("git")
needs_git = pytest.mark.skipif(GIT is None, reason="git is not here")


def write(folder: Path, *names: str, **patterns: str) -> None:
    """Templates of these names, and files of patterns."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(RIGHT if name.endswith((".yaml", ".json")) else TERRAFORM.text)
    for name, text in patterns.items():
        (folder / f".{name}").write_text(text)


def checked(folder: Path, run: Run | None = None, path: str = ".") -> list[str]:
    """The templates and root modules that were checked."""
    found = scan([folder / path], run or Run()).checked
    return sorted(str(Path(each.path).relative_to(folder)) for each in found if each.language)


def git(folder: Path, *words: str) -> str:
    """What git says; it knows no settings of a user."""
    environment = {"HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "PATH": "/usr/bin:/bin:/usr/local/bin"}
    ran = subprocess.run([str(GIT), *words], cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        ("", ["a.yaml", "build/b.yaml", "deep/build/c.yaml", "deep/d.yaml"]),
        ("build/\n", ["a.yaml", "deep/d.yaml"]),
        ("/build\n", ["a.yaml", "deep/build/c.yaml", "deep/d.yaml"]),
        ("*.yaml\n!d.yaml\n", ["deep/d.yaml"]),
        ("build/\n!build/b.yaml\n", ["a.yaml", "deep/d.yaml"]),
        ("deep/**/c.yaml\n", ["a.yaml", "build/b.yaml", "deep/d.yaml"]),
        ("# build/\n\\n[\n", ["a.yaml", "build/b.yaml", "deep/build/c.yaml", "deep/d.yaml"]),
    ],
)
@needs_git
def test_what_git_ignores_is_not_scanned(tmp_path: Path, patterns: str, left: list[str]) -> None:
    """As git itself says; and all of it with `--no-gitignore`."""
    names = ("a.yaml", "build/b.yaml", "deep/build/c.yaml", "deep/d.yaml")
    write(tmp_path, *names, gitignore=patterns)
    git(tmp_path, "init", "-q")
    ignored = git(tmp_path, "ls-files", "--others", "--ignored", "--exclude-standard").split()
    assert checked(tmp_path) == left == sorted(set(names) - set(ignored))
    assert checked(tmp_path, Run(gitignore=False)) == list(names)


def test_the_nearest_patterns_win(tmp_path: Path) -> None:
    """A directory can take back what the one above ignores; `.git/info/exclude` comes last."""
    write(tmp_path, "a.json", "deep/b.json", "deep/c.yaml", gitignore="*.json\n")
    (tmp_path / "deep" / ".gitignore").write_text("!b.json\n")
    (tmp_path / ".git" / "info").mkdir(parents=True)
    (tmp_path / ".git" / "info" / "exclude").write_text("c.yaml\n")
    assert checked(tmp_path) == ["deep/b.json"]


def test_what_the_user_names_is_scanned(tmp_path: Path) -> None:
    """A file that is ignored, and a directory with all that is in it."""
    write(tmp_path, "cdk.out/a.yaml", "cdk.out/deep/b.yaml", gitignore="cdk.out\n")
    (tmp_path / ".git").mkdir()
    assert checked(tmp_path) == []
    assert checked(tmp_path, path="cdk.out/a.yaml") == ["cdk.out/a.yaml"]
    assert checked(tmp_path, path="cdk.out") == ["cdk.out/a.yaml", "cdk.out/deep/b.yaml"]
    assert checked(tmp_path, path="cdk.out/deep") == ["cdk.out/deep/b.yaml"]


def test_outside_a_work_tree_nothing_is_ignored(tmp_path: Path) -> None:
    """A file of patterns alone means nothing."""
    write(tmp_path, "a.yaml", gitignore="*\n")
    assert checked(tmp_path) == ["a.yaml"]


@pytest.mark.hcl
def test_an_ignored_root_module_is_not_scanned(tmp_path: Path) -> None:
    """Nor one whose files are."""
    write(tmp_path, "a/main.tf", "b/main.tf", "c/main.tf", gitignore="/a/\nb/*.tf\n")
    (tmp_path / ".git").mkdir()
    assert checked(tmp_path) == ["c"]


@pytest.mark.parametrize("version", ["2", "3", "4"])
@needs_git
def test_what_git_tracks_is_scanned_though_a_pattern_fits(tmp_path: Path, version: str) -> None:
    """It was added by force, and is deployed from there."""
    names = ("a.yaml", "build/b.yaml", "build/more/c.yaml", "build-d.yaml", "x" * 90 + ".yaml")
    write(tmp_path, *names, "build/new.yaml", gitignore="build*\nx*\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "--force", *names)
    git(tmp_path, "update-index", "--index-version", version)
    if version == "3":  # written as such only where an entry needs it
        git(tmp_path, "update-index", "--skip-worktree", "build/b.yaml")
    assert list(tracked(tmp_path / ".git" / "index")) == sorted(names)
    assert checked(tmp_path) == sorted(names)


@pytest.mark.parametrize(
    "index", [b"", b"DIRC", b"DIRC\0\0\0\2\0\0\0\5abc", b"DIRC\0\0\0\4\xff\xff\xff\xff", b"x" * 999]
)
def test_an_index_that_cannot_be_read_tracks_nothing(tmp_path: Path, index: bytes) -> None:
    """It is no reason to fail."""
    (tmp_path / "index").write_bytes(index)
    assert tuple(tracked(tmp_path / "index")) == ()
    assert tuple(tracked(tmp_path / "missing")) == ()


# --- what the user excludes ---------------------------------------------------------------------------------------


def test_a_pattern_of_the_user_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the current directory on; a file that is named is checked all the same."""
    write(tmp_path, "a.yaml", "old/b.yaml", "deep/old/c.yaml")
    monkeypatch.chdir(tmp_path)
    assert checked(tmp_path, Run(exclude=("old/",))) == ["a.yaml"]
    assert checked(tmp_path, Run(exclude=("/old",))) == ["a.yaml", "deep/old/c.yaml"]
    assert checked(tmp_path, Run(exclude=("old/",)), "old/b.yaml") == ["old/b.yaml"]


SETTINGS: Mapping[str, list[str]] = {
    "": ["deep/old/c.yaml", "old/b.yaml"],
    'exclude = "old"': [],
    'exclude = ["/old/*.yaml", "x"]': ["deep/old/c.yaml"],
}


@pytest.mark.parametrize("written", SETTINGS)
def test_a_settings_file_excludes_from_where_it_lies(tmp_path: Path, written: str) -> None:
    """And says so, since it comes with what it is about."""
    write(tmp_path, "old/b.yaml", "deep/old/c.yaml", "z.yaml")
    (tmp_path / "keyfit.toml").write_text(written)
    assert checked(tmp_path) == [*SETTINGS[written], "z.yaml"]
    told = [effect for source in scan([tmp_path], Run()).sources for effect in source.effects]
    assert [each.startswith("excludes `") for each in told] == [True] * bool(written)


def test_a_settings_file_below_excludes_there(tmp_path: Path) -> None:
    """The nearest counts, as for every other setting."""
    write(tmp_path, "a/old.yaml", "b/old.yaml")
    (tmp_path / "a" / "keyfit.toml").write_text('exclude = ["old.yaml"]')
    assert checked(tmp_path) == ["b/old.yaml"]


def test_patterns_made_to_take_long_take_nothing_in(tmp_path: Path) -> None:
    """They come with what is scanned."""
    write(tmp_path, "a" * 200 + ".yaml", gitignore="a*" * 100 + "b\n" + "**/" * 50 + "b\n" + "*" * 1000 + "\n")
    (tmp_path / ".git").mkdir()
    before = time.process_time()
    assert len(checked(tmp_path)) == 1
    assert not left_out(tmp_path, Run(Settings()))(str(tmp_path / "b"))
    assert time.process_time() - before < 5
