"""Nested stacks whose template lies in the same scan: a child is judged with what its parent gives it."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from keyfit.model.rewriting import Rewriting, filled
from keyfit.model.stack import Problem
from keyfit.readers.given import REST
from keyfit.scan.joins import Joined, abroad, as_hole, at_home, foreign
from keyfit.value import Object, Reference, Text, Unknown, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyfit.model.identities import Tie
    from keyfit.model.stack import NestedStack, Stack
    from keyfit.value import Hole, Value

    Passed = tuple[tuple[str, Value], ...]
    Reread = Callable[[Stack, Mapping[str, Value]], Stack]

DEEPEST: Final = 8  # levels of nesting
MOST: Final = 100  # copies of nested templates in one scan; what is beyond is judged by itself, and that is told
MOST_PARTS: Final = 5_000  # keys, identities and so on in all of them, with those that they are joined with
_REMOTE: Final = ("http:", "https:", "s3:")


def nest(stacks: Sequence[Stack], reread: Reread) -> tuple[Stack, ...]:
    """The stacks; a template that others nest is there once for each of them, with their parameters.

    `reread` gives a template's stack anew, with values for its parameters.
    """
    if not any(stack.nested for stack in stacks):
        return tuple(stacks)
    family = _Family({os.path.normpath(stack.name): stack for stack in stacks}, reread)
    children = {name for stack in stacks for _, name in family.children(stack)}
    for stack in stacks:
        if os.path.normpath(stack.name) not in children:
            family.add(stack, 0)
    left = [stack for stack in stacks if not family.made[os.path.normpath(stack.name)]]
    made = [each for stacks_of in family.made.values() for each in stacks_of]
    return (*made, *left)


@dataclass(slots=True)
class _Family:
    """The stacks of a scan by path, and what has been made of them so far."""

    known: Mapping[str, Stack]
    reread: Reread
    made: dict[str, list[Stack]] = field(default_factory=lambda: defaultdict(list))
    copies: int = 0
    parts: int = 0

    def children(self, stack: Stack) -> Iterator[tuple[NestedStack, str]]:
        """The nested stacks whose template is in the scan, with its path; none where a macro can change which."""
        for nested in stack.nested if stack.macro is None else ():
            url = nested.template_url.literal if isinstance(nested.template_url, Text) else None
            written = nested.asset if url is None or url.startswith(_REMOTE) else url
            if written:
                path = os.path.normpath(os.path.join(os.path.dirname(stack.name), written))  # noqa: PTH118, PTH120
                if path in self.known and path != os.path.normpath(stack.name):
                    yield nested, path

    def add(self, stack: Stack, depth: int) -> Stack:
        """Make `stack` and its children; what they give back fills its holes, and those of what it passes to others."""
        given = _Given(stack)
        others: dict[tuple[str, Passed], Stack] = {}  # children that are alike are one
        left: list[tuple[NestedStack, str]] = []  # for which there is no room
        nested = list(self.children(stack)) if depth < DEEPEST else []
        for each, path in _ordered(nested):
            passed = given.passed(each)
            if (path, passed) not in others:
                if self.copies >= MOST or self.parts >= MOST_PARTS:
                    left.append((each, path))
                    continue
                child = Joined(others=given.seen_by(passed))(self.reread(self.known[path], dict(passed)))
                self.copies, self.parts = self.copies + 1, self.parts + _size(child)
                label = f"{path} ({each.block.address})" if any(path == known for known, _ in others) else ""
                others[path, passed] = abroad(self.add(child, depth + 1), label)
            given.back(each, others[path, passed])
        judged = {each.block for each, _ in nested}
        unseen = tuple(each for each in stack.seen if each.why.why is not Why.NESTED or each.block not in judged)
        stack = replace(stack, problems=(*stack.problems, *_too_many(left)), seen=unseen)
        whole = Joined(given.fillings, tuple(others.values()), tuple(given.ties), frozenset(given.done))(stack)
        whole = whole if others else stack
        self.made[os.path.normpath(stack.name)].append(whole)
        return whole


class _Given:
    """What a stack and its children have given each other so far, in the words of the stack and in those of others."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.fillings: dict[Hole, Value] = {}
        self._abroad: dict[Hole, Value] = {}
        self._rename = foreign(stack)
        self._home = at_home(stack)
        self._from: dict[str, Stack] = {}
        self._holes = _holes(stack) if stack.nested else {}
        self.ties: list[Tie] = []
        self.done: set[str] = set()

    def passed(self, nested: NestedStack) -> Passed:
        """What the stack passes by name, as the child sees it; under `REST` what is not known by name."""
        given = filled(self._abroad).of(self._rename.of(nested.parameters))
        if isinstance(given, Unknown):
            return ((REST, given),)
        entries = given.entries if isinstance(given, Object) else ()
        known = tuple((name.literal, value) for name, value in entries if name.literal is not None)
        rest = given.rest if isinstance(given, Object) else None
        return known if rest is None else (*known, (REST, rest))

    def seen_by(self, passed: Passed) -> tuple[Stack, ...]:
        """The stack as the child sees it, and those of its other children that what it passes comes from."""
        parent = Joined(self._abroad)(abroad(self.stack)) if self._abroad else abroad(self.stack)
        blocks = {hole.block for _, value in passed for hole in holes_in(value) if isinstance(hole, Reference)}
        used = {id(made): made for label, made in self._from.items() if any(each.startswith(label) for each in blocks)}
        return (parent, *used.values())

    def back(self, nested: NestedStack, child: Stack) -> None:
        """The outputs of a child, for what comes after, and the policies that it attaches by name."""
        self.done.add(nested.block.address)
        self.ties += self._home.of(child.ties)
        for output in child.outputs:
            hole = self._holes.get(f"{nested.block.address}.Outputs.{output.name}")
            if hole is not None:
                self.fillings[hole] = self._home.of(output.value)
                self._abroad[as_hole(self._rename, hole)] = output.value
                self._from.update({f"{each}:": child for each in _labels(child)})


def _labels(stack: Stack) -> set[str]:
    parts = (stack.keys, stack.aliases, stack.identities, stack.buckets)
    return {each.block.assumed for part in parts for each in part if each.block.assumed}


def _ordered(nested: Sequence[tuple[NestedStack, str]]) -> Iterator[tuple[NestedStack, str]]:
    """Each after those whose outputs it is passed; of a circle, as they are written."""
    left = list(nested)
    while left:
        names = {f"{each.block.address}.Outputs." for each, _ in left}
        ready = (at for at, (each, _) in enumerate(left) if not _reads(each.parameters, names))
        yield left.pop(next(ready, 0))


def _reads(value: Value | None, names: set[str]) -> bool:
    holes = (hole.identity for hole in holes_in(value) if isinstance(hole, Unknown))
    return any(f"{identity.partition('.Outputs.')[0]}.Outputs." in names for identity in holes)


def _too_many(left: list[tuple[NestedStack, str]]) -> Iterator[Problem]:
    if left:
        (first, path), more = left[0], f", nor are {len(left) - 1} more" if left[1:] else ""
        message = f"`{path}` is not judged as this template nests it{more}: there are too many copies"
        yield Problem(message, first.block.origin)


def _size(stack: Stack) -> int:
    return len(stack.keys) + len(stack.aliases) + len(stack.identities) + len(stack.buckets) + len(stack.consumers)


def _holes(parent: Stack) -> Mapping[str, Unknown]:
    """What the parent does not know by itself and can name: by its identity, such as `Child.Outputs.Name`."""
    found: dict[str, Unknown] = {}

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown) and hole.identity:
            found[hole.identity] = hole
        return hole

    look = Rewriting(note)
    parts = (
        parent.keys,
        parent.aliases,
        parent.identities,
        parent.buckets,
        parent.consumers,
        parent.outputs,
        parent.nested,
    )
    for model in parts:
        look.of(model)
    return found
