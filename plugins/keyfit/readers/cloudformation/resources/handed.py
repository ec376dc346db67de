"""Names of roles, users and groups that are handed to what is not here: it can attach policies to them.

Where a nested stack is judged with the template, what it does with them takes the place of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.resources.properties import find
from keyfit.value import List, Object, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource

MODULE: Final = "::MODULE"
# What a type hands on; of a module it is every property.
_GIVEN: Final = {
    "AWS::CloudFormation::Stack": "Parameters",
    "AWS::Serverless::Application": "Parameters",
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": "ProvisioningParameters",
}


def handed(scope: Scope, name: Text) -> Iterator[Policy]:
    """A policy that can allow anything, for each thing that is not here and is given `name`."""
    for resource in scope.template.resources.values():
        if any(each.parts == name.parts for value in _given(scope, resource) for each in _texts(value)):
            present = scope.present(resource)
            yield Policy(PolicyKind.OUTSIDE, None, resource.address, origin=resource.origin, present=present)


def _given(scope: Scope, resource: Resource) -> Iterator[Value | None]:
    if resource.type in _GIVEN:
        yield find(scope, resource, _GIVEN[resource.type])
    elif resource.type.endswith(MODULE) and isinstance(resource.properties, Object):
        yield from (find(scope, resource, key.literal) for key, _ in resource.properties.entries if key.literal)


def _texts(value: Value | None) -> Iterator[Text]:
    pending = [value]
    while pending:
        match pending.pop():
            case Text() as text:
                yield text
            case List(items):
                pending.extend(items)
            case Object(entries):
                pending.extend(inner for _, inner in entries)
            case _:
                pass
