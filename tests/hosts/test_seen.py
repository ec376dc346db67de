"""Rule 001 in every host: what was seen and not looked into, where a user asks for what is unproven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hosts.commands import cfn_lint, checkov, keyfit

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.deep, pytest.mark.xdist_group("seen in the hosts")]

TEMPLATE = """\
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Version: "2012-10-17"
        Statement:
          - Fn::Transform:
              Name: Statements
  Network:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://films.s3.amazonaws.com/network.yaml
"""
SAID = (
    "macro `Statements` can change everything that it covers, and is not in the source",
    "the template of nested stack `Network` is not judged with this one",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A template with a macro and a nested stack."""
    (tmp_path / "stack.yaml").write_text(TEMPLATE)
    return tmp_path


def test_the_command_line_counts_it_and_fails_where_it_is_told_to(folder: Path) -> None:
    """It is listed with the unproven."""
    ran = keyfit("check", "stack.yaml", "--select", "001", where=folder)
    assert ran.status == 0
    assert "2 not covered (see the unproven with `--show unproven`)" in ran.out
    ran = keyfit("check", "stack.yaml", "--select", "001", "--show", "unproven", "--fail-on", "unproven", where=folder)
    assert ran.status == 1
    assert all(f"001 seen (unproven): {words}" in ran.out for words in SAID)


def test_cfn_lint_tells_it_as_information(folder: Path) -> None:
    """Which is off unless it is asked for."""
    ran = cfn_lint("stack.yaml", "--include-checks", "I", where=folder)
    assert all(f"I9001 {words}" in ran.out for words in SAID)
    assert "9001" not in cfn_lint("stack.yaml", where=folder).out


def test_checkov_tells_it_where_it_fails_on_the_unproven(folder: Path) -> None:
    """Of the resource that it is about."""
    words = ("--framework", "cloudformation", "--file", "stack.yaml", "--check", "CKV_KEYFIT_001", "--quiet")
    ran = checkov(*words, where=folder, KEYFIT_FAIL_ON="unproven")
    assert all(words in ran.out for words in SAID)
    assert "CKV_KEYFIT_001" not in checkov(*words, where=folder).out
