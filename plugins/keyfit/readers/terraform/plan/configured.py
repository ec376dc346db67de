"""The configuration that a plan was made from, as the plan repeats it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def members(value: object) -> dict[str, object]:
    """An object of JSON; an empty one for anything else."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def objects(value: object) -> Iterator[dict[str, object]]:
    """The objects in a list of JSON; none in anything else."""
    return (each for each in (value if isinstance(value, list) else []) if isinstance(each, dict))


def declared(root: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """The blocks of a root module, by kind and labels."""
    yield from (("variable", name) for name in members(root.get("variables")))
    yield from (("module", name) for name in members(root.get("module_calls")))
    for resource in objects(root.get("resources")):
        kind = "data" if resource.get("mode") == "data" else "resource"
        if resource.get("mode") in ("data", "managed"):
            yield kind, str(resource.get("type")), str(resource.get("name"))


def variables(root: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The variables of a root module."""
    return ((name, members(each)) for name, each in members(root.get("variables")).items())


def configured(root: Mapping[str, object]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The resources and data sources of a configuration, by their addresses without keys."""
    pending: list[tuple[str, Mapping[str, object]]] = [("", root)]
    while pending:
        prefix, module = pending.pop()
        for resource in objects(module.get("resources")):
            mode = "data." if resource.get("mode") == "data" else ""
            yield f"{prefix}{mode}{resource.get('type')}.{resource.get('name')}", resource
        for name, call in members(module.get("module_calls")).items():
            pending.append((f"{prefix}module.{name}.", members(members(call).get("module"))))


def provider_keys(document: Mapping[str, object]) -> Mapping[str, str]:
    """The root module's provider configuration of each resource and data source, where that is sure.

    Before Terraform 1.1, what a module inherits bears the module's own name (`module.m:aws`): it is the default
    provider's where the configuration has no other.
    """
    whole = members(document.get("configuration"))
    known = members(whole.get("provider_config"))
    aliased = {key.rpartition(":")[2].partition(".")[0] for key, each in known.items() if "alias" in members(each)}
    found: dict[str, str] = {}
    for address, resource in configured(members(whole.get("root_module"))):
        key = str(resource.get("provider_config_key"))
        module, colon, name = key.rpartition(":")
        own = "expressions" in members(known.get(key))
        if not colon:
            found[address] = key
        elif module and not own and name not in aliased:
            found[address] = name
    return found
