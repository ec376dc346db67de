"""What the plan that Checkov reads is found to be: framework `terraform_plan`, by the plan's addresses."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.hosts.in_checkov.evidence import RUN, log
from keyfit.hosts.in_checkov.graph import plan_of
from keyfit.hosts.in_checkov.roots import could_not_check, told
from keyfit.scan.plans import check_plan

if TYPE_CHECKING:
    from keyfit.hosts.in_checkov.asked import Told
    from keyfit.scan import Checked

_FILES: Final[dict[str, tuple[object, Path]]] = {}  # the graph and the file of a plan, by what Checkov calls it
_CHECKED: Final[dict[Path, Checked]] = {}


def ask(number: int, graph: object, place: tuple[str, str]) -> Told | None:
    """What the rule with that number, or CKV_KEYFIT_000, has to say of the resource in a plan."""
    scanned, address = place
    known, path = _FILES.get(scanned, (None, Path()))
    if known is not graph:
        path = plan_of(graph, scanned, address)
        _FILES[scanned] = graph, path
    about = (_checked(path),)
    return told(number, address, about) if number else could_not_check(about)


def _checked(path: Path) -> Checked:
    if path not in _CHECKED:
        found = _CHECKED[path] = check_plan(Path(os.path.relpath(path)), RUN)
        log(found.path, found)
    return _CHECKED[path]
