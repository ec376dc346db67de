"""What is created before a resource, as far as the conditions of a scenario leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.cloudformation.evaluation.references import references
from keyfit.truth import Truth

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource


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
