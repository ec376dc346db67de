"""Calls of modules that are not here, at a quick look: of a root module that nothing else is read of."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.model.stack import Problem, Seen
from keyfit.readers import files
from keyfit.readers.hcl import blocks
from keyfit.readers.terraform.modules import file_names
from keyfit.readers.terraform.modules.block_types import TERRAFORM
from keyfit.readers.terraform.modules.module_sources import local_directory
from keyfit.value import Origin, Position, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SOURCE: Final = re.compile(r'(?:^|\{)[ \t]*source[ \t]*=[ \t]*"([^"$%\n]*)"', re.MULTILINE)


def elsewhere(file: Path, root: Path) -> Iterator[Seen]:
    """The calls in a file whose modules are neither beside it nor downloaded."""
    source = files.read_text(file, root)
    if isinstance(source, Problem):
        return
    found = _in_json(source) if file.name.endswith(".json") else _in_hcl(source)
    for name, written, line in found:
        directory = local_directory(file.parent, written)
        if directory is None or not file_names.configuration_files(directory, root):
            place = Origin(str(file), Position(line), Position(line))
            why = Unknown(Why.REMOTE_MODULE if directory is None else Why.NO_MODULE, written, origin=place)
            yield Seen(Block(f"module.{name}", "module", place), why, str(file.parent))


def _in_hcl(source: str) -> Iterator[tuple[str, str, int]]:
    for span in blocks.split(source, TERRAFORM):
        written = _SOURCE.search(source, span.start, span.end) if span.type == "module" and span.labels else None
        if written is not None:
            yield span.labels[0], written[1], span.line


def _in_json(source: str) -> Iterator[tuple[str, str, int]]:
    try:
        modules = json.loads(source)["module"]
        yield from ((name, each["source"], 1) for name, each in modules.items() if isinstance(each["source"], str))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return
