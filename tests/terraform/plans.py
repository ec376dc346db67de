"""Plans in JSON, made of a configuration as the reader evaluates it: as `terraform show -json` would print them.

A plan is of one deployment: what the source leaves open (account, Region, ids) is filled in with the same literals
everywhere. What Terraform cannot know when it plans is not in a plan of what it creates.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from keyfit import json_text
from keyfit.model.alternatives import EMPTY
from keyfit.readers.hcl.ast import Attribute, Body, Index, Literal, Template, Variable
from keyfit.readers.hcl.walk import inside
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import Evaluation, settled
from keyfit.readers.terraform.modules.configuration import Library
from keyfit.readers.terraform.modules.expansion import copies_of, everything
from keyfit.readers.terraform.modules.inputs import read_inputs
from keyfit.readers.terraform.modules.instances import Instance, blocks, source_of
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.modules.variables import variable
from keyfit.readers.terraform.plan.planned import NO_PLAN
from keyfit.readers.terraform.resources.exports import EXPORTS
from keyfit.readers.terraform.source import Source, root_module
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Own, Reference, Text, Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.model.stack import Stack
    from keyfit.readers.given import Given
    from keyfit.readers.hcl.walk import Node
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Hole, Value

Json = Any
ACCOUNT: Final = "111122223333"
_OWN: Final = {Own.ACCOUNT: ACCOUNT, Own.REGION: "us-west-2", Own.PARTITION: "aws", Own.URL_SUFFIX: "amazonaws.com"}
_META: Final = frozenset({"count", "for_each", "provider", "lifecycle", "depends_on", "provisioner", "timeouts"})
_META_BLOCKS: Final = _META - {"provider"}  # a block of this name is a resource's own, as that of an EKS cluster
_KNOWN: Final = frozenset({"var", "each", "count", "path", "terraform"})  # names that a plan of what is new knows
_POLICIES: Final = {"aws_kms_key": "policy", "aws_kms_external_key": "policy", "awscc_kms_key": "key_policy"}
_IDENTITY: Final = "aws_caller_identity"
_TOLD: Final = {_IDENTITY: Own.ACCOUNT, "aws_region": Own.REGION}  # by data sources, when something is planned


class Made(Enum):
    """What a plan is of: something new, of which the plan shows all or only literals; or what is there already."""

    NEW = "everything is new"
    BLIND = "everything is new, and what refers to anything is not known yet"
    THERE = "everything is there, and nothing changes"


class NotOne(Exception):  # noqa: N818 - no error
    """A configuration that no one deployment follows from: something in it is not given."""


def plan_of(directory: Path, given: Given, made: Made, stack: Stack) -> Json:
    """A plan of the root module in a directory, of which the reader made `stack`."""
    library = Library(given.root)
    inputs = read_inputs(directory, given, library)
    source = Source(directory, given, library, inputs, NO_PLAN)
    with deep():
        root = root_module(source, Evaluation(given, directory, EMPTY))
        return _Maker(made, stack).plan(root)


def literal(hole: Hole) -> str:
    """What AWS, or the deployment, puts in place of a hole."""
    if isinstance(hole, Own):
        return _OWN[hole]
    number = hashlib.sha256(repr(hole).encode()).hexdigest()
    match hole:
        case Reference(attribute="key_id"):
            return f"{number[:8]}-{number[8:12]}-{number[12:16]}-{number[16:20]}-{number[20:32]}"
        case Reference(attribute="unique_id"):
            return f"AROA{number[:17].upper()}"
        case Reference():
            return str(int(number[:20], 16)).zfill(26)[:26]
        case _:
            raise NotOne


class _Maker:
    """Makes one plan."""

    def __init__(self, made: Made, stack: Stack) -> None:
        self._made = made
        self._told: set[Hole] = set()
        self._policies = {key.block.address: key.policy.document for key in stack.keys}

    def plan(self, root: Module) -> Json:
        instances = [each for module in everything(root) for each in _instances(module, "resource")]
        data = [each for module in everything(root) for each in _instances(module, "data")]
        self._told = {Own.PARTITION, Own.URL_SUFFIX, *(_TOLD[each.type] for each in data if each.type in _TOLD)}
        planned = [self._resource(each) for each in instances]
        read = [each for each in map(self._data, data) if each is not None]
        return {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "variables": {name: {"value": value} for name, value in _variables(root)},
            "planned_values": {"root_module": {"resources": [each[0] for each in planned]}},
            "resource_changes": [each[1] for each in planned],
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": read}}},
            "configuration": {"provider_config": _providers(root), "root_module": _configuration(root)},
            "complete": True,
            "errored": False,
        }

    def _resource(self, instance: Instance) -> tuple[Json, Json]:
        values: dict[str, Json] = {}
        unknown: dict[str, Json] = {}
        for name, value, known in self._arguments(instance):
            if known:
                values[name] = _json(value)
                continue
            told, unknown[name] = self._in_part(value) if self._made is Made.NEW else (None, True)
            if unknown[name] is not True:
                values[name] = told
        if self._made is Made.THERE:
            values = {**self._exports(instance), **values}
            self._default_policy(instance, values)
        else:
            unknown |= {name: True for name in ("id", "arn", *EXPORTS.get(instance.type, ())) if name not in values}
        there = self._made is Made.THERE
        about = {
            "address": instance.address,
            "mode": "managed",
            "type": instance.type,
            "name": instance.declared.labels[1],
        }
        change = {
            "actions": ["no-op" if there else "create"],
            "before": values if there else None,
            "after": values,
            "after_unknown": {} if there else unknown,
            "after_sensitive": {},
        }
        return {**about, "values": values, "sensitive_values": {}}, {**about, "change": change}

    def _arguments(self, instance: Instance) -> Iterator[tuple[str, Value, bool]]:
        body = instance.declared.body()
        for name, expression in body.attributes.items():
            value = source_of(instance, name)
            if name not in _META and value is not None:
                yield name, value, self._knows(value, expression)
        for kind in dict.fromkeys(each.labels[0] if each.type == "dynamic" else each.type for each in body.blocks):
            found = blocks(instance, kind) if kind not in _META_BLOCKS else None
            if found is not None:
                yield kind, found, self._knows(found, *(each.body for each in body.blocks))

    def _in_part(self, value: Value) -> tuple[Json, Json]:
        """What a plan shows of a value of which it knows a part, and the marks of what it does not: blocks, objects."""
        match value:
            case List(items, None):
                parts = [self._in_part(each) for each in items]
                if any(mark is True for _, mark in parts):
                    return None, True
                return [told for told, _ in parts], [mark for _, mark in parts]
            case Object(entries, None) if all(key.literal is not None for key, _ in entries):
                members = {key.literal: self._in_part(each) for key, each in entries}
                told = {name: each for name, (each, mark) in members.items() if mark is not True}
                return told, {name: mark for name, (_, mark) in members.items() if mark}
            case _ if self._knows(value):
                return _json(value), False
            case _:
                return None, True

    def _knows(self, value: Value, *written: Node) -> bool:
        """Whether Terraform knows a value when it plans."""
        holes = holes_in(value)
        if any(isinstance(hole, Unknown) for hole in holes):
            return False
        if self._made is Made.BLIND and not all(map(_is_known, written)):
            return False
        return self._made is Made.THERE or all(hole in self._told for hole in holes)

    def _exports(self, instance: Instance) -> dict[str, Json]:
        found = {name: export(instance) for name, export in EXPORTS.get(instance.type, {}).items()}
        known = {name: each for name, each in found.items() if each is not None}
        return {
            name: _json(each) for name, each in known.items() if not any(isinstance(h, Unknown) for h in holes_in(each))
        }

    def _default_policy(self, instance: Instance, values: dict[str, Json]) -> None:
        name = _POLICIES.get(instance.type)
        document = self._policies.get(instance.address)
        if name and document is not None and not any(isinstance(hole, Unknown) for hole in holes_in(document)):
            values.setdefault(name, _json(json_text.write(document)))

    def _data(self, instance: Instance) -> Json:
        place = place_of(instance)
        known = {
            _IDENTITY: {"account_id": place.account, "id": place.account},
            "aws_region": {"name": place.region, "region": place.region, "id": place.region},
            "aws_partition": {"partition": place.partition, "id": place.partition},
        }.get(instance.type)
        if known is None or any(isinstance(hole, Unknown) for each in known.values() for hole in each.holes):
            return None
        values = {name: _json(each) for name, each in known.items()}
        return {"address": instance.address, "mode": "data", "type": instance.type, "values": values}


def _instances(module: Module, kind: str) -> Iterator[Instance]:
    for declared in module.configuration.of_kind(kind):
        copies = copies_of(module, declared)
        if copies.rest is not None or module.present.holes:
            raise NotOne
        yield from (Instance(module, declared, copy) for copy in copies.items)


def _is_known(node: Node) -> bool:
    """Whether an expression names nothing but variables."""
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, Variable) and each.name not in _KNOWN:
            return False
        pending.extend(inside(each))
    return True


def _variables(root: Module) -> Iterator[tuple[str, Json]]:
    for declared in root.configuration.of_kind("variable"):
        value = settled(variable(root, declared.labels[0], NOWHERE))
        yield declared.labels[0], _json(value)


def _json(value: Value) -> Json:
    """A value in JSON, its holes filled in."""
    match value:
        case Text(parts):
            return "".join(part if isinstance(part, str) else literal(part) for part in parts)
        case Bool(truth):
            return truth
        case Number(number):
            return number
        case Null():
            return None
        case List(items, None):
            return [_json(each) for each in items]
        case Object(entries, None):
            return {_json(key): _json(each) for key, each in entries}
        case _:
            raise NotOne


# --- the configuration, as a plan repeats it ---------------------------------------------------------------


def _configuration(module: Module) -> Json:
    kinds = [*module.configuration.of_kind("resource"), *module.configuration.of_kind("data")]
    outputs = {each.labels[0]: each.body().attributes.get("value") for each in module.configuration.of_kind("output")}
    return {
        "variables": {each.labels[0]: _default(module, each) for each in module.configuration.of_kind("variable")},
        "outputs": {name: {"expression": _expression(each)} for name, each in outputs.items() if each is not None},
        "module_calls": {name: _call(each) for name, each in _called(module)},
        "resources": [_declared(module, each) for each in kinds],
    }


def _call(module: Module) -> Json:
    assert module.call is not None
    written = module.call.declared.body().attributes
    given = {name: _expression(each) for name, each in written.items() if name not in {*_META, "source", "providers"}}
    return {"source": "./somewhere", "expressions": given, "module": _configuration(module)}


def _expression(node: Node) -> Json:
    """An expression as a plan shows it: a constant, or what it refers to."""
    match node:
        case Literal(value):
            return {"constant_value": value}
        case Template((str() as only,)):
            return {"constant_value": only}
        case _:
            found = list(dict.fromkeys(_references(node)))
            return {"references": found} if found else {}


def _references(node: Node) -> Iterator[str]:
    """Every name that an expression refers to, and then what it is a part of."""
    path = _path(node)
    if path is None:
        for each in inside(node):
            yield from _references(each)
        return
    shortest = 3 if path[0] == "data" else 2
    yield from (".".join(path[:length]) for length in range(len(path), min(shortest, len(path)) - 1, -1))
    if isinstance(node, Index):
        yield from _references(node.key)


def _path(node: Node) -> list[str] | None:
    match node:
        case Variable(name):
            return [name]
        case Attribute(target, name):
            path = _path(target)
            return None if path is None else [*path, name]
        case Index(target, Literal(int() as number)):
            path = _path(target)
            return None if path is None else [*path[:-1], f"{path[-1]}[{number}]"]
        case Index(target):
            return _path(target)
        case _:
            return None


def _body(body: Body) -> Json:
    found: Json = {name: _expression(each) for name, each in body.attributes.items() if name not in _META}
    for block in body.blocks:
        if block.type not in {*_META_BLOCKS, "dynamic"}:
            found.setdefault(block.type, []).append(_body(block.body))
    return found


def _default(module: Module, declared: Declared) -> Json:
    if module.call is not None or "default" not in declared.body().attributes:
        return {}
    bare = replace(module.inputs, words={}, expressions={}, inherited={})
    alone = replace(module, inputs=bare, evaluation=Evaluation(module.evaluation.given, module.evaluation.root))
    return {"default": _json(settled(variable(alone, declared.labels[0], NOWHERE)))}


def _called(module: Module) -> Iterator[tuple[str, Module]]:
    seen = set()
    for each in everything(module.root):
        if each.call is not None and each.call.parent is module and each.call.declared.labels[0] not in seen:
            seen.add(each.call.declared.labels[0])
            yield each.call.declared.labels[0], each


def _declared(module: Module, declared: Declared) -> Json:
    type_, name = declared.labels
    mode = "data" if declared.kind == "data" else "managed"
    written = declared.body().attributes.get("provider")
    key = ".".join(_path(written) or ["elsewhere"]) if written is not None else type_.partition("_")[0]
    if module.call is not None and (written is not None or module.configuration.providers):
        key = "elsewhere"
    expressions = _body(declared.body())
    return {"mode": mode, "type": type_, "name": name, "provider_config_key": key, "expressions": expressions}


def _providers(root: Module) -> Json:
    found = {}
    for declared in root.configuration.providers:
        expressions = _body(declared.body())
        alias = expressions.pop("alias", {}).get("constant_value")
        more = {} if alias is None else {"alias": alias}
        key = declared.labels[0] if alias is None else f"{declared.labels[0]}.{alias}"
        found[key] = {"name": declared.labels[0], "expressions": expressions, **more}
    return found
