"""The automaton of a pattern with holes.

Its states are the bits of one integer (bit k: k elements are passed), so that a step over a character is a few
operations on integers, whatever the pattern's length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.pattern.literal import How, fold, has_wildcards, unescape
from keyfit.record import record
from keyfit.value import Hole, same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.shape import Shape

_LONGEST: Final = 512  # a hole that can be longer counts as endless: that only makes more possible, and less certain


@record
class Question:
    """A pattern, a text, and how to compare them; where case is folded, both are in lower case already.

    `shapes` are those of all holes: equal holes can differ in them.
    """

    pattern: tuple[str | Hole, ...]
    text: tuple[str | Hole, ...]
    shapes: tuple[Shape, ...]
    how: How


class _Element(NamedTuple):
    """What passes one character: `characters` says which (`None`: any). It can be passed without one if `skip`."""

    characters: frozenset[str] | None
    skip: bool = False
    stay: bool = False
    hole: Hole | None = None


@dataclass(slots=True)
class Automaton:
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
    shortest, longest = bounds(shape)
    element = _Element(spelled(characters, question))
    yield from [element] * shortest
    if longest is None:
        yield element._replace(skip=True, stay=True)
    else:
        yield from [element._replace(skip=True)] * (longest - shortest)


def bounds(shape: Shape) -> tuple[int, int | None]:
    """The least and the most characters that a hole is followed for; `None`: any number."""
    shortest = min(shape.shortest, _LONGEST)
    return shortest, None if shape.longest is None or shape.longest > _LONGEST else shape.longest


def spelled(characters: frozenset[str] | None, question: Question) -> frozenset[str] | None:
    """The characters of a hole as the automaton knows them."""
    return frozenset(map(fold, characters)) if characters and question.how.fold_case else characters


def build(question: Question, *, rigid: bool) -> Automaton:
    """The automaton of a pattern; a hole is its shape, or, where `rigid`, is passed by itself alone."""
    automaton = Automaton()
    for element in _elements(question, rigid=rigid):
        automaton.add(element)
    return automaton
