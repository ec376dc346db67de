"""CloudFormation templates: each is one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.findings import Failure
from keyfit.readers import cloudformation
from keyfit.scan.files import UnreadableError, read_text, state
from keyfit.scan.judging import Checked, Run, Settled, check_stack, crash, refused, settle
from keyfit.settings import SettingsError
from keyfit.value import Origin

if TYPE_CHECKING:
    from keyfit.scan.files import Input


def check_template(file: Input, run: Run) -> Checked | None:
    """What one template is found to be; `None` for a file that nobody named and that is no template."""
    path = str(file.path)
    try:
        settled = settle(file.path.parent, run)
        key = (path, *state(file.path, settled.root))
        if key not in run.checked:
            source = read_text(file.path)
            wanted = file.named or cloudformation.looks_like_template(source)
            run.checked[key] = _read(source, path, settled) if wanted else None
        return run.checked[key]
    except SettingsError as error:
        return Checked(path, failures=(refused(error, path),))
    except UnreadableError as error:
        return Checked(path, failures=(Failure(str(error), Origin(path)),))


def _read(source: str, path: str, settled: Settled) -> Checked:
    try:
        stack = cloudformation.read(source, path, settled.settings.given(settled.root))
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(path, settled.settings, failures=(crash(error, path),))
    return check_stack(stack, path, settled.settings)
