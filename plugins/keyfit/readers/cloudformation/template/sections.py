"""A template by its sections: parameters, mappings, conditions, rules, resources, outputs, as they are written."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.model.stack import Duplicate, Problem
from keyfit.readers.cloudformation.template import loops, transforms
from keyfit.readers.cloudformation.template.loops import LOOP, types_made
from keyfit.readers.cloudformation.template.parameters import Parameter, read_parameter
from keyfit.record import record
from keyfit.value import NOWHERE, Bool, List, Null, Number, Object, Origin, Text, Unknown, Value

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

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


def kind_of(value: Value) -> str:
    """What a value of the wrong kind is, in the words of a message."""
    return _KINDS[type(value)]


@record
class Resource:
    """A resource as written. `type` is empty where it is not known; `properties` is `None` where there are none.

    `condition` is the name of its condition, empty for none. `origin` spans from its logical id to its end. What a
    transform makes is `within` the resource that it is made of, and can have a condition `unless` which it is made.
    A `macro` can change all of it, whether it is there included. `asset` is the file that the CDK says is uploaded for
    the template of a nested stack.
    """

    address: str
    type: str
    properties: Value | None
    condition: str = ""
    depends_on: tuple[str, ...] = ()
    origin: Origin = field(default=NOWHERE, compare=False)
    unless: str = ""
    within: Block | None = None
    macro: Unknown | None = None
    asset: str = ""


@record(eq=False)
class Template:
    """The sections of one template, by name and in the order written; `problems` say what of them cannot be read.

    `sections` are those that decide what is deployed, whole as they are written; a `macro` can change all of it, and
    where something is `adding` to what is declared, it can declare more than is written.
    """

    file: str
    parameters: Mapping[str, Parameter]
    mappings: Mapping[str, Value]
    conditions: Mapping[str, Value]
    rules: Mapping[str, Value]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Value]
    transform: Value | None = None
    sections: Mapping[str, Value] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    macro: Unknown | None = None
    adding: bool = False
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
        root.find("Transform") if isinstance(root, Object) else None,
        {name: value for name, value in _whole(root) if name in _SECTIONS and name != "Outputs"},
        tuple(problems),
        tuple(_duplicates(root)),
        transforms.covering_all(root) or _changing(root, parameters),
        _is_adding(root),
    )


def _is_adding(root: Value) -> bool:
    """Whether more can be declared than is written: by a transform, a loop, or a tool's own section or type."""
    transform = root.find(transforms.TRANSFORM) if isinstance(root, Object) else None
    listed = transform.items if isinstance(transform, List) else () if transform is None else (transform,)
    maps = (root, *(root.find(name) for name in _SECTIONS)) if isinstance(root, Object) else ()
    return (
        not _KNOWN.issuperset(name for name, _ in _whole(root))
        or any(isinstance(each, Unknown) or (isinstance(each, Object) and _is_open(each)) for each in maps)
        or not all(_type_in(written) for _, written in _entries(root, "Resources"))
        or not all(transforms.named(each).startswith(_DECLARING_NOTHING) for each in listed)
    )


def _is_open(written: Object) -> bool:
    """Whether a map can have more names than those that are written out."""
    names = (key.literal for key, _ in written.entries)
    return written.rest is not None or any(name is None or name.startswith("Fn::") for name in names)


_DECLARING_NOTHING: Final = ("AWS::LanguageExtensions", "AWS::SecretsManager", "AWS::Serverless", "AWS::CodeDeploy")


def _changing(root: Value, parameters: Container[str]) -> Unknown | None:
    """What a loop over what is not known creates, where that can be a policy of any role; `None` for none."""
    made = ((key, value) for key, value in _entries(root, "Resources") if key.prefix.startswith(LOOP))
    return next((loops.unknown(*each, parameters) for each in made if not types_made(each[1]).isdisjoint(_TIED)), None)


_SECTIONS: Final = {
    "Parameters": "parameter",
    "Mappings": "mapping",
    "Conditions": "condition",
    "Rules": "rule",
    "Resources": "resource",
    "Outputs": "output",
}


# Every section of a template; what else stands there is for a tool that makes one of it.
_KNOWN: Final = frozenset(
    (*_SECTIONS, "AWSTemplateFormatVersion", "Description", "Globals", "Hooks", "Metadata", "Transform")
)


def _whole(root: Value) -> Iterator[tuple[str, Value]]:
    yield from ((key.prefix, value) for key, value in root.entries) if isinstance(root, Object) else ()


def _section(root: Value, name: str, problems: list[Problem]) -> dict[str, Value]:
    section = root.find(name) if isinstance(root, Object) else None
    if section is None:
        if name == "Resources":
            problems.append(Problem("the file is not a template: it has no `Resources`", _start(root.origin)))
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


# What decides about resources beside it.
_TIED: Final = frozenset(
    {
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::UserPolicy",
        "AWS::IAM::UserToGroupAddition",
    }
)


def _resource(key: Text, value: Value, problems: list[Problem]) -> Resource | None:
    address = key.literal or ""
    if address.startswith("Fn::"):
        # What AWS::Include adds lies outside the source; what a loop makes stands in it.
        if address.startswith(LOOP) and "" in types_made(value):
            reason = "makes resources that cannot be read: its collection is not known, or too large"
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
    macro = transforms.covering(value)
    return Resource(
        address,
        kind or "",
        macro or value.find("Properties"),
        (condition.literal or "") if isinstance(condition, Text) else "",
        _names(value.find("DependsOn")),
        Origin(key.origin.file, key.origin.start, value.origin.end, key.origin.path),
        macro=macro,
        asset=_asset(value.find("Metadata")),
    )


def _asset(metadata: Value | None) -> str:
    """The file that stands for a template, by the CDK's metadata."""
    written = metadata if isinstance(metadata, Object) else Object()
    path, about = written.find("aws:asset:path"), written.find("aws:asset:property")
    named = isinstance(about, Text) and about.literal == "TemplateURL"
    return path.literal or "" if named and isinstance(path, Text) else ""


def _names(value: Value | None) -> tuple[str, ...]:
    items = value.items if isinstance(value, List) else (value,)
    return tuple(each.literal for each in items if isinstance(each, Text) and each.literal)


def _twice(root: Value) -> Iterator[Problem]:
    """Keys given twice where the last one would silently replace the first: sections, and the inside of a resource."""
    yield from _again(root)
    for name in _SECTIONS:
        for _, entry in _entries(root, name):
            yield from _again(entry)
            properties = entry.find("Properties") if isinstance(entry, Object) else None
            yield from _again(properties)


def _again(value: Value | None) -> Iterator[Problem]:
    for key, *further in _grouped(value).values():
        yield from (Problem(f"`{key.prefix}` is defined twice", each.origin) for each in further)


def _duplicates(root: Value) -> Iterator[Duplicate]:
    """Names of a section that are given twice: logical ids, which have to be unique, and what is like them."""
    for section, kind in _SECTIONS.items():
        written = root.find(section) if isinstance(root, Object) else None
        for first, *further in _grouped(written).values():
            if further:
                type_ = _type_of(written, first) if section == "Resources" else section
                block = Block(first.prefix, type_, first.origin)
                yield Duplicate(block, kind, tuple(each.origin for each in further))


def _grouped(value: Value | None) -> dict[Text, list[Text]]:
    """The keys of a map, those that are equal together."""
    found: dict[Text, list[Text]] = {}
    for key, _ in value.entries if isinstance(value, Object) else ():
        found.setdefault(key, []).append(key)
    return found


def _type_of(section: Value | None, key: Text) -> str:
    return _type_in(section.find(key.prefix) if isinstance(section, Object) else None)


def _type_in(written: Value | None) -> str:
    """The type of a resource; empty where it is not written out."""
    kind = written.find("Type") if isinstance(written, Object) else None
    return (kind.literal or "") if isinstance(kind, Text) else ""
