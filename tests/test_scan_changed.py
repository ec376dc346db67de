"""A check of what has changed: what the changed files are a part of, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from keyfit.scan import Report, Run, scan
from keyfit.scan.changed import touched, work_tree
from keyfit.settings import Settings
from tests.hosts import stacks
from tests.test_scan_terraform import BROKEN, RIGHT, SERVICE, USE, broken, files

pytestmark = pytest.mark.hcl

STATEMENT = SERVICE.replace("USE", USE).rstrip(",")
MODULE = BROKEN.replace("    ]\n  })\n}\n", "      var.statement,\n    ]\n  })\n}\n", 1) + 'variable "statement" {}\n'
CALL = 'module "m" {\n  source    = "../../modules/m"\n  statement = %s\n}\n'
GROUP = "awscc_personalize_dataset_group.group"
CHILD = stacks.BROKEN.replace("Resources:\n", "Parameters:\n  Stage:\n    Type: String\nResources:\n", 1)
PARENT = """\
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: %s
      Parameters: {Stage: production}
"""
KEY_OF_ANOTHER = stacks.BROKEN.replace("!GetAtt Key.Arn", "!ImportValue film-key")
EXPORT = """
Outputs:
  Key:
    Value: !GetAtt Key.Arn
    Export: {Name: film-key}
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A work tree: two root modules that call one module, one that stands alone, nested templates, and other files."""
    (tmp_path / ".git").mkdir()
    texts = {
        "modules/m/main.tf": MODULE,
        "live/a/main.tf": CALL % STATEMENT,
        "live/b/main.tf": (CALL % STATEMENT).replace("personalize", "polly"),
        "live/c/main.tf": BROKEN,
        "nested/parent.yaml": PARENT % "./parts/child.yaml",
        "nested/parts/child.yaml": CHILD,
        "other.yaml": stacks.BROKEN,
        "values.yaml": "replicas: 3\n",
        "README.md": "# words\n",
        "half.json": "[1, 2",
    }
    monkeypatch.chdir(tmp_path)
    return files(tmp_path, texts)


def scan_changed(files: list[Path], run: Run) -> Report:
    """As the command line does."""
    return touched(scan([work_tree(run)], run), files, run)


def told(report: Report) -> set[str]:
    """The templates and root modules that a report is about."""
    return {each.path for each in report.checked}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("modules/m/main.tf", {"live/a", "live/b"}),
        ("live/a/main.tf", {"live/a"}),
        ("live/b/gone.tf", {"live/b"}),
        ("live/b/terraform.tfvars", {"live/b"}),
        ("nested/parts/child.yaml", {"nested/parent.yaml", "nested/parts/child.yaml"}),
        ("nested/parent.yaml", {"nested/parent.yaml", "nested/parts/child.yaml"}),
        ("other.yaml", {"other.yaml"}),
        ("values.yaml", set()),
        ("README.md", set()),
        ("half.json", set()),
        ("gone.md", set()),
        ("live/keyfit.toml", {"live/a", "live/b", "live/c"}),
    ],
)
def test_a_changed_file_is_judged_where_it_has_a_part(tree: Path, changed: str, expected: set[str]) -> None:
    """A module's with the root modules that call it, a nested template with its parents; others with nothing."""
    for name in ("live/keyfit.toml", "live/b/terraform.tfvars"):
        stacks.write(tree, "", name)
    report = scan_changed([Path(changed)], Run())
    assert told(report) == expected
    assert report.failures == ()


def test_the_verdicts_are_those_of_the_whole(tree: Path) -> None:
    """From wherever in the work tree."""
    whole = broken(scan([tree], Run()))
    assert ("modules/m/main.tf", 101, f"module.m.{GROUP}") in [(str(Path(f).relative_to(tree)), *r) for f, *r in whole]
    report = scan_changed([Path("modules/m/main.tf"), Path("other.yaml")], Run())
    assert set(broken(report)) == {
        ("modules/m/main.tf", 101, f"module.m.{GROUP}"),
        ("other.yaml", 101, "Group"),
    }


def test_what_an_importer_is_told_of_an_export_is_told_of_it(tree: Path) -> None:
    """Where a note points into the file that has changed."""
    stacks.write(tree, stacks.BROKEN + EXPORT, "key.yaml")
    stacks.write(tree, KEY_OF_ANOTHER, "importer.yaml")
    report = scan_changed([Path("key.yaml")], Run())
    assert told(report) == {"key.yaml", "importer.yaml"}
    assert ("importer.yaml", 101, "Group") in broken(report)
    assert told(scan_changed([Path("importer.yaml")], Run())) == {"importer.yaml"}


def test_what_cannot_be_read_is_an_error_where_it_has_changed(tree: Path) -> None:
    """And nowhere else."""
    stacks.write(tree, "Resources: {Key: {Type: AWS::KMS::Key, Properties: [}}\n", "torn.yaml")
    stacks.write(tree, RIGHT + "resource {", "live/c/main.tf")
    assert scan_changed([Path("other.yaml")], Run()).failures == ()
    assert [each.origin.file for each in scan_changed([Path("torn.yaml")], Run()).failures] == ["torn.yaml"]
    assert scan_changed([Path("live/c/main.tf")], Run()).failures != ()


def test_a_given_root_bounds_what_is_judged(tree: Path) -> None:
    """As in a scan."""
    report = scan_changed([Path("live/c/main.tf"), Path("other.yaml")], Run(Settings(), root=tree / "live"))
    assert told(report) == {"live/c"}
