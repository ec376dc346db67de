"""Matching without backtracking twice: each place in the pattern is tried at each place of the text once.

So the time is at most the size of the pattern times that of the text, and it is bounded besides. What matches first is
what RE2, and Perl, say matches first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from typing_extensions import assert_never

from keyfit.readers.terraform.functions.re2_syntax import (
    Assertion,
    Character,
    Either,
    Group,
    Pattern,
    PatternLimitError,
    Repeat,
    Sequence,
    parse,
)
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST_INSTRUCTIONS: Final = 5_000
MOST_STEPS: Final = 1_000_000  # of one call: about a second


class Instruction(NamedTuple):
    """`kind` is "character", "assert", "save", "split", "jump" or "match"; `first` and `second` are where to go on."""

    kind: str
    first: int = 0
    second: int = 0
    test: Callable[[str], bool] | None = None
    name: str = ""


class Match(NamedTuple):
    """Where each group begins and ends, the whole match first; -1 for a group that took no part."""

    text: str
    places: tuple[int, ...]

    def group(self, number: int) -> str | None:
        """What the group matched; `None` where it took no part."""
        start, end = self.places[2 * number : 2 * number + 2]
        return None if start < 0 or end < 0 else self.text[start:end]


@record
class Program:
    """A pattern, ready to run. `names` are those of its groups, empty for one without."""

    instructions: tuple[Instruction, ...]
    names: tuple[str, ...]

    def matches(self, text: str) -> Iterator[Match]:
        """Every match, from left to right; an empty one right behind another does not count, as in Go.

        `PatternLimitError` after too many steps.
        """
        run = _Run(self.instructions, text, (-1,) * (2 * len(self.names) + 2))
        at, last = 0, -1
        while at <= len(text):
            found = run.search(at)
            if found is None:
                return
            start, end = found.places[:2]
            if end > start or start != last:
                yield found
            last = end
            at = end if end > start else end + 1


@lru_cache(maxsize=256)
def program(pattern: str) -> Program:
    """The program of a pattern. `PatternError` and `PatternLimitError` as `parse` has them."""
    parsed = parse(pattern)
    compiler = _Compiler([], [MOST_INSTRUCTIONS])
    compiler.add(Instruction("save", 1, name="0"))
    compiler.compile(parsed.pattern)
    compiler.add(Instruction("save", len(compiler.code) + 1, name="1"))
    compiler.add(Instruction("match"))
    return Program(tuple(compiler.code), parsed.names)


@record
class _Compiler:
    code: list[Instruction]
    left: list[int]  # an empty pattern can be repeated without an instruction

    def add(self, instruction: Instruction) -> int:
        """Where the instruction stands."""
        if len(self.code) >= MOST_INSTRUCTIONS:
            raise PatternLimitError("the pattern is too big")
        self.code.append(instruction)
        return len(self.code) - 1

    def compile(self, pattern: Pattern) -> None:
        """Add what matches `pattern` and goes on behind itself. Patterns are no deeper than `parse` lets them be."""
        self.left[0] -= 1
        if self.left[0] < 0:
            raise PatternLimitError("the pattern is too big")
        match pattern:
            case Character(test):
                self.add(Instruction("character", len(self.code) + 1, test=test))
            case Assertion(kind):
                self.add(Instruction("assert", len(self.code) + 1, name=kind))
            case Sequence(parts):
                for part in parts:
                    self.compile(part)
            case Either(branches):
                self._either(branches)
            case Group(inner, number):
                self.add(Instruction("save", len(self.code) + 1, name=str(2 * number)))
                self.compile(inner)
                self.add(Instruction("save", len(self.code) + 1, name=str(2 * number + 1)))
            case Repeat():
                self._repeat(pattern)
            case _:
                assert_never(pattern)

    def _either(self, branches: tuple[Pattern, ...]) -> None:
        jumps: list[int] = []
        for branch in branches[:-1]:
            split = self.add(Instruction("split"))
            self.compile(branch)
            jumps.append(self.add(Instruction("jump")))
            self.code[split] = Instruction("split", split + 1, len(self.code))
        self.compile(branches[-1])
        for jump in jumps:
            self.code[jump] = Instruction("jump", len(self.code))

    def _repeat(self, repeat: Repeat) -> None:
        if repeat.high is None:
            self._loop(repeat)
            return
        for _ in range(repeat.low):
            self.compile(repeat.inner)
        splits: list[int] = []
        for _ in range(repeat.high - repeat.low):
            splits.append(self.add(Instruction("split")))
            self.compile(repeat.inner)
        for split in splits:
            self._branch(split, len(self.code), greedy=repeat.greedy)

    def _loop(self, repeat: Repeat) -> None:
        """`x{2,}` is `xx+`, and `x*` is `(x+)?`: so an empty `x` matches once, as in Go."""
        for _ in range(repeat.low - 1):
            self.compile(repeat.inner)
        around = None if repeat.low else self.add(Instruction("split"))
        start = len(self.code)
        self.compile(repeat.inner)
        back = self.add(Instruction("split"))
        after = len(self.code)
        self.code[back] = Instruction("split", *((start, after) if repeat.greedy else (after, start)))
        if around is not None:
            self._branch(around, after, greedy=repeat.greedy)

    def _branch(self, split: int, after: int, *, greedy: bool) -> None:
        first, second = (split + 1, after) if greedy else (after, split + 1)
        self.code[split] = Instruction("split", first, second)


class _Run:
    """One text under one program."""

    def __init__(self, code: tuple[Instruction, ...], text: str, places: tuple[int, ...]) -> None:
        self._code = code
        self._text = text
        self._places = places
        self._steps = 0

    def search(self, start: int) -> Match | None:
        """The first match from `start` on. What failed from one place fails from the next, too."""
        tried: set[tuple[int, int]] = set()
        for at in range(start, len(self._text) + 1):
            found = self._from(at, tried)
            if found is not None:
                return found
        return None

    def _from(self, start: int, tried: set[tuple[int, int]]) -> Match | None:
        pending = [(0, start, self._places)]
        while pending:
            at, offset, places = pending.pop()
            if (at, offset) in tried:
                continue
            tried.add((at, offset))
            self._steps += 1
            if self._steps > MOST_STEPS:
                raise PatternLimitError(f"matching takes more than {MOST_STEPS} steps")
            instruction = self._code[at]
            if instruction.kind == "match":
                return Match(self._text, places)
            pending.extend(self._next(instruction, offset, places))
        return None

    def _next(
        self, instruction: Instruction, offset: int, places: tuple[int, ...]
    ) -> tuple[tuple[int, int, tuple[int, ...]], ...]:
        """Where to go on, the preferred place last."""
        match instruction.kind:
            case "character":
                test = instruction.test
                fits = test is not None and offset < len(self._text) and test(self._text[offset])
                return ((instruction.first, offset + 1, places),) if fits else ()
            case "split":
                return ((instruction.second, offset, places), (instruction.first, offset, places))
            case "save":
                slot = int(instruction.name)
                return ((instruction.first, offset, (*places[:slot], offset, *places[slot + 1 :])),)
            case "assert":
                return ((instruction.first, offset, places),) if _holds(instruction.name, self._text, offset) else ()
            case _:
                return ((instruction.first, offset, places),)


def _holds(kind: str, text: str, offset: int) -> bool:
    match kind:
        case "A":
            return offset == 0
        case "z":
            return offset == len(text)
        case "^":
            return offset == 0 or text[offset - 1] == "\n"
        case "$":
            return offset == len(text) or text[offset] == "\n"
        case _:
            boundary = _is_word(text[offset - 1 : offset]) != _is_word(text[offset : offset + 1])
            return boundary == (kind == "b")


def _is_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character == "_")
