"""The plan that a root module is read with: whether it fits, what it decides, and what there is to know of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.model.alternatives import EMPTY
from keyfit.model.stack import Problem, Stack
from keyfit.readers import files
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.evaluation.scope import Evaluation
from keyfit.readers.terraform.fitting import fitting, newer, planned_workspace
from keyfit.readers.terraform.modules.inputs import Inputs
from keyfit.readers.terraform.plan.planned import NO_PLAN, Plan
from keyfit.readers.terraform.plan.reading import read_plan
from keyfit.readers.terraform.source import Source, root_module
from keyfit.value import Origin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.readers.given import Given
    from keyfit.readers.terraform.modules.configuration import Library

MOST_REMARKS: Final = 3


def workspace_of(given: str | None, source: Source) -> str | None:
    """The workspace: that of the plan, where it can be told."""
    if source.plan is NO_PLAN:
        return given
    with deep():
        return planned_workspace(root_module(source, _evaluation(source))) or given


def remarked(stack: Stack, source: Source) -> Stack:
    """The stack, with what there is to know of the plan."""
    written = {text for each in source.library.configurations.values() for text in each.text}
    source.secrets.difference_update([each for each in source.secrets if any(each in text for text in written)])
    before = replace(source, inputs=Inputs(), plan=NO_PLAN)
    with deep():
        changed = dict.fromkeys(
            newer(root_module(before, _evaluation(before)), root_module(source, _evaluation(source)))
        )
    remarks = [*source.plan.remarks, *_older(list(changed))]
    place = Origin(source.plan.file)
    return replace(stack, remarks=tuple(Problem(each, place) for each in remarks))


def _older(changed: list[str]) -> Iterator[str]:
    if changed:
        more = f", and {len(changed) - MOST_REMARKS} more" if len(changed) > MOST_REMARKS else ""
        yield f"the plan was made from another version of the source: {'; '.join(changed[:MOST_REMARKS])}{more}"


def _evaluation(source: Source) -> Evaluation:
    """An evaluation of its own: what is looked into there is not known elsewhere."""
    return Evaluation(source.given, source.directory, EMPTY, source.plan)


def selected(directory: Path, given: Given, library: Library) -> str | None:
    """The workspace that `terraform workspace select` has left there."""
    path = directory / given.data_directory / "environment"
    written = library.text(path) if files.inside(path, library.root) and path.is_file() else ""
    return written.strip() or None if isinstance(written, str) else None


def plan_of(directory: Path, given: Given, library: Library) -> Plan:
    """The plan that is given; one that cannot be used is a problem, and knows nothing."""
    if given.plan is None:
        return NO_PLAN
    read = read_plan(given.plan)
    plan = read if isinstance(read, Problem) else fitting(read, library.configuration(directory), given)
    if isinstance(plan, Problem):
        library.problems.setdefault(plan)
        return NO_PLAN
    return plan
