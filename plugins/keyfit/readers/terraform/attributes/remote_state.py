"""Where a root module keeps its state, and which state another one reads: the same words for the same state."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.evaluation.evaluate import evaluate
from keyfit.readers.terraform.modules.instances import argument
from keyfit.value import Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

# What tells one state from another, by backend.
_TELLING: Final[Mapping[str, tuple[str, ...]]] = {
    "s3": ("bucket", "key"),
    "gcs": ("bucket", "prefix"),
    "azurerm": ("storage_account_name", "container_name", "key"),
    "http": ("address",),
    "local": ("path",),
}
_DEFAULT: Final = "default"  # the workspace that every configuration has
_DEFAULTS: Final = {"path": "terraform.tfstate"}


def state_of(root: Module) -> str | None:
    """Where the root module keeps its state; in a file beside it, if it does not say."""
    scope, workspace = root.scope, root.evaluation.given.workspace
    for block in root.configuration.settings:
        for nested in block.body().blocks:
            if nested.type == "backend" and nested.labels:
                attributes = nested.body.attributes
                values = {name: evaluate(written, scope) for name, written in attributes.items()}
                state = _named(nested.labels[0], values.get, root.configuration.directory)
                return _in_workspace(state, workspace or _DEFAULT)
            if nested.type == "cloud":
                return None
    return _in_workspace(_named("local", lambda _: None, root.configuration.directory), workspace or _DEFAULT)


def _in_workspace(state: str | None, workspace: str | None) -> str | None:
    """The state of a workspace, which the backend keeps beside that of the default one."""
    if state is None or workspace is None:
        return None
    return state if workspace == _DEFAULT else f"{state} (workspace {workspace})"


def outputs_of(instance: Instance, name: str) -> Value | None:
    """What `data.terraform_remote_state` reads as `outputs`: unknown, with the state that it stands in."""
    if name != "outputs":
        return None
    backend, config = argument(instance, "backend"), argument(instance, "config")
    kind = backend.literal if isinstance(backend, Text) else None
    find = config.find if isinstance(config, Object) else lambda _: None
    workspace = argument(instance, "workspace") or text(_DEFAULT)
    state = _named(kind, find, instance.module.configuration.directory) if kind else None
    state = _in_workspace(state, workspace.literal if isinstance(workspace, Text) else None)
    identity = f"{instance.address}.outputs"
    if state is None:
        return Unknown(Why.DATA, f"`{instance.address}`", identity, origin=instance.origin)
    return Unknown(Why.STATE, state, identity, origin=instance.origin)


def _named(backend: str, find: Callable[[str], Value | None], directory: Path) -> str | None:
    """A state in words; `None` where what tells it from another is not known."""
    told: list[str] = []
    for name in _TELLING.get(backend, ()):
        value = find(name)
        literal = value.literal if isinstance(value, Text) else _DEFAULTS.get(name) if value is None else None
        if literal is None:
            return None
        told.append(literal)
    if not told:
        return None
    if backend == "local":
        told = [os.path.normpath(os.path.join(os.path.realpath(directory), told[0]))]  # noqa: PTH118 - no file is opened
    return f"{backend}:{'/'.join(told)}"
