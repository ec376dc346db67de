"""What an edit touches is asked about under the choices that it depends on, and under no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.cloudformation.stack import read
from keyfit.readers.given import Given
from keyfit.remedy.scenarios import MOST, Side, scenarios

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.stack import Stack

TEMPLATE: Final = """\
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources:
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          Effect: Allow
          Principal: {AWS: !If [IsProd, "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/b"]}
          Action: kms:Decrypt
          Resource: "*"
"""


def stack(text: str, folder: Path) -> Stack:
    """A template, read."""
    return read(text, "stack.yaml", Given(folder))


def test_what_differs_is_asked_about_under_its_choices(tmp_path: Path) -> None:
    """First under none of them; both sides under the same."""
    before, after = (stack(text, tmp_path) for text in (TEMPLATE, TEMPLATE.replace("Decrypt", "Encrypt")))
    found = list(scenarios(Side(before, {}), Side(after, {})))
    assert [old.scenario for old, _ in found] == [new.scenario for _, new in found]
    assert [len(old.scenario.made) for old, _ in found] == [0, 1, 1]
    assert len({old.keys for old, _ in found}) == len(found) <= MOST


def test_where_nothing_differs_no_choice_is_made(tmp_path: Path) -> None:
    """However many are open."""
    found = list(scenarios(Side(stack(TEMPLATE, tmp_path), {}), Side(stack(TEMPLATE, tmp_path), {})))
    assert len(found) == 1
