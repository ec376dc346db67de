"""How an unknown is made from others: the result names the first reason, and every choice it depends on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.value import EXISTS, NOWHERE, Own, Reference, Text, Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.value import Hole, Origin, Value

REGION_CHOICE: Final = "data.aws_region"
PARTITION_CHOICE: Final = "data.aws_partition"
_OWN_CHOICES: Final = {
    Own.REGION: frozenset({REGION_CHOICE}),
    Own.PARTITION: frozenset({PARTITION_CHOICE}),
    Own.URL_SUFFIX: frozenset({PARTITION_CHOICE}),
    Own.ACCOUNT: frozenset[str](),
}


def choices_of(hole: Hole) -> frozenset[str]:
    """The names of the choices that make `hole` known."""
    match hole:
        case Unknown(choices=choices):
            return choices
        case Own():
            return _OWN_CHOICES[hole]
        case _:
            return frozenset()


def choice_of(value: Value) -> str:
    """The choice whose value `value` is, and nothing else; empty where it is none."""
    match value:
        case Unknown(identity=identity, choices=choices) if identity in choices:
            return identity
        case Text((Own.REGION,)):
            return REGION_CHOICE
        case Text((Own.PARTITION,)):
            return PARTITION_CHOICE
        case Text((Unknown() as only,)):
            return choice_of(only)
        case _:
            return ""


def because(values: Iterable[Value | None], origin: Origin = NOWHERE) -> Unknown:
    """What is unknown because `values` are not all known: the reason of the first hole, and the choices of all."""
    return of_holes((hole for value in values for hole in holes_in(value)), origin)


def of_holes(holes: Iterable[Hole], origin: Origin = NOWHERE) -> Unknown:
    """What is unknown because of `holes`."""
    found = tuple(holes)
    choices = frozenset[str]().union(*map(choices_of, found))
    first = _reason(next((hole for hole in found if choices_of(hole)), found[0] if found else None))
    place = origin if origin != NOWHERE else first.origin
    return Unknown(first.why, first.subject, choices=choices, origin=place)


def _reason(hole: Hole | None) -> Unknown:
    match hole:
        case Unknown():
            return hole
        case Reference(block, attribute):
            return Unknown(Why.AFTER_APPLY, f"`{block}.{attribute}`")
        case Own():
            return Unknown(Why.UNBOUND, hole.value)
        case None:
            return Unknown(Why.UNREADABLE, "the value is not known")


def exists(unknown: Unknown, what: str) -> Unknown:
    """Whether there is something, of which `unknown` keeps it open: the same for all that `what` decides alike."""
    identity = f"{EXISTS}{what}" if what else ""
    return Unknown(unknown.why, unknown.subject, identity, unknown.choices, origin=unknown.origin)


def invalid(message: str, origin: Origin = NOWHERE) -> Unknown:
    """What an expression is that Terraform refuses: `try` and `can` go on with it, nothing is deployed with it."""
    return Unknown(Why.INVALID, message, origin=origin)


def bound(message: str, origin: Origin = NOWHERE) -> Unknown:
    """What is not evaluated because it is too big, too deep or too long."""
    return Unknown(Why.BOUND, message, origin=origin)


def part_of(whole: Unknown, step: str) -> Unknown:
    """What `step` (`.name`, `[0]`) of an unknown value is: unknown for the same reason, known by its own path."""
    identity = whole.identity + step if whole.identity else ""
    return Unknown(whole.why, whole.subject, identity, whole.choices, origin=whole.origin)


def forget(value: Unknown) -> Unknown:
    """`value` as a mere reason: what depends on it is another value."""
    return replace(value, identity="", not_in=frozenset())
