"""The flags that say what is scanned and under which settings, of every command that scans."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keyfit.scan import Run
    from keyfit.settings import Settings

Command = TypeVar("Command", bound="Callable[..., object]")

PATH: Final = click.Path(path_type=Path)
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER: Final = click.Path(exists=True, file_okay=False, path_type=Path)

_DEPLOYED: Final = (
    click.option("--account", metavar="ID", help="The account deployed to: 12 digits."),
    click.option("--region", metavar="REGION", help="The Region deployed to, such as eu-west-1."),
    click.option(
        "--parameter", "parameters", metavar="NAME=VALUE", multiple=True, help="A CloudFormation parameter's value."
    ),
    click.option(
        "--parameters-file",
        "parameters_files",
        metavar="FILE",
        multiple=True,
        type=FILE,
        help="Parameter values as the AWS CLI, CodePipeline or SAM (samconfig.toml) read them.",
    ),
    click.option("--var", "variables", metavar="NAME=VALUE", multiple=True, help="A Terraform variable's value."),
    click.option("--var-file", "var_files", metavar="FILE", multiple=True, type=FILE, help="A .tfvars file."),
    click.option("--workspace", metavar="NAME", help="The workspace of Terraform that is deployed."),
    click.option(
        "--stack-name",
        "stack_names",
        metavar="PATH=NAME",
        multiple=True,
        help="What the stack of a template is called: its exports can be named after it.",
    ),
    click.option("--deployer", metavar="ARN|ADDRESS", help="Who deploys: a role's ARN, or its address in the source."),
)
_LEFT_OUT: Final = (
    click.option(
        "--exclude", metavar="PATTERN", multiple=True, help="Leave this out of directories; a pattern as in .gitignore."
    ),
    click.option("--no-gitignore", is_flag=True, help="Also check what git ignores."),
)
_SELECTED: Final = (
    click.option(
        "--select", metavar="RULE", multiple=True, help="Only these rules: a number, name or pattern, or a group."
    ),
    click.option("--ignore", metavar="RULE", multiple=True, help="All rules except these."),
)
_SCANNED: Final = (
    click.option(
        "--plan",
        metavar="FILE",
        type=FILE,
        help="A plan of the root module in JSON, as `terraform show -json` prints it: what exists decides.",
    ),
    *_LEFT_OUT,
    click.option("--root", metavar="DIR", type=FOLDER, help="Nothing outside is read. Default: the git work tree."),
    click.option("--all-keys", is_flag=True, default=None, help="Check every key, not only those in use."),
)
_SETTINGS: Final = (
    click.option("--config", metavar="FILE", type=FILE, help="Settings file to use instead of the nearest one upward."),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
)


def scanning(command: Command) -> Command:
    """The command with these flags."""
    return _with(command, (*_DEPLOYED, *_SCANNED, *_SETTINGS))


def selecting(command: Command) -> Command:
    """The command with the flags that choose rules."""
    return _with(command, _SELECTED)


def comparing(command: Command) -> Command:
    """The command with the flags that are about both of two states."""
    return _with(command, (*_DEPLOYED, *_LEFT_OUT, *_SELECTED, JOBS, *_SETTINGS))


MOST_JOBS: Final = 256


def _jobs(_ctx: click.Context, _option: click.Parameter, written: str | None) -> int | None:
    """How many processes; `click.BadParameter` for what is no such number."""
    if written is None or (written.isascii() and written.isdigit() and 1 <= int(written) <= MOST_JOBS):
        return int(written) if written is not None else None
    raise click.BadParameter(f"`{written}` is not a number of processes from 1 to {MOST_JOBS}")


JOBS: Final = click.option(
    "--jobs",
    metavar="N",
    callback=_jobs,
    help="Processes that check root modules. Default: one for each core where there are many. Changes no result.",
)


def _with(command: Command, options: Sequence[Callable[[Command], Command]]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def run_of(flags: dict[str, Any]) -> Run:
    """What the flags ask for, of which those that are no settings are taken; `SettingsError` where one is wrong."""
    from keyfit.scan import Run
    from keyfit.scan.selection import select
    from keyfit.settings import Choice

    root, choice = flags.pop("root"), Choice(flags.pop("config"), flags.pop("isolated"))
    exclude, gitignore = flags.pop("exclude"), not flags.pop("no_gitignore")
    settings = settings_of(flags)
    select(settings)
    return Run(settings, dict(os.environ), root, choice, exclude, gitignore)


def settings_of(flags: dict[str, Any]) -> Settings:
    """What the flags say; `SettingsError` where one cannot be used."""
    from keyfit.settings import FailOn, Settings, Shown, account, region
    from keyfit.settings.parameters import pair, read_parameters
    from keyfit.settings.stack_names import stack_name

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
        stack_names=dict(stack_name(word, Path()) for word in flags["stack_names"]),
        all_keys=flags["all_keys"],
        select=_rules(flags["select"]),
        ignore=_rules(flags["ignore"]),
        fail_on=FailOn(flags["fail_on"]) if flags["fail_on"] else None,
        show=tuple(Shown(word) for word in flags["show"]),
    )


def _rules(words: Sequence[str]) -> tuple[str, ...]:
    """Rules given one an option or between commas."""
    return tuple(part.strip() for word in words for part in word.split(",") if part.strip())


def said(error: Any) -> str:  # noqa: ANN401 - a SettingsError, whose module is not imported yet
    """What is wrong with a setting, and where it is written."""
    from keyfit.render.sentences import place

    return f"{place(error.origin)}: {error.message}" if error.origin.file else error.message
