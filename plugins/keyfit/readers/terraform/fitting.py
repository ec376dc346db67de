"""Whether a plan is one of a root module: both declare the same blocks, and it is for the same place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.terraform.evaluation.scope import settled
from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.functions.json_encoding import normal
from keyfit.readers.terraform.modules.expansion import everything, instances
from keyfit.readers.terraform.modules.instances import source_of
from keyfit.readers.terraform.modules.variables import variable
from keyfit.readers.terraform.plan.planned import read
from keyfit.readers.terraform.plan.reading import LONGEST
from keyfit.readers.terraform.values.terraform_values import unordered
from keyfit.value import NOWHERE, Bool, Entry, List, Number, Object, Origin, Text, Unknown, holes_in
from keyfit.words import marked, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.given import Given
    from keyfit.readers.terraform.modules.configuration import Configuration
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.plan.planned import Plan
    from keyfit.value import Value

SHOWN: Final = 3  # names in a message
_WORKSPACE: Final = "terraform.workspace"
_LONG: Final = 1_000  # characters of a name
_MOST: Final = 1_000  # resources that are compared


def fitting(plan: Plan, configuration: Configuration, given: Given) -> Plan | Problem:
    """The plan, or why it is not of this root module, deployed where the user says."""
    place, others = Origin(str(given.plan)), _others(plan, configuration)
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        named = ", ".join(f"`{each}`" for each in others[:SHOWN])
        return Problem(
            f"`{given.plan}` is a plan of another configuration: only one of the two has {named}{more}", place
        )
    home = plan.home
    for what, bound_to, planned in (("account", given.account, home.account), ("Region", given.region, home.region)):
        if bound_to and planned and bound_to != planned:
            return Problem(f"`{given.plan}` is a plan for the {what} `{planned}`, and `{bound_to}` is given", place)
    return plan


def _others(plan: Plan, configuration: Configuration) -> list[str]:
    """The addresses of what was planned and is not in the source, and of variables that are in the source only."""
    if configuration.broken or plan.declared is None:
        return []  # what it has is not known, and that is told
    gone = {path for path in plan.declared if configuration.find(*path) is None}
    new = {path for path in configuration.declared if path[0] == "variable"} - set(plan.declared)
    return sorted(map(_address, gone | new))


def _address(path: tuple[str, ...]) -> str:
    kind, *names = path
    address = ".".join(names if kind == "resource" else ("var" if kind == "variable" else kind, *names))
    return address[:LONGEST]


# --- what the source says, and the plan shows otherwise ------------------------------------------------------


def planned_workspace(root: Module) -> str | None:
    """The workspace that was planned, where names show it that are made of it and nothing else that is unknown.

    `root` is without a workspace.
    """
    if not any(_WORKSPACE in text for each in everything(root) for text in each.configuration.text):
        return None
    found = {name for instance in _planned(root) for name in _workspaces(instance)}
    return found.pop() if len(found) == 1 else None


def _planned(root: Module) -> Iterator[Instance]:
    """The resources that the plan speaks of, the first of them."""
    left = _MOST
    for module in everything(root):
        types = {each.labels[0] for each in module.configuration.of_kind("resource")}
        for instance in instances(module, *sorted(types)):
            left -= 1
            if left < 0:
                return
            if instance.planned is not None:
                yield instance


def _workspaces(instance: Instance) -> Iterator[str]:
    for name in instance.declared.body().attributes:
        told = instance.planned.find(name) if instance.planned is not None else None
        if isinstance(told, Text) and told.literal is not None and len(told.literal) <= _LONG:
            written = source_of(instance, name)
            match = _pattern(written).fullmatch(told.literal) if isinstance(written, Text) else None
            if match and match.groups():
                yield match[1]


def _pattern(written: Text) -> re.Pattern[str]:
    """What the text becomes: the workspace is the first group; a text with other holes becomes nothing."""
    seen = False
    parts = []
    for part in written.parts:
        if isinstance(part, str):
            parts.append(re.escape(part))
        elif isinstance(part, Unknown) and part.identity == _WORKSPACE:
            parts.append(r"\1" if seen else r"([\w.~-]+)")
            seen = True
        else:
            return re.compile(r"(?!)")
    return re.compile("".join(parts))


def newer(before: Module, root: Module) -> Iterator[str]:
    """What the source says otherwise than the plan: it was changed since. `before` is the root module without plan."""
    plan = root.evaluation.plan
    for declared in root.configuration.of_kind("variable") if plan.declared is not None else ():
        name = declared.labels[0]
        written = settled(variable(before, name, NOWHERE)) if "default" in declared.body().attributes else None
        planned = read(plan.defaults[name]) if name in plan.defaults else None
        if (written is None) is not (planned is None):
            yield f"the default of `var.{name}` is in only one of the two"
        elif written is not None and planned is not None and _differ(written, planned):
            yield f"the default of `var.{name}` is {_said(planned)} in the plan, and {_said(written)} in the source"
    for instance in _planned(root):
        for name in instance.declared.body().attributes if not instance.exists else ():
            planned = instance.planned.find(name) if instance.planned is not None else None
            written = source_of(instance, name)
            if written is not None and planned is not None and _differ(written, planned):
                yield f"`{name}` of `{instance.address}` is not what the source says"


def _differ(written: Value, planned: Value) -> bool:
    """Whether two values surely differ, where both are simple, or documents."""
    if holes_in(written) or not isinstance(written, Text | Bool | Number):
        return False
    if isinstance(written, Text) and isinstance(planned, Text):
        return written != planned and (not _is_document(written) or _document(written) != _document(planned))
    return type(written) is type(planned) and written != planned


def _is_document(written: Text) -> bool:
    return not isinstance(decoded(written), Unknown)


def _document(written: Text) -> Value:
    return _alike(normal(unordered(decoded(written))))


def _alike(value: Value) -> Value:
    """A document with its lists of texts in one order, and one text without a list: providers write their own."""
    match value:
        case Object(entries, rest):
            return Object(tuple(Entry(key, _alike(each)) for key, each in entries), rest)
        case List((only,), None) if isinstance(only, Text):
            return only
        case List(items, None) if all(isinstance(each, Text) for each in items):
            return List(tuple(sorted(items, key=lambda each: repr(getattr(each, "parts", ())))))
        case List(items, rest):
            return List(tuple(map(_alike, items)), rest)
        case _:
            return value


def _said(value: Value) -> str:
    return marked(shown(value))
