"""A key without a policy has the default one, in which no service is: the remedy writes it out with the service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from keyfit import remedy
from keyfit.readers.cloudformation.template.loading import load
from keyfit.remedy import outline
from keyfit.scan import Run, scan
from keyfit.settings import Settings
from tests.remedy.test_notations import mended

if TYPE_CHECKING:
    from pathlib import Path

YAML = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      Description: films # the key
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: arn:aws:iam::111122223333:role/films
"""

JSON: Final[dict[str, Any]] = {
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "films"}},
        "Group": {
            "Type": "AWS::Personalize::DatasetGroup",
            "Properties": {
                "Name": "films",
                "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
                "RoleArn": "arn:aws:iam::111122223333:role/films",
            },
        },
    }
}

BARE = """\
Resources:
  Key:
    Type: AWS::KMS::Key # ours

  # the films
  Group:
    Type: AWS::Personalize::DatasetGroup
    Properties:
      Name: films
      KmsKeyArn: !GetAtt Key.Arn
      RoleArn: arn:aws:iam::111122223333:role/films
"""
BARE_JSON = {"Resources": {**JSON["Resources"], "Key": {"Type": "AWS::KMS::Key"}}}

HCL = """\
resource "aws_kms_key" "key" {
  description = "films"
}

resource "awscc_personalize_dataset_group" "group" {
  name        = "films"
  kms_key_arn = aws_kms_key.key.arn
  role_arn    = "arn:aws:iam::111122223333:role/films"
}
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("template.yaml", YAML),
        ("template.json", json.dumps(JSON, indent=2)),
        ("template.json", json.dumps(JSON)),
        ("template.yaml", BARE),
        ("template.json", json.dumps(BARE_JSON, indent=2)),
        ("template.json", json.dumps(BARE_JSON)),
        pytest.param("main.tf", HCL, marks=pytest.mark.hcl),
    ],
)
def test_a_key_gets_a_policy(file: str, text: str, tmp_path: Path) -> None:
    """Everything that was there stays, in its order; no policy is broken, and the account keeps the key."""
    changed = mended(tmp_path / file, text.encode()).decode()
    assert changed != text
    rest = iter(changed)
    assert all(character in rest for character in text)
    (tmp_path / file).write_text(changed, encoding="utf-8")
    report = scan((tmp_path / file,), Run(Settings(), {}, tmp_path))
    verdicts = {(found.rule, found.verdict.value) for found in report.findings}
    assert {(101, "holds"), (405, "holds")} <= verdicts
    assert not [each for each in verdicts if each[1] == "broken" and each[0] in {101, 405, 406, 407, 601, 602}]


@pytest.mark.hcl
def test_the_account_is_the_one_that_the_file_knows(tmp_path: Path) -> None:
    """A data source that is there is used; elsewhere one is added."""
    with_caller = f'data "aws_caller_identity" "this" {{}}\n\n{HCL}'
    assert "data.aws_caller_identity.this.account_id" in mended(tmp_path / "main.tf", with_caller.encode()).decode()
    assert 'data "aws_caller_identity" "current" {}' in mended(tmp_path / "main.tf", HCL.encode()).decode()


def test_a_template_is_read_once_for_all_that_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty findings of one file took twenty times the time of it, and each a multiple."""
    read: list[str] = []

    def loaded(text: str, file: str) -> object:
        read.append(file)
        return load(text, file)

    monkeypatch.setattr(outline, "load", loaded)
    group = JSON["Resources"]["Group"]
    resources = {"Key": {"Type": "AWS::KMS::Key"}, **{f"Group{number}": group for number in range(20)}}
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    run = Run(Settings(select=("101",)), {}, tmp_path)
    found = remedy.with_edits(scan((tmp_path,), run), (tmp_path,), run).findings
    assert len([each for each in found if each.remedy and each.remedy.edits]) == 20
    assert len(read) == 1
