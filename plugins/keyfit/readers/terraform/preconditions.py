"""Preconditions of the resources that the model speaks of: one that fails forbids the deployment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.terraform import modules
from keyfit.readers.terraform.evaluate import evaluate
from keyfit.readers.terraform.resources import EXPORTS
from keyfit.truth import Truth
from keyfit.value import Bool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.ast import Expression
    from keyfit.readers.terraform.instances import Instance
    from keyfit.readers.terraform.modules import Module


def forbidden(root: Module) -> bool:
    """Whether a precondition of a resource that is surely there surely fails."""
    return any(
        evaluate(condition, instance.scope) == Bool(value=False)
        for module in modules.everything(root)
        for instance in modules.instances(module, "resource", *EXPORTS)
        if instance.present.truth is Truth.YES
        for condition in _conditions(instance)
    )


def _conditions(instance: Instance) -> Iterator[Expression]:
    for lifecycle in instance.declared.body().blocks:
        for block in lifecycle.body.blocks if lifecycle.type == "lifecycle" else ():
            condition = block.body.attributes.get("condition") if block.type == "precondition" else None
            if condition is not None:
                yield condition
