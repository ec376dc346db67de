"""Every remedy that is offered on the fixtures and stacks, made in a copy and looked at from outside."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keyfit import remedy
from keyfit.remedy.proof import changes_of
from keyfit.remedy.saving import save
from keyfit.render.diff import render
from keyfit.scan.selection import select
from tests.hosts.commands import checkov, command, run
from tests.remedy import worlds

if TYPE_CHECKING:
    from keyfit.model.findings import Remedy
    from tests.literate import Case
    from tests.remedy.worlds import World

pytestmark = pytest.mark.deep

CASES = worlds.fixtures()


@pytest.mark.parametrize("case", [case for _, case in CASES], ids=[name for name, _ in CASES])
def test_a_remedy_of_a_fixture_does_what_it_says(case: Case, tmp_path: Path) -> None:
    """Each by itself: its finding is gone, nothing new is broken, and every other line is as it was."""
    _each(worlds.of_case("", case, tmp_path))


@pytest.mark.parametrize("stack", worlds.stacks(), ids=lambda stack: stack.name)
def test_a_remedy_of_a_stack_does_what_it_says(stack: Path, tmp_path: Path) -> None:
    """The same where a stack is whole."""
    _each(worlds.of_stack(stack, tmp_path))


def _each(world: World) -> None:
    before, files = world.report(), world.files
    offered = remedy.with_edits(before, world.paths, world.run)
    assert world.files == files, "looking for remedies writes nothing"
    for found in worlds.broken(offered):
        if found.remedy is None or not found.remedy.edits:
            continue
        edited = _made(found.remedy, files)
        for file, text in edited.items():
            _touches_nothing_else(files[file].decode(), text.decode())
            Path(file).write_bytes(text)
        after = world.report()
        assert after.failures == before.failures
        assert not worlds.subjects(after) - worlds.subjects(before), "something new is broken"
        assert (found.rule, found.resource, found.about) not in worlds.subjects(after)
        for file, text_before in files.items():
            Path(file).write_bytes(text_before)


def _made(offered: Remedy, files: dict[str, bytes]) -> dict[str, bytes]:
    """The edits made by whoever reads them in the JSON: from line and column to line and column, the last one first."""
    edited: dict[str, bytes] = {}
    for edit in sorted(offered.edits, key=lambda each: (each.origin.start, each.origin.end), reverse=True):
        text = edited.get(edit.origin.file, files[edit.origin.file]).decode()
        lines = text.splitlines(keepends=True)
        start, end = (
            sum(map(len, lines[: place.line - 1])) + place.column - 1 for place in (edit.origin.start, edit.origin.end)
        )
        edited[edit.origin.file] = (text[:start] + edit.replacement + text[end:]).encode()
    return edited


def _touches_nothing_else(before: str, after: str) -> None:
    """Every comment stays, and every word that is not replaced, in its order."""
    comments = re.findall(r"#.*", before)
    assert [each for each in re.findall(r"#.*", after) if each in comments] == comments


@pytest.mark.parametrize("stack", worlds.stacks(), ids=lambda stack: stack.name)
def test_mending_twice_changes_nothing(stack: Path, tmp_path: Path) -> None:
    """What `keyfit fix` has mended is mended; a second run finds the rest, and no remedy for it."""
    world = worlds.of_stack(stack, tmp_path)
    first = _mended(world)
    save(first.before, first.after)
    assert not worlds.subjects(world.report()) & Counter(
        (each.rule, each.resource, each.about) for each in first.findings
    )
    second = _mended(world)
    assert (second.findings, second.after, render(second.before, second.after)) == ((), {}, "")


@pytest.mark.parametrize("stack", worlds.stacks(), ids=lambda stack: stack.name)
def test_line_endings_make_no_other_remedy(stack: Path, tmp_path: Path) -> None:
    """A file with carriage returns is mended as one without, and keeps them."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "returns").mkdir()
    plain, returns = (worlds.of_stack(stack, tmp_path / name) for name in ("plain", "returns"))
    for file, data in returns.files.items():
        Path(file).write_bytes(data.replace(b"\n", b"\r\n"))
    one, other = ({Path(file).name: data for file, data in _mended(each).after.items()} for each in (plain, returns))
    assert {name: data.replace(b"\n", b"\r\n") for name, data in one.items()} == other


def _mended(world: World) -> remedy.Mended:
    report = world.report()
    rules = {each.path: select(each.settings) for each in report.checked}
    return remedy.mend(world.paths, world.run, rules, lambda found: found)


def test_the_hosts_read_what_was_edited(tmp_path: Path) -> None:
    """cfn-lint finds no fault in an edited template that it did not find before, and Checkov parses every file."""
    edited = _edited_fixtures(tmp_path)
    assert len(edited) > 100
    faults = {when: _faults(tmp_path / when) for when in ("before", "after")}
    for name in edited:
        assert not faults["after"][name] - faults["before"][name], name
    ran = checkov("-d", tmp_path, "-o", "json", "--framework", "cloudformation", "terraform", where=tmp_path)
    reports = ran.json if isinstance(ran.json, list) else [ran.json]
    unread = [file for each in reports if "results" in each for file in each["results"]["parsing_errors"]]
    before, after = ({file.replace(f"/{when}/", "/") for file in unread if f"/{when}/" in file} for when in faults)
    assert after <= before


def _edited_fixtures(folder: Path) -> list[str]:
    """Each remedy of a fixture: its files as they are, below `before`, and with the edits, below `after`."""
    names = []
    for index, (_, case) in enumerate(CASES):
        work = folder / "work" / str(index)
        work.mkdir(parents=True)
        world = worlds.of_case("", case, work)
        offered = remedy.with_edits(world.report(), world.paths, world.run)
        for number, found in enumerate(worlds.broken(offered)):
            if found.remedy is not None and found.remedy.edits:
                name = f"{index}-{number}"
                for when, files in (("before", {}), ("after", _made(found.remedy, world.files))):
                    for file, data in (world.files | files).items():
                        place = folder / when / name / Path(file).relative_to(work)
                        place.parent.mkdir(parents=True, exist_ok=True)
                        place.write_bytes(data)
                names.append(name)
    return names


def _faults(folder: Path) -> dict[str, Counter[str]]:
    """The errors that cfn-lint itself finds in the templates of each folder, by the rule's id.

    Not its warnings: a `DependsOn` can be one too many beside a reference.
    """
    templates = [file for file in sorted(folder.rglob("template.*")) if file.suffix in {".yaml", ".json"}]
    found: dict[str, Counter[str]] = {each.name: Counter() for each in folder.iterdir()}
    ran = run(command("cfn-lint"), "--format", "json", "--regions", "us-east-1", "--", *templates)
    for each in ran.json:
        rule = each["Rule"]["Id"]
        found[Path(each["Filename"]).parent.name][rule] += rule.startswith("E")
    return found


def test_most_of_what_is_broken_can_be_mended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The share of the fixtures' broken findings that have a remedy; it is told, and does not sink unnoticed."""
    total, mended, refused = Counter[int](), Counter[int](), list[str]()
    for index, (name, case) in enumerate(CASES):
        folder = tmp_path / str(index)
        folder.mkdir()
        world = worlds.of_case(name, case, folder)
        for found in worlds.broken(remedy.with_edits(world.report(), world.paths, world.run)):
            total[found.rule] += 1
            mended[found.rule] += bool(found.remedy and found.remedy.edits)
            if changes_of(found) and not (found.remedy and found.remedy.edits):
                refused.append(f"{name}: {found.rule}: {found.message}")
    of_permissions = [sum(each[rule] for rule in worlds.PERMISSIONS) for each in (mended, total)]
    with capsys.disabled():
        print("\n" + _table(mended, total))  # noqa: T201 - the share is told
        print("\n".join(refused))  # noqa: T201 - and what is words alone against its own change
    assert refused == [], "a help that says a change says one that mends"
    assert of_permissions[0] >= SHARE * of_permissions[1]


SHARE = 0.8


def _table(mended: Counter[int], total: Counter[int]) -> str:
    lines = [f"{rule}: {mended[rule]} of {total[rule]}" for rule in sorted(total)]
    permissions = [sum(each[rule] for rule in worlds.PERMISSIONS) for each in (mended, total)]
    return "\n".join(
        (
            "broken findings with a remedy, by rule:",
            *lines,
            f"rules about permissions: {permissions[0]} of {permissions[1]}",
            f"all: {mended.total()} of {total.total()}",
        )
    )
