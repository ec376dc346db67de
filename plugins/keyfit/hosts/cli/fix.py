"""`keyfit fix`: what is broken, mended in the source, where the engine proves the change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyfit.hosts.cli.examples import Exemplified
from keyfit.hosts.cli.options import FILE, PATH, run_of, said, scanning, selecting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.model.findings import About, Finding
    from keyfit.remedy import Mended
    from keyfit.scan import Report, Run

_UNSET: Mapping[str, Any] = {
    "show": (),
    "fail_on": None,
    "write_baseline": None,
    "require_reasons": False,
}


@click.command(
    short_help="Mend what is broken, where a change is proven to do so and nothing else.",
    cls=Exemplified,
    examples=(
        ("keyfit fix --dry-run", "the changes as a diff; nothing is written"),
        ("keyfit fix live --select 101", "what rule 101 finds in a directory"),
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@click.option("--dry-run", is_flag=True, help="Show the changes as a diff, and write nothing.")
@scanning
@selecting
@click.option("--baseline", metavar="FILE", type=FILE, help="Leave the findings in FILE.")
@click.pass_context
def fix(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    dry_run: bool,  # noqa: FBT001 - by option
    **flags: Any,  # noqa: ANN401 - by option
) -> None:
    """Mend what `keyfit check` finds broken (default: in the current directory), in the files themselves.

    A change is made only where, with it, its finding is gone, nothing else is broken, and no other access has changed.

    Status 0: nothing is left that is broken. 1: something is. 2: something could not be checked or written.
    """
    from keyfit.hosts.cli.gates import gated
    from keyfit.scan import scan
    from keyfit.settings import SettingsError

    paths = paths or (Path(),)
    flags = {**_UNSET, **flags}
    try:
        run = run_of(flags)
        report = gated(scan(paths, run), run, flags)
        mended = mend_selected(paths, run, flags, report)
    except SettingsError as error:
        raise click.UsageError(said(error)) from None
    if dry_run:
        show_diff(mended)
    else:
        _save(mended)
    _tell(mended, report, dry_run=dry_run)
    ctx.exit(2 if report.failures else int(_broken(report) > len(mended.findings)))


def mend_selected(paths: tuple[Path, ...], run: Run, flags: Mapping[str, Any], report: Report) -> Mended:
    """What can be mended of what the report counts."""
    from keyfit.hosts.cli.gates import gated
    from keyfit.remedy import mend
    from keyfit.scan.selection import select

    rules = {each.path: select(each.settings) for each in report.checked}
    known = {**flags, "write_baseline": None}
    return mend(paths, run, rules, lambda found: gated(found, run, known))


def show_diff(mended: Mended) -> None:
    """Print the changes as a unified diff."""
    from keyfit.render.diff import render

    click.echo(render(mended.before, mended.after), nl=False)


def _save(mended: Mended) -> None:
    from keyfit.remedy.saving import ChangedError, save

    try:
        save(mended.before, mended.after)
    except ChangedError as error:
        raise click.ClickException(f"{error}; nothing is written") from None
    except OSError as error:
        raise click.FileError(str(error.filename), error.strerror) from None


def _tell(mended: Mended, report: Report, *, dry_run: bool) -> None:
    """What was mended, and how much is left, beside the diff."""
    from keyfit.model.findings import Verdict
    from keyfit.render import sentences
    from keyfit.render.summary import number

    for failure in report.failures:
        click.echo(f"{sentences.place(failure.origin)}: error: {sentences.failed(failure)}", err=True)
    written = {_told_by(found): found for found in report.findings if found.verdict is Verdict.BROKEN}
    for each in mended.findings:
        found = written.get(_told_by(each), each)  # where it stood before
        click.echo(
            f"{sentences.place(found.origin)}: {sentences.title(found)}: {sentences.sentence(found)}", err=dry_run
        )
    left = max(_broken(report) - len(mended.findings), 0)
    verb = "can be mended" if dry_run else "mended"
    told = f"{number(len(mended.findings), 'finding')} {verb} in {number(len(mended.after), 'file')}; {left} left"
    click.echo(told, err=dry_run)
    if mended.skipped:
        click.echo("warning: not everything was tried: there is too much; run it again, or on fewer paths", err=True)


def _told_by(finding: Finding) -> tuple[str, int, str, About]:
    """What stays of a finding when lines shift; equal names can stand in several files."""
    return finding.origin.file, finding.rule, finding.resource, finding.about


def _broken(report: Report) -> int:
    from keyfit.model.findings import Verdict

    return report.counts[Verdict.BROKEN]
