"""A root module, as it is read once: what does not depend on a scenario."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from keyfit.readers.terraform.attributes.attribute import InstanceHandle
from keyfit.readers.terraform.modules.module import Module
from keyfit.readers.terraform.modules.references import References
from keyfit.record import record

if TYPE_CHECKING:
    from pathlib import Path

    from keyfit.model.alternatives import Scenario
    from keyfit.model.stack import Stack
    from keyfit.readers.given import Given
    from keyfit.readers.terraform.evaluation.scope import Evaluation
    from keyfit.readers.terraform.modules.configuration import Library
    from keyfit.readers.terraform.modules.inputs import Inputs
    from keyfit.readers.terraform.plan.planned import Plan


@record(eq=False)
class Source:
    """A root module as it is read once: what does not depend on a scenario."""

    directory: Path
    given: Given
    library: Library
    inputs: Inputs
    plan: Plan
    stacks: dict[Scenario, Stack | None] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


def root_module(source: Source, evaluation: Evaluation) -> Module:
    """The root module under the scenario of an evaluation, nothing of it evaluated."""
    return Module(evaluation, source.library, References(InstanceHandle), source.directory, source.inputs)
