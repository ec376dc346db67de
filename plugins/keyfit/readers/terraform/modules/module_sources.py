"""Where the files of a called module lie: beside the caller, or where `terraform init` has put them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers import files
from keyfit.readers.terraform.evaluation.evaluate import evaluate
from keyfit.readers.terraform.evaluation.scope import Scope
from keyfit.readers.terraform.modules import file_names
from keyfit.readers.terraform.modules.from_plan import directory_in
from keyfit.value import Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.terraform.evaluation.scope import Evaluation
    from keyfit.readers.terraform.modules.configuration import Declared, Library
    from keyfit.readers.terraform.modules.module import Module


def directory_of(parent: Module, declared: Declared) -> Path | Unknown:
    """Where a called module's files lie: a local path, or where `terraform init` has put them; else the plan has it."""
    found = _directory_of(parent, declared)
    plan = parent.evaluation.plan
    if isinstance(found, Unknown) and plan.configuration:
        planned = directory_in(plan, (*_calls(parent), declared.labels[0]))
        return planned if planned in parent.library.configurations else found
    return found


def _calls(module: Module) -> tuple[str, ...]:
    """The names of the calls that lead to a module."""
    names: list[str] = []
    while module.call is not None:
        names.append(module.call.declared.labels[0])
        module = module.call.parent
    return tuple(reversed(names))


def _directory_of(parent: Module, declared: Declared) -> Path | Unknown:
    written = declared.body().attributes.get("source")
    source = evaluate(written, Scope(parent.evaluation, parent)) if written is not None else None
    name = source.literal if isinstance(source, Text) else None
    if name is None:
        return source if isinstance(source, Unknown) else Unknown(Why.REMOTE_MODULE, "?", origin=declared.origin)
    local = local_directory(parent.directory, name)
    directory = local or _downloaded(parent, declared)
    identity = f"{parent.address}module.{declared.labels[0]}"
    if directory is None:
        return Unknown(Why.REMOTE_MODULE, name, identity, origin=declared.origin)
    if not files.inside(directory, parent.library.root):
        return Unknown(Why.OUTSIDE_ROOT, name, identity, origin=declared.origin)
    if not file_names.configuration_files(directory, parent.library.root):
        return Unknown(Why.NO_MODULE if local else Why.REMOTE_MODULE, name, identity, origin=declared.origin)
    return directory


def local_directory(directory: Path, source: str) -> Path | None:
    """Where a local module source leads; `None` where the source is none."""
    return (
        Path(os.path.normpath(directory / source))
        if source.startswith(("./", "../")) or source in {".", ".."}
        else None
    )


def _downloaded(parent: Module, declared: Declared) -> Path | None:
    """The directory that `.terraform/modules/modules.json` tells for a call."""
    manifest = parent.evaluation.manifest
    if manifest is None:
        manifest = parent.evaluation.manifest = read_manifest(parent.evaluation, parent.library)
    where = manifest.get(".".join((*_calls(parent), declared.labels[0])))
    return None if where is None else Path(os.path.normpath(parent.evaluation.root / where))


def read_manifest(evaluation: Evaluation, library: Library) -> dict[str, str]:
    """Module keys (`a.b`) to directories, as `terraform init` writes them."""
    path = evaluation.root / evaluation.given.data_directory / "modules" / "modules.json"
    if not path.is_file():
        return {}
    source = library.text(path)
    if isinstance(source, Problem):
        return {}
    try:
        modules = json.loads(source)["Modules"]
        return {str(each["Key"]): str(each["Dir"]) for each in modules}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
