"""Constructs of the CDK: which one made a resource of a template, and where in the app the author wrote that.

A template has the path of each resource's construct in its metadata; the stack's own metadata, a file of the assembly,
has the place. Both come with the source: they are words, and a file is named only where it is in the scanned directory.
"""

from __future__ import annotations

import json
import re
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyfit.model.findings import Note, NoteKind, Verdict
from keyfit.record import record
from keyfit.scan.files import UnreadableError, read_text
from keyfit.settings.paths import real_path
from keyfit.value import Object, Text
from keyfit.words import marked, series

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyfit.model.findings import Finding
    from keyfit.model.stack import Problem
    from keyfit.scan.judging import Checked
    from keyfit.value import Origin, Value

_PATH: Final = "aws:cdk:path"
_ID: Final = "aws:cdk:logicalId"
_STACK: Final = "aws:cdk:creationStack"
_PLACE: Final = re.compile(r"(.+):([0-9]{1,7}):([0-9]{1,7})")
_LIBRARY: Final = ("node_modules/", "node:", "...", "site-packages/")
_MOST: Final = 4  # constructs in one note
_OWN: Final = ("/Resource", "/Default")  # what an author's construct calls the one resource that it is about


class Construct(NamedTuple):
    """A construct by its path, without the name that its own resource has in it; and where it is made, if that is told.

    The place is of the machine that ran the app.
    """

    path: str
    file: str = ""
    line: int = 0
    column: int = 0


@record
class Constructs:
    """The constructs behind the resources of one template, read when asked for.

    `metadata` is the stack's, or the file that holds it; where that is not told, the file that the CDK calls so.
    """

    template: Path
    root: Path
    loaded: Value | Problem
    metadata: Path | Mapping[str, Any] | None
    known: dict[str, Mapping[str, Construct]] = field(default_factory=dict, repr=False)

    def of(self, address: str) -> Construct | None:
        """The construct that made the resource of that logical id."""
        if "" not in self.known:
            self.known[""] = dict(self._made())
        return self.known[""].get(address)

    def _made(self) -> Iterator[tuple[str, Construct]]:
        paths = dict(_paths(self.loaded))
        if not paths:
            return
        metadata = self._metadata()
        for address, path in paths.items():
            written = path.removesuffix(_OWN[1]).removesuffix(_OWN[0])
            yield address, Construct(written, *_place(metadata.get(f"/{path}")))

    def _metadata(self) -> Mapping[str, Any]:
        metadata = self.metadata
        if metadata is None:
            metadata = self.template.with_name(f"{self.template.name.removesuffix('.template.json')}.metadata.json")
        if not isinstance(metadata, Path):
            return metadata
        try:
            inside = real_path(metadata).is_relative_to(self.root) and metadata.is_file()
            found = json.loads(read_text(metadata)) if inside else None
        except (OSError, UnreadableError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def with_constructs(checked: Sequence[Checked], every: Sequence[Constructs]) -> tuple[Checked, ...]:
    """The findings, each with the construct of its subject, and of what else of the templates it speaks of."""
    by_file = {str(each.template): each for each in every}
    return tuple(
        replace(each, findings=tuple(_told(found, each.path, by_file) for found in each.findings))
        if each.path in by_file
        else each
        for each in checked
    )


def _told(found: Finding, path: str, by_file: Mapping[str, Constructs]) -> Finding:
    """One note that names them, before what to do; what holds has none."""
    made: dict[str, str] = {}
    for file, name in _addresses(found, path):
        construct = by_file[file].of(name) if file in by_file else None
        if construct is not None:
            made.setdefault(name, f"{marked(name)} is {marked(construct.path)}{_at(construct, by_file[file].root)}")
    own = by_file[path].of(found.resource)
    found = replace(found, construct="" if own is None else own.path)
    if not made or found.verdict is Verdict.HOLDS:
        return found
    note = Note(NoteKind.NOTE, f"in the CDK app, {series(list(made.values())[:_MOST])}")
    first = next((at for at, each in enumerate(found.notes) if each.kind is NoteKind.HELP), len(found.notes))
    return replace(found, notes=(*found.notes[:first], note, *found.notes[first:]))


def _addresses(found: Finding, path: str) -> Iterator[tuple[str, str]]:
    """The resources that a finding speaks of, each with its template: what it is about, and where to edit."""
    yield path, found.resource
    yield from _edited(found.origin)
    for name in (found.about.principal, found.about.key):
        file, _, address = name.rpartition(":")
        yield file or path, address
    for each in found.notes:
        yield from _edited(each.origin)


def _edited(origin: Origin | None) -> Iterator[tuple[str, str]]:
    if origin is not None and len(origin.path) > 1 and origin.path[0] == "Resources":
        yield origin.file, str(origin.path[1])


def _at(construct: Construct, root: Path) -> str:
    """The place in the app: by its path where the file is in the scanned directory, else by its name."""
    if not construct.file:
        return ""
    file, here = Path(construct.file), Path.cwd()
    inside = real_path(file).is_relative_to(root) and file.is_file()
    shown = str(file.relative_to(here) if inside and file.is_relative_to(here) else file if inside else file.name)
    return f" ({marked(f'{shown}:{construct.line}:{construct.column}')})"


def _paths(loaded: Value | Problem) -> Iterator[tuple[str, str]]:
    resources = loaded.find("Resources") if isinstance(loaded, Object) else None
    for key, resource in resources.entries if isinstance(resources, Object) else ():
        metadata = resource.find("Metadata") if isinstance(resource, Object) else None
        path = metadata.find(_PATH) if isinstance(metadata, Object) else None
        if key.literal and isinstance(path, Text) and path.literal:
            yield key.literal, path.literal


def _place(entries: object) -> tuple[str, int, int]:
    """The first line of the author's own in what the app was doing when it made a construct."""
    told = [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []
    traces = [each.get("data") for each in told if each.get("type") == _STACK]
    traces += [each.get("trace") for each in told if each.get("type") == _ID]
    for trace in traces:
        for frame in trace if isinstance(trace, list) else ():
            words = frame.rstrip(")").rpartition("(")[2] if isinstance(frame, str) else ""  # `new Films (/app.js:6:15)`
            found = _PLACE.fullmatch(words) if len(words) < _LONGEST else None
            if found is not None and not any(each in frame for each in _LIBRARY):
                file, line, column = found.groups()
                return file, int(line), int(column)
    return "", 0, 0


_LONGEST: Final = 5_000  # characters of a line of a trace
