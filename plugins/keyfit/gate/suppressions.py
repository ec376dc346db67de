"""Suppressions applied: a finding that one covers is marked with it; what nothing needs is told."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.model.findings import Failure, Level, Note, NoteKind, SuppressedBy, Suppression, Verdict
from keyfit.model.stack import TERRAFORM
from keyfit.readers.terraform.modules.file_names import is_configuration
from keyfit.record import record
from keyfit.scan.files import UnreadableError, read_text
from keyfit.scan.folding import fold
from keyfit.scan.selection import select

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.gate.written import SourceSuppression
    from keyfit.model.findings import Finding
    from keyfit.scan import Checked, Report, Run
    from keyfit.value import Origin

_MARKS = ("keyfit", "CKV_KEYFIT_", "ignore_checks")  # a source without them suppresses nothing
_INDEX = re.compile(r"\[[^\]]*\]")


@record
class _Source:
    """The suppressions that are written in the files of one stack, and what is wrong with others."""

    written: tuple[SourceSuppression, ...]
    failures: tuple[Failure, ...]


def apply(report: Report, run: Run, *, require_reasons: bool = False) -> Report:
    """The report, its findings marked that the source suppresses, and a notice for each suppression that none needs.

    With `require_reasons`, or where the settings ask for it, one of ours that gives no reason is a failure, and
    suppresses nothing.
    """
    checked: list[Checked] = []
    used: set[SourceSuppression] = set()
    idle: dict[SourceSuppression, None] = {}
    for each in report.checked:
        source = _source(each, run, require_reasons=require_reasons or bool(each.settings.require_reasons))
        covering = [(found, _covering(found, each, source.written)) for found in each.findings]
        used.update(one for _, one in covering if one is not None)
        findings = tuple(found if one is None else _marked(found, one) for found, one in covering)
        if not each.failures:
            idle.update(dict.fromkeys(one for one in source.written if one.meant and one.rules & select(each.settings)))
        checked.append(replace(each, findings=refolded(findings), failures=(*each.failures, *source.failures)))
    notices = tuple(_unused(each) for each in idle if each not in used)
    return replace(report, checked=tuple(checked), notices=(*report.notices, *notices))


def refolded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order; what is suppressed leads none, and is part of none."""
    findings = tuple(findings)
    shown = iter(fold(found for found in findings if found.suppressed is None))
    return tuple(replace(each, part_of=None) if each.suppressed is not None else next(shown) for each in findings)


def _unused(written: SourceSuppression) -> Note:
    return Note(NoteKind.NOTE, f"`{written.called}` suppresses nothing", written.origin)


# --- reading ------------------------------------------------------------------------------------------------------


def _source(checked: Checked, run: Run, *, require_reasons: bool) -> _Source:
    written: list[SourceSuppression] = []
    failures: list[Failure] = []
    for file in _files(checked, run):
        for each in _in_file(file, checked.language):
            if isinstance(each, Failure):
                failures.append(each)
            elif require_reasons and not each.reason:
                failures.extend([Failure(f"`{each.called}` has no reason", each.origin)] if each.meant else [])
            else:
                written.append(each)
    return _Source(tuple(written), tuple(failures))


def _files(checked: Checked, run: Run) -> Iterator[Path]:
    """The files that a stack is written in, as the user would type them."""
    if checked.language != TERRAFORM:
        yield Path(checked.path)
        return
    for remembered in run.roots.values():
        if remembered.made.path == checked.path:
            yield from (path for path in remembered.states if is_configuration(path.name))


def _in_file(file: Path, language: str) -> Iterator[SourceSuppression | Failure]:
    try:
        source = read_text(file)
    except UnreadableError:  # which has been told
        return
    if not any(mark in source for mark in _MARKS):
        return
    if language == TERRAFORM:
        from keyfit.gate.in_terraform import written_in
    else:
        from keyfit.gate.in_template import written_in
    yield from written_in(source, str(file))


# --- covering -----------------------------------------------------------------------------------------------------


def _marked(found: Finding, covering: SourceSuppression) -> Finding:
    return replace(found, suppressed=Suppression(SuppressedBy.SOURCE, covering.reason, covering.origin))


def _covering(found: Finding, checked: Checked, written: Iterable[SourceSuppression]) -> SourceSuppression | None:
    """The first suppression that is about the finding: of its rule, and of its place, its cause or its subject."""
    if found.verdict is Verdict.HOLDS:
        return None
    return next(
        (
            each
            for each in written
            if found.rule in each.rules and _letter(found) in each.levels and _is_about(each, found, checked)
        ),
        None,
    )


def _letter(found: Finding) -> str:
    """The level by which cfn-lint would call it."""
    if found.verdict is Verdict.UNPROVEN:
        return "I"
    return "W" if found.level is Level.WARNING else "E"


def _is_about(written: SourceSuppression, found: Finding, checked: Checked) -> bool:
    places = (found.origin, *((found.cause.statement,) if found.cause else ()))
    return any(_holds(written, place) for place in places) or _is_subject(written, found, checked)


def _holds(written: SourceSuppression, place: Origin) -> bool:
    covered = written.covered
    return place.file == written.origin.file and covered.first <= place.start <= covered.last


def _is_subject(written: SourceSuppression, found: Finding, checked: Checked) -> bool:
    """Whether the block is the finding's subject, or the module that it is in."""
    address = written.covered.address
    if not address:
        return False
    if checked.language != TERRAFORM:
        return found.resource == address
    subject = _INDEX.sub("", found.resource)
    in_root = Path(written.origin.file).parent == Path(checked.path)
    if address.startswith("module."):
        return in_root and subject.startswith(f"{address}.")
    return subject == address if in_root else subject.startswith("module.") and subject.endswith(f".{address}")
