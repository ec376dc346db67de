"""Patterns and texts with holes: is there a filling that matches, and do all of them?

*Possible* follows every way through the pattern's automaton at once. *Certain* follows the worst case: a hole of the
text is filled with a character that no literal of the pattern knows, so that only wildcards (or the same hole) can pass
it, and with every number of them.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final

from keyfit.pattern.automaton import Automaton, Question, bounds, build, spelled
from keyfit.pattern.literal import WILDCARDS, has_wildcards, unescape
from keyfit.truth import Truth
from keyfit.value import Reference, Unknown, differ

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.shape import Shape
    from keyfit.value import Hole

_MOST_FRONTS: Final = 64  # sets of states followed at once; with more of them the match is not proven


@lru_cache(maxsize=1 << 14)
def decide(question: Question) -> Truth:
    """YES if the pattern matches however the holes are filled, NO if it never does."""
    if not (question.pattern or question.text):
        return Truth.YES
    if _excluded(question) or not _possible(question):
        return Truth.NO
    return Truth.YES if _certain(question) else Truth.MAYBE


def _excluded(question: Question) -> bool:
    """Whether one side is a single hole that is known to differ from the other side."""
    match question.pattern or ("",), question.text or ("",):
        case (str() as literal,), (Unknown(not_in=others),):
            return not (question.how.wildcards and WILDCARDS & set(literal)) and _among(literal, others, question)
        case (Unknown(not_in=others) as hole,), (str() as literal,):
            return not (question.how.wildcards and has_wildcards(hole.shape)) and _among(literal, others, question)
        case (Reference() as wanted,), (Reference() as given,):
            return differ(wanted, given)
        case _:
            return False


def _among(literal: str, others: Iterable[str], question: Question) -> bool:
    """Whether what is none of `others` is not `literal`; in another letter case it can be what it is not."""
    plain = unescape(literal)
    return plain in others and not (question.how.fold_case and plain.lower() != plain.upper())


# --- does some filling match? ------------------------------------------------------------------------------


def _possible(question: Question) -> bool:
    automaton = build(question, rigid=False)
    states = automaton.start()
    for part in question.text:
        if isinstance(part, str):
            states = _read(automaton, states, part)
        else:
            states = _fill(automaton, states, part.shape, spelled(part.shape.characters, question))
    return bool(states >> automaton.final & 1)


def _read(automaton: Automaton, states: int, literal: str) -> int:
    masks = {c: automaton.taking(frozenset(c)) for c in set(literal)}
    for c in literal:
        states = automaton.step(states, masks[c])
        if not states:
            break
    return states


def _fill(automaton: Automaton, states: int, shape: Shape, characters: frozenset[str] | None) -> int:
    """The states that some filling of a hole leads to."""
    mask = automaton.taking(characters)
    shortest, longest = bounds(shape)
    for _ in range(shortest):
        states = automaton.step(states, mask)
    for _ in count() if longest is None else range(longest - shortest):
        grown = states | automaton.step(states, mask)
        if grown == states:
            break
        states = grown
    return states


# --- do all fillings match? --------------------------------------------------------------------------------


def _certain(question: Question) -> bool:
    automaton = build(question, rigid=True)
    fronts = frozenset({automaton.start()})
    for part in question.text:
        if isinstance(part, str):
            fronts = _least(_read(automaton, front, part) for front in fronts)
        else:
            fronts = _least(_endure(automaton, fronts, part, spelled(part.shape.characters, question)))
    return all(front >> automaton.final & 1 for front in fronts)


def _endure(
    automaton: Automaton, fronts: frozenset[int], hole: Hole, characters: frozenset[str] | None
) -> Iterator[int]:
    """The sets of states that the fillings of `hole` lead to: at least the smallest of them, which are the worst."""
    masks = _worst(automaton, characters)
    shortest, longest = bounds(hole.shape)
    for front in fronts:
        jumped = automaton.jump(front, hole)
        current, length = frozenset({front}), 0
        seen: set[frozenset[int]] = set()
        while longest is None or length <= longest:
            if length >= shortest:
                if current in seen:
                    break
                seen.add(current)
                yield from (states | jumped for states in current)
            current = _least(automaton.step(states, mask) for states in current for mask in masks)
            length += 1


def _worst(automaton: Automaton, characters: frozenset[str] | None) -> list[int]:
    """What passes each character that a hole can hold; of those that no literal names, one speaks for all."""
    if characters is None:
        return [automaton.taking(frozenset())]
    return list(_least(automaton.taking(frozenset(c)) for c in characters))


def _least(sets: Iterable[int]) -> frozenset[int]:
    """Those of `sets` that hold no other of them: what follows from a set follows from a larger one.

    Of too many, the set without any state, from which nothing follows.
    """
    least: list[int] = []
    for candidate in sorted(set(sets), key=int.bit_count):
        if all(smaller & candidate != smaller for smaller in least):
            least.append(candidate)
        if len(least) > _MOST_FRONTS:
            return _NOTHING
    return frozenset(least)


_NOTHING: Final = frozenset({0})
