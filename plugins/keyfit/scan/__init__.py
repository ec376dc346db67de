"""Paths and settings → stacks → findings: what every host asks, each stack once.

A file that cannot be read, or a rule that fails, is a failure of its own, and everything else is still checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from keyfit.model.findings import SEEN, Failure, Finding, Note, SuppressedBy, Verdict
from keyfit.model.stack import CLOUDFORMATION, TERRAFORM
from keyfit.scan.assemblies import manifest
from keyfit.scan.assemblies.constructs import with_constructs
from keyfit.scan.environments import environments, in_each
from keyfit.scan.files import Input, find_inputs
from keyfit.scan.ignored import left_out
from keyfit.scan.judging import Checked, Run, check_stack, crash, refused, remembered, settle
from keyfit.scan.plans import check_plan, is_plan
from keyfit.scan.progress import JUDGED, READ
from keyfit.scan.roots import check_roots, is_terraform, read_others
from keyfit.scan.seen import seen_of_run
from keyfit.scan.templates import Read, check_decoded, check_template, read_template
from keyfit.scan.together import together
from keyfit.scan.tools import NAMES, is_superseded
from keyfit.settings.paths import find_root, real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from keyfit.settings import Source

__all__ = [
    "Checked",
    "Report",
    "Run",
    "check_decoded",
    "check_stack",
    "check_template",
    "crash",
    "refused",
    "scan",
    "settle",
]


@dataclass(frozen=True)
class Report:
    """What a run found. `skipped` are paths in a scanned directory that were not read, and why.

    `notices` are what else there is to know, and fails nothing.
    """

    checked: tuple[Checked, ...] = ()
    skipped: tuple[Failure, ...] = ()
    notices: tuple[Note, ...] = ()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, sorted by path, line, rule."""
        return tuple(sorted((found for each in self.checked for found in each.findings), key=_finding_order))

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """All failures, each once, sorted by path and line."""
        failures = dict.fromkeys(failure for each in self.checked for failure in each.failures)
        return tuple(sorted(failures, key=_failure_order))

    @property
    def counts(self) -> Mapping[Verdict, int]:
        """How many findings have each verdict, of those that are not suppressed and say more than what was seen."""
        counting = (found for found in self.findings if found.suppressed is None and found.rule != SEEN)
        counted = Counter(found.verdict for found in counting)
        return {verdict: counted[verdict] for verdict in Verdict}

    @property
    def seen(self) -> int:
        """How much was seen and not looked into, and is not suppressed."""
        return sum(found.rule == SEEN and found.suppressed is None for found in self.findings)

    @property
    def left_out(self) -> int:
        """How much is broken by rules that are not selected, or ignored."""
        return sum(each.left_out for each in self.checked)

    @property
    def sources(self) -> tuple[Source, ...]:
        """The settings files that take something away or assume something, each once."""
        found = (each.settings.source for each in self.checked)
        return tuple(dict.fromkeys(source for source in found if source is not None))

    @property
    def hidden(self) -> Mapping[SuppressedBy, int]:
        """How many findings are suppressed, and by what."""
        counted = Counter(found.suppressed.by for found in self.findings if found.suppressed is not None)
        return {by: counted[by] for by in SuppressedBy}

    @property
    def roots(self) -> int:
        """How many Terraform root modules were looked at."""
        return sum(each.language == TERRAFORM for each in self.checked)

    @property
    def templates(self) -> int:
        """How many templates were looked at."""
        return sum(each.language == CLOUDFORMATION for each in self.checked)

    @property
    def idle(self) -> int:
        """How many templates and root modules have nothing to judge."""
        return sum(each.is_idle for each in self.checked)


def scan(paths: Iterable[Path], run: Run) -> Report:
    """What the templates, root modules and plans that `paths` name or hold are found to be, in every environment."""
    paths = _named(paths, run)
    skipped: dict[Failure, None] = {}

    def judge(run: Run) -> tuple[Checked, ...]:
        report = _scan(paths, run)
        skipped.update(dict.fromkeys(report.skipped))
        read = (each.made for each in run.files.values())
        checked = with_constructs(report.checked, [each.constructs for each in read if isinstance(each, Read)])
        tools = (each.path for each in _inputs(paths, run) if each.path.name in NAMES)
        of_run = seen_of_run(paths, checked, tools, run)
        return (*checked, of_run) if of_run else checked

    checked = in_each(run, judge)
    notices = tuple(dict.fromkeys(note for each in checked for note in each.notices))
    return Report(checked, tuple(skipped), notices)


def scan_apart(paths: Iterable[Path], run: Run) -> Report:
    """The same without what is so of the run as a whole, and each environment by itself.

    What is known is neither read nor judged again.
    """
    paths = _named(paths, run)
    found = environments(run, lambda run: _scan(paths, run).checked)
    return Report(tuple(each for every in found.values() for each in every))


def _named(paths: Iterable[Path], run: Run) -> tuple[Path, ...]:
    return tuple(path.parent if manifest.is_named(path, run.assemblies) else path for path in paths)


def _scan(paths: tuple[Path, ...], run: Run) -> Report:
    """What they are found to be in one environment."""
    found: list[Read | Checked] = []
    plans: list[Checked] = []
    skipped: list[Failure] = []
    inputs = [each for each in _inputs(paths, run) if each.path.name not in NAMES]
    run.progress.expect(len(inputs))
    for each in inputs:
        run.progress.done(READ)
        root = real_path(run.root) if run.root else find_root(real_path(each.within))
        outside = _outside(each, root)
        if outside is not None:
            skipped.append(outside)
        elif is_plan(each):
            read = partial(check_plan, each.path, replace(run, root=root))
            plans.append(remembered(run.files, (each, run.deployment), read))
        else:
            found.extend(_read(each, replace(run, root=root)))
    stacks = [each.stack for each in found if isinstance(each, Read)]
    roots = (*plans, *check_roots(paths, run, stacks))
    run.progress.expect(len(stacks))
    checked = _together(found, roots, paths, run)
    return Report(checked, tuple(skipped))


def _inputs(paths: tuple[Path, ...], run: Run) -> tuple[Input, ...]:
    """The files that can be templates, or are of tools; found once."""
    if ("inputs", paths) not in run.walks:
        named = (path for path in paths if not is_terraform(path))
        run.walks["inputs", paths] = tuple(find_inputs(named, lambda top: left_out(top, run)))
    found: tuple[Input, ...] = run.walks["inputs", paths]
    return found


def _together(
    found: list[Read | Checked], roots: tuple[Checked, ...], paths: tuple[Path, ...], run: Run
) -> tuple[Checked, ...]:
    """What was read, judged together, by path."""
    checked = []
    for judged in together(found, roots, lambda: read_others(paths, run)):
        run.progress.done(JUDGED)
        checked.append(judged)
    checked.sort(key=lambda each: each.path)
    return tuple(checked)


def _read(file: Input, run: Run) -> Iterator[Read | Checked]:
    """What a file is read as; of a CDK assembly, the stacks, and what is wrong with the manifest."""
    assembly = manifest.assembly_in(file.path.parent, run.assemblies)
    if assembly is not None and file.path.name == manifest.NAME:
        if assembly.failures:
            yield Checked(str(file.path), failures=assembly.failures)
        return
    if not file.named and is_superseded(file.path):
        return
    if file.named or manifest.is_deployed(file.path, file.within, run.assemblies):
        template = read_template(file, run)
        yield from () if template is None else (template,)


def _outside(file: Input, root: Path) -> Failure | None:
    """Why a file that nobody named is not read: it lies elsewhere."""
    if file.named or real_path(file.path).is_relative_to(root):
        return None
    return Failure(f"the file is outside the scanned directory `{root}`", Origin(str(file.path)))


def _finding_order(found: Finding) -> tuple[object, ...]:
    start, about = found.origin.start, found.about
    told = (about.parameter, about.store, about.state, about.principal, about.key)
    return (found.origin.file, start.line, found.rule, start.column, found.resource, told, found.message)


def _failure_order(failure: Failure) -> tuple[object, ...]:
    return (failure.origin.file, failure.origin.start, failure.message)
