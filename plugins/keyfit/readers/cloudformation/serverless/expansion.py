"""What SAM makes of a template: functions, roles of those that do not name one, tables, and what events become.

Sources: the SAM developer guide (generated CloudFormation resources), and the translator that AWS publishes
(aws/serverless-application-model: role_constructor.py, sam_resources.py, stepfunctions/generators.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.block import Block
from keyfit.model.stack import Duplicate
from keyfit.readers.cloudformation.serverless.connectors import connected
from keyfit.readers.cloudformation.serverless.events import resources_of
from keyfit.readers.cloudformation.serverless.merging import PREFIX, with_globals
from keyfit.readers.cloudformation.serverless.policies import attached
from keyfit.readers.cloudformation.serverless.writing import arn_of, assumed_by, branches_of, call, entry, is_no_value
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.sections import Resource
from keyfit.value import Entry, List, Null, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.template.sections import Template
    from keyfit.value import Value

_ROLE: Final = "AWS::IAM::Role"
FUNCTION: Final = "AWS::Serverless::Function"
_TABLE: Final = "AWS::Serverless::SimpleTable"
_BECOMES: Final = {FUNCTION: "AWS::Lambda::Function", _TABLE: "AWS::DynamoDB::Table"}
_ASSUMED_BY: Final = {FUNCTION: "lambda.amazonaws.com", "AWS::Serverless::StateMachine": "states.amazonaws.com"}
# What of the properties goes to the role, by the role's own names; `Tags` are of no concern.
_TO_ROLE: Final = {"RolePath": "Path", "PermissionsBoundary": "PermissionsBoundary"}
_TRUST: Final = "AssumeRolePolicyDocument"
# What does not stay with the function or state machine: events and the like become resources of their own.
_ELSEWHERE: Final = frozenset({"Events", "EventInvokeConfig", "DeploymentPreference"})
_TAKEN: Final = frozenset({"Role", "Policies", _TRUST, *_ELSEWHERE, *_TO_ROLE})
_RENAMED: Final = {"DeadLetterQueue": "DeadLetterConfig"}


_MAKING: Final = frozenset({*_ASSUMED_BY, *_BECOMES})


class _Making(NamedTuple):
    """The role that the resource then has, and in which deployments SAM makes one of its own."""

    role: Value
    condition: str = ""
    unless: str = ""


def expanded(template: Template, root: Value) -> Template:
    """`template`, which `root` writes, with what SAM makes of its functions, state machines, tables and connectors."""
    if not any(each.type.startswith(PREFIX) for each in template.resources.values()):
        return template
    resources: dict[str, Resource] = {}
    duplicates: list[Duplicate] = []
    for each in template.resources.values():
        for made in _made_of(each, root):
            if made.address != each.address and made.address in template.resources:
                own = template.resources[made.address]
                block = Block(own.address, own.type, own.origin)
                duplicates.append(Duplicate(block, "resource", (made.origin,)))
            else:
                resources[made.address] = made
    for policy in list(connected(resources, root)):
        resources.setdefault(policy.address, policy)
    return replace(template, resources=resources, duplicates=(*template.duplicates, *duplicates))


def _made_of(resource: Resource, root: Value) -> Iterator[Resource]:
    if resource.type not in _MAKING:
        yield resource
        return
    written: Value | None = resource.macro or transforms.covering(resource.properties)
    written = written or with_globals(root, resource.address, resource.type, resource.properties)
    if isinstance(written, Unknown):
        yield resource
        if resource.type in _ASSUMED_BY:
            yield _unknown(resource, written)
        return
    properties = written if isinstance(written, Object) else Object(origin=resource.origin)
    if resource.type not in _ASSUMED_BY:
        yield _become(resource, properties)
        return
    making = _making(resource, properties)
    taken = _ELSEWHERE if making is None else _TAKEN
    left = tuple(each for each in properties.entries if each.key.literal not in taken)
    role = () if making is None else (entry("Role", making.role),)
    yield _become(resource, Object((*left, *role), properties.rest, properties.origin))
    if making is not None:
        yield _role(resource, properties, making)
    yield from resources_of(resource, properties)


def _become(resource: Resource, properties: Object) -> Resource:
    """The resource as CloudFormation gets it."""
    type_ = _BECOMES.get(resource.type)
    if type_ is None:
        return replace(resource, properties=properties)
    entries = (
        Entry(text(_RENAMED[each.key.prefix], origin=each.key.origin), each.value)
        if each.key.literal in _RENAMED
        else each
        for each in properties.entries
    )
    whole = Object(tuple(entries), properties.rest, properties.origin)
    within = Block(resource.address, resource.type, resource.origin)
    return replace(resource, type=type_, properties=whole, within=within)


def _name(resource: Resource) -> str:
    return f"{resource.address}Role"


def _making(resource: Resource, properties: Object) -> _Making | None:
    """How SAM makes a role of its own; `None` where the resource names another in every deployment."""
    given = properties.find("Role")
    own = arn_of(_name(resource), resource.origin)
    if given is None or isinstance(given, Null):
        return _Making(own, resource.condition)
    branches = branches_of(given) if resource.type == FUNCTION else None
    if branches is None:
        return None
    condition, *values = branches
    name = condition.literal if isinstance(condition, Text) else None
    absent = [is_no_value(each) for each in values]
    if not name or not any(absent):
        return None
    chosen = (own if missing else value for missing, value in zip(absent, values, strict=True))
    role = call("Fn::If", List((condition, *chosen), origin=given.origin))
    if all(absent):
        return _Making(own, resource.condition)
    return _Making(role, name) if absent[0] else _Making(role, unless=name)


def _role(resource: Resource, properties: Object, making: _Making) -> Resource:
    policies = attached(_name(resource), properties)
    entries: list[Entry] = [
        entry(_TRUST, properties.find(_TRUST) or assumed_by(_ASSUMED_BY[resource.type], resource.origin)),
        entry("Policies", List(policies.inline, origin=resource.origin)),
        entry("ManagedPolicyArns", List(policies.managed, origin=resource.origin)),
    ]
    found = ((name, properties.find(written)) for written, name in _TO_ROLE.items())
    entries.extend(entry(name, value) for name, value in found if value is not None)
    return Resource(
        _name(resource),
        _ROLE,
        Object(tuple(entries), origin=resource.origin),
        making.condition,
        origin=resource.origin,
        unless=making.unless,
        within=Block(resource.address, resource.type, resource.origin),
    )


def _unknown(resource: Resource, why: Unknown) -> Resource:
    """The role that SAM may make of a resource of which nothing is known."""
    within = Block(resource.address, resource.type, resource.origin)
    origin = resource.origin
    return Resource(_name(resource), _ROLE, why, resource.condition, origin=origin, within=within, macro=why)
