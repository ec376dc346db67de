"""What is created before what: `DependsOn` and every reference, as far as the conditions of a scenario leave them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keyfit.model.stack import Edge
from keyfit.readers.cloudformation.evaluation.references import references
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource


@dataclass(frozen=True, slots=True)
class Graph:
    """What needs what in a template (`model.Graph`)."""

    scope: Scope

    def node(self, address: str) -> str:
        """The logical id itself."""
        return address if address in self.scope.template.resources else ""

    def edges(self, node: str) -> Iterator[Edge]:
        """What `node` refers to, unless it is surely not deployed or stands in a branch that is surely not taken."""
        resources = self.scope.template.resources
        here = resources[node]
        explicit = [Edge(name, here.origin) for name in here.depends_on]
        for needs, origin, answer in (*explicit, *references(self.scope, here)):
            found = answer & self.scope.present(resources[needs]) if needs in resources else None
            if found is not None and found.truth is not Truth.NO:
                yield Edge(needs, origin, found)


def created_before(scope: Scope, resource: Resource) -> frozenset[str]:
    """The addresses of all resources that exist before `resource` is created, directly or through others.

    A reference in a branch of `Fn::If` that is not decided counts.
    """
    found: set[str] = set()
    pending = [resource]
    while pending:
        here = pending.pop()
        names = {
            *here.depends_on,
            *(each.needs for each in references(scope, here) if each.answer.truth is not Truth.NO),
        }
        fresh = [name for name in names if name in scope.template.resources and name not in found]
        found.update(fresh)
        pending.extend(scope.template.resources[name] for name in fresh)
    return frozenset(found - {resource.address})
