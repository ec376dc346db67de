"""Advice is of a kind, and each host says what its user can do there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from keyfit.hosts.cli import keyfit
from keyfit.model.findings import Finding, Level, Note, NoteKind, Verdict
from keyfit.render.advice import CFN_LINT, CHECKOV, COMMAND_LINE, every_note
from keyfit.settings.environment import NAMES
from keyfit.settings.reading import read_settings
from keyfit.why import Advice, AdviceKind, Why

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.render.advice import Phrases

TELL = {"command line": COMMAND_LINE, "Checkov": CHECKOV, "cfn-lint": CFN_LINT}
SUBJECTS = {AdviceKind.BIND: ("account", "region")}


def told(phrases: Phrases) -> str:
    """All that a host says."""
    every = tuple(Advice(kind, subject) for kind in AdviceKind for subject in SUBJECTS.get(kind, ("Name",)))
    finding = Finding(101, "", Verdict.UNPROVEN, Level.ERROR, "", "", "", advice=every)
    return "\n".join(note.message for note in every_note(finding, phrases))


@pytest.mark.parametrize("host", TELL)
def test_every_kind_has_a_phrase_in_every_host(host: str) -> None:
    """As messages are: lower case, one line, no period."""
    assert set(TELL[host]) == set(AdviceKind)
    for phrase in told(TELL[host]).splitlines():
        assert re.fullmatch(r"[a-z].*[^.]", phrase)


def test_every_kind_is_given() -> None:
    """By an unknown, but for the one that a rule gives."""
    assert {why.advice for why in Why} - {None} == set(AdviceKind) - {AdviceKind.NAME_DEPLOYER}


def test_the_command_line_names_flags_that_it_has() -> None:
    """Of `keyfit check`."""
    flags = {flag for option in keyfit.commands["check"].params for flag in option.opts}
    assert set(re.findall(r"--[a-z-]+", told(COMMAND_LINE))) <= flags


@pytest.mark.parametrize("host", ["Checkov", "cfn-lint"])
def test_other_hosts_name_what_they_read(host: str, tmp_path: Path) -> None:
    """No flag, but variables of the environment and names of the settings file that there are."""
    words = told(TELL[host])
    assert "--" not in words
    assert set(re.findall(r"KEYFIT_\w+", words)) <= set(NAMES)
    tables = re.findall(r"`\[(\w+)\]`", words)
    names = re.findall(r"`([a-z]+)` in `keyfit.toml`", words)
    values = {"account": "111122223333", "region": "eu-west-1", "deployer": "Role", "workspace": "production"}
    assert (set(tables), set(names)) == ({"parameters", "variables"}, set(values))
    written = [*(f'{name} = "{values[name]}"' for name in names), *(f'[{name}]\nName = "x"' for name in tables)]
    file = tmp_path / "keyfit.toml"
    file.write_text("\n".join(written), encoding="utf-8")
    settings = read_settings(file, tmp_path)
    assert {name: getattr(settings, name) for name in values} == values
    assert (dict(settings.parameters), dict(settings.variables)) == ({"Name": "x"}, {"Name": "x"})


def test_advice_comes_after_the_notes_and_each_phrase_once() -> None:
    """Several unknowns can ask for the same."""
    advice = (Advice(AdviceKind.DECLARE, "a"), Advice(AdviceKind.DECLARE, "b"), Advice(AdviceKind.GIVE_VARIABLE, "x"))
    note = Note(NoteKind.NOTE, "n")
    finding = Finding(101, "", Verdict.UNPROVEN, Level.ERROR, "", "", "", notes=(note,), advice=advice)
    assert [each.message for each in every_note(finding, COMMAND_LINE)] == [
        "n",
        "declare it in `keyfit.toml`",
        "pass `--var x=VALUE`",
    ]
