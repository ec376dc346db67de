"""A template by its sections: parameters, mappings, conditions, rules, resources, outputs, as they are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.cloudformation.template.loops import LOOP
from keyfit.readers.cloudformation.template.parameters import Parameter, read_parameter
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Origin, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.cloudformation.template.calls import Call

_KINDS: Final[dict[type, str]] = {
    List: "a list",
    Object: "a map",
    Text: "text",
    Number: "a number",
    Bool: "a boolean",
    Null: "empty",
    Unknown: "not known",
}
_PROPERTIES_LEVEL: Final = 4  # Resources, logical id, Properties, property: below it, the value decides


def kind_of(value: Value) -> str:
    """What a value of the wrong kind is, in the words of a message."""
    return _KINDS[type(value)]


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as written. `type` is empty where it is not known; `properties` is `None` where there are none.

    `condition` is the name of its condition, empty for none. `origin` spans from its logical id to its end.
    """

    address: str
    type: str
    properties: Value | None
    condition: str = ""
    depends_on: tuple[str, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The sections of one template, by name and in the order written; `problems` say what of them cannot be read."""

    file: str
    parameters: Mapping[str, Parameter]
    mappings: Mapping[str, Value]
    conditions: Mapping[str, Value]
    rules: Mapping[str, Value]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Value]
    problems: tuple[Problem, ...] = ()
    calls: dict[int, tuple[Call, ...]] = field(default_factory=dict, repr=False)  # by the identity of a value in it


def read_sections(root: Value, file: str) -> Template:
    """The sections of a template that is loaded; one without resources has a problem that says so."""
    problems: list[Problem] = []
    sections = {name: _section(root, name, problems) for name in _SECTIONS}
    parameters = {name: read_parameter(name, value) for name, value in sections["Parameters"].items()}
    resources = {}
    for key, value in _entries(root, "Resources"):
        resource = _resource(key, value, problems)
        if resource is not None:
            resources[resource.address] = resource
    problems.extend(_twice(root))
    return Template(
        file,
        parameters,
        sections["Mappings"],
        sections["Conditions"],
        sections["Rules"],
        resources,
        sections["Outputs"],
        tuple(problems),
    )


_SECTIONS: Final = ("Parameters", "Mappings", "Conditions", "Rules", "Resources", "Outputs")


def _section(root: Value, name: str, problems: list[Problem]) -> dict[str, Value]:
    section = root.find(name) if isinstance(root, Object) else None
    if section is None:
        if name == "Resources":
            problems.append(Problem("the file holds no template: it has no `Resources`", _start(root.origin)))
        return {}
    if not isinstance(section, Object):
        problems.append(Problem(f"`{name}` is {kind_of(section)}, not a map", _start(section.origin)))
        return {}
    return {key.literal or "": value for key, value in section.entries}


def _entries(root: Value, name: str) -> Iterator[tuple[Text, Value]]:
    section = root.find(name) if isinstance(root, Object) else None
    if isinstance(section, Object):
        yield from section.entries


def _start(origin: Origin) -> Origin:
    return Origin(origin.file, origin.start, origin.start, origin.path)


def _resource(key: Text, value: Value, problems: list[Problem]) -> Resource | None:
    address = key.literal or ""
    if address.startswith("Fn::"):
        # What AWS::Include adds lies outside the source; the collection of a loop stands in it.
        if address.startswith(LOOP):
            reason = "makes resources that cannot be read: its collection is not known, or they are too many"
            problems.append(Problem(f"`{address}` {reason}", key.origin))
        return None
    if not isinstance(value, Object):
        problems.append(Problem(f"resource `{address}` is {kind_of(value)}, not a map", key.origin))
        return None
    written = value.find("Type")
    kind = written.literal if isinstance(written, Text) else None
    if not kind:
        reason = "has no type" if written is None else f"has a type that is {kind_of(written)}"
        problems.append(Problem(f"resource `{address}` {reason}", key.origin))
    condition = value.find("Condition")
    return Resource(
        address,
        kind or "",
        value.find("Properties"),
        (condition.literal or "") if isinstance(condition, Text) else "",
        _names(value.find("DependsOn")),
        Origin(key.origin.file, key.origin.start, value.origin.end, key.origin.path),
    )


def _names(value: Value | None) -> tuple[str, ...]:
    items = value.items if isinstance(value, List) else (value,)
    return tuple(each.literal for each in items if isinstance(each, Text) and each.literal)


def _twice(root: Value) -> Iterator[Problem]:
    """Names given twice where the last one would silently replace the first: down to the properties of a resource."""
    pending: list[tuple[Value, int]] = [(root, 1)]
    while pending:
        value, level = pending.pop()
        seen: set[Text] = set()
        for key, inner in value.entries if isinstance(value, Object) else ():
            if key in seen:
                yield Problem(f"`{key.prefix}` is given twice", key.origin)
            seen.add(key)
            if level < _PROPERTIES_LEVEL:
                pending.append((inner, level + 1))
