"""The resources of a template, and the tasks of its state machines, as what the services' pages are asked about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from keyfit.readers.cloudformation.resources import attributes, state_machines
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, within
from keyfit.readers.cloudformation.resources.sdk_calls import is_custom, sdk_calls
from keyfit.services import index
from keyfit.services.resource import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template import sections
    from keyfit.value import Value


def resources(scope: Scope, written: list[sections.Resource]) -> Iterator[Resource]:
    """Those of the resources that some page speaks of; state machines and custom resources as the calls they make."""
    types = frozenset(index.types())
    for each in written:
        if each.type in types:
            yield _resource(scope, each)
        elif each.type in state_machines.TYPES:
            yield from state_machines.tasks(scope, each)
        elif is_custom(each):
            yield from sdk_calls(scope, each)


def _resource(scope: Scope, resource: sections.Resource) -> Resource:
    return Resource(
        resource.type,
        block(scope, resource),
        partial(find, scope, resource),
        _within,
        scope.bound.region,
        scope.bound.account,
        partial(attributes.of, scope, resource),
        partition=scope.bound.partition,
    )


def _within(value: Value, path: str, _where: str) -> Value | None:
    return within(value, path)
