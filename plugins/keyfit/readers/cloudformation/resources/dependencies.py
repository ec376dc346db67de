"""What is created before what: `DependsOn` and every reference, as far as the conditions of a scenario leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.cloudformation.evaluation.references import references

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
        names = {*here.depends_on, *references(scope, here)}
        fresh = [name for name in names if name in scope.template.resources and name not in found]
        found.update(fresh)
        pending.extend(scope.template.resources[name] for name in fresh)
    return frozenset(found - {resource.address})
