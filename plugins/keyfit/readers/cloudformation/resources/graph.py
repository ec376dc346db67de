"""What needs what: `DependsOn` and every reference, as far as the conditions of a scenario leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.graph import Edge
from keyfit.readers.cloudformation.evaluation.references import references
from keyfit.readers.cloudformation.resources.leads import leads
from keyfit.record import record
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.model.graph import Lead
    from keyfit.readers.cloudformation.evaluation.scope import Scope


@record
class Graph:
    """What needs what in a template (`model.Graph`)."""

    scope: Scope
    nowhere: Callable[[], tuple[Lead, ...]]  # the references to what is declared nowhere

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

    def leads(self) -> Iterator[Lead]:
        """The references to resources with a condition."""
        return leads(self.scope)

    def undeclared(self) -> tuple[Lead, ...]:
        """The references to what the template declares nowhere."""
        return self.nowhere()
