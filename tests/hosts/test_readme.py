"""The README is true: its commands run, and print what it says that they print."""

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from keyfit.settings.files import find_settings
from tests.hosts.commands import ROOT, keyfit, run

# In their order: one writes the baseline that the next one reads.
pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("readme")]

BLOCK = re.compile(r"^```(?P<kind>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"  # ends with status (?P<status>[0-9]).*$")
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [(found["kind"], found["body"]) for found in BLOCK.finditer(TEXT)]


class Command(NamedTuple):
    """A command of the README, the status it ends with, and what it prints, where that is shown."""

    words: str
    status: int
    shown: str | None


def commands() -> list[Command]:
    """Every line of the blocks marked `sh run`; a `text` block after one of a single line is what it prints."""
    found = []
    for place, (kind, body) in enumerate(BLOCKS):
        lines = body.splitlines() if kind == "sh run" else []
        after = BLOCKS[place + 1] if place + 1 < len(BLOCKS) else ("", "")
        shown = after[1] if after[0] == "text" and len(lines) == 1 else None
        for line in lines:
            status = STATUS.search(line)
            found.append(Command(STATUS.sub("", line), int(status["status"]) if status else 0, shown))
    return found


def test_the_readme_has_commands() -> None:
    """Else the next test would say nothing."""
    assert len(commands()) >= 8
    assert any(command.shown for command in commands())


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.words[:60])
def test_a_command_does_what_the_readme_says(command: Command) -> None:
    """In a clone, with the environment's commands on the path."""
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    ran = run("bash", "-o", "pipefail", "-c", command.words, PATH=path)
    assert ran.status == command.status, ran.out + ran.err
    if command.shown is not None:
        assert ran.out == command.shown


def test_the_settings_file_can_be_read(tmp_path: Path) -> None:
    """As it stands there, in two parts: what it sets, and what it declares."""
    parts = [body for kind, body in BLOCKS if kind == "toml"]
    (tmp_path / "keyfit.toml").write_text("\n".join(parts), encoding="utf-8")
    (tmp_path / "policies").mkdir()
    for name in ("films-key", "trust", "personalize", "use-keys"):
        (tmp_path / "policies" / f"{name}.json").write_text('{"Statement": []}', encoding="utf-8")
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "production.json").write_text('{"Parameters": {"Size": "2"}}', encoding="utf-8")
    settings = find_settings(tmp_path, tmp_path)
    assert settings.account == "111122223333"
    assert settings.parameters == {"Environment": "production", "Size": "2"}
    assert settings.declared is not None
    assert [each.block.address for each in settings.declared.uses] == ["nightly scores"]
    assert settings.names == ("test", "production")


def test_every_setting_is_named() -> None:
    """In the list of the README."""
    from keyfit.settings.reading import _NAMES

    (listed,) = re.findall(r"The names are those of the flags: (.*?)\. Nothing", TEXT)
    assert set(re.findall(r"`([a-z-]+)`", listed)) <= set(_NAMES)


def test_the_folders_in_a_clone_are_those_that_the_readme_names() -> None:
    """Relative to it."""
    assert keyfit("path", "checks").out.strip() == str(ROOT / "checks")
    assert keyfit("path", "rules").out.strip() == str(ROOT / "plugins/rules")
