"""Small configurations on disk, what the reader makes of them, and values in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.alternatives import EMPTY
from keyfit.readers.given import Given
from keyfit.readers.terraform import read
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import Evaluation, settled
from keyfit.readers.terraform.modules import references
from keyfit.readers.terraform.modules.configuration import Library
from keyfit.readers.terraform.modules.inputs import read_inputs
from keyfit.readers.terraform.plan.planned import NO_PLAN
from keyfit.readers.terraform.source import Source, root_module
from keyfit.readers.terraform.values.terraform_values import OnlyThese
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Own, Reference, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.model.alternatives import Scenario
    from keyfit.model.stack import Stack
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Hole, Value


def write(directory: Path, files: str | Mapping[str, str]) -> Path:
    """The directory, with these files in it; a text alone is `main.tf`."""
    named = {"main.tf": files} if isinstance(files, str) else files
    for name, text in named.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def lines(compact: str) -> str:
    """HCL in one line as HCL wants it: a line for each argument, with double quotes."""
    return compact.replace("'", '"').replace("{ ", "{\n").replace(" }", "\n}").replace("; ", "\n")


def stack_of(directory: Path, files: str | Mapping[str, str], **given: object) -> Stack:
    """The stack that the reader makes of these files."""
    root = write(directory, files)
    return read(root, Given(root, **given))  # type: ignore[arg-type]  # a test names the fields of `Given`


def library_of(directory: Path, files: str | Mapping[str, str]) -> Library:
    """These files, to be parsed once."""
    return Library(write(directory, files))


def module_in(library: Library, scenario: Scenario = EMPTY) -> Module:
    """The root module of a library under a scenario, nothing of it evaluated."""
    given = Given(library.root)
    evaluation = Evaluation(given, library.root, scenario)
    source = Source(library.root, given, library, read_inputs(library.root, given, library), NO_PLAN)
    return root_module(source, evaluation)


def library_for(directory: Path, expression: str, context: str = "") -> Library:
    """A module with an expression as `local.it`, and further blocks in `context`."""
    return library_of(directory, f"locals {{\n  it = {expression}\n}}\n{context}")


def it(library: Library, scenario: Scenario = EMPTY) -> Value:
    """The value of `local.it` under a scenario."""
    with deep():
        return settled(references.local(module_in(library, scenario), "it", NOWHERE))


def local(directory: Path, expression: str, context: str = "") -> Value:
    """The value of an expression, with further blocks in `context`."""
    return it(library_for(directory, expression, context))


def words(value: Value | None) -> str:
    """A value in one line: texts in quotes with their holes, `?` before what is unknown."""
    match value:
        case None:
            return "absent"
        case Null():
            return "null"
        case Text(parts):
            return '"' + "".join(part if isinstance(part, str) else f"${{{hole(part)}}}" for part in parts) + '"'
        case Number(number):
            return str(number)
        case Bool(truth):
            return "true" if truth else "false"
        case List(items, rest):
            return "[" + ", ".join([*map(words, items), *_rest(rest)]) + "]"
        case Object(entries, rest):
            written = [f"{words(key)[1:-1]}: {words(inner)}" for key, inner in entries]
            return "{" + ", ".join([*written, *_rest(rest)]) + "}"
        case Unknown():
            return f"?{hole(value)}"


def _rest(rest: Unknown | None) -> list[str]:
    return [] if rest is None else ["...only these" if isinstance(rest, OnlyThese) else f"...{hole(rest)}"]


def hole(part: Hole) -> str:
    """What a hole is called: where it comes from, else why it is one."""
    match part:
        case Own():
            return part.value
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case Unknown(identity=identity, why=why):
            return identity or why.name.lower()
