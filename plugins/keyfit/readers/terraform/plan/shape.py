"""Whether a plan is of the form that Terraform writes: a part that is something else is told, not passed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.plan.configured import members, objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TEXTS: Final = ("address", "mode", "type", "name", "provider_name", "provider_config_key")
_NONE: Final = type(None)
_OBJECTS: Final = ("configuration", "planned_values", "prior_state", "variables")


def fault(document: Mapping[str, object]) -> str:
    """The first part that no plan has, by its path, and what it is instead of what; empty where there is none."""
    return next(_faults(document), "")


def _faults(document: Mapping[str, object]) -> Iterator[str]:
    for name in _OBJECTS:
        if not isinstance(document.get(name), (dict, _NONE)):
            yield f"`{name}` is not an object"
    yield from _changes(document.get("resource_changes"))
    states = {"planned_values": document.get("planned_values"), "prior_state": members(document.get("prior_state"))}
    for name, written in (*states.items(), ("configuration", document.get("configuration"))):
        values = members(written).get("values", {}) if name == "prior_state" else written
        yield from _module(members(values).get("root_module"), f"{name}.root_module")


def _changes(written: object) -> Iterator[str]:
    yield from _listed(written, "resource_changes")
    for number, each in enumerate(objects(written)):
        path = f"resource_changes[{number}]"
        yield from _texts(each, path)
        yield from _inside(each, ("change",), path)
        yield from _inside(members(each.get("change")), ("before", "after"), f"{path}.change")
        actions = members(each.get("change")).get("actions", [])
        if not isinstance(actions, list) or not all(isinstance(action, str) for action in actions):
            yield f"`{path}.change.actions` is not a list of strings"


def _module(written: object, path: str) -> Iterator[str]:
    pending = [(written, path)]
    while pending:
        module, here = pending.pop()
        if not isinstance(module, (dict, _NONE)):
            yield f"`{here}` is not an object"
        for name in ("resources", "child_modules"):
            yield from _listed(members(module).get(name), f"{here}.{name}")
        for number, each in enumerate(objects(members(module).get("resources"))):
            yield from _texts(each, f"{here}.resources[{number}]")
            yield from _inside(each, ("values", "expressions"), f"{here}.resources[{number}]")
        children = objects(members(module).get("child_modules"))
        pending.extend((each, f"{here}.child_modules[{number}]") for number, each in enumerate(children))
        calls = members(members(module).get("module_calls")).items()
        pending.extend((members(each).get("module"), f"{here}.module_calls.{name}.module") for name, each in calls)


def _listed(written: object, path: str) -> Iterator[str]:
    """A list of objects, or nothing."""
    if not isinstance(written, (list, _NONE)):
        yield f"`{path}` is not a list"
    for number, each in enumerate(written if isinstance(written, list) else ()):
        if not isinstance(each, dict):
            yield f"`{path}[{number}]` is not an object"


def _inside(written: Mapping[str, object], names: tuple[str, ...], path: str) -> Iterator[str]:
    """Members that are objects, or nothing."""
    for name in names:
        if not isinstance(written.get(name), (dict, _NONE)):
            yield f"`{path}.{name}` is not an object"


def _texts(resource: Mapping[str, object], path: str) -> Iterator[str]:
    for name in _TEXTS:
        if not isinstance(resource.get(name, ""), (str, _NONE)):
            yield f"`{path}.{name}` is not a string"
