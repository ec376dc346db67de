"""`keyfit decide`: the authorization engine by itself, for anybody's cases."""

from __future__ import annotations

import json
from typing import IO

import click


@click.command(short_help="Answer authorization cases, as JSON.")
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--explain", is_flag=True, help="Say in words what decides, instead of JSON.")
def decide(file: IO[str], explain: bool) -> None:  # noqa: FBT001 - a flag, from click
    """Read cases from FILE (- is standard input), and print who may do what, and which statements decide.

    A case has `policies` and a `request`; a value that is not known is {"unknown": "why"}.
    """
    from keyfit.policy.cases import CaseError, answer, explanation

    try:
        cases = json.load(file)
        shown = "\n".join(explanation(cases)) if explain else json.dumps(answer(cases), indent=2)
    except json.JSONDecodeError as error:
        raise click.UsageError(f"{file.name}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise click.UsageError(f"{file.name}: this is not UTF-8") from None
    except RecursionError:
        raise click.UsageError(f"{file.name}: this is nested too deeply") from None
    except CaseError as error:
        raise click.UsageError(f"{file.name}: {error}") from None
    click.echo(shown)
