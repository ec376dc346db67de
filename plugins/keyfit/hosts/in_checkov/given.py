"""What the user gives Checkov itself and Checkov does not hand to its checks: the files of `--var-file`.

They are in Checkov's filter, which every call on the way to a check has; nothing else tells them, be they given by a
flag, the environment or Checkov's settings file.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.hosts.in_checkov.evidence import RUN

if TYPE_CHECKING:
    from types import FrameType

    from keyfit.scan import Run

_FARTHEST: Final = 40  # calls back


def run() -> Run:
    """The run, with the files of variables that Checkov was given."""
    files = _var_files(sys._getframe(1))  # noqa: SLF001 - as `inspect` has it
    return replace(RUN, flags=replace(RUN.flags, variable_files=files)) if files else RUN


def _var_files(frame: FrameType | None) -> tuple[Path, ...]:
    for _ in range(_FARTHEST):
        if frame is None:
            break
        written = getattr(frame.f_locals.get("runner_filter"), "var_files", None)
        if isinstance(written, list | tuple) and all(isinstance(each, str) for each in written):
            return tuple(Path(each) for each in written)
        frame = frame.f_back
    return ()
