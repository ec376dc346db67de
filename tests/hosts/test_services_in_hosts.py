"""Stacks of the services' rules in all three hosts: a broken one is broken by its rule alone, a right one by none.

They are the blocks of the rules' fixtures, and the pairs that lie beside some checkouts. Each host is started once for
all that share their settings.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

import pytest

from tests import literate
from tests.hosts.commands import CHECKS, ROOT, cfn_lint, command, keyfit, matches, number, records, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytest.importorskip("checkov")
pytest.importorskip("cfnlint")
pytestmark = pytest.mark.deep

SHARED: Final = {
    "01": 801,
    "02": 701,
    "03": 820,
    "04": 827,
    "05": 702,
    "06": 720,
    "07": 704,
    "08": 825,
    "09": 910,
    "10": 804,
    "11": 901,
    "12": 823,
    "13": 903,
    "14": 826,
    "15": 705,
    "16": 828,
    "17": 905,
    "18": 723,
    "19": 706,
    "20": 908,
}
VARIABLES: Final = {"account": "KEYFIT_ACCOUNT", "region": "KEYFIT_REGION", "deployer": "KEYFIT_DEPLOYER"}


Settings: TypeAlias = "Mapping[str, Any]"  # variables of the environment


class Written(NamedTuple):
    """A stack: its files by name, and the rules that break it."""

    files: Mapping[str, str]
    rules: frozenset[int]


def _of_fixtures() -> Iterator[tuple[tuple[tuple[str, str], ...], str, Written]]:
    for file in sorted((ROOT / "fixtures" / "rules").glob("[789]*.md")):
        for case in literate.read(file.read_text(encoding="utf-8")):
            said = [each for each in case.verdicts if each.kind in {"broken", "holds"}]
            if said and set(case.settings) <= set(VARIABLES):
                rules = frozenset(each.rule for each in said if each.kind == "broken")
                settings = tuple(sorted((VARIABLES[name], value) for name, value in case.settings.items()))
                yield settings, f"{file.stem}-{case.start}", Written(case.files, rules)


def _by_settings() -> dict[tuple[tuple[str, str], ...], dict[str, Written]]:
    found: defaultdict[tuple[tuple[str, str], ...], dict[str, Written]] = defaultdict(dict)
    for settings, name, written in _of_fixtures():
        found[settings][name] = written
    return found


FIXTURES: Final = _by_settings()


def _in_keyfit(world: Path, settings: Settings) -> Iterator[tuple[Path, int]]:
    ran = keyfit("check", "--format", "json", world, **settings)
    assert ran.json["errors"] == []
    for each in ran.json["findings"]:
        if each["verdict"] == "broken":
            yield Path(each["path"]), each["rule"]


def _in_checkov(world: Path, settings: Settings) -> Iterator[tuple[Path, int]]:
    words = ("--external-checks-dir", CHECKS, "--skip-download", "--framework", "cloudformation", "terraform")
    output = ("--check", "CKV_KEYFIT_*", "--output", "json", "--compact", "--quiet")
    ran = run(command("checkov"), *words, *output, "-d", world, KEYFIT_FAIL_ON="warning", **settings)
    for each in records(ran):
        yield Path(each["file_abs_path"]), number(each["check_id"])


def _in_cfn_lint(world: Path, settings: Settings) -> Iterator[tuple[Path, int]]:
    ran = cfn_lint("--format", "json", *sorted(world.rglob("*.yaml")), **settings)
    for each in matches(ran):
        yield Path(each["Filename"]), number(each["Rule"]["Id"])


HOSTS: Final[Mapping[str, Callable[[Path, Settings], Iterator[tuple[Path, int]]]]] = {
    "keyfit": _in_keyfit,
    "checkov": _in_checkov,
    "cfn-lint": _in_cfn_lint,
}


def _lay(world: Path, stacks: Mapping[str, Written]) -> None:
    for name, stack in stacks.items():
        for file, text in stack.files.items():
            (world / name / file).parent.mkdir(parents=True, exist_ok=True)
            (world / name / file).write_text(text, encoding="utf-8")


def _check(host: str, world: Path, stacks: Mapping[str, Written], settings: Settings) -> None:
    """Every stack is broken, in the host, by its rules and by nothing else."""
    _lay(world, stacks)
    found: defaultdict[str, set[int]] = defaultdict(set)
    for path, rule in HOSTS[host](world, settings):
        found[path.resolve().relative_to(world.resolve()).parts[0]].add(rule)
    is_read = (
        name for name, each in stacks.items() if host != "cfn-lint" or not any(".tf" in file for file in each.files)
    )
    expected = {name: set(stacks[name].rules) for name in is_read}
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("settings", FIXTURES, ids=str)
def test_the_blocks_of_the_fixtures(host: str, settings: tuple[tuple[str, str], ...], tmp_path: Path) -> None:
    """Each says of its own rule, and of whatever else is broken in it."""
    _check(host, tmp_path, FIXTURES[settings], dict(settings))


@pytest.mark.parametrize("host", HOSTS)
def test_the_pairs_of_the_services(host: str, shared: Path, tmp_path: Path) -> None:
    """A pair for each combination that people ask about most."""
    stacks = {}
    for file in sorted((shared / "cases" / "services").glob("[0-9]*/*.*")):
        rules = {SHARED[file.parent.name[:2]]} if file.stem == "broken" else set()
        stacks[f"{file.parent.name}-{file.stem}"] = Written({file.name: file.read_text("utf-8")}, frozenset(rules))
    assert len(stacks) == 2 * len(SHARED)
    _check(host, tmp_path, stacks, {"KEYFIT_ACCOUNT": "111122223333"})  # of 16: a role of another one
