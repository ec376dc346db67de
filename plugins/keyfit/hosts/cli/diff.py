"""`keyfit diff`: two states of a source in, what differs out, and the exit status."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from keyfit.hosts.cli.examples import Exemplified
from keyfit.hosts.cli.options import comparing, said, settings_of
from keyfit.render.difference_formats import DIFFERENCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.compare.difference import Difference
    from keyfit.compare.side import Side
    from keyfit.scan import Run

_HERE: Final = "."


class State(NamedTuple):
    """One of the two states: what the user calls it, the directory that it is told from, and what of it is compared."""

    name: str
    home: Path
    paths: tuple[Path, ...]
    root: Path | None


@click.command(
    short_help="Say what a change to the source changes: who gains, who loses, what starts and stops to hold.",
    cls=Exemplified,
    examples=(
        ("keyfit diff main", "the current directory with branch main"),
        ("keyfit diff origin/main...", "what a branch changes"),
        ("keyfit diff v1.0 v1.1 --format html > changes.html", "two revisions, as a page to look at"),
        ("keyfit diff old/stack.yaml new/stack.yaml --fail-on widened", "two files; wider access gives status 1"),
    ),
)
@click.argument("base", metavar="BASE")
@click.argument("head", metavar="[HEAD]", required=False)
@comparing
@click.option("--format", "form", type=click.Choice(list(DIFFERENCES)), default="text", help="Format. Default: text.")
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Also write it to a file: --output markdown=diff.md. Can be repeated.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["broken", "widened"]),
    default="broken",
    help="What gives status 1: something that held is broken (the default), or also: access is, or can be, wider.",
)
@click.pass_context
def diff(
    ctx: click.Context,
    /,
    base: str,
    head: str | None,
    form: str,
    **flags: Any,  # noqa: ANN401 - by option
) -> None:
    """Compare what principals can do on keys, and which needs hold, in BASE and in HEAD.

    --select and --ignore choose the needs; what principals can do is compared whatever they are.

    BASE and HEAD are git revisions, or two directories, or two files. Without HEAD, the current directory is compared
    with what it was in BASE; BASE...HEAD compares with the last common ancestor. Nothing in a revision is executed.

    Status 0: nothing that held is broken. 1: something is, or, with --fail-on widened, access is wider. 2: a side
    could not be read.
    """
    from keyfit.hosts.cli.reports import output, write_text
    from keyfit.hosts.cli.revisions import RevisionError
    from keyfit.settings import SettingsError

    wanted = [output(each, DIFFERENCES, "markdown=diff.md") for each in flags.pop("outputs")]
    fail_on = flags.pop("fail_on")
    with ExitStack() as scratch:
        try:
            states = _states(base, head, scratch)
            found = _compared(states, _run(flags))
        except SettingsError as error:
            raise click.UsageError(said(error)) from None
        except RevisionError as error:
            raise click.UsageError(str(error)) from None
        for name, file in wanted:
            write_text(file, DIFFERENCES[name](found))
        click.echo(DIFFERENCES[form](found), nl=False)
    ctx.exit(_status(found, fail_on))


# --- the two states ----------------------------------------------------------------------------------------------


def _states(base: str, head: str | None, scratch: ExitStack) -> tuple[State, State]:
    """What BASE and HEAD mean; `RevisionError` where one cannot be read."""
    from keyfit.hosts.cli.revisions import merge_base

    one, dots, other = base.partition("...")
    if dots and head is None and not Path(base).exists():
        ancestor = merge_base(one or "HEAD", other or "HEAD", Path.cwd())
        shown = f"{one or 'HEAD'} (common ancestor)"
        return _revision(ancestor, scratch, shown), _state(other, scratch) if other else _path(Path(_HERE))
    if head is None and Path(base).exists() and not _names_revision(base):
        raise click.UsageError(f"`{base}` is a path: give a second one to compare it with, or a git revision")
    return _state(base, scratch, alone=head is None), _state(head, scratch) if head is not None else _path(Path(_HERE))


def _state(word: str, scratch: ExitStack, *, alone: bool = False) -> State:
    """A path where there is one, else a revision; what can be either must be written so that it can be only one."""
    if not Path(word).exists() or (alone and _names_revision(word)):
        return _revision(word, scratch)
    written_as_path = os.sep in word or word in {".", ".."}
    if not written_as_path and _names_revision(word):
        message = f"`{word}` is a path and a git revision: write `./{word}` for the path, or `refs/heads/{word}`"
        raise click.UsageError(message)
    return _path(Path(word))


def _names_revision(word: str) -> bool:
    from keyfit.hosts.cli.revisions import RevisionError, is_revision

    try:
        return is_revision(word, Path.cwd())
    except RevisionError:
        return False


def _path(path: Path) -> State:
    if path.is_dir():
        return State(str(path), path.absolute(), (Path(),), None)
    return State(str(path), path.parent.absolute(), (Path(path.name),), None)


def _revision(word: str, scratch: ExitStack, shown: str = "") -> State:
    """The part of a revision that the current directory is, in a directory of its own."""
    from tempfile import TemporaryDirectory

    from keyfit.hosts.cli.revisions import check_out, work_tree

    here = Path.cwd()
    top = Path(os.path.realpath(work_tree(here)))
    into = Path(os.path.realpath(scratch.enter_context(TemporaryDirectory(prefix="keyfit-"))))
    check_out(word, here, into)
    home = into / Path(os.path.realpath(here)).relative_to(top)
    home.mkdir(parents=True, exist_ok=True)
    return State(shown or word, home, (Path(),), into)


# --- what differs ------------------------------------------------------------------------------------------------


_NOT_GIVEN: Final[Mapping[str, Any]] = {"plan": None, "fail_on": None, "show": ()}


def _run(flags: dict[str, Any]) -> Run:
    """As for a check, of all keys; paths are whole ones, for each side is read in a directory of its own."""
    from keyfit.scan import Run
    from keyfit.scan.selection import select
    from keyfit.settings import Choice

    config, isolated = flags.pop("config"), flags.pop("isolated")
    jobs, exclude, gitignore = flags.pop("jobs"), flags.pop("exclude"), not flags.pop("no_gitignore")
    files = tuple(file.absolute() for file in flags.pop("var_files"))
    settings = settings_of({**_NOT_GIVEN, **flags, "var_files": files, "all_keys": True})
    select(settings)
    environment = dict(os.environ)
    if environment.get("KEYFIT_CONFIG"):
        environment["KEYFIT_CONFIG"] = str(Path(environment["KEYFIT_CONFIG"]).absolute())
    choice = Choice(config.absolute() if config is not None else None, isolated)
    return Run(settings, environment, None, choice, exclude, gitignore, jobs)


def _compared(states: tuple[State, State], run: Run) -> Difference:
    from keyfit.compare import compare
    from keyfit.compare.side import Side, whole
    from keyfit.hosts.cli.waiting import waiting

    sides = []
    for each in states:
        with waiting() as progress:
            known: dict[str, Any] = {"settled": {}, "roots": {}, "files": {}, "walks": {}, "assemblies": {}}
            own = replace(run, root=each.root, progress=progress, **known)
            sides.append(Side.scanned(each.name, each.home, each.paths, own))
    return compare(*(_marked(each) for each in whole(*sides)))


def _marked(side: Side) -> Side:
    """With what the source suppresses."""
    from keyfit.compare.side import at_home
    from keyfit.gate import suppressions

    with at_home(side.home):
        return replace(side, report=suppressions.apply(side.report, side.run, require_reasons=False))


def _status(found: Difference, fail_on: str) -> int:
    if found.failures:
        return 2
    return int(bool(found.broken or (fail_on == "widened" and found.widened)))
