"""`keyfit declare`: what lies outside the source, from what AWS's own commands print; without network."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyfit.hosts.cli.examples import Exemplified

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(
    short_help="Print declarations of keys, roles and policies, from what the AWS CLI prints.",
    cls=Exemplified,
    examples=(
        ("keyfit declare aliases.json account.json > keyfit.toml", "the keys and roles of an account"),
        ("keyfit declare aliases.json alias/films=policy.json", "with the policy of one key"),
        ("keyfit declare account.json --only '*role/Personalize*'", "some of them"),
    ),
)
@click.argument("files", metavar="[KEY=]FILE...", nargs=-1, required=True)
@click.option(
    "--only", metavar="PATTERN", multiple=True, help="Only these: a pattern of ARNs or aliases, such as *role/Films*."
)
def declare(files: tuple[str, ...], only: tuple[str, ...]) -> None:
    """Print `[[keys]]`, `[[roles]]` and `[[policies]]` for keyfit.toml, from files that hold what these print as JSON.

    aws kms list-aliases, aws kms describe-key, aws kms get-key-policy, aws iam get-account-authorization-details

    A key policy does not say of which key it is: KEY is the key's ARN, ID or alias, or the file is named after its ID.
    """
    from keyfit.hosts.cli.options import said
    from keyfit.settings import SettingsError
    from keyfit.settings.inventory import declarations, read
    from keyfit.settings.parameters import LONGEST

    def wanted(table: Mapping[str, Any]) -> bool:
        names = (table["arn"], *table.get("aliases", ()))
        return not only or any(fnmatchcase(name, pattern) for name in names for pattern in only)

    try:
        found = read([_file(words) for words in files])
        text = "\n".join(declarations(found, wanted))
    except SettingsError as error:
        raise click.ClickException(said(error)) from None
    if len(text.encode()) > LONGEST:
        raise click.ClickException(
            f"this is more than {LONGEST:,} bytes, which keyfit does not read as settings: select a part with `--only`"
        )
    click.echo(text)
    for noun, count in found.left_out.items():
        click.echo(f"left out: {count} {noun}, which cannot be declared", err=True)


def _file(words: str) -> tuple[Path, str]:
    """A file, and the key that it is about, where that is said."""
    key, equals, file = words.partition("=")
    return (Path(file), key) if equals and not Path(words).exists() else (Path(words), "")
