"""What a template gives to others and takes from them: exports, and nested stacks with their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of
from keyfit.model.stack import NestedStack, Output
from keyfit.readers.cloudformation.evaluation import conditions
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, within
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.value import Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource

# Where each says what its template is; of an application, a path, or the map that names one of a repository.
_TEMPLATES: Final = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
_REMOTE: Final = ("http:", "https:", "s3:")


def outputs(scope: Scope) -> Iterator[Output]:
    """The outputs of the template that have a value."""
    for name, written in scope.template.outputs.items():
        value = scope.value(written)
        inner = within(value, "Value")
        if inner is not None:
            condition = written.find("Condition") if isinstance(written, Object) else None
            named = (condition.literal or "") if isinstance(condition, Text) else ""
            present = all_of([conditions.named(scope, named, written.origin)])
            yield Output(name, inner, as_text(within(value, "Export.Name")), present)


def nested_stacks(scope: Scope) -> Iterator[NestedStack]:
    """The nested stacks of the template."""
    for resource in scope.template.resources.values():
        if resource.type in _TEMPLATES:
            url, parameters = find(scope, resource, _TEMPLATES[resource.type]), find(scope, resource, "Parameters")
            yield NestedStack(block(scope, resource), url, parameters, resource.asset)


def is_local(scope: Scope, resource: Resource) -> bool:
    """Whether an application's template is a file of the source, as far as it is written."""
    written = find(scope, resource, _TEMPLATES.get(resource.type, ""))
    return isinstance(written, Text) and written.literal is not None and not written.literal.startswith(_REMOTE)
