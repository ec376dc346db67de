"""State machines: their tasks are read by the reader of their definitions, for both languages (T19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.consumers import Use
from keyfit.readers import state_machine
from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.modules.expansion import instances
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.values.terraform_values import Encoded
from keyfit.value import Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.services.resource import Resource
    from keyfit.value import Value

TYPES: Final = ("aws_sfn_state_machine", "awscc_stepfunctions_state_machine")


def read_tasks(module: Module) -> Iterator[Resource]:
    """The tasks of the module's state machines that call an API."""
    for instance in instances(module, *TYPES):
        definition = _definition(instance)
        if definition is not None:
            role = argument(instance, "role_arn")
            place = place_of(instance)
            yield from state_machine.tasks(
                definition,
                instance.block,
                None if role is None else Use("role_arn", role),
                region=place.region,
                account=place.account,
            )


def hidden(instance: Instance) -> Iterator[Unknown]:
    """The open choices on which the tasks of a state machine depend: tasks can stand behind them."""
    yield from (hole for hole in holes_in(_definition(instance)) if isinstance(hole, Unknown) and hole.choices)


def _definition(instance: Instance) -> Value | None:
    if instance.type == "aws_sfn_state_machine":
        written = argument(instance, "definition")
        return None if written is None else decoded(written)
    written = argument(instance, "definition_string") or argument(instance, "definition")
    if written is None:
        return None
    structured = decoded(written) if isinstance(written, Encoded) else written
    return decoded(state_machine.substituted(structured, argument(instance, "definition_substitutions")))
