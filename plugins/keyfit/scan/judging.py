"""One template or root module, judged under the settings that hold where it lies."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

from keyfit import verify
from keyfit.catalogue.rule import Options
from keyfit.model.findings import SEEN, Failure, Finding, Note, NoteKind, Verdict
from keyfit.model.stack import CLOUDFORMATION, Stack
from keyfit.readers.watching import also_looked_at, state, watched
from keyfit.record import record
from keyfit.scan.declared import with_declared
from keyfit.scan.folding import fold
from keyfit.scan.hushing import Hush
from keyfit.scan.progress import SILENT
from keyfit.scan.selection import select
from keyfit.settings import Choice, Settings, SettingsError
from keyfit.settings.effects import with_effects
from keyfit.settings.environment import read_choice, read_environment
from keyfit.settings.files import NEAREST, find_settings
from keyfit.settings.paths import find_root, real_path
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.stack import Seen
    from keyfit.readers.watching import State
    from keyfit.scan.progress import Progress


Memo: TypeAlias = "dict[object, Any]"  # what is read once in a run, by whoever reads it
Made = TypeVar("Made")
THE_RUN: Final = ""  # the language of what is found of a run as a whole


@record
class Settled:
    """The settings that hold in one directory, and the one that bounds reading."""

    settings: Settings
    root: Path


@record
class Checked:
    """One template or root module, judged under its own settings; `stack` is what it was read as.

    `judged` counts the verdicts, by whatever rules; `others` are the findings of those that are not selected.
    `notices` are what else there is to know, and fails nothing. `is_apart`: another process judged it, so that `stack`
    is what was read and no more: it is joined with none.
    `deployments` are what it is found to be in each environment, where there are several: it is of the first, then.
    """

    path: str
    settings: Settings = field(default_factory=Settings)
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    language: str = CLOUDFORMATION
    stack: Stack | None = field(default=None, compare=False, repr=False)
    others: tuple[Finding, ...] = field(default=(), repr=False)
    notices: tuple[Note, ...] = ()
    judged: int = 0
    is_apart: bool = field(default=False, compare=False)
    deployments: Mapping[str, Checked] = field(default_factory=dict, compare=False, repr=False)

    @property
    def every(self) -> tuple[Finding, ...]:
        """The findings of every rule, be it selected or not."""
        return (*self.findings, *self.others)

    @property
    def left_out(self) -> int:
        """How much is broken by rules that are not selected."""
        return sum(found.verdict is Verdict.BROKEN for found in self.others)

    @property
    def is_idle(self) -> bool:
        """Whether it is a template or root module that has nothing to judge."""
        judged = self.judged or any(found.rule != SEEN for found in self.findings)
        return self.language != THE_RUN and not judged and not self.failures


@record
class Remembered(Generic[Made]):
    """What was made of files, and how everything was that its reading looked at."""

    made: Made
    states: Mapping[Path, State]

    @property
    def is_current(self) -> bool:
        """Whether everything is still so."""
        return all(state(path) == before for path, before in self.states.items())


def remembered(known: dict[object, Remembered[Made]], key: object, make: Callable[[], Made]) -> Made:
    """What `make` makes of the files that it looks at: made again where one of them has changed."""
    found = known.get(key)
    if found is None or not found.is_current:
        with watched() as states:
            made = make()
        found = known[key] = Remembered(made, states)
    also_looked_at(found.states)
    return found.made


@record
class Run:
    """What the user gave beside the paths, and what is already known: no file is read or judged twice.

    Nothing outside `root` is read; where it is not given, the git work tree of each path takes its place. `exclude` are
    patterns of what is left out of directories, and with `gitignore` what git ignores is. `jobs` is how many
    processes judge root modules; `None`: as many as there are cores where there is much to do. `cluster` is the
    address of a Dask cluster that does. `deployment` is one of the environments that settings files have; `None`: the
    first.
    """

    flags: Settings = field(default_factory=Settings)
    environment: Mapping[str, str] = field(default_factory=dict)
    root: Path | None = None
    choice: Choice = NEAREST
    exclude: tuple[str, ...] = ()
    gitignore: bool = True
    jobs: int | None = 1
    cluster: str = ""
    deployment: str | None = None
    progress: Progress = field(default=SILENT, compare=False, repr=False)
    settled: dict[tuple[Path, Path, str | None], Settled] = field(default_factory=dict, repr=False)
    roots: dict[object, Remembered[Checked]] = field(default_factory=dict, repr=False)
    files: dict[object, Remembered[Any]] = field(default_factory=dict, repr=False)
    walks: dict[object, Any] = field(default_factory=dict, repr=False)
    assemblies: Memo = field(default_factory=dict, repr=False)


def settle(folder: Path, run: Run) -> Settled:
    """The settings for what lies in `folder`: flags, then environment, then the nearest settings file; and the root.

    `SettingsError` says what cannot be used.
    """
    here = real_path(folder)
    root = real_path(run.root) if run.root else find_root(here)
    key = (here, root, run.deployment)
    if key not in run.settled:
        chosen = read_choice(run.environment) if run.choice == NEAREST else run.choice
        written = find_settings(here, root, chosen)
        settings = with_effects(written, run.flags.over(read_environment(run.environment)), run.deployment)
        _select(settings)
        run.settled[key] = Settled(settings, root)
    return run.settled[key]


def _select(settings: Settings) -> None:
    """A misspelt rule is a misspelt setting: one error, at the place of it, whatever number of files it is for."""
    try:
        select(settings)
    except SettingsError as error:
        if settings.source is None:
            raise
        from keyfit.settings.reading import place_of

        name = "select" if any(f"`{word}`" in error.message for word in settings.select) else "ignore"
        raise SettingsError(error.message, place_of(Path(settings.source.file), name)) from None


def check_stack(stack: Stack, path: str, settings: Settings) -> Checked:
    """What the rules that `settings` select find in `stack`, and what of it could not be read."""
    own = stack
    try:
        stack = with_declared(stack, settings.declared) if settings.declared is not None else stack
        result = verify.check(stack, options=Options(all_keys=bool(settings.all_keys)))
        wanted = select(settings)
    except Exception as error:  # noqa: BLE001 - a crash is never a pass: it becomes a failure
        return Checked(path, settings, failures=(crash(error, path),), language=stack.language)
    failures = tuple(Failure(problem.message, problem.origin) for problem in stack.problems)
    findings = fold(found for found in result.findings if found.rule in wanted)
    others = tuple(found for found in result.findings if found.rule not in wanted)
    notices = tuple(Note(NoteKind.NOTE, each.message, each.origin) for each in stack.remarks)
    failures += result.failures
    if stack.secrets:
        hush = Hush(stack.secrets)
        findings = tuple(map(hush.finding, findings))
        failures, notices = tuple(map(hush.failure, failures)), tuple(map(hush.note, notices))
    judged = sum(found.rule != SEEN for found in result.findings)
    return Checked(path, settings, findings, failures, stack.language, own, others, notices, judged)


def check_seen(path: str, language: str, seen: tuple[Seen, ...], settings: Settings) -> Checked:
    """What was seen and not looked into, where nothing else is judged."""
    return check_stack(Stack(path, language, seen=seen), path, replace(settings, declared=None, all_keys=None))


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
