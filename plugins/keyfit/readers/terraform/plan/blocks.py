"""The configuration that a plan repeats, as Terraform's JSON syntax: what of it the plan tells.

A plan shows constants, and of every other expression only what it refers to. So where a value is not known when it is
planned, the reference stands for it, if the expression can be nothing else; otherwise the value is open (`LATER`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from keyfit.readers.terraform.plan.configured import members, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keyfit.readers.terraform.plan.planned import Told

Json = Any
LATER: Final = "\ue000"  # stands for a value of which a plan shows nothing; nobody writes it
# How the names of arguments and outputs end that are an ARN, an id or a name as a whole, and of what they can be.
_NAMING: Final = ("arn", "_id", "role", "user", "group", "bucket", "_name", "kms_key", "boundary", "principal", "key")
_NAMES: Final = ("arn", "id", "name", "key", "role", "user", "group", "bucket")
_DOCUMENTS: Final = ("policy", "policy_document", "document", "json")
_LISTS: Final = ("identifiers", "resources", "roles", "users", "groups", "arns")
_LISTED: Final = re.compile(r"(?:data\.)?(?:aws|awscc)_(?:iam|kms)_\w+\.[^.]+\.(?:arn|name|id)")
_NO_VALUE: Final = ("each.", "count.", "local.", "path.", "self.", "terraform.")
# A whole resource or data source, as plans of old versions list what refers to one of its attributes.
_WHOLE: Final = re.compile(r"(?:data\.)?[a-z][a-z0-9]*_\w+\.[^.\[]+(?:\[[^\]]*\])?")
_META: Final = frozenset({"provisioner", "connection"})


def modules(configuration: Mapping[str, object], places: Mapping[str, Told]) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Each module of a plan's configuration, by the names of the calls that lead to it, as Terraform JSON."""
    known = members(configuration.get("provider_config"))
    pending: list[tuple[tuple[str, ...], Mapping[str, object]]] = [((), members(configuration.get("root_module")))]
    while pending:
        path, module = pending.pop()
        yield path, _module(path, module, known, places)
        for name, call in members(module.get("module_calls")).items():
            pending.append(((*path, name), members(members(call).get("module"))))


def _module(
    path: tuple[str, ...], module: Mapping[str, object], known: Mapping[str, object], places: Mapping[str, Told]
) -> Json:
    found: Json = {"resource": {}, "data": {}, "variable": {}, "module": {}, "output": {}, "provider": []}
    used: dict[str, None] = {}
    for resource in objects(module.get("resources")):
        kind = "data" if resource.get("mode") == "data" else "resource"
        key = str(resource.get("provider_config_key"))
        body = _arguments(members(resource.get("expressions")))
        if key in known and (path or "." in key):
            used.setdefault(key)
            body["provider"] = _provider_name(key)
        found[kind].setdefault(str(resource.get("type")), {})[str(resource.get("name"))] = body
    for name, variable in members(module.get("variables")).items():
        told = members(variable)
        found["variable"][name] = {each: _constant(told[each]) for each in ("default", "sensitive") if each in told}
    for name, call in members(module.get("module_calls")).items():
        inputs = _arguments(members(members(call).get("expressions")))
        found["module"][name] = {**inputs, "source": _constant(str(members(call).get("source")))}
    for name, output in members(module.get("outputs")).items():
        found["output"][name] = {"value": _value(name, members(output).get("expression"))}
    own = [key for key, each in known.items() if _is_of(path, members(each))]
    found["provider"] = [_provider(key, members(known[key]), places.get(key)) for key in dict.fromkeys((*own, *used))]
    return found


def _is_of(path: tuple[str, ...], provider: Mapping[str, object]) -> bool:
    return str(provider.get("module_address", "")) == ".".join(f"module.{each}" for each in path)


def _provider_name(key: str) -> str:
    """What a module calls a configuration: one of another module has a name that nobody else has."""
    name, _, alias = key.rpartition(":")[2].partition(".")
    return f"{name}.{alias or 'inherited'}"


def _provider(key: str, provider: Mapping[str, object], told: Told | None) -> Json:
    """A configuration as far as it tells where it works; what is not shown can be another account."""
    name, _, alias = _provider_name(key).partition(".")
    body = _arguments(members(provider.get("expressions")))
    own = "alias" in provider or "module_address" in provider
    if own:
        body["alias"] = alias
    if told is not None and told.region is not None:
        body["region"] = told.region
    if told is not None and told.account is not None:
        body["allowed_account_ids"] = [told.account]
    return {name: body}


def _arguments(expressions: Mapping[str, object]) -> dict[str, Json]:
    return {name: _value(name, each) for name, each in expressions.items() if name not in _META}


def _value(name: str, expression: object) -> Json:
    """An expression: its constant, its reference, or what is nested in it."""
    match expression:
        case {"constant_value": constant}:
            return _constant(constant)
        case {"references": list() as references}:
            return _referring(name, _ends([each for each in references if isinstance(each, str)]))
        case dict() if expression:
            return {key: _value(key, each) for key, each in expression.items()}
        case list():
            return [_value(name, each) for each in expression]
        case _:
            return LATER


def _referring(name: str, ends: list[str]) -> Json:
    """What refers to these: the reference, or a list of them, where it can be nothing else."""
    if name.endswith(_LISTS):
        return [f"${{{each}}}" for each in ends] if ends and all(map(_LISTED.fullmatch, ends)) else LATER
    if len(ends) != 1 or ends[0].startswith(_NO_VALUE) or _WHOLE.fullmatch(ends[0]):
        return LATER
    word = re.sub(r"\[[^\]]*\]$", "", ends[0].rpartition(".")[2])
    fits = (name.endswith(_NAMING) and word.endswith(_NAMES)) or (
        name.endswith(_DOCUMENTS) and word.endswith(_DOCUMENTS)
    )
    return f"${{{ends[0]}}}" if fits else LATER


def _ends(references: list[str]) -> list[str]:
    """The references without those that others go on from: a plan lists `a.b` after `a.b.arn`."""
    distinct = list(dict.fromkeys(references))
    return [each for each in distinct if not any(_is_within(other, each) for other in distinct)]


def _is_within(longer: str, shorter: str) -> bool:
    return longer != shorter and longer.startswith(shorter) and longer[len(shorter)] in ".["


def _constant(value: object) -> Json:
    """A constant, whose strings are no templates."""
    match value:
        case str():
            return value.replace("${", "$${").replace("%{", "%%{")
        case list():
            return [_constant(each) for each in value]
        case dict():
            return {_constant(key): _constant(each) for key, each in value.items()}
        case _:
            return value


def lines(text: str, addresses: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """The line of the first place where each address stands; `addresses` come with their offsets, in order."""
    found: dict[str, int] = {}
    line, before = 1, 0
    for address, offset in addresses:
        line += text.count("\n", before, offset)
        before = offset
        found.setdefault(address, line)
    return found
