"""Scan: which files a run reads, under which settings, and what it does with those it cannot read."""

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import NoReturn
from unittest.mock import Mock

import pytest

from keyfit import catalogue, verify
from keyfit.catalogue.groups import GROUPS
from keyfit.model.findings import Cause, Failure, Finding, Level, Verdict
from keyfit.model.stack import Stack
from keyfit.scan import Checked, Report, Run, check_stack, check_template, scan, settle
from keyfit.scan.files import LARGEST, Input, find_inputs
from keyfit.scan.selection import find_rule, select
from keyfit.settings import Choice, Settings, SettingsError
from keyfit.settings.files import find_settings
from keyfit.value import Origin, Position
from tests.hosts.stacks import BROKEN, RIGHT, UNPROVEN, write

TERRAFORM_STACKS = Path(__file__).parents[1] / "fixtures" / "stacks" / "terraform"


def broken(report: Report) -> list[tuple[str, int]]:
    """File name and rule of what is broken."""
    return [(Path(f.origin.file).name, f.rule) for f in report.findings if f.verdict is Verdict.BROKEN]


def reasons(report: Report) -> list[tuple[str, str]]:
    """File name and message of what failed."""
    return [(Path(each.origin.file).name, each.message) for each in report.failures]


# --- which files


def test_a_directory_is_read_for_what_could_be_a_template(tmp_path: Path) -> None:
    """Sorted; hidden directories and `node_modules` are left out."""
    for name in (
        "b/x.yml",
        "b/a.yaml",
        "a.json",
        "z.template",
        "c.txt",
        ".git/d.yaml",
        "node_modules/e.yaml",
        "b/.f/g.yaml",
    ):
        write(tmp_path, "", name)
    found = [each.path.relative_to(tmp_path).as_posix() for each in find_inputs([tmp_path])]
    assert found == ["a.json", "z.template", "b/a.yaml", "b/x.yml"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    """By whatever path."""
    file = write(tmp_path, "")
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    assert [each.path for each in find_inputs([file, tmp_path, link])] == [file]


def test_a_file_that_the_user_names_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """And found to be no template, if it is none."""
    file = write(tmp_path, BROKEN, "stack.txt")
    assert broken(scan([file], Run())) == [("stack.txt", 101)]
    (failure,) = scan([write(tmp_path, "hello", "notes.txt")], Run()).failures
    assert "not a template" in failure.message


def test_a_file_that_is_no_template_is_left_alone_in_a_directory(tmp_path: Path) -> None:
    """Even one that is no YAML."""
    write(tmp_path, "services:\n  web: {}\n", "docker-compose.yml")
    write(tmp_path, "{{ if .Values }}\n\tnot: yaml", "chart.yaml")
    write(tmp_path, '{"name": "package"}', "package.json")
    assert templates(scan([tmp_path], Run())) == []


LOOKS_ALIKE = {
    "schema.json": '{"properties": {"AWSTemplateFormatVersion": {}, "Resources": {"Type": "AWS::KMS::Key"}}}',
    "template.snapshot.json": '{"films": {"recorded": {"Resources": {"Key": {"Type": "AWS::KMS::Key"}}}}}',
    "openapi.yaml": "openapi: 3.0.0\nx-example: |\n  Resources:\n    Key:\n      Type: AWS::KMS::Key\n",
    "list.yaml": "- Resources:\n    Key:\n      Type: AWS::KMS::Key\n",
    "tickets.yaml": "Resources:\n  desk: 5\nnote:\n  Type: AWS::KMS::Key\n",
}


@pytest.mark.parametrize("name", LOOKS_ALIKE)
def test_what_only_looks_like_a_template_is_left_alone_in_a_directory(tmp_path: Path, name: str) -> None:
    """It has the words of one elsewhere; where the user names it, it is an error."""
    file = write(tmp_path, LOOKS_ALIKE[name], name)
    report = scan([tmp_path], Run())
    assert (templates(report), report.failures) == ([], ())
    assert scan([file], Run()).failures


def test_what_is_meant_to_be_a_template_is_an_error_without_resources(tmp_path: Path) -> None:
    """A misspelt section is not passed over."""
    write(tmp_path, BROKEN.replace("Resources:", "AWSTemplateFormatVersion: 2010-09-09\nResource:", 1), "a.yaml")
    assert reasons(scan([tmp_path], Run())) == [("a.yaml", "the file is not a template: it has no `Resources`")]


def templates(report: Report) -> list[str]:
    """The templates that were checked, by name."""
    return [Path(each.path).name for each in report.checked if each.language]


def test_what_looks_like_a_template_and_is_broken_is_an_error(tmp_path: Path) -> None:
    """With line and reason, and every other file is still checked."""
    write(tmp_path, BROKEN.replace("    Type: AWS::IAM::Role", "\tType: AWS::IAM::Role"), "a.yaml")
    write(tmp_path, BROKEN, "b.yaml")
    report = scan([tmp_path], Run())
    assert broken(report) == [("b.yaml", 101)]
    (failure,) = report.failures
    assert Path(failure.origin.file).name == "a.yaml"
    assert failure.origin.start.line == 26
    assert not failure.internal


def unreadable(folder: Path) -> dict[str, str]:
    """Files that cannot be read, and what is said of each."""
    (folder / "binary.yaml").write_bytes(b"Resources:\n  \xff\xfe\xfd: 1")
    (folder / "folder.yaml").mkdir()
    (folder / "big.yaml").write_bytes(b"#" * (LARGEST + 1))
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "gone.yaml").symlink_to(folder / "nothing")
    return {
        "binary.yaml": "the file is not UTF-8: byte 13",
        "big.yaml": "the file has 8,000,001 bytes, more than 8,000,000",
        "loop.yaml": "the file cannot be read: Too many levels of symbolic links",
        "gone.yaml": "no such file",
    }


def test_a_file_that_cannot_be_read_is_an_error_and_the_others_are_checked(tmp_path: Path) -> None:
    """Each with its own reason."""
    expected = unreadable(tmp_path)
    write(tmp_path, BROKEN)
    report = scan([tmp_path], Run())
    assert dict(reasons(report)) == expected
    assert broken(report) == [("stack.yaml", 101)]


def test_a_path_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    """Not an empty report."""
    assert reasons(scan([tmp_path / "no.yaml"], Run())) == [("no.yaml", "no such file")]


def test_a_file_without_permission_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's own reason; simulated, since root may read everything."""
    file = write(tmp_path, BROKEN)
    refuse = PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    monkeypatch.setattr(Path, "read_bytes", Mock(side_effect=refuse))
    assert reasons(scan([file], Run())) == [("stack.yaml", "the file cannot be read: Permission denied")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_understood(tmp_path: Path, encoding: str) -> None:
    """And Windows' line ends."""
    file = tmp_path / "stack.yaml"
    file.write_bytes(BROKEN.replace("\n", "\r\n").encode(encoding))
    report = scan([file], Run())
    assert report.failures == ()
    assert broken(report) == [("stack.yaml", 101)]


# --- the root


def test_nothing_outside_the_root_is_read(tmp_path: Path) -> None:
    """A link in a scanned directory that leads out is left out, and said to be."""
    outside = write(tmp_path, BROKEN, "outside.yaml")
    inside = tmp_path / "root"
    inside.mkdir()
    (inside / "link.yaml").symlink_to(outside)
    report = scan([inside], Run())
    assert (templates(report), [Path(each.origin.file).name for each in report.skipped]) == ([], ["link.yaml"])
    assert broken(scan([inside], Run(root=tmp_path))) == [("link.yaml", 101)]


def test_a_root_is_given_as_the_user_types_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the current directory."""
    write(tmp_path, BROKEN, "a/stack.yaml")
    monkeypatch.chdir(tmp_path)
    report = scan([Path("a")], Run(root=Path("a")))
    assert report.skipped == ()
    assert broken(report) == [("stack.yaml", 101)]


@pytest.mark.parametrize("name", ["geospatial-without-grant", "correct"])
def test_the_current_directory_is_judged_as_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root module, too: `.` is no other path than that of nothing."""
    monkeypatch.chdir(TERRAFORM_STACKS / name)
    here, named = (scan([path], Run()) for path in (Path(), TERRAFORM_STACKS / name))
    found = [[(each.rule, each.verdict, each.resource) for each in report.findings] for report in (here, named)]
    assert found[0] == found[1]
    assert found[0]


def test_a_file_outside_the_given_root_is_an_error(tmp_path: Path) -> None:
    """The user named both."""
    file = write(tmp_path, BROKEN)
    (tmp_path / "root").mkdir()
    ((_, message),) = reasons(scan([file], Run(root=tmp_path / "root")))
    assert "is outside the scanned directory" in message


# --- settings


def test_each_file_has_the_settings_nearest_to_it(tmp_path: Path) -> None:
    """Upward to the directory that is scanned."""
    write(tmp_path, "ignore = [101]", "a/keyfit.toml")
    write(tmp_path, BROKEN, "a/deep/stack.yaml")
    write(tmp_path, BROKEN, "b/other.yaml")
    assert broken(scan([tmp_path], Run())) == [("other.yaml", 101)]


def test_a_misspelt_setting_is_one_error_and_nothing_is_judged_by_it(tmp_path: Path) -> None:
    """However many files it is for."""
    write(tmp_path, "\nignroe = [101]", "a/keyfit.toml")
    write(tmp_path, BROKEN, "a/one.yaml")
    write(tmp_path, BROKEN, "a/two.yaml")
    write(tmp_path, BROKEN, "b/other.yaml")
    report = scan([tmp_path], Run())
    ((name, message),) = reasons(report)
    assert (name, message) == ("keyfit.toml", "`ignroe` is not a setting: did you mean `ignore`?")
    assert broken(report) == [("other.yaml", 101)]


def test_settings_at_which_keyfit_fails_are_an_error_of_what_lies_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And of nothing else: a file in another folder is judged."""

    def fail(folder: Path, root: Path, choice: Choice) -> Settings:
        if folder.name == "a":
            raise ValueError(str(folder))
        return find_settings(folder, root, choice)

    monkeypatch.setattr("keyfit.scan.judging.find_settings", fail)
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "a" / "main.tf").write_text('resource "aws_kms_key" "k" {}', encoding="utf-8")
    report = scan([tmp_path], Run())
    assert {(Path(each.origin.file).name, each.internal) for each in report.failures} == {("t.yaml", True), ("a", True)}
    assert {Path(each.origin.file).parent.name for each in report.findings} == {"b"}


def test_flags_win_over_the_environment_and_it_over_the_file(tmp_path: Path) -> None:
    """And the file over nothing."""
    write(tmp_path, 'account = "333333333333"\nregion = "eu-west-3"\ndeployer = "Role"', "keyfit.toml")
    flags = Settings(account="111111111111")
    environment = {"KEYFIT_ACCOUNT": "222222222222", "KEYFIT_REGION": "eu-west-2"}
    settings = settle(tmp_path, Run(flags, environment)).settings
    assert (settings.account, settings.region, settings.deployer) == ("111111111111", "eu-west-2", "Role")


def test_what_is_read_once_is_read_again_when_it_changes(tmp_path: Path) -> None:
    """By its time or its size."""
    file = write(tmp_path, BROKEN)
    run = Run()
    first = check_template(Input(file, tmp_path, named=True), run)
    assert check_template(Input(file, tmp_path, named=True), run) is first
    write(tmp_path, RIGHT)
    second = check_template(Input(file, tmp_path, named=True), run)
    assert second is not None
    assert {each.verdict for each in second.findings} == {Verdict.HOLDS}


# --- which rules


def test_every_rule_is_selected_unless_some_are() -> None:
    """By number, name, pattern, or the id of a host."""
    every = {rule.number for rule in catalogue.every_rule()}
    assert select(Settings()) == every
    assert select(Settings(ignore=("101",))) == every - {101}
    assert select(Settings(select=("10*",), ignore=("personalize-role-trust",))) == {
        n for n in every if 100 < n < 110
    } - {105}
    for word in ("101", "personalize-service-key-access", "personalize-service-*", "CKV_KEYFIT_101", "E9101", "I9101"):
        assert select(Settings(select=(word,))) == {101}, word


def test_a_group_is_the_rules_of_a_hundred() -> None:
    """So that a team can begin with one."""
    every = [rule.number for rule in catalogue.every_rule()]
    for hundred, group in GROUPS.items():
        numbers = {number for number in every if number // 100 == hundred}
        assert not numbers or select(Settings(select=(group.name,))) == numbers
        assert group.name == group.name.lower().replace(" ", "-")
    assert select(Settings(select=("policies", "101"), ignore=("501",))) == {
        n for n in every if n in {101, *range(502, 600)}
    }


@pytest.mark.parametrize("word", ["personalise", "messages", "5", ""])
def test_a_group_that_does_not_exist_is_an_error_with_those_that_do(word: str) -> None:
    """As a rule that does not."""
    with pytest.raises(
        SettingsError, match=r"is not a rule or a group of rules \(seen, personalize, feature-store, .*\)"
    ):
        select(Settings(ignore=(word,)))


@pytest.mark.parametrize("word", ["1O1", "999", "personalize-service-key-acess", "", "CKV_KMS_101"])
def test_a_rule_that_does_not_exist_is_an_error(word: str) -> None:
    """Else a misspelt `ignore` would be a misspelt pass."""
    with pytest.raises(SettingsError, match="is not a rule"):
        select(Settings(select=(word,)))
    assert find_rule(word) is None


def test_a_rule_that_is_not_selected_still_silences_what_yields_to_it(tmp_path: Path) -> None:
    """What a finding says does not depend on which others are asked for."""
    file = write(tmp_path, BROKEN)
    everything = scan([file], Run())
    for rule in catalogue.every_rule():
        only = scan([file], Run(Settings(select=(str(rule.number),))))
        assert only.findings == tuple(found for found in everything.findings if found.rule == rule.number)


# --- what fails inside


def test_a_rule_that_fails_inside_is_a_failure_and_the_others_speak(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never a pass, and never a finding."""

    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError("on purpose\nin two lines")

    spoilt = tuple(replace(rule, check=fail) if rule.number == 105 else rule for rule in catalogue.every_rule())
    monkeypatch.setattr(catalogue, "every_rule", lambda: spoilt)
    report = scan([write(tmp_path, BROKEN)], Run())
    (failure,) = report.failures
    assert failure.internal
    assert "105" in failure.message
    assert "ZeroDivisionError: on purpose in two lines" in failure.message
    assert broken(report) == [("stack.yaml", 101)]


def test_a_reader_that_fails_inside_is_a_failure_of_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next file is checked."""
    from keyfit.readers import cloudformation

    honest = cloudformation.read_loaded

    def read(loaded: object, file: str, given: object) -> Stack:
        if file.endswith("a.yaml"):
            raise RecursionError("on purpose")
        return honest(loaded, file, given)  # type: ignore[arg-type]

    monkeypatch.setattr(cloudformation, "read_loaded", read)
    write(tmp_path, BROKEN, "a.yaml")
    write(tmp_path, BROKEN, "b.yaml")
    report = scan([tmp_path], Run())
    assert reasons(report) == [("a.yaml", "keyfit failed: RecursionError: on purpose")]
    assert broken(report) == [("b.yaml", 101)]


# --- the report


def test_part_of_names_only_what_is_broken_in_the_same_selection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Findings that blame one element of one statement are one; without the first, the second stands for itself."""
    cause = Cause(Origin("s", Position(3)), "Action")
    first = Finding(101, "a", Verdict.BROKEN, Level.ERROR, "R", "T", "m", cause=cause)
    part = Finding(105, "b", Verdict.BROKEN, Level.ERROR, "R", "T", "m", cause=cause)
    monkeypatch.setattr(verify, "check", lambda *_, **__: verify.Result((first, part)))
    stack = Stack("s", "cloudformation")
    assert [each.part_of for each in check_stack(stack, "s", Settings()).findings] == [None, 101]
    assert [each.part_of for each in check_stack(stack, "s", Settings(ignore=("101",))).findings] == [None]


def test_an_unproven_verdict_says_why(tmp_path: Path) -> None:
    """And holds back nothing of what is known."""
    report = scan([write(tmp_path, UNPROVEN)], Run())
    (found,) = [each for each in report.findings if each.verdict is Verdict.UNPROVEN]
    assert found.rule == 101
    assert found.message.startswith("cannot tell")
    assert found.notes


def test_equal_failures_are_told_once() -> None:
    """One settings file can fail many."""
    failure = Failure("m")
    assert Report((Checked("a", failures=(failure,)), Checked("b", failures=(failure,)))).failures == (failure,)
