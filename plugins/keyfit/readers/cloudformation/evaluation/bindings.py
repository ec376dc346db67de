"""Pseudo parameters: what the deployment knows of itself, bound by the user, by a scenario, or not at all."""

from __future__ import annotations

from dataclasses import field
from string import ascii_letters, digits, hexdigits
from typing import TYPE_CHECKING, Final

from keyfit.aws.partitions import partition_of, url_suffix
from keyfit.record import record
from keyfit.shape import Shape
from keyfit.value import Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.model.alternatives import Scenario
    from keyfit.readers.given import Given
    from keyfit.value import Value

REGION: Final = "AWS::Region"
PARTITION: Final = "AWS::Partition"
NO_VALUE: Final = "AWS::NoValue"

_STACK_NAME: Final = Shape(frozenset(ascii_letters + digits + "-"), 1, 128)
_UUID: Final = Shape(frozenset(hexdigits.lower() + "-"), 36, 36)
STACK_NAME: Final = Unknown(Why.AFTER_APPLY, "the name of the stack", "AWS::StackName", shape=_STACK_NAME)
_STACK_UUID: Final = Unknown(Why.AFTER_APPLY, "the id of the stack", "AWS::StackId", shape=_UUID)
_TOPICS: Final = Unknown(Why.AFTER_APPLY, "`AWS::NotificationARNs`", "AWS::NotificationARNs")


@record
class Bindings:
    """Account, Region, partition and the stack's name as texts: literal where bound.

    `excluded` are values that a hole surely has not.
    """

    account: Text
    region: Text
    partition: Text
    suffix: Text
    stack: Text
    excluded: Mapping[Own, frozenset[str]] = field(default_factory=dict)


def bind(given: Given, scenario: Scenario) -> Bindings | None:
    """What `given` and `scenario` bind; `None` where they contradict each other."""
    chosen = {Own.REGION: scenario.find(REGION), Own.PARTITION: scenario.find(PARTITION)}
    excluded = {own: value.not_in for own, value in chosen.items() if isinstance(value, Unknown)}
    region = text(given.region) if given.region else _bound(chosen, Own.REGION)
    partition = _bound(chosen, Own.PARTITION)
    literal = region.literal
    if literal is not None:
        implied = partition_of(literal)
        if partition.literal not in {None, implied} or implied in excluded.get(Own.PARTITION, ()):
            return None
        partition = text(implied)
    account = text(given.account) if given.account else text(Own.ACCOUNT)
    stack = text(given.stack_name or STACK_NAME)
    return Bindings(account, region, partition, url_suffix(partition), stack, excluded)


def _bound(chosen: Mapping[Own, Value | None], own: Own) -> Text:
    value = chosen[own]
    return value if isinstance(value, Text) else text(own)


def _stack_id(bound: Bindings) -> Text:
    place = ("arn:", bound.partition, ":cloudformation:", bound.region, ":", bound.account)
    return text(*place, ":stack/", bound.stack, "/", _STACK_UUID)


def _stack_name(bound: Bindings) -> Text | Unknown:
    return bound.stack if bound.stack.literal else STACK_NAME


PSEUDO: Final[Mapping[str, Callable[[Bindings], Text | Unknown | None]]] = {
    "AWS::AccountId": lambda bound: bound.account,
    REGION: lambda bound: bound.region,
    PARTITION: lambda bound: bound.partition,
    "AWS::URLSuffix": lambda bound: bound.suffix,
    "AWS::StackName": _stack_name,
    "AWS::StackId": _stack_id,
    "AWS::NotificationARNs": lambda _: _TOPICS,
    NO_VALUE: lambda _: None,
}
