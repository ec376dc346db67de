"""A Step Functions definition → the consumers of keys that its tasks make, for both languages.

What is read: tasks whose `Resource` is an SDK integration of the table in `integrations`, at any depth of Map and
Parallel, with their parameters in JSONPath or JSONata. What a task is told at run time is unknown.

What is not seen, so that nothing is said of it: a definition that is not known or is no JSON, a state that is not
known, a `Resource` whose service or action is not known (each also where a choice that is still open decides it), a
definition in S3, and what a Lambda function does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from keyfit import json_text
from keyfit.answer import NO, YES, all_of, maybe
from keyfit.aws import arn
from keyfit.model.stack import Consumer, Use
from keyfit.readers.state_machine.integrations import Parameter, made_by
from keyfit.readers.state_machine.payload import Payload, of_task, words
from keyfit.readers.state_machine.substitutions import substituted
from keyfit.value import ACCOUNT_ID, Bool, List, Object, Text, Unknown, Why, holes_in, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.model.stack import Block
    from keyfit.readers.state_machine.integrations import Integration
    from keyfit.value import Value

__all__ = ["consumers", "substituted"]


def consumers(  # noqa: PLR0913 - the five things that a reader knows of a state machine
    definition: Value, machine: Block, role: Use | None, *, region: Text, account: Text
) -> tuple[Consumer, ...]:
    """What the tasks of `definition` make, in the order of the states, those inside a state after those beside it.

    `definition` is an object, or text that holds JSON; `role` the parameter of `machine` that names its role.
    """
    context = _Machine(machine, role, region, account)
    states = _states(_read(definition))
    return tuple(consumer for name, state in states for consumer in _of_state(context, name, state))


@dataclass(frozen=True, slots=True)
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


def _of_state(machine: _Machine, name: str, state: Object) -> Iterator[Consumer]:
    payload = of_task(state, f"{machine.block.address}/{name}")
    caller = _caller(machine, name, state)
    account = machine.account if caller is machine.role else _account(caller, payload.place)
    for integration in made_by(state.find("Resource")):
        exists = _exists(payload, integration)
        if exists == NO:
            continue
        block = replace(machine.block, present=all_of((machine.block.present, exists)))
        for group in _groups(payload, integration):
            yield Consumer(
                block,
                integration.kind,
                keys=_uses(payload, integration.keys),
                role=_use(payload, Parameter(integration.role)),
                buckets=_uses(payload, integration.buckets),
                region=machine.region,
                account=account,
                name=payload.at(integration.name),
                group=group,
                caller=caller,
                state=name,
                store=integration.store,
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


def _uses(payload: Payload, parameters: tuple[Parameter, ...]) -> tuple[Use, ...]:
    return tuple(use for each in parameters if (use := _use(payload, each)) is not None)


def _use(payload: Payload, parameter: Parameter) -> Use | None:
    value = payload.at(parameter.path)
    return None if value is None else Use(parameter.path, value, parameter.purpose)


def _groups(payload: Payload, integration: Integration) -> tuple[Use | None, ...]:
    """What the task works on: each group once, where its elements name several."""
    found: dict[Value, Use] = {}
    for path, value in payload.every(integration.group):
        found.setdefault(value, Use(path, value))
    return tuple(found.values()) or (None,)


def _exists(payload: Payload, integration: Integration) -> Answer:
    """Whether the task makes this consumer: one store of a feature group, or both."""
    if integration.enabled:
        return _is_true(payload.at(integration.enabled))
    if not integration.given:
        return YES
    match payload.at(integration.given):
        case None:
            return NO
        case Unknown() as hole:
            return maybe(hole)
        case _:
            return YES


def _is_true(flag: Value | None) -> Answer:
    match flag:
        case Bool(truth):
            return YES if truth else NO
        case Text() if flag.literal is not None:
            return YES if flag.literal.lower() == "true" else NO
        case _:
            holes = holes_in(flag)
            return maybe(*holes) if holes else NO
