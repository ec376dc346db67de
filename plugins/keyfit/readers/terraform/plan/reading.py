"""A plan in JSON, as `terraform show -json` prints it: what it knows of values, resources and data sources.

A plan shows no policy that has one unknown part, and the source shows no value that only AWS knows. So what a plan
knows is used, and where it knows nothing, the structure is that of the source.
"""

from __future__ import annotations

import json
import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.files import read_bytes
from keyfit.readers.terraform.plan.blocks import lines
from keyfit.readers.terraform.plan.configured import declared, members, objects, provider_keys, variables
from keyfit.readers.terraform.plan.planned import Plan, Planned, read
from keyfit.readers.terraform.plan.shape import fault
from keyfit.readers.terraform.plan.telling import copies, places, without_keys
from keyfit.value import Origin, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.value import Value

LARGEST: Final = 50_000_000  # bytes of a plan: it has the source, and everything twice
LONGEST: Final = 100  # characters of each
_FORMATS: Final = ("0.", "1.")  # https://developer.hashicorp.com/terraform/internals/json-format
_PARTS: Final = frozenset({"configuration", "planned_values", "resource_changes"})
_ADDRESS: Final = re.compile(r'"address"\s*:\s*"((?:[^"\\\n]|\\[^\n])*)"')
_SAVED: Final = b"PK"
_ADVICE: Final = "`terraform show -json` converts a plan file to it"


def read_plan(path: Path) -> Plan | Problem:
    """The plan in a file that the user names, wherever it lies."""
    place = Origin(str(path))
    source = read_bytes(path, Path(os.path.realpath(path)).parent, LARGEST)
    if isinstance(source, Problem):
        return source
    if source.startswith(_SAVED):
        return Problem(f"`{path}` is a plan as `terraform plan -out` saves it: {_ADVICE}", place)
    document = _document(source)
    if document is None or not _PARTS & document.keys():
        return Problem(f"`{path}` is not a plan in JSON: {_instead(document)}", place)
    version = str(document.get("format_version"))[:LONGEST]
    if not version.startswith(_FORMATS):
        return Problem(f"`{path}` is a plan in format `{version}`, which is not supported", place)
    wrong = fault(document)
    if wrong:
        return Problem(f"`{path}` is not a plan as Terraform writes it: {wrong[:LONGEST]}", place)
    return _plan(document, str(path), source.decode(errors="replace"))


def _document(source: bytes) -> dict[str, object] | None:
    try:
        document = json.loads(source, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _instead(document: Mapping[str, object] | None) -> str:
    """What it is instead, where that can be told, and what to do."""
    return "it is a state; name the plan file" if document is not None and "values" in document else _ADVICE


def _finite(word: str) -> float:
    """A number as JSON has them; `ValueError` for Python's other ones."""
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(word)
    return number


def _plan(document: Mapping[str, object], file: str, text: str) -> Plan:
    root = members(members(document.get("configuration")).get("root_module"))
    changes = {str(each.get("address")): each for each in objects(document.get("resource_changes"))}
    keep = dict(_resources(document.get("planned_values")))
    prior = dict(_resources(members(document.get("prior_state")).get("values")))
    gone = frozenset(address for address, each in changes.items() if _actions(each) == ["delete"])
    managed = {address: _managed(each, changes.get(address)) for address, each in keep.items() if _is(each, "managed")}
    more = {address: each for address, each in changes.items() if address not in managed and _is(each, "managed")}
    managed |= {address: _managed({}, each) for address, each in more.items() if _stays(each)}
    later = {address for address, each in changes.items() if _actions(each) == ["read"]}
    data = {
        address: Planned(members(each.get("values")), None, each.get("sensitive_values"))
        for address, each in {**keep, **prior}.items()
        if _is(each, "data") and address not in later
    }
    data |= {address: _deferred(keep.get(address), changes[address]) for address in later if address in changes}
    values, secrets = _values(document, root)
    destroys = bool(gone) and not managed
    return Plan(
        file,
        values,
        managed,
        data,
        gone,
        {address: _before(each) for address, each in changes.items() if "delete" in _actions(each)},
        destroys,
        whole=not (document.get("errored") or document.get("complete") is False),
        places=places(document, provider_keys(document), managed, data),
        declared=tuple(declared(root)) if "configuration" in document else None,
        defaults={name: each["default"] for name, each in variables(root) if "default" in each},
        remarks=tuple(_remarks(document, destroys=destroys)),
        configuration=members(document.get("configuration")),
        lines=_lines(text),
        keys=copies((*managed, *data)),
        secrets=frozenset(secrets).union(*(each.secrets() for each in (*managed.values(), *data.values()))),
    )


def _lines(text: str) -> Mapping[str, int]:
    """Where the resources stand first, by address without keys."""
    return lines(text, ((without_keys(json.loads(f'"{each[1]}"')), each.start()) for each in _ADDRESS.finditer(text)))


def _values(document: Mapping[str, object], root: Mapping[str, object]) -> tuple[dict[str, Value], list[str]]:
    """The values of the root module's variables, and the texts among them that are not to be shown."""
    hidden = {name for name, each in variables(root) if each.get("sensitive") is True}
    found: dict[str, Value] = {}
    secrets: list[str] = []
    for name, given in members(document.get("variables")).items():
        if isinstance(given, dict) and "value" in given:
            value = read(given["value"], None, name in hidden)
            if not (isinstance(value, Unknown) and name in hidden):
                found[name] = value
            secrets.extend(Planned({name: given["value"]}, None, {name: name in hidden}).secrets())
    return found, secrets


def _managed(planned: Mapping[str, object], change: Mapping[str, object] | None) -> Planned:
    """A resource as the change leaves it, or as it is planned where no change of it is told."""
    told = members(change.get("change")) if change is not None else {}
    after = told.get("after")
    if not isinstance(after, dict):
        return Planned(members(planned.get("values")), None, planned.get("sensitive_values"))
    return Planned(after, told.get("after_unknown"), told.get("after_sensitive"), made="create" in _actions(change))


def _stays(change: Mapping[str, object]) -> bool:
    return isinstance(members(change.get("change")).get("after"), dict)


def _before(change: Mapping[str, object]) -> Planned:
    """A resource as it is before the plan is applied."""
    return Planned(members(members(change.get("change")).get("before")))


def _deferred(planned: Mapping[str, object] | None, change: Mapping[str, object]) -> Planned:
    """A data source that is read when the plan is applied: only its arguments are known."""
    told = members(change.get("change"))
    after = told.get("after")
    values = after if isinstance(after, dict) else members((planned or {}).get("values"))
    return Planned(
        {name: value for name, value in values.items() if value is not None},
        told.get("after_unknown"),
        told.get("after_sensitive"),
        made=True,
    )


def _remarks(document: Mapping[str, object], *, destroys: bool) -> Iterator[str]:
    if destroys:
        yield "the plan destroys everything that it is about: nothing is left to check"
    if document.get("errored") is True:
        yield "the plan is of a run that failed: what it does not have is as the source says"
    elif document.get("complete") is False:
        yield "the plan is not about the whole root module, as with `-target`: the rest is as the source says"


def _actions(change: Mapping[str, object] | None) -> list[object]:
    actions = members(change.get("change")).get("actions") if change is not None else None
    return actions if isinstance(actions, list) else []


def _is(resource: Mapping[str, object], mode: str) -> bool:
    return resource.get("mode") == mode


def _resources(values: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The resources of a state, in all its modules, by address."""
    pending = [members(members(values).get("root_module"))]
    while pending:
        module = pending.pop()
        pending.extend(objects(module.get("child_modules")))
        for resource in objects(module.get("resources")):
            yield str(resource.get("address")), resource
