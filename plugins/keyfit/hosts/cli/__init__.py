"""The command line: `keyfit check`, `fix`, `diff`, `init`, `declare`, `decide`, `rules`, `explain`, `path` and others.

Status 0: nothing broken. 1: something broken. 2: a file, an argument or keyfit itself failed; 2 wins over 1.
Nothing heavy is imported before the command that needs it runs.
"""

from __future__ import annotations

import gc
import sys
from io import TextIOWrapper
from typing import Final

import click

from keyfit.hosts.cli.check import check
from keyfit.hosts.cli.decide import decide
from keyfit.hosts.cli.declare import declare
from keyfit.hosts.cli.diff import diff
from keyfit.hosts.cli.examples import example
from keyfit.hosts.cli.fix import fix
from keyfit.hosts.cli.init import init
from keyfit.hosts.cli.tell import doctor, explain, path, rules, schema, version

FAILED: Final = 2
INTERRUPTED: Final = 130
_RARELY: Final = 100_000  # objects between two rounds of the garbage collector: hardly anything here is a cycle


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=version,
    help="Show versions and dates of data.",
)
def keyfit() -> None:
    """Prove that KMS keys, IAM roles and the AWS services that use them fit together."""


for _command in (check, fix, diff, init, declare, decide, rules, explain, path, doctor, schema):
    keyfit.add_command(_command)


def main() -> None:
    """Run the command line and exit with its status; what goes wrong inside is status 2, never a pass."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # the user's own text, on any terminal
    gc.set_threshold(_RARELY)
    sys.exit(_status())


def _status() -> int:
    try:
        return keyfit.main(prog_name="keyfit", standalone_mode=False) or 0
    except click.ClickException as error:
        error.show()
        shown = example(error) if isinstance(error, click.UsageError) else ""
        if shown:
            click.echo(shown, err=True)
        return FAILED
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a traceback would end with Python's status 1, "something broken"
        words = " ".join(f"{type(error).__name__}: {error}".split())
        click.echo(f"keyfit failed: {words}", err=True)
        return FAILED
