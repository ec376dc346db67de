"""`keyfit check`: flags in, a report out, and the exit status."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyfit.hosts.cli.examples import Exemplified
from keyfit.hosts.cli.fix import mend_selected, show_diff
from keyfit.hosts.cli.options import FILE, JOBS, PATH, run_of, said, scanning, selecting
from keyfit.hosts.cli.reports import wanted_reports, write_reports
from keyfit.render.formats import FORMATS

if TYPE_CHECKING:
    from keyfit.scan import Report, Run


@click.command(
    short_help="Check templates and Terraform root modules: files, or directories that hold them.",
    cls=Exemplified,
    examples=(
        ("keyfit check", "everything in the current directory"),
        ("keyfit check live/stack.yaml --parameter Stage=production", "one template, with a parameter"),
        ("keyfit check live --account 111122223333 --region eu-west-1", "where it is deployed"),
        ("keyfit check live --show unproven --fail-on unproven", "also what cannot be proven"),
        ("keyfit check . --output sarif=keyfit.sarif", "a report for code scanning beside the text"),
    ),
)
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=PATH)
@scanning
@click.option(
    "--changed", is_flag=True, help="PATHs are changed files: check what they are part of, ignore the others."
)
@selecting
@click.option("--show", type=click.Choice(["holds", "unproven"]), multiple=True, help="Also show these.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    help="Format of the report. Default: text; in GitHub Actions with annotations.",
)
@click.option(
    "--output",
    "outputs",
    metavar="FORMAT=FILE",
    multiple=True,
    help="Also write a report to a file: --output sarif=keyfit.sarif. Can be repeated.",
)
@click.option("--diff", is_flag=True, help="Also show the changes that `keyfit fix` would make.")
@click.option("--baseline", metavar="FILE", type=FILE, help="Ignore the findings in FILE, unless they became worse.")
@click.option("--write-baseline", metavar="FILE", type=PATH, help="Write what is found to FILE, for --baseline.")
@click.option("--require-reasons", is_flag=True, help="Suppressions in the source must give a reason.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "unproven"]),
    help="The lowest level that gives status 1. Default: error.",
)
@JOBS
@click.option("--cluster", metavar="ADDRESS", default="", help="Scheduler of a Dask cluster that checks root modules.")
@click.pass_context
def check(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    form: str | None,
    outputs: tuple[str, ...],
    **flags: Any,  # noqa: ANN401 - by option
) -> None:
    """Check CloudFormation templates and Terraform: files, or directories (default: the current one).

    A directory means all templates and root modules in it, a .tf file means the root module that it belongs to.

    Status 0: nothing broken. 1: something broken. 2: something could not be checked.
    """
    from keyfit.settings import SettingsError

    wanted = wanted_reports(form, outputs)
    diff = flags.pop("diff")
    if diff and form not in {None, "text"}:
        raise click.UsageError("`--diff` stands below the text: with another format, use `keyfit fix --dry-run`")
    if flags["jobs"] is not None and flags["cluster"]:
        raise click.UsageError("`--jobs` and `--cluster` exclude each other: a cluster has its own workers")
    try:
        run = replace(run_of(flags), jobs=flags.pop("jobs"), cluster=flags.pop("cluster"))
        report, paths = _gated(paths, run, flags)
        if wanted.has_edits:
            from keyfit.remedy import with_edits

            report = with_edits(report, paths, run)
        mended = mend_selected(paths, run, flags, report) if diff else None
    except SettingsError as error:
        raise click.UsageError(said(error)) from None
    write_reports(report, wanted)
    if mended is not None:
        show_diff(mended)
    ctx.exit(_status(report))


def _gated(paths: tuple[Path, ...], run: Run, flags: dict[str, Any]) -> tuple[Report, tuple[Path, ...]]:
    """What the scan finds, less what does not count; and the paths that were scanned."""
    from keyfit.hosts.cli.gates import gated
    from keyfit.hosts.cli.waiting import waiting
    from keyfit.scan import scan
    from keyfit.scan.changed import touched, work_tree

    scanned = (work_tree(run),) if flags["changed"] else paths or (Path(),)
    with waiting() as progress:
        found = scan(scanned, replace(run, progress=progress))
    return gated(touched(found, paths, run) if flags["changed"] else found, run, flags), scanned


def _status(report: Report) -> int:
    from keyfit.render.entries import fails

    if report.failures:
        return 2
    return int(any(fails(found, each.settings) for each in report.checked for found in each.findings))
