"""State machines of a template: their definition in every way it is written, handed to `readers.state_machine`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.consumers import Use
from keyfit.readers import state_machine
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, missing, word
from keyfit.value import Unknown, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.services.resource import Resource as Task
    from keyfit.value import Hole, Value


class MachineProperties(NamedTuple):
    """The properties of a type that hold the definition, the first that is given, and the role.

    `elsewhere` says where the definition lies, if it is not in the template.
    """

    definitions: tuple[str, ...]
    role: str
    elsewhere: str


# The second is SAM's: where it names no role, `serverless` has made it one.
TYPES: Final[Mapping[str, MachineProperties]] = {
    "AWS::StepFunctions::StateMachine": MachineProperties(
        ("Definition", "DefinitionString"), "RoleArn", "DefinitionS3Location"
    ),
    "AWS::Serverless::StateMachine": MachineProperties(("Definition",), "Role", "DefinitionUri"),
}


def tasks(scope: Scope, resource: Resource) -> Iterator[Task]:
    """The tasks of a state machine that call an API."""
    definition = _definition(scope, resource)
    if definition is not None:
        path = TYPES[resource.type].role
        role = word(find(scope, resource, path)) or missing(path, resource)
        yield from state_machine.tasks(
            definition, block(scope, resource), Use(path, role), region=scope.bound.region, account=scope.bound.account
        )


def is_elsewhere(scope: Scope, resource: Resource) -> bool:
    """Whether the definition of a state machine lies in a file or in S3."""
    return _definition(scope, resource) is None and find(scope, resource, TYPES[resource.type].elsewhere) is not None


def hidden(scope: Scope, resource: Resource) -> tuple[Hole, ...]:
    """The open choices on which the tasks of a state machine depend: tasks can stand behind them."""
    definition = _definition(scope, resource) if resource.type in TYPES else None
    return tuple(hole for hole in holes_in(definition) if isinstance(hole, Unknown) and hole.choices)


def _definition(scope: Scope, resource: Resource) -> Value | None:
    """The definition, its placeholders filled in; `None` for one that lies in a file or in S3."""
    written = (find(scope, resource, name) for name in TYPES[resource.type].definitions)
    definition = next((each for each in written if each is not None), None)
    if definition is None:
        return None
    return state_machine.substituted(definition, find(scope, resource, "DefinitionSubstitutions"))
