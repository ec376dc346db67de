"""Several deployments at once: a choice that is open in the source, and the scenario in which choices are made.

A choice is split only where an unknown that decides names it (`verify`); nothing is enumerated in advance.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.record import record
from keyfit.value import NOWHERE, Bool, Origin, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator


@record
class Choice:
    """A parameter, variable or data source whose value is open, with every way of deciding it.

    `name` is unique in its stack and is what `Unknown.choices` holds. The last alternative can be an `Unknown` with
    `not_in`: something else than all the others. Together the alternatives cover every value.
    """

    name: str
    alternatives: tuple[Value, ...]
    origin: Origin = field(default=NOWHERE, compare=False)


class Made(NamedTuple):
    """One choice, made."""

    choice: str
    value: Value


@record
class Scenario:
    """The choices made so far, in the order they were made; the empty scenario has made none."""

    made: tuple[Made, ...] = ()

    def __iter__(self) -> Iterator[Made]:
        return iter(self.made)

    def find(self, choice: str) -> Value | None:
        """The value chosen for `choice`; `None` where it is still open."""
        return next((value for name, value in self.made if name == choice), None)

    def given(self, choice: str, value: Value) -> Scenario:
        """This scenario, with one choice more."""
        return Scenario((*self.made, Made(choice, value)))


EMPTY: Final = Scenario()


def in_words(value: Value) -> bool | str:
    """What a choice was decided to be."""
    if isinstance(value, Bool):
        return value.value
    return value.literal if isinstance(value, Text) and value.literal is not None else "something else"
