"""Parameters of Systems Manager that a template creates: its own, and those by which the CDK refers across Regions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Stored
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.value import Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource

_PARAMETER: Final = "AWS::SSM::Parameter"
_WRITER: Final = "Custom::CrossRegionExportWriter"
_TYPES: Final = frozenset({"String", "StringList"})


def stored(scope: Scope, written: Iterable[Resource]) -> Iterator[Stored]:
    """Those of the resources, each where it is."""
    for each in written:
        if each.type == _PARAMETER:
            yield from _own(scope, each)
        elif each.type == _WRITER:
            yield from _exported(scope, each)


def _own(scope: Scope, resource: Resource) -> Iterator[Stored]:
    name, value = as_text(find(scope, resource, "Name")), find(scope, resource, "Value")
    kind = find(scope, resource, "Type")
    if name is not None and value is not None and isinstance(kind, Text) and kind.literal in _TYPES:
        yield Stored(block(scope, resource), name, value, scope.bound.account, scope.bound.region)


def _exported(scope: Scope, resource: Resource) -> Iterator[Stored]:
    """What the function of the CDK writes in the other Region."""
    region = as_text(find(scope, resource, "WriterProps.region"))
    exports = find(scope, resource, "WriterProps.exports")
    if region is None or not isinstance(exports, Object):
        return
    for name, value in exports.entries:
        yield Stored(block(scope, resource), name, value, scope.bound.account, region)
