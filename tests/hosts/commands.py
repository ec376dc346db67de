"""The real commands, run as a user runs them, and what they say as (rule, subject) pairs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
STACKS: Final = ROOT / "fixtures" / "stacks"
CHECKS: Final = ROOT / "checks"
RULES: Final = ROOT / "plugins" / "rules"
_HOST_ID: Final = re.compile(r"(?:CKV_KEYFIT_|[EWI]9)(?P<number>[0-9]{3})$")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the command prints
        """What it printed, read as JSON."""
        return json.loads(self.out)


def command(name: str) -> str:
    """The command of the environment that the tests run in."""
    found = shutil.which(name, path=Path(sys.executable).parent)
    assert found, f"{name} is not in this environment"
    return found


def run(*words: str | Path, where: Path = ROOT, **environment: str) -> Ran:
    """Run a command in `where`, with no settings but those given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("KEYFIT_", "COV_"))}
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=where,
        env=clean | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def keyfit(*words: str | Path, where: Path = ROOT, **environment: str) -> Ran:
    """The command line."""
    return run(command("keyfit"), *words, where=where, **environment)


def checkov(*words: str | Path, where: Path = ROOT, checks: Path = CHECKS, **environment: str) -> Ran:
    """Checkov with keyfit's checks, and no others."""
    loaded = ("--external-checks-dir", checks, "--skip-download", "--framework", "cloudformation")
    chosen = () if "--check" in words else ("--check", "CKV_KEYFIT_*")
    return run(command("checkov"), *loaded, *chosen, *words, where=where, **environment)


def cfn_lint(*words: str | Path, where: Path = ROOT, rules: Path = RULES, **environment: str) -> Ran:
    """cfn-lint with keyfit's rules beside its own."""
    return run(command("cfn-lint"), *words, "--append-rules", rules, where=where, **environment)  # it takes many


# --- what they found, as (file name, rule, subject)


def broken_in_keyfit(ran: Ran) -> set[tuple[str, int, str]]:
    """By the command line's JSON."""
    return {
        (Path(each["path"]).name, each["rule"], each["resource"])
        for each in ran.json["findings"]
        if each["verdict"] == "broken"
    }


def records(ran: Ran, kind: str = "failed_checks") -> list[dict[str, Any]]:
    """Checkov's records of one kind; it prints one report, a list of them, or a summary where there is nothing."""
    reports = ran.json if isinstance(ran.json, list) else [ran.json]
    return [record for each in reports for record in each.get("results", {}).get(kind, [])]


def broken_in_checkov(ran: Ran) -> set[tuple[str, int, str]]:
    """By Checkov's JSON."""
    return {
        (Path(each["file_path"]).name, number(each["check_id"]), each["resource"].rpartition(".")[2])
        for each in records(ran)
    }


def matches(ran: Ran, levels: str = "EW") -> list[dict[str, Any]]:
    """cfn-lint's matches of keyfit's rules."""
    return [each for each in ran.json if _HOST_ID.fullmatch(each["Rule"]["Id"]) and each["Rule"]["Id"][0] in levels]


def broken_in_cfn_lint(ran: Ran) -> set[tuple[str, int, str]]:
    """By cfn-lint's JSON."""
    return {(Path(each["Filename"]).name, number(each["Rule"]["Id"]), subject(each)) for each in matches(ran)}


def subject(match: dict[str, Any]) -> str:
    """The resource that a match of cfn-lint is about; empty where it is about the file."""
    path: list[str] = match["Location"]["Path"]
    return path[1] if len(path) > 1 else ""


def number(host_id: str) -> int:
    """The rule that a host's id belongs to."""
    found = _HOST_ID.fullmatch(host_id)
    assert found, host_id
    return int(found["number"])
