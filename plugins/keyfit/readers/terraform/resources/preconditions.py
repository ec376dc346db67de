"""Preconditions of the resources that the model speaks of: one that fails forbids the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.terraform.evaluation.evaluate import evaluate
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.resources.exports import EXPORTS
from keyfit.truth import Truth
from keyfit.value import Bool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module


def forbidden(root: Module) -> bool:
    """Whether a precondition of a resource that is surely there surely fails."""
    return any(
        evaluate(condition, instance.scope) == Bool(value=False)
        for instance in resources(root, *EXPORTS)
        if instance.present.truth is Truth.YES
        for condition in _conditions(instance)
    )


def _conditions(instance: Instance) -> Iterator[Expression]:
    for lifecycle in instance.declared.body().blocks:
        for block in lifecycle.body.blocks if lifecycle.type == "lifecycle" else ():
            condition = block.body.attributes.get("condition") if block.type == "precondition" else None
            if condition is not None:
                yield condition
