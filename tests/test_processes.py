"""Root modules judged in several processes: the report does not depend on how many there are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from keyfit.gate.places import Places
from keyfit.model.findings import Verdict
from keyfit.render.formats import FORMATS
from keyfit.render.page import Page
from keyfit.scan import Report, Run, processes, scan
from keyfit.scan.changed import touched
from tests.bench.estate import estate
from tests.hosts import stacks
from tests.hosts.commands import keyfit

if TYPE_CHECKING:
    from keyfit.scan.roots import Root

FORMS: Final = ("text", "json", "sarif", "junit", "markdown", "html")
ALIAS: Final = """
resource "aws_kms_key" "common" {}

resource "aws_kms_alias" "common" {
  name          = "alias/common"
  target_key_id = aws_kms_key.common.key_id
}
"""
JOINED: Final = """
data "aws_kms_alias" "common" {
  name = "alias/common"
}

resource "awscc_personalize_dataset_group" "group" {
  name        = "group"
  kms_key_arn = data.aws_kms_alias.common.target_key_arn
  role_arn    = aws_iam_role.role.arn
}

resource "aws_iam_role" "role" {
  name               = "role"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "personalize.amazonaws.com" } }]
  })
}
"""


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Root modules by themselves, joined, and of which one cannot be read; a template, and settings that are wrong."""
    estate(tmp_path, 2)
    for name, text in (("keys", ALIAS), ("user", JOINED), ("bad", 'resource "aws_kms_key" {{{'), ("wrong", JOINED)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(text, encoding="utf-8")
    (tmp_path / "wrong" / "keyfit.toml").write_text("acount = 1\n", encoding="utf-8")
    stacks.write(tmp_path, stacks.BROKEN, "stack.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rendered(report: Report, world: Path) -> dict[str, str]:
    """The report in every format."""
    return {name: FORMATS[name](report, Page(Places(world, world), lambda _: None)) for name in FORMS}


def test_the_report_does_not_depend_on_the_number_of_processes(world: Path) -> None:
    """Byte for byte, in every format; what is joined is joined, and what failed has failed."""
    alone = scan([Path()], Run())
    assert alone.failures
    assert any("alias/common" in note.message for found in alone.findings for note in found.notes) or any(
        found.stack == "user" and found.about.key.startswith("keys:") for found in alone.findings
    )
    run = Run(jobs=2)
    several = scan([Path()], run)
    assert rendered(several, world) == rendered(alone, world)
    changed = [Path("root001/main.tf")]
    told = touched(several, changed, run)
    assert {found.stack for found in told.findings} == {"root001"}


def test_a_worker_sends_back_what_is_asked_for_and_no_more(tmp_path: Path) -> None:
    """This process has that of all root modules: of one in which nothing is broken, no block of the model."""
    estate(tmp_path, 3)
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "main.tf").write_text(JOINED.replace("data.aws_kms_alias.common.target_key_arn", '"x"'))
    report = scan([tmp_path], Run(jobs=2))
    stacks_of = {Path(each.path).name: each for each in report.checked if each.is_apart and each.stack is not None}
    kept = {name: bool(each.stack and each.stack.identities) for name, each in stacks_of.items()}
    broken = {name: any(found.verdict is Verdict.BROKEN for found in each.every) for name, each in stacks_of.items()}
    assert kept == broken
    assert set(broken.values()) == {False, True}
    assert all(each.stack and each.stack.inputs is not None for each in stacks_of.values())


@pytest.mark.deep
def test_the_report_does_not_depend_on_a_cluster(world: Path) -> None:
    """Two workers with threads of their own, in another directory."""
    distributed = pytest.importorskip("distributed")
    here = Path.cwd()
    os.chdir("/")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        os.chdir(here)
        several = scan([Path()], Run(cluster=cluster.scheduler_address))
        told = keyfit("check", "--cluster", cluster.scheduler_address, where=world)
    assert rendered(several, world) == rendered(scan([Path()], Run()), world)
    assert told.out == keyfit("check", where=world).out


@pytest.mark.deep
def test_a_cluster_that_is_not_there_is_an_error(world: Path) -> None:
    """Of the call, before anything is judged."""
    pytest.importorskip("distributed")
    ran = keyfit("check", "--cluster", "127.0.0.1:9", where=world)
    assert ran.status == 2
    assert "the cluster at `127.0.0.1:9` cannot be used" in ran.err
    assert "exclude each other" in keyfit("check", "--cluster", "x", "--jobs", "2", where=world).err


def dies(_task: processes.Task, _roots: list[Root]) -> None:
    """What a worker does that the system ends."""
    os._exit(3)


def test_a_worker_that_dies_is_a_failure_of_what_it_had_to_judge(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never a pass: each root module is told."""
    monkeypatch.setattr(processes, "_judge", dies)
    report = scan([world], Run(jobs=2))
    told = {failure.origin.file for failure in report.failures if failure.internal}
    assert {str(world / f"root00{number}") for number in range(2)} <= told


def test_there_are_several_processes_only_where_there_is_much_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """One takes as long to start as some root modules to be judged."""
    monkeypatch.setattr(processes, "_cores", lambda: 4)
    assert [processes.processes(None, roots) for roots in (0, 1, 15, 16, 300)] == [1, 1, 1, 4, 4]
    assert [processes.processes(2, roots) for roots in (1, 2, 300)] == [1, 2, 2]
