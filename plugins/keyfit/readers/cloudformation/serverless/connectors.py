"""What SAM makes of `AWS::Serverless::Connector` and of `Connectors`: managed policies of the roles that they name.

Sources: the SAM developer guide (managing resource permissions with connectors), and the translator that AWS publishes
(aws/serverless-application-model: connector_profiles/profiles.json, connector/connector.py, sam_resources.py).
A policy has here what of SAM's actions uses keys. Resource-based policies use none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.block import Block
from keyfit.readers.cloudformation.serverless.writing import arn_of, call, entry, made
from keyfit.readers.cloudformation.template.calls import function_of
from keyfit.readers.cloudformation.template.sections import Resource
from keyfit.value import List, Object, Text, Value, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.value import Origin

CONNECTOR: Final = "AWS::Serverless::Connector"
_FUNCTION: Final = "AWS::Lambda::Function"
_OF_ROLE: Final = {  # the property that names the role of what works
    _FUNCTION: "Role",
    "AWS::Serverless::StateMachine": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
    "AWS::AppSync::DataSource": "ServiceRoleArn",
}
_IN_TABLE: Final = ("BatchGetItem", "ConditionCheckItem", "GetItem", "PartiQLSelect", "Query", "Scan")
_TO_TABLE: Final = ("BatchWriteItem", "DeleteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate")
_ALLOWED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {  # to what works, on what it works on
    "AWS::DynamoDB::Table": {
        "Read": tuple(f"dynamodb:{each}" for each in _IN_TABLE),
        "Write": tuple(f"dynamodb:{each}" for each in (*_TO_TABLE, "PutItem", "UpdateItem")),
    },
    "AWS::S3::Bucket": {"Read": ("s3:GetObject", "s3:GetObjectVersion"), "Write": ("s3:PutObject",)},
    "AWS::SNS::Topic": {"Write": ("sns:Publish",)},
    "AWS::SQS::Queue": {"Read": ("sqs:ReceiveMessage",), "Write": ("sqs:SendMessage",)},
}
_POLLED: Final = "AWS::SQS::Queue"  # what a function works on that stands as the source
_CONTENTS: Final = {"AWS::DynamoDB::Table": "${Arn}/index/*", "AWS::S3::Bucket": "${Arn}/*"}
_REFERRED: Final = frozenset({"AWS::SNS::Topic"})  # whose `Ref` is their ARN


class _End(NamedTuple):
    """One side of a connector: its type, its ARN, and the name of its role."""

    type: str
    arn: Value | None
    role: Value | None


def connected(resources: Mapping[str, Resource], root: Value) -> Iterator[Resource]:
    """The policies that connectors are: `resources` are those of the template, as SAM makes them."""
    for each in resources.values():
        if each.type == CONNECTOR and isinstance(each.properties, Object):
            yield from _policies(each, each.address, each.properties, resources)
        else:
            for name, properties in _embedded(root, each):
                yield from _policies(each, f"{each.address}{name}", properties, resources)


def _embedded(root: Value, source: Resource) -> Iterator[tuple[str, Object]]:
    """The connectors that stand in their source, by name."""
    found: Value | None = root
    for step in ("Resources", source.address, "Connectors"):
        found = found.find(step) if isinstance(found, Object) else None
    for name, connector in found.entries if isinstance(found, Object) else ():
        properties = connector.find("Properties") if isinstance(connector, Object) else None
        if isinstance(properties, Object):
            here = made(name.origin, Id=text(source.address, origin=name.origin))
            yield name.prefix, Object((entry("Source", here), *properties.entries), origin=name.origin)


def _policies(
    written: Resource, address: str, properties: Object, resources: Mapping[str, Resource]
) -> Iterator[Resource]:
    source, destination = _end(properties.find("Source"), resources), properties.find("Destination")
    several = destination.items if isinstance(destination, List) else None
    permissions = properties.find("Permissions")
    given = permissions.items if isinstance(permissions, List) else ()
    asked = [each.literal for each in given if isinstance(each, Text) and each.literal]
    for index, each in enumerate((destination,) if several is None else several):
        end = _end(each, resources)
        worker, thing = (end, source) if source.type == _POLLED and end.type == _FUNCTION else (source, end)
        actions = [action for name in asked for action in _ALLOWED.get(thing.type, {}).get(name, ())]
        if actions and worker.type in _OF_ROLE and worker.role is not None and thing.arn is not None:
            name = f"{address}Policy" if several is None else f"{address}PolicyDestination{index}"
            policy = _policy(actions, thing, worker.role, properties.origin)
            within = Block(written.address, written.type, written.origin)
            yield Resource(
                name,
                "AWS::IAM::ManagedPolicy",
                policy,
                written.condition,
                origin=properties.origin,
                within=within,
            )


def _end(written: Value | None, resources: Mapping[str, Resource]) -> _End:
    """What a reference says, by the logical ID of a resource or by itself."""
    if not isinstance(written, Object):
        return _End("", None, None)
    found = resources.get(_literal(written.find("Id")))
    if found is None:
        return _End(_literal(written.find("Type")), written.find("Arn"), written.find("RoleName"))
    by_ref = found.type in _REFERRED
    address = text(found.address, origin=written.origin)
    arn = call("Ref", address) if by_ref else arn_of(found.address, written.origin)
    role = found.properties.find(_OF_ROLE.get(found.type, "")) if isinstance(found.properties, Object) else None
    return _End(found.type, arn, _name_of(role))


def _literal(value: Value | None) -> str:
    return (value.literal or "") if isinstance(value, Text) else ""


def _name_of(role: Value | None) -> Value | None:
    """The name of the role whose ARN is referred to; `None` for what SAM takes for no role."""
    found = None if role is None else function_of(role)
    if found is None or found[0] != "Fn::GetAtt":
        return None
    address = found[1].items[0] if isinstance(found[1], List) and found[1].items else found[1]
    if not isinstance(address, Text):
        return None
    name, _, _ = address.prefix.partition(".")
    return call("Ref", text(name, origin=address.origin))


def _policy(actions: list[str], thing: _End, role: Value, origin: Origin) -> Object:
    arn = thing.arn or text(origin=origin)
    resources = [arn]
    if thing.type in _CONTENTS:
        names = made(origin, Arn=arn)
        resources.append(call("Fn::Sub", List((text(_CONTENTS[thing.type], origin=origin), names), origin=origin)))
    statement = made(
        origin,
        Effect=text("Allow", origin=origin),
        Action=List(tuple(text(each, origin=origin) for each in actions), origin=origin),
        Resource=List(tuple(resources), origin=origin),
    )
    document = made(origin, Version=text("2012-10-17", origin=origin), Statement=List((statement,), origin=origin))
    return made(origin, PolicyDocument=document, Roles=List((role,), origin=origin))
