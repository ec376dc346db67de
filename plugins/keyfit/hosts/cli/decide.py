"""`keyfit decide`: the authorization engine by itself, for anybody's cases."""

from __future__ import annotations

import json
from typing import IO

import click

from keyfit.hosts.cli.examples import Exemplified


@click.command(
    short_help="Answer authorization cases, as JSON.",
    cls=Exemplified,
    examples=(
        ("keyfit decide cases.json", "who can do what, and which statements decide"),
        ("keyfit decide --explain -", "a case from standard input, explained in words"),
    ),
)
@click.argument("file", type=click.File(encoding="utf-8-sig"))
@click.option("--explain", is_flag=True, help="Explain the decisions in words instead of JSON.")
def decide(file: IO[str], explain: bool) -> None:  # noqa: FBT001 - a flag, from click
    """Read cases from FILE (- is standard input), and print who can do what, and which statements decide.

    A case has `policies` and a `request`; a context key that is not listed is absent, and a value that is not known
    is {"unknown": "why"}.
    """
    from keyfit.decide import CaseError, answer, explanation
    from keyfit.decide.file import CaseFileError, read

    try:
        cases = read(file.read())
        shown = "\n".join(explanation(cases)) if explain else json.dumps(answer(cases), indent=2)
    except CaseFileError as error:
        place = f"{file.name}:{error.place}" if error.place else file.name
        raise click.ClickException(f"{place}: {error}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{file.name}: this is not UTF-8") from None
    except CaseError as error:
        raise click.ClickException(f"{file.name}: {error}") from None
    click.echo(shown.encode(errors="replace").decode())  # half a surrogate pair, as JSON can hold, cannot be printed
