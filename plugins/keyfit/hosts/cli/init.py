"""`keyfit init`: a settings file, and what runs keyfit in the pipeline that a repository has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from keyfit.hosts.cli.examples import Exemplified

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pipeline(NamedTuple):
    """A kind of pipeline: what tells that a repository has it; the file to write, or the one to be added to by hand."""

    signs: tuple[str, ...]
    file: str
    by_hand: str = ""
    words: str = ""


PIPELINES: Final = {
    "github": Pipeline((".github",), ".github/workflows/keyfit.yml"),
    "gitlab": Pipeline(
        (".gitlab-ci.yml", ".gitlab"),
        ".gitlab/keyfit.yml",
        ".gitlab-ci.yml",
        "include:\n  - local: .gitlab/keyfit.yml\n",
    ),
    "pre-commit": Pipeline((".pre-commit-config.yaml",), "", ".pre-commit-config.yaml"),
}


@click.command(
    short_help="Write a settings file, and what runs keyfit in the pipeline that the repository has.",
    cls=Exemplified,
    examples=(
        ("keyfit init", "for the pipelines that the repository has"),
        ("keyfit init --pipeline github --pipeline pre-commit", "for these"),
    ),
)
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--pipeline",
    "pipelines",
    type=click.Choice([*PIPELINES, "none"]),
    multiple=True,
    help="Which pipeline. Default: those that the repository has. Can be repeated.",
)
def init(folder: Path, pipelines: tuple[str, ...]) -> None:
    """Write keyfit.toml and a job that runs keyfit, for the repository that DIR (default: the current directory) is in.

    A file that is there is never changed: what belongs into it is printed.
    """
    from keyfit.settings.paths import find_root, real_path

    root = find_root(real_path(folder))
    click.echo(_settings(root))
    chosen = [name for name in PIPELINES if name in pipelines] if pipelines else _found(root)
    for name in chosen:
        for line in _pipeline(name, root):
            click.echo(line)
    if not chosen and not pipelines:
        click.echo(f"no pipeline is here that keyfit knows: choose one with `--pipeline` ({', '.join(PIPELINES)})")
    click.echo("next: `keyfit check`")


def _found(root: Path) -> list[str]:
    return [name for name, each in PIPELINES.items() if any((root / sign).exists() for sign in each.signs)]


def _settings(root: Path) -> str:
    from keyfit.hosts.cli.snippets import SETTINGS

    project = root / "pyproject.toml"
    if project.is_file() and "[tool.keyfit" in project.read_text(encoding="utf-8", errors="replace"):
        return f"kept `{project}`, which has the settings of keyfit"
    return _write(root, "keyfit.toml", SETTINGS)


def _pipeline(name: str, root: Path) -> Iterator[str]:
    from keyfit.hosts.cli import snippets

    pipeline = PIPELINES[name]
    if name == "pre-commit":
        yield _by_hand(pipeline, root, snippets.PRE_COMMIT, "repos:\n")
        return
    yield _write(root, pipeline.file, snippets.GITHUB if name == "github" else snippets.GITLAB)
    if pipeline.by_hand:
        yield _by_hand(pipeline, root, pipeline.words, "")


def _by_hand(pipeline: Pipeline, root: Path, words: str, before: str) -> str:
    """What belongs into a file that is there; that file, where it is not."""
    if not (root / pipeline.by_hand).exists():
        return _write(root, pipeline.by_hand, before + words)
    if "keyfit" in (root / pipeline.by_hand).read_text(encoding="utf-8", errors="replace"):
        return f"kept `{root / pipeline.by_hand}`, which speaks of keyfit already"
    where = f" below `{before.strip()}`" if before else ""
    return f"kept `{root / pipeline.by_hand}`; add to it{where}:\n\n{words}"


def _write(root: Path, name: str, text: str) -> str:
    """Write a file that is not there; what happened, in a line."""
    from keyfit.settings.paths import real_path

    file = root / name
    try:
        if not real_path(file.parent).is_relative_to(real_path(root)):
            raise click.ClickException(f"`{file.parent}` leads out of `{root}`: nothing is written there")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        return f"kept `{file}`, which is there already"
    except OSError as error:
        raise click.FileError(str(file), error.strerror) from None
    return f"wrote `{file}`"
