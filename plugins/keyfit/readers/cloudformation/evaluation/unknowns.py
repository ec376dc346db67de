"""The unknown that a function returns where its arguments are not known enough: why, and on which choices it depends.

The deployment's own Region and partition are holes of their own wherever they stand in a text; where they decide what a
function returns or a condition says, they are the choices of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.cloudformation.evaluation.bindings import PARTITION, REGION
from keyfit.readers.cloudformation.template.texts import identity
from keyfit.value import Entry, List, Object, Own, Text, Unknown, Value, choices_in, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.answer import Answer
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Hole, Origin


def comparable(scope: Scope, value: Value | None) -> Value | None:
    """`value` for a comparison or look-up: the deployment's own Region and partition as the choices they are there."""
    match value:
        case Text() if any(isinstance(part, Own) for part in value.parts):
            return text(*(_own(scope, part) for part in value.parts), origin=value.origin)
        case List(items, rest):
            inner = (comparable(scope, each) for each in items)
            return List(tuple(each for each in inner if each is not None), rest, value.origin)
        case Object(entries, rest):
            pairs = ((key, comparable(scope, each)) for key, each in entries)
            return Object(tuple(Entry(key, each) for key, each in pairs if each is not None), rest, value.origin)
        case _:
            return value


# A hole's own choice, and those that decide it: the Region tells the partition.
_CHOICES: Final = {
    Own.REGION: (REGION,),
    Own.PARTITION: (PARTITION, REGION),
    Own.URL_SUFFIX: (PARTITION, REGION),
}


def _own(scope: Scope, part: str | Hole) -> str | Hole:
    if not isinstance(part, Own) or part not in _CHOICES:
        return part
    choices = frozenset(_CHOICES[part]) & scope.open
    excluded = scope.bound.excluded.get(part, frozenset())
    why, subject = (Why.UNDECIDED, f"`{_CHOICES[part][0]}`") if choices else (Why.UNBOUND, Own.REGION.value)
    return Unknown(why, subject, f"own {part.value}", choices, excluded, part.shape)


def unknown_from(scope: Scope, function: str, origin: Origin, *arguments: Value | None) -> Unknown:
    """What `function` returns where its arguments are not known enough: for the first reason among theirs.

    It depends on every choice that they depend on, and is the same value wherever they are the same.
    """
    known = [comparable(scope, each) for each in arguments]
    why, subject = _reason([hole for each in known for hole in holes_in(each)], Why.UNKNOWN_ARGUMENT, function)
    choices = frozenset[str]().union(*map(choices_in, known))
    return Unknown(why, subject, identity(function, *known), choices, origin=origin)


def undecided(scope: Scope, answer: Answer, subject: str, values: tuple[Value | None, Value | None]) -> Unknown:
    """One of `values`, as soon as `answer` is decided: it depends on their choices too."""
    holes = text(*answer.holes)
    known = [comparable(scope, each) for each in values]
    choices = frozenset[str]().union(choices_in(holes), *map(choices_in, known))
    why = (Why.UNDECIDED, subject) if choices else _reason(holes.holes, Why.UNDECIDED, subject)
    return Unknown(*why, identity("Fn::If", holes, *known), choices)


def _reason(holes: Iterable[Hole], why: Why, subject: str) -> tuple[Why, str]:
    """The reason of the first unknown; that the account is not given; else `why` and `subject`."""
    for hole in holes:
        if isinstance(hole, Unknown):
            return hole.why, hole.subject
        if hole is Own.ACCOUNT:
            return Why.UNBOUND, Own.ACCOUNT.value
    return why, subject
