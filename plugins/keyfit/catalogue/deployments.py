"""In which deployments a verdict stands: the fewest choices under which all that can be deployed have it.

A split ends in leaves, which together are every deployment. A set of choices is enough where each leaf that says
something else contradicts it, and smallest where none of its choices can be left out.
"""

from __future__ import annotations

from itertools import chain, combinations
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.model.alternatives import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from keyfit.catalogue.rule import Ruling
    from keyfit.model.stack import Stack

Told: TypeAlias = "Mapping[str, bool | str]"  # a scenario in the source's own words
_Choices: TypeAlias = "dict[tuple[bool, str], bool | str]"  # by name; of the choices themselves, the first is true
_PAIRED: Final = 32  # of so many choices every pair is tried


class Leaf(NamedTuple):
    """A ruling, and the stack under the scenario in which it stands."""

    ruling: Ruling
    stack: Stack


class Standing(NamedTuple):
    """A leaf, and the scenarios in which what it says is so, the smallest first; none where it is so in all."""

    leaf: Leaf
    scenarios: tuple[Told, ...]


def standing(alike: Sequence[Leaf], rest: Sequence[Stack]) -> Standing:
    """Of the leaves that say something alike, one that the fewest choices lead to, and the choices that lead to each.

    `rest` are all other deployments, those without the subject included.
    """
    if not rest:
        return Standing(alike[0], ())
    others = [_choices(stack) for stack in rest]
    found: list[tuple[Leaf, _Choices]] = []
    for leaf in alike:
        choices = _choices(leaf.stack)
        if not any(known.items() <= choices.items() for _, known in found):
            found.append((leaf, _smallest(choices, others)))
    found.sort(key=lambda each: len(each[1]))
    scenarios = ({name: value for (_, name), value in choices.items()} for _, choices in found)
    return Standing(found[0][0], tuple(told for told in scenarios if told))


def _choices(stack: Stack) -> _Choices:
    """What a deployment is told by, in the source's words, and then the choices themselves."""
    told = stack.once(_told)
    own = {(True, made.choice): in_words(made.value) for made in stack.scenario}
    return {**{(False, name): value for name, value in told.items()}, **own}


def _told(stack: Stack) -> Told:
    return stack.reading.told(stack.scenario) if stack.reading and stack.scenario.made else {}


def _smallest(choices: _Choices, others: Iterable[_Choices]) -> _Choices:
    """The fewest of the choices that each of the others contradicts; all that are told, where not even these do."""
    against = [{each for each, value in choices.items() if other.get(each, value) != value} for other in others]
    in_source = [each for each in choices if not each[0]]
    for some in _few(in_source):
        if all(each & some for each in against):
            return {each: choices[each] for each in choices if each in some}
    left = set(in_source) if all(each & set(in_source) for each in against) else set(choices)
    if not all(each & left for each in against):
        return {each: choices[each] for each in in_source} or choices
    for each in reversed(choices):
        if all(other & (left - {each}) for other in against):
            left.discard(each)
    return {each: choices[each] for each in choices if each in left}


def _few(choices: Sequence[tuple[bool, str]]) -> Iterator[set[tuple[bool, str]]]:
    """One choice, and each two."""
    pairs = combinations(choices, 2) if len(choices) <= _PAIRED else ()
    return map(set, chain(combinations(choices, 1), pairs))
