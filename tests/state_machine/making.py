"""Definitions and values, as short as tests want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keyfit.model.block import Block
from keyfit.model.consumers import Use
from keyfit.readers import state_machine
from keyfit.services.consumers import consumers_of
from keyfit.value import Bool, Entry, List, Null, Number, Object, Own, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.model.consumers import Consumer
    from keyfit.value import Value

MACHINE = Block("Machine", "AWS::StepFunctions::StateMachine")
ROLE = Use("RoleArn", text("arn:aws:iam::111122223333:role/machine"))
SDK = "arn:aws:states:::aws-sdk:"


def value(plain: Any) -> Value:  # noqa: ANN401 - whatever JSON can hold, and values among it
    """The value that `plain` is: dictionaries, lists, strings and so on, or values already."""
    match plain:
        case dict():
            return Object(tuple(Entry(_text(key), value(inner)) for key, inner in plain.items()))
        case list() | tuple():
            return List(tuple(value(item) for item in plain))
        case bool():
            return Bool(plain)
        case int() | float():
            return Number(plain)
        case str():
            return text(plain)
        case None:
            return Null()
        case Text() | Unknown() | Object() | List():
            return plain
        case _:
            raise TypeError(plain)


def _text(key: str | Text) -> Text:
    return text(key) if isinstance(key, str) else key


def machine(**states: Any) -> dict[str, Any]:  # noqa: ANN401 - as `value`
    """A definition with these states."""
    return {"StartAt": next(iter(states), ""), "States": states}


def task(action: str, /, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - as `value`
    """A task of an SDK integration, such as `personalize:createDatasetGroup`."""
    return {"Type": "Task", "Resource": SDK + action, **fields, "End": True}


def consumers(definition: Any) -> tuple[Consumer, ...]:  # noqa: ANN401 - as `value`
    """What the definition makes, as the machine of these tests."""
    read = value(definition)
    tasks = state_machine.tasks(read, MACHINE, ROLE, region=text(Own.REGION), account=text(Own.ACCOUNT))
    return tuple(made for each in tasks for made in consumers_of(each))


def only(definition: Any) -> Consumer:  # noqa: ANN401 - as `value`
    """The one thing that it makes."""
    (consumer,) = consumers(definition)
    return consumer
