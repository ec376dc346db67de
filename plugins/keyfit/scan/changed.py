"""A check of what has changed: the whole work tree is judged, and told is what the changed files have a part in.

So a file of a module tells of the root modules that call it, a nested template of its parents, as a scan of the whole
does; a file of no concern is no error.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from keyfit.model.stack import TERRAFORM
from keyfit.readers import terraform
from keyfit.readers.terraform.modules.file_names import is_configuration
from keyfit.settings.files import OWN, SHARED
from keyfit.settings.paths import find_root, real_path
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.model.findings import Finding
    from keyfit.scan import Checked, Report
    from keyfit.scan.judging import Run


class _Changed(NamedTuple):
    """The changed files and, of those that are gone, the directories; and directories whose settings have changed."""

    paths: frozenset[Path]
    settled: frozenset[Path]

    def touches(self, paths: Iterable[Path]) -> bool:
        """Whether one of these has changed, or the settings that hold for it."""
        return any(path in self.paths or not self.settled.isdisjoint((path, *path.parents)) for path in paths)


def work_tree(run: Run) -> Path:
    """What is scanned for changed files: the root that is given, else the git work tree of the current directory."""
    return Path(os.path.relpath(real_path(run.root) if run.root else find_root(real_path(Path.cwd()))))


def touched(report: Report, files: Iterable[Path], run: Run) -> Report:
    """Of a scan of the work tree, the templates and root modules that `files` have a part in; a file can be gone.

    Of what is only joined with one of these, the findings that point into a changed file are told.
    """
    changed = _changed(files)
    family = _family(report.checked, changed)
    checked = tuple(_told(each, changed, family, run) for each in report.checked)
    skipped = tuple(each for each in report.skipped if changed.touches((_real(each.origin.file),)))
    kept = tuple(each for each in checked if each is not None)
    notices = tuple(dict.fromkeys(note for each in kept for note in each.notices))
    return replace(report, checked=kept, skipped=skipped, notices=notices)


def _changed(files: Iterable[Path]) -> _Changed:
    paths = frozenset(real_path(file) for file in files)
    gone = frozenset(path.parent for path in paths if not path.exists())
    return _Changed(paths | gone, frozenset(path.parent for path in paths if path.name in {OWN, SHARED}))


def _told(checked: Checked, changed: _Changed, family: frozenset[Path], run: Run) -> Checked | None:
    whole = _is_touched(checked, changed, run) if checked.language == TERRAFORM else _real(checked.path) in family
    if whole or not checked.path:
        return checked
    findings = tuple(found for found in checked.findings if changed.touches(map(_real, _files(found))))
    return replace(checked, findings=findings, failures=(), others=(), notices=()) if findings else None


def _files(found: Finding) -> Iterator[str]:
    """The files that a finding points into."""
    yield found.origin.file
    yield from (note.origin.file for note in found.notes if note.origin is not None)
    if found.cause is not None:
        yield found.cause.statement.file


# --- Terraform: what a root module was read from ------------------------------------------------------------------


def _is_touched(checked: Checked, changed: _Changed, run: Run) -> bool:
    if checked.stack is None and terraform.unavailable() is not None:  # told once, of the first root module
        return any(is_configuration(path.name) for path in changed.paths)
    read = (path for each in run.roots.values() if each.made.path == checked.path for path in each.states)
    return changed.touches(real_path(path) for path in (Path(checked.path), *read))


# --- CloudFormation: what nests what ------------------------------------------------------------------------------


def _family(every: Iterable[Checked], changed: _Changed) -> frozenset[Path]:
    """The templates that have changed, those that nest them at any depth, and all that these nest."""
    nests: dict[Path, frozenset[Path]] = {}
    for each in every:
        if each.language != TERRAFORM:
            path = _real(each.path)
            nests[path] = nests.get(path, frozenset()) | _nested(each)
    parents: dict[Path, frozenset[Path]] = {}
    for path, children in nests.items():
        for child in children:
            parents[child] = parents.get(child, frozenset()) | {path}
    touched = frozenset(path for path in (*nests, *parents) if changed.touches((path,)))
    return _closed(_closed(touched, parents), nests)


def _nested(checked: Checked) -> frozenset[Path]:
    urls = (each.template_url for each in checked.stack.nested) if checked.stack is not None else ()
    written = (url.literal for url in urls if isinstance(url, Text))
    folder = Path(checked.path).parent
    return frozenset(real_path(folder / each) for each in written if each and "\0" not in each)


def _closed(start: frozenset[Path], steps: Mapping[Path, frozenset[Path]]) -> frozenset[Path]:
    """What can be reached from `start`."""
    found, fresh = start, start
    while fresh:
        fresh = frozenset(after for each in fresh for after in steps.get(each, ())) - found
        found |= fresh
    return found


def _real(file: str) -> Path:
    return real_path(Path(file)) if file else Path()
