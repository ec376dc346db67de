"""Whether a plan is one of a root module: both declare the same blocks, and it is for the same place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Problem
from keyfit.readers.terraform.plan.reading import LONGEST
from keyfit.value import Origin

if TYPE_CHECKING:
    from keyfit.readers.given import Given
    from keyfit.readers.terraform.modules.configuration import Configuration
    from keyfit.readers.terraform.plan.reading import Plan

SHOWN: Final = 3  # names in a message


def fitting(plan: Plan, configuration: Configuration, given: Given) -> Plan | Problem:
    """The plan, or why it is not of this root module, deployed where the user says."""
    place, others = Origin(str(given.plan)), _others(plan, configuration)
    if others:
        more = f" and {len(others) - SHOWN} more" if len(others) > SHOWN else ""
        named = ", ".join(f"`{each}`" for each in others[:SHOWN])
        return Problem(
            f"`{given.plan}` is a plan of another configuration: only one of the two has {named}{more}", place
        )
    for what, bound_to, planned in (("account", given.account, plan.account), ("Region", given.region, plan.region)):
        if bound_to and planned and bound_to != planned:
            return Problem(f"`{given.plan}` is a plan for the {what} `{planned}`, and `{bound_to}` is given", place)
    return plan


def _others(plan: Plan, configuration: Configuration) -> list[str]:
    """The addresses of what was planned and is not in the source, and of variables that are in the source only."""
    if configuration.broken:
        return []  # what it has is not known, and that is told
    gone = {path for path in plan.declared if configuration.find(*path) is None}
    new = {path for path in configuration.declared if path[0] == "variable"} - set(plan.declared)
    return sorted(map(_address, gone | new))


def _address(path: tuple[str, ...]) -> str:
    kind, *names = path
    address = ".".join(names if kind == "resource" else ("var" if kind == "variable" else kind, *names))
    return address[:LONGEST]
