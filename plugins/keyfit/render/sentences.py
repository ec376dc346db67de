"""The sentences that every host shows alike."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.explain.deployments import when
from keyfit.model.findings import Failure, Finding, Level, Verdict
from keyfit.render.advice import every_note
from keyfit.words import joined, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.findings import Note
    from keyfit.render.advice import Phrases
    from keyfit.scan import Checked
    from keyfit.settings import Source
    from keyfit.value import Origin


def place(origin: Origin, *, column: bool = True) -> str:
    """`stack.yaml:31:7`, or without the column; only the file's name where the line is not known.

    Of a template that has one line, the path in it tells more: `stack.json:1:845 Resources.Key.Properties`.
    """
    if not origin.file:
        return origin.note
    words = f"{origin.file}:{origin.start.line}" + (f":{origin.start.column}" if column else "")
    inside = origin.start.line == 1 and len(origin.path) > 1
    return printable(f"{words} {'.'.join(map(str, origin.path))}" if inside else words)


def sentence(finding: Finding) -> str:
    """What is said, and the deployments it is said of."""
    scenarios = finding.scenarios or ((finding.scenario,) if finding.scenario else ())
    words = f"{said(finding)} {when(scenarios)}" if scenarios else said(finding)
    return printable(f"{words} {where(finding.environments)}" if finding.environments else words)


def where(environments: tuple[str, ...]) -> str:
    """The environments that something is about: "in environment `production`"."""
    return f"in {'environment' if len(environments) == 1 else 'environments'} {joined(environments)}"


def said(finding: Finding) -> str:
    """The consumer that a finding is about, by kind and name, and the finding's message; its name is told once."""
    consumer, named, message = finding.consumer, f"`{finding.resource}`", finding.message
    if consumer.endswith(named) and message.startswith(named):
        return f"{consumer}{message.removeprefix(named)}"
    return f"{consumer}: {message}" if consumer else message


def verdict(finding: Finding) -> str:
    """The word that tells the finding from a broken one of level error; empty for that."""
    if finding.verdict is not Verdict.BROKEN:
        return str(finding.verdict.value)
    return Level.WARNING.value if finding.level is Level.WARNING else ""


def title(finding: Finding) -> str:
    """`101 personalize-service-key-access`, and the verdict where it is not "broken" with level error."""
    word = verdict(finding)
    return f"{finding.rule:03} {finding.name} ({word})" if word else f"{finding.rule:03} {finding.name}"


def notes(finding: Finding, phrases: Phrases) -> tuple[str, ...]:
    """The finding's notes, each as `note: … (stack.yaml:14)`; the place only where it is another one."""
    return tuple(note(each, finding) for each in every_note(finding, phrases))


def note(note: Note, finding: Finding) -> str:
    """One note of a finding, as `notes` has it."""
    origin = elsewhere(note, finding)
    words = f"{note.kind.value}: {note.message}"
    return printable(f"{words} ({place(origin, column=False)})" if origin is not None else words)


def elsewhere(note: Note, finding: Finding) -> Origin | None:
    """The note's own place, where that is another one than the finding's."""
    origin = note.origin
    if origin is None or not origin.file or (origin.file, origin.start) == (finding.origin.file, finding.origin.start):
        return None
    return origin


def source(read: Source) -> str:
    """What a settings file takes away and assumes, in one line."""
    return printable(f"{relative(read.file)}: settings: {'; '.join(read.effects)}")


def settings(checked: Checked) -> Iterator[str]:
    """What the settings do to the findings about one template or root module."""
    if checked.settings.source is not None:
        yield source(checked.settings.source)
    if checked.left_out:
        yield printable(f"{checked.path}: {checked.left_out} broken left out")


def relative(file: str) -> str:
    """A path from the current directory on, where it lies in that."""
    here = Path.cwd()
    return str(Path(file).relative_to(here)) if Path(file).is_relative_to(here) else file


def noticed(notice: Note) -> str:
    """Where a notice is about."""
    return place(notice.origin, column=False) if notice.origin is not None else ""


def failed(failure: Failure) -> str:
    """The failure in one line, without its place."""
    return printable(f"could not check: {failure.message}")
