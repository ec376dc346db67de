"""Where the reports of a check go: one to the terminal or log, others to files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from keyfit.render.formats import FORMATS
from keyfit.render.page import Page

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from keyfit.scan import Report


_WITH_EDITS: Final = frozenset({"json", "sarif"})


class Wanted(NamedTuple):
    """The format to print (`None`: the user left it to us), and formats by the file that they are written to."""

    printed: str | None
    files: tuple[tuple[str, Path], ...]

    @property
    def has_edits(self) -> bool:
        """Whether one of the formats has edits in it: to prove them takes as long as to scan."""
        return not _WITH_EDITS.isdisjoint((self.printed, *(name for name, _ in self.files)))


def wanted_reports(form: str | None, outputs: Iterable[str]) -> Wanted:
    """What the flags ask for; `click.UsageError` where one is not FORMAT=FILE."""
    return Wanted(form, tuple(output(words, FORMATS, "sarif=keyfit.sarif") for words in outputs))


def output(words: str, formats: Collection[str], example: str) -> tuple[str, Path]:
    """A format and a file, of `FORMAT=FILE`; `click.UsageError` where it is not that, or not one of `formats`."""
    name, equals, file = words.partition("=")
    if not equals or not file:
        raise click.UsageError(f"`--output {words}` is not FORMAT=FILE, such as `--output {example}`")
    if name not in formats:
        raise click.UsageError(f"`{name}` is not one of the formats {', '.join(f'`{each}`' for each in formats)}")
    return name, Path(file)


def write_reports(report: Report, wanted: Wanted) -> None:
    """Print the one report and write the others; `click.FileError` where a file cannot be written."""
    from keyfit.gate.places import Places

    page = Page(Places.around(Path.cwd()), lambda said: click.echo(f"warning: {said}", err=True))
    for name, file in wanted.files:
        write_text(file, FORMATS[name](report, page))
    click.echo(_printed(report, wanted.printed, page), nl=False, color=_colourful())


def write_text(file: Path, text: str) -> None:
    """Write a report; `click.ClickException` where that fails."""
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        message = f"`{file}` cannot be written ({error.strerror}): choose another file, or make its folder"
        raise click.ClickException(message) from None


def _printed(report: Report, name: str | None, page: Page) -> str:
    if name is None or name == "text":
        from keyfit.render import text

        shown = text.render(report, _painted if _colourful() else text.unpainted)
        return shown + (_annotations(report, page) if name is None else "")
    return FORMATS[name](report, page)


def _annotations(report: Report, page: Page) -> str:
    """What GitHub Actions is told beside the text; nothing elsewhere."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return ""
    from keyfit.render import github

    return github.commands(report, page)


def _painted(words: str, colour: str) -> str:
    return click.style(words, fg=colour)


def _colourful() -> bool:
    """Whether the report goes to a terminal whose user does not mind colours (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
