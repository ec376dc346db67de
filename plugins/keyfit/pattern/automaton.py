"""Patterns and texts with holes: is there a filling that matches, and do all of them?

The pattern becomes an automaton whose states are the bits of one integer (bit k: k elements are passed), so that a
step over a character is a few operations on integers, whatever the pattern's length. *Possible* follows every way at
once. *Certain* follows the worst case: a hole of the text is filled with a character that no literal of the pattern
knows, so that only wildcards (or the same hole) can pass it, and with every number of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.pattern.literal import WILDCARDS, How, fold, has_wildcards, unescape
from keyfit.truth import Truth
from keyfit.value import Hole, Shape, Unknown, differ, same

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LONGEST: Final = 512  # a hole that can be longer counts as endless: that only makes more possible, and less certain
_MOST_FRONTS: Final = 64  # sets of states followed at once; with more of them the match is not proven


@dataclass(frozen=True, slots=True)
class Question:
    """A pattern, a text, and how to compare them; where case is folded, both are in lower case already.

    `shapes` are those of all holes: equal holes can differ in them.
    """

    pattern: tuple[str | Hole, ...]
    text: tuple[str | Hole, ...]
    shapes: tuple[Shape, ...]
    how: How


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
        case (wanted,), (given,) if not (isinstance(wanted, str) or isinstance(given, str)):
            return differ(wanted, given)
        case _:
            return False


def _among(literal: str, others: Iterable[str], question: Question) -> bool:
    spelled = unescape(literal)
    return spelled in map(fold, others) if question.how.fold_case else spelled in others


# --- the automaton -----------------------------------------------------------------------------------------


class _Element(NamedTuple):
    """What passes one character: `characters` says which (`None`: any). It can be passed without one if `skip`."""

    characters: frozenset[str] | None
    skip: bool = False
    stay: bool = False
    hole: Hole | None = None


@dataclass(slots=True)
class _Automaton:
    """Masks over states: bit k is set where element k has the property. State `final` has passed them all."""

    final: int = 0
    skip: int = 0
    stay: int = 0
    any: int = 0
    literals: dict[str, int] = field(default_factory=dict)
    classes: list[tuple[frozenset[str], int]] = field(default_factory=list)
    holes: list[tuple[Hole, int]] = field(default_factory=list)

    def add(self, element: _Element) -> None:
        """Append an element."""
        bit, self.final = 1 << self.final, self.final + 1
        self.skip |= bit * element.skip
        self.stay |= bit * element.stay
        if element.hole is not None:
            self.holes.append((element.hole, bit))
        elif element.characters is None:
            self.any |= bit
        elif len(element.characters) == 1:
            (only,) = element.characters
            self.literals[only] = self.literals.get(only, 0) | bit
        else:
            self.classes.append((element.characters, bit))

    def taking(self, characters: frozenset[str] | None) -> int:
        """The elements that can pass one of these characters."""
        mask = self.any
        for literal, bits in self.literals.items():
            if characters is None or literal in characters:
                mask |= bits
        for members, bits in self.classes:
            if characters is None or not members.isdisjoint(characters):
                mask |= bits
        return mask

    def start(self) -> int:
        """The states before the first character."""
        return self.closed(1)

    def step(self, states: int, mask: int) -> int:
        """The states after one character that the elements of `mask` pass."""
        moved = states & mask
        return self.closed(((moved & ~self.stay) << 1) | (moved & self.stay))

    def closed(self, states: int) -> int:
        """`states`, and those behind elements that can be skipped."""
        # Adding floods each run of set bits of `skip` from the lowest state in it upward, and one bit beyond.
        return states | ((self.skip + (states & self.skip)) ^ self.skip)

    def jump(self, states: int, hole: Hole) -> int:
        """The states after `hole` of the text was passed by the same hole of the pattern."""
        passed = 0
        for own, bit in self.holes:
            if states & bit and same(own, hole):
                passed |= bit << 1
        return self.closed(passed)


def _elements(question: Question, *, rigid: bool) -> Iterator[_Element]:
    """The pattern's elements; a hole is its shape, or, where `rigid`, passed by itself alone."""
    for part in question.pattern:
        if isinstance(part, str):
            yield from _literal_elements(part, question)
        elif (only := _only_filling(part.shape)) is not None:
            yield from _literal_elements(fold(only) if question.how.fold_case else only, question)
        elif rigid:
            yield _Element(frozenset(), hole=part)
        else:
            yield from _hole_elements(part.shape, question)


def _only_filling(shape: Shape) -> str | None:
    if shape.longest == 0:
        return ""
    if shape.characters is not None and len(shape.characters) == 1 and shape.shortest == shape.longest:
        (only,) = shape.characters
        return only * shape.shortest
    return None


def _literal_elements(literal: str, question: Question) -> Iterator[_Element]:
    if not question.how.wildcards:
        yield from (_Element(frozenset(c)) for c in unescape(literal))
        return
    star = False
    for c in literal:
        if c == "*":
            star = True  # a run of wildcards is its question marks and then one star
        elif c == "?":
            yield _Element(None)
        else:
            if star:
                yield _STAR
            star = False
            yield _Element(frozenset(unescape(c)))
    if star:
        yield _STAR


_STAR: Final = _Element(None, skip=True, stay=True)


def _hole_elements(shape: Shape, question: Question) -> Iterator[_Element]:
    characters = shape.characters
    if question.how.wildcards and has_wildcards(shape):
        if shape.characters is None or "*" in shape.characters:
            yield _STAR  # it can be filled with stars, and those match all that any other filling does
            return
        characters = None  # it can be filled with question marks
    shortest, longest = _bounds(shape)
    element = _Element(_spelled(characters, question))
    yield from [element] * shortest
    if longest is None:
        yield element._replace(skip=True, stay=True)
    else:
        yield from [element._replace(skip=True)] * (longest - shortest)


def _bounds(shape: Shape) -> tuple[int, int | None]:
    shortest = min(shape.shortest, _LONGEST)
    return shortest, None if shape.longest is None or shape.longest > _LONGEST else shape.longest


def _spelled(characters: frozenset[str] | None, question: Question) -> frozenset[str] | None:
    return frozenset(map(fold, characters)) if characters and question.how.fold_case else characters


def _automaton(question: Question, *, rigid: bool) -> _Automaton:
    automaton = _Automaton()
    for element in _elements(question, rigid=rigid):
        automaton.add(element)
    return automaton


# --- does some filling match? ------------------------------------------------------------------------------


def _possible(question: Question) -> bool:
    automaton = _automaton(question, rigid=False)
    states = automaton.start()
    for part in question.text:
        if isinstance(part, str):
            states = _read(automaton, states, part)
        else:
            states = _fill(automaton, states, part.shape, _spelled(part.shape.characters, question))
    return bool(states >> automaton.final & 1)


def _read(automaton: _Automaton, states: int, literal: str) -> int:
    masks = {c: automaton.taking(frozenset(c)) for c in set(literal)}
    for c in literal:
        states = automaton.step(states, masks[c])
        if not states:
            break
    return states


def _fill(automaton: _Automaton, states: int, shape: Shape, characters: frozenset[str] | None) -> int:
    """The states that some filling of a hole leads to."""
    mask = automaton.taking(characters)
    shortest, longest = _bounds(shape)
    for _ in range(shortest):
        states = automaton.step(states, mask)
    more = automaton.final + 1 if longest is None else longest - shortest
    for _ in range(more):
        grown = states | automaton.step(states, mask)
        if grown == states:
            break
        states = grown
    return states


# --- do all fillings match? --------------------------------------------------------------------------------


def _certain(question: Question) -> bool:
    automaton = _automaton(question, rigid=True)
    fronts = frozenset({automaton.start()})
    for part in question.text:
        if isinstance(part, str):
            fronts = _least(_read(automaton, front, part) for front in fronts)
        else:
            fronts = _least(_endure(automaton, fronts, part, _spelled(part.shape.characters, question)))
        if 0 in fronts or len(fronts) > _MOST_FRONTS:
            return False
    return all(front >> automaton.final & 1 for front in fronts)


def _endure(
    automaton: _Automaton, fronts: frozenset[int], hole: Hole, characters: frozenset[str] | None
) -> Iterator[int]:
    """The sets of states that the fillings of `hole` lead to: at least the smallest of them, which are the worst."""
    masks = _worst(automaton, characters)
    shortest, longest = _bounds(hole.shape)
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
            if len(current) > _MOST_FRONTS:
                yield 0
                break


def _worst(automaton: _Automaton, characters: frozenset[str] | None) -> list[int]:
    """What passes each character that a hole can hold; of those that no literal names, one speaks for all."""
    if characters is None:
        return [automaton.taking(frozenset())]
    return list(_least(automaton.taking(frozenset(c)) for c in characters))


def _least(sets: Iterable[int]) -> frozenset[int]:
    """Those of `sets` that hold no other of them: what follows from a set follows from a larger one."""
    distinct = sorted(set(sets), key=int.bit_count)
    least: list[int] = []
    for candidate in distinct[: _MOST_FRONTS * 4]:
        if all(smaller & candidate != smaller for smaller in least):
            least.append(candidate)
    return frozenset(least) if len(distinct) <= _MOST_FRONTS * 4 else frozenset({0})
