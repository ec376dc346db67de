"""A Step Functions definition → its tasks, as what the services' pages are asked about, for both languages.

What is read: tasks whose `Resource` is an SDK integration, at any depth of Map and
Parallel, with their parameters in JSONPath or JSONata. What a task is told at run time is unknown.

What is not seen, so that nothing is said of it: a definition that is not known or is no JSON, a state that is not
known, a `Resource` whose service or action is not known (each also where a choice that is still open decides it), a
definition in S3, and what a Lambda function does.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from keyfit import json_text
from keyfit.aws import arn
from keyfit.model.consumers import Use
from keyfit.readers.state_machine.integrations import action_of
from keyfit.readers.state_machine.payload import Payload, of_task, words
from keyfit.readers.state_machine.substitutions import substituted
from keyfit.record import record
from keyfit.services.resource import Resource
from keyfit.shape import ACCOUNT_ID
from keyfit.value import List, Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.block import Block
    from keyfit.value import Value

__all__ = ["substituted", "tasks"]


def tasks(  # noqa: PLR0913 - the five things that a reader knows of a state machine
    definition: Value, machine: Block, role: Use | None, *, region: Text, account: Text
) -> tuple[Resource, ...]:
    """The tasks of `definition` that call an API, in the order of the states, those inside a state after those beside.

    `definition` is an object, or text that holds JSON; `role` the parameter of `machine` that names its role.
    """
    context = _Machine(machine, role, region, account)
    states = _states(_read(definition))
    return tuple(_task(context, name, state) for name, state in states if action_of(state.find("Resource")))


@record
class _Machine:
    block: Block
    role: Use | None
    region: Text
    account: Text


def _read(definition: Value) -> Value:
    return json_text.read(definition) if isinstance(definition, Text) else definition


def _states(definition: Value) -> Iterator[tuple[str, Object]]:
    """Every state that is known, with its name; of two with one name in one place the last, as JSON has it."""
    pending = deque([definition])
    seen: set[int] = set()
    while pending:
        part = pending.popleft()
        states = part.find("States") if isinstance(part, Object) and id(part) not in seen else None
        seen.add(id(part))
        if isinstance(states, Object):
            last = {name.literal: state for name, state in states.entries}
            for name, state in states.entries:
                if isinstance(state, Object) and (name.literal is None or last[name.literal] is state):
                    yield words(name), state
                    pending.extend(_nested(state))


def _nested(state: Object) -> Iterator[Value]:
    """The state machines inside a Map or Parallel state (W9)."""
    for name in ("ItemProcessor", "Iterator"):
        inner = state.find(name)
        if inner is not None:
            yield inner
    branches = state.find("Branches")
    if isinstance(branches, List):
        yield from branches.items


def _task(machine: _Machine, name: str, state: Object) -> Resource:
    payload = of_task(state, f"{machine.block.address}/{name}")
    caller = _caller(machine, name, state)
    return Resource(
        action_of(state.find("Resource")),
        machine.block,
        payload.at,
        payload.within,
        machine.region,
        machine.account if caller is machine.role else _account(caller, payload.place),
        caller=caller,
        state=name,
    )


def _caller(machine: _Machine, name: str, state: Object) -> Use | None:
    """Who calls the API: the machine's role, or the one that the task takes on instead with `Credentials`."""
    role = Payload(state, f"{machine.block.address}/{name}").at("Credentials.RoleArn")
    return machine.role if role is None else Use("Credentials.RoleArn", role)


def _account(caller: Use | None, place: str) -> Text:
    """The account of another role than the machine's own: what the task makes is made there."""
    named = arn.account_of(caller.value) if caller and isinstance(caller.value, Text) else None
    return named or text(
        Unknown(Why.RUN_TIME, "the account of the task", identity=f"{place}/account", shape=ACCOUNT_ID)
    )
