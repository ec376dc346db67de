"""What Checkov is told of the findings about one resource."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final

from keyfit.hosts import settings_told
from keyfit.model.findings import Verdict
from keyfit.render import entries, sentences
from keyfit.scan import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.findings import Failure, Finding
    from keyfit.scan import Checked
    from keyfit.settings import Settings

RUN: Final = Run(environment=dict(os.environ))  # one a process: Checkov loads the checks anew, not the engine
_LOG: Final = logging.getLogger(__name__)
_GRAVITY: Final = {Verdict.HOLDS: 0, Verdict.UNPROVEN: 1, Verdict.BROKEN: 2}
_SAID: Final[set[str]] = set()  # of what the failures are in the log


def worst(findings: Iterable[Finding]) -> Verdict | None:
    """The worst verdict of some findings; `None` where there are none."""
    return max((each.verdict for each in findings), key=_GRAVITY.__getitem__, default=None)


def fails(finding: Finding, settings: Settings) -> bool | None:
    """Whether a check that tells the finding fails; `None` where Checkov hears nothing of it."""
    if entries.fails(finding, settings):
        return True
    return False if finding.verdict is Verdict.HOLDS else None


def at(finding: Finding) -> str:
    """What a finding says, and where."""
    return f"{sentences.sentence(finding)} ({sentences.place(finding.origin)})"


def failed(failure: Failure) -> str:
    """What could not be checked, and where."""
    return f"{sentences.failed(failure)} ({sentences.place(failure.origin)})"


def log(scanned: str, checked: Checked) -> None:
    """Say what the settings do, and once a file what could not be checked: `--check` would hide CKV_KEYFIT_000."""
    settings_told.say(checked, _LOG)
    if not checked.failures or scanned in _SAID:
        return
    _SAID.add(scanned)
    for failure in checked.failures:
        _LOG.error("keyfit: %s: %s", sentences.place(failure.origin), sentences.failed(failure))
