"""What the root module's variables are given, before it is known what type they are."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers.terraform.modules import file_names
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.readers.given import Given
    from keyfit.readers.hcl.ast import Body, Expression
    from keyfit.readers.terraform.modules.configuration import Library
    from keyfit.value import Value


@record
class Inputs:
    """What the root module's variables are given: in `.tfvars` files, by the user, in a plan; or `inherited`.

    `remarks` tell which of several files that the user names wins.
    """

    expressions: dict[str, Expression] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    values: Mapping[str, Value] = field(default_factory=dict)
    inherited: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[Problem, ...] = ()


def read_inputs(directory: Path, given: Given, library: Library) -> Inputs:
    """What the files and the command line give, the command line winning, of the files the last one."""
    expressions: dict[str, Expression] = {}
    own = ((path, library.root) for path in file_names.variable_files(directory, library.root))
    # What the user names lies where it lies; the settings name nothing outside the scan root.
    named = ((path, Path(os.path.realpath(path)).parent) for path in given.variable_files)
    for path, root in own:
        body = _read_file(path, root, library)
        expressions.update(body.attributes if body is not None else {})
    won: dict[str, Path] = {}
    remarks: list[Problem] = []
    for path, root in named:
        body = _read_file(path, root, library)
        for name, written in (body.attributes if body is not None else {}).items():
            if name in won and expressions[name] != written and name not in given.variables:
                remarks.append(
                    Problem(f"variable `{name}` is as `{path}` has it, not as `{won[name]}`", written.origin)
                )
            won[name], expressions[name] = path, written
    return Inputs(expressions, dict(given.variables), inherited=given.inherited, remarks=tuple(remarks))


def _read_file(path: Path, root: Path, library: Library) -> Body | None:
    from keyfit.readers.hcl.json_syntax import read_json_variables
    from keyfit.readers.hcl.syntax import read_body

    source = library.text(path, root)
    if isinstance(source, Problem):
        return None
    body = read_json_variables(source, str(path)) if path.name.endswith(".json") else read_body(source, str(path))
    if isinstance(body, Problem):
        library.problems.setdefault(body)
        return None
    return body
