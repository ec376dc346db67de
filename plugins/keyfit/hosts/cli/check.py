"""`keyfit check`: flags in, a report out, and the exit status."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyfit.hosts.cli.reports import wanted_reports, write_reports
from keyfit.render.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyfit.scan import Report
    from keyfit.settings import Settings

_PATH = click.Path(path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(short_help="Check templates and Terraform root modules: files, or directories that hold them.")
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=_PATH)
@click.option("--account", metavar="ID", help="The account deployed to: 12 digits.")
@click.option("--region", metavar="REGION", help="The Region deployed to, such as eu-west-1.")
@click.option(
    "--parameter", "parameters", metavar="NAME=VALUE", multiple=True, help="A CloudFormation parameter's value."
)
@click.option(
    "--parameters-file",
    "parameters_files",
    metavar="FILE",
    multiple=True,
    type=_FILE,
    help="Parameter values as the AWS CLI, CodePipeline or SAM (samconfig.toml) read them.",
)
@click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="A Terraform variable's value.")
@click.option("--var-file", "var_files", metavar="FILE", multiple=True, type=_FILE, help="A .tfvars file.")
@click.option(
    "--plan", metavar="FILE", type=_FILE, help="A plan of the root module in JSON, as `terraform show -json` prints it."
)
@click.option("--workspace", metavar="NAME", help="The workspace of Terraform that is deployed.")
@click.option("--deployer", metavar="ARN|ADDRESS", help="Who deploys: a role's ARN, or its address in the source.")
@click.option("--root", metavar="DIR", type=_FOLDER, help="Nothing outside is read. Default: the git work tree.")
@click.option("--all-keys", is_flag=True, default=None, help="Check every key, not only those in use.")
@click.option("--config", metavar="FILE", type=_FILE, help="Settings file to use instead of the nearest one upward.")
@click.option("--isolated", is_flag=True, help="Read no settings file.")
@click.option("--select", metavar="RULE", multiple=True, help="Only these rules: a number, a name, or a pattern.")
@click.option("--ignore", metavar="RULE", multiple=True, help="All rules except these.")
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
@click.option("--baseline", metavar="FILE", type=_FILE, help="Ignore the findings in FILE, unless they became worse.")
@click.option("--write-baseline", metavar="FILE", type=_PATH, help="Write what is found to FILE, for --baseline.")
@click.option("--require-reasons", is_flag=True, help="Suppressions in the source must give a reason.")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "unproven"]),
    help="The lowest level that gives status 1. Default: warning.",
)
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
    from keyfit.hosts.cli.gates import gated
    from keyfit.scan import Run, scan
    from keyfit.settings import Choice, SettingsError

    wanted = wanted_reports(form, outputs)
    try:
        root, choice = flags.pop("root"), Choice(flags.pop("config"), flags.pop("isolated"))
        run = Run(_settings(flags), dict(os.environ), root, choice)
        report = gated(scan(paths or (Path(),), run), run, flags)
    except SettingsError as error:
        raise click.UsageError(_said(error)) from None
    write_reports(report, wanted)
    ctx.exit(_status(report))


def _settings(flags: dict[str, Any]) -> Settings:
    """What the flags say; `SettingsError` where one cannot be used."""
    from keyfit.settings import FailOn, Settings, Shown, account, region
    from keyfit.settings.parameters import pair, read_parameters

    parameters: dict[str, str] = {}
    for file in flags["parameters_files"]:
        parameters |= read_parameters(file)
    return Settings(
        account=account(flags["account"]) if flags["account"] is not None else None,
        region=region(flags["region"]) if flags["region"] is not None else None,
        deployer=flags["deployer"],
        parameters=parameters | dict(pair(word) for word in flags["parameters"]),
        variables=dict(pair(word) for word in flags["variables"]),
        variable_files=flags["var_files"],
        plan=flags["plan"],
        workspace=flags["workspace"],
        all_keys=flags["all_keys"],
        select=_rules(flags["select"]),
        ignore=_rules(flags["ignore"]),
        fail_on=FailOn(flags["fail_on"]) if flags["fail_on"] else None,
        show=tuple(Shown(word) for word in flags["show"]),
    )


def _rules(words: Sequence[str]) -> tuple[str, ...]:
    """Rules given one an option or between commas."""
    return tuple(part.strip() for word in words for part in word.split(",") if part.strip())


def _said(error: Any) -> str:  # noqa: ANN401 - a SettingsError, whose module is not imported yet
    from keyfit.render.sentences import place

    return f"{place(error.origin)}: {error.message}" if error.origin.file else error.message


def _status(report: Report) -> int:
    from keyfit.render.entries import fails

    if report.failures:
        return 2
    return int(any(fails(found, each.settings) for each in report.checked for found in each.findings))
