"""Paths and settings → stacks → findings: what every host asks, each stack once.

A file that cannot be read, or a rule that fails, is a failure of its own, and everything else is still checked.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.findings import Failure, Finding, Outcome
from keyfit.readers import cloudformation
from keyfit.scan.declared import with_declared
from keyfit.scan.files import UnreadableError, find_inputs, read_text, state
from keyfit.scan.folding import fold
from keyfit.scan.selection import select
from keyfit.settings import Settings, SettingsError
from keyfit.settings.environment import read_environment
from keyfit.settings.files import find_root, find_settings, real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyfit.model import Stack
    from keyfit.scan.files import Input


@dataclass(frozen=True, slots=True)
class Settled:
    """The settings that hold in one directory, and the one that bounds reading."""

    settings: Settings
    root: Path


@dataclass(frozen=True, slots=True)
class Checked:
    """One template or root module, judged under its own settings."""

    path: str
    settings: Settings = field(default_factory=Settings)
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What the user gave beside the paths, and what is already known: no file is read or judged twice.

    Nothing outside `root` is read; where it is not given, the git work tree of each path takes its place.
    """

    flags: Settings = field(default_factory=Settings)
    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    settled: dict[tuple[Path, Path], Settled] = field(default_factory=dict, repr=False)
    checked: dict[object, Checked | None] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Report:
    """What a run found. `skipped` are paths in a scanned directory that were not read, and why."""

    checked: tuple[Checked, ...] = ()
    skipped: tuple[Failure, ...] = ()

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
    def counts(self) -> Mapping[Outcome, int]:
        """How many findings have each outcome."""
        counted = Counter(found.outcome for found in self.findings)
        return {outcome: counted[outcome] for outcome in Outcome}


def scan(paths: Iterable[Path], run: Run) -> Report:
    """What the templates that `paths` name or hold are found to be."""
    checked: list[Checked] = []
    skipped: list[Failure] = []
    for each in find_inputs(paths):
        root = run.root or find_root(real_path(each.within))
        if not each.named and not real_path(each.path).is_relative_to(root):
            skipped.append(Failure(f"the file lies outside the scanned directory `{root}`", Origin(str(each.path))))
            continue
        found = check_template(each, replace(run, root=root))
        if found is not None:
            checked.append(found)
    return Report(tuple(checked), tuple(skipped))


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


def settle(folder: Path, run: Run) -> Settled:
    """The settings for what lies in `folder`: flags, then environment, then the nearest settings file; and the root.

    `SettingsError` says what cannot be used.
    """
    here = real_path(folder)
    root = real_path(run.root) if run.root else find_root(here)
    if (here, root) not in run.settled:
        written = find_settings(here, root)
        settings = run.flags.over(read_environment(run.environment)).over(written)
        select(settings)  # a misspelt rule is a misspelt setting
        run.settled[here, root] = Settled(settings, root)
    return run.settled[here, root]


def _read(source: str, path: str, settled: Settled) -> Checked:
    try:
        stack = cloudformation.read(source, path, settled.settings.given(settled.root))
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(path, settled.settings, failures=(crash(error, path),))
    return check_stack(stack, path, settled.settings)


def check_stack(stack: Stack, path: str, settings: Settings) -> Checked:
    """What the rules that `settings` select find in `stack`, and what of it could not be read."""
    try:
        stack = with_declared(stack, settings.declared) if settings.declared is not None else stack
        result = verify.check(stack, options=Options(all_keys=bool(settings.all_keys)))
        wanted = select(settings)
    except Exception as error:  # noqa: BLE001 - as above
        return Checked(path, settings, failures=(crash(error, path),))
    failures = tuple(Failure(problem.message, problem.origin) for problem in stack.problems)
    findings = fold(found for found in result.findings if found.rule in wanted)
    return Checked(path, settings, findings, failures + result.failures)


def refused(error: SettingsError, path: str) -> Failure:
    """The failure that a setting is which cannot be used."""
    written = Path(error.origin.file)
    if not error.origin.file:
        return Failure(error.message, Origin(path))
    here = Path.cwd()
    shown = written.relative_to(here) if written.is_relative_to(here) else written
    return Failure(error.message, replace(error.origin, file=str(shown)))


def crash(error: BaseException, path: str) -> Failure:
    """The failure that an exception inside keyfit is."""
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return Failure(f"keyfit failed: {words}", Origin(path), internal=True)


def _finding_order(found: Finding) -> tuple[object, ...]:
    start, about = found.origin.start, found.about
    told = (about.parameter, about.store, about.state, about.principal, about.key)
    return (found.origin.file, start.line, found.rule, start.column, found.resource, told, found.message)


def _failure_order(failure: Failure) -> tuple[object, ...]:
    return (failure.origin.file, failure.origin.start, failure.message)
