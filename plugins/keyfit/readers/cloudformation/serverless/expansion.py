"""The roles that SAM makes for functions and state machines that do not name one.

Sources: the SAM developer guide (generated CloudFormation resources), and the translator that AWS publishes
(aws/serverless-application-model: role_constructor.py, sam_resources.py, stepfunctions/generators.py).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.json_text import plain
from keyfit.model.stack import Block, Duplicate
from keyfit.readers.cloudformation.serverless.merging import with_globals
from keyfit.readers.cloudformation.serverless.policies import attached
from keyfit.readers.cloudformation.serverless.writing import arn_of, branches_of, call, entry, filled, is_no_value
from keyfit.readers.cloudformation.template import transforms
from keyfit.readers.cloudformation.template.sections import Resource
from keyfit.value import List, Null, Object, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.cloudformation.template.sections import Template
    from keyfit.value import Entry, Value

_ROLE: Final = "AWS::IAM::Role"
FUNCTION: Final = "AWS::Serverless::Function"
_ASSUMED_BY: Final = {FUNCTION: "lambda.amazonaws.com", "AWS::Serverless::StateMachine": "states.amazonaws.com"}
# What of the properties goes to the role, by the role's own names; `Tags` are of no concern.
_TO_ROLE: Final = {"RolePath": "Path", "PermissionsBoundary": "PermissionsBoundary"}
_TRUST: Final = "AssumeRolePolicyDocument"
# What does not stay with the function or state machine: events and the like become resources of their own.
_TAKEN: Final = frozenset(
    {"Role", "Policies", _TRUST, "Events", "EventInvokeConfig", "DeploymentPreference", *_TO_ROLE}
)


class _Making(NamedTuple):
    """The role that the resource then has, and in which deployments SAM makes one of its own."""

    role: Value
    condition: str = ""
    unless: str = ""


def expanded(template: Template, root: Value) -> Template:
    """`template`, which `root` writes, with the roles that SAM makes of its functions and state machines."""
    if not any(each.type in _ASSUMED_BY for each in template.resources.values()):
        return template
    resources: dict[str, Resource] = {}
    duplicates: list[Duplicate] = []
    for each in template.resources.values():
        for made in _made_of(each, root):
            if made.within is not None and made.address in template.resources:
                own = template.resources[made.address]
                block = Block(own.address, own.type, own.origin)
                duplicates.append(Duplicate(block, "resource", (made.origin,)))
            else:
                resources[made.address] = made
    return replace(template, resources=resources, duplicates=(*template.duplicates, *duplicates))


def _made_of(resource: Resource, root: Value) -> Iterator[Resource]:
    if resource.type not in _ASSUMED_BY:
        yield resource
        return
    written: Value | None = resource.macro or transforms.covering(resource.properties)
    written = written or with_globals(root, resource.address, resource.type, resource.properties)
    if isinstance(written, Unknown):
        yield resource
        yield _unknown(resource, written)
        return
    properties = written if isinstance(written, Object) else Object(origin=resource.origin)
    making = _making(resource, properties)
    if making is None:
        yield replace(resource, properties=properties)
        return
    left = (each for each in properties.entries if each.key.literal not in _TAKEN)
    whole = Object((*left, entry("Role", making.role)), properties.rest, properties.origin)
    yield replace(resource, properties=whole)
    yield _role(resource, properties, making)


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
        entry(_TRUST, properties.find(_TRUST) or _trust(resource)),
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


def _trust(resource: Resource) -> Value:
    """Who may assume the role, where the resource does not say it."""
    return filled(plain.value(_document(_ASSUMED_BY[resource.type])), {}, resource.origin)


def _document(service: str) -> Mapping[str, object]:
    statement = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    return {"Version": "2012-10-17", "Statement": [statement]}
