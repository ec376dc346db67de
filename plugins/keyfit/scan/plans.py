"""Plans in JSON by themselves: each is a root module as it was planned."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.findings import Note, NoteKind, Verdict
from keyfit.model.stack import TERRAFORM
from keyfit.readers import terraform
from keyfit.readers.terraform.modules.file_names import is_configuration
from keyfit.scan.judging import Checked, check_stack, crash, refused, settle
from keyfit.settings import SettingsError
from keyfit.words import marked

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.findings import Finding
    from keyfit.scan.files import Input
    from keyfit.scan.judging import Run

_PLAN: Final = re.compile(rb'"(?:planned_values|resource_changes)"\s*:')
_VERSION: Final = re.compile(rb'"format_version"\s*:')
_HEAD: Final = 65_536  # bytes at the beginning of a file that tell a plan
_NAMED: Final = 10_000_000  # and of one that the user names


def is_plan(file: Input) -> bool:
    """Whether a file is a plan to be checked by itself: named, or in a directory without a root module of its own."""
    if file.path.suffix != ".json":
        return False
    try:
        with file.path.open("rb") as stream:
            head = stream.read(_NAMED if file.named else _HEAD)
            beside = () if file.named else tuple(each.name for each in file.path.parent.iterdir())
    except OSError:
        return False
    return bool(_PLAN.search(head) and _VERSION.search(head)) and not any(map(is_configuration, beside))


def _named(finding: Finding) -> Finding:
    """The finding, with the address of its subject: no line of a plan tells it."""
    note = Note(NoteKind.NOTE, f"this is {marked(finding.resource)} of the plan")
    return finding if finding.verdict is Verdict.HOLDS else replace(finding, notes=(*finding.notes, note))


def check_plan(path: Path, run: Run) -> Checked:
    """What one plan is found to be."""
    shown = str(path)
    try:
        settled = settle(path.parent, run)
        settings = replace(settled.settings, plan=None)
        stack = terraform.read_plan(path, settings.given(settled.root))
        checked = check_stack(stack, shown, settings)
        return replace(checked, findings=tuple(map(_named, checked.findings)))
    except SettingsError as error:
        return Checked(shown, failures=(refused(error, shown),), language=TERRAFORM)
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(shown, failures=(crash(error, shown),), language=TERRAFORM)
