"""Custom resources that call an API of AWS's SDK, as the CDK's `AwsCustomResource` makes them.

`Create` and `Update` hold a call as JSON: `{"service": "Personalize", "action": "createSolution", "parameters": …}`.
The function behind `ServiceToken` makes it with its own role. What a call deletes uses no key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.model.consumers import Use
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, word
from keyfit.record import record
from keyfit.services.resource import Resource
from keyfit.value import Bool, Null, Object, Text, Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template import sections
    from keyfit.value import Hole, Value

_CALLS: Final = ("Create", "Update")
_CUSTOM: Final = "AWS::CloudFormation::CustomResource"
_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_SAID: Final = {"TRUE:BOOLEAN:": True, "FALSE:BOOLEAN:": False}  # in apps of an older CDK
_GIVEN_LATER: Final = "PHYSICAL:RESOURCEID:"


def is_custom(resource: sections.Resource) -> bool:
    """Whether a resource can be such a call."""
    return resource.type.startswith("Custom::") or resource.type == _CUSTOM


def sdk_calls(scope: Scope, resource: sections.Resource) -> Iterator[Resource]:
    """The calls that a custom resource makes when it is created or updated, each once."""
    told: list[Value] = []
    for name in _CALLS:
        call = _call(find(scope, resource, name))
        if call is not None and call not in told:
            told.append(call)
            yield _made(scope, resource, name, call)


def hidden_calls(scope: Scope, resource: sections.Resource) -> tuple[Hole, ...]:
    """The open choices on which it depends what a custom resource calls."""
    if not is_custom(resource):
        return ()
    holes = (hole for name in _CALLS for hole in holes_in(find(scope, resource, name)))
    return tuple(hole for hole in holes if isinstance(hole, Unknown) and hole.choices)


def _call(written: Value | None) -> Object | None:
    read = json_text.read(written) if isinstance(written, Text) and written.prefix.lstrip().startswith("{") else None
    return read if isinstance(read, Object) else None


def _made(scope: Scope, resource: sections.Resource, name: str, call: Object) -> Resource:
    parameters = _Parameters(f"{resource.address}/{name}", call.find("parameters") or Object())
    return Resource(
        _action(call),
        block(scope, resource),
        parameters.at,
        parameters.within,
        scope.bound.region,
        scope.bound.account,
        caller=Use("ServiceToken", _role(scope, resource)),
    )


def _action(call: Object) -> str:
    """The action as Step Functions has it: `personalize:createDatasetGroup`, of whatever version of the SDK."""
    service, action = (_literal(call.find(name)) for name in ("service", "action"))
    service = service.removeprefix("@aws-sdk/client-").replace("-", "").lower()
    action = action.removesuffix("Command")
    return f"{service}:{action[:1].lower()}{action[1:]}"


def _literal(value: Value | None) -> str:
    return (value.literal or "") if isinstance(value, Text) else ""


def _role(scope: Scope, resource: sections.Resource) -> Value:
    """The role of the function that makes the call."""
    token = find(scope, resource, "ServiceToken")
    functions = (each for each in scope.template.resources.values() if each.type in _FUNCTIONS)
    found = (each for each in functions if scope.attribute(each.address, "Arn", each.origin) == token)
    function = next(found, None) if token is not None else None
    role = None if function is None else word(find(scope, function, "Role"))
    if role is not None:
        return role
    subject = f"the role of the function that `{resource.address}` calls"
    return Unknown(Why.OUTSIDE_SOURCE, subject, f"{resource.address}/role", origin=resource.origin)


@record
class _Parameters:
    """What a call is given; names begin in lower or in upper case, as the service's API has them."""

    place: str
    value: Value

    def at(self, path: str) -> Value | None:
        """What stands at a dotted path of names in upper case."""
        return self.within(self.value, path, path)

    def within(self, value: Value, path: str, where: str) -> Value | None:
        """As `at`, inside a part of the parameters."""
        found: Value | None = value
        for step in path.split(".") if path else ():
            match found:
                case Object():
                    inner = found.find(step)
                    found = found.find(step[:1].lower() + step[1:]) if inner is None else inner
                case Unknown():
                    found = found.part(step)
                case _:
                    return None
        return self._plain(found, where)

    def _plain(self, value: Value | None, where: str) -> Value | None:
        match value:
            case Null():
                return None
            case Text(literal=str() as literal) if literal in _SAID:
                return Bool(_SAID[literal], value.origin)
            case Text() if _GIVEN_LATER in value.known:
                identity = f"{self.place}/{where}"
                return Unknown(Why.RUN_TIME, "the physical id", identity, origin=value.origin)
            case _:
                return value
