"""Nested stacks whose template lies in the same scan: a child is judged with what its parent gives it."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.model.rewriting import Rewriting
from keyfit.scan.joins import Joined, abroad
from keyfit.value import Object, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyfit.model.stack import NestedStack, Stack
    from keyfit.value import Hole, Value

    Reread = Callable[[Stack, Mapping[str, Value]], Stack]

DEEPEST: Final = 8  # levels of nesting
MOST: Final = 100  # children of one scan; further ones are judged by themselves
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

    def children(self, stack: Stack) -> Iterator[tuple[NestedStack, str]]:
        """The nested stacks whose template is in the scan, with its path."""
        for nested in stack.nested:
            written = nested.template_url.literal if isinstance(nested.template_url, Text) else None
            if written is not None and not written.startswith(_REMOTE):
                path = os.path.normpath(os.path.join(os.path.dirname(stack.name), written))  # noqa: PTH118, PTH120
                if path in self.known and path != os.path.normpath(stack.name):
                    yield nested, path

    def add(self, stack: Stack, depth: int) -> Stack:
        """Make `stack` and its children; what they give back fills its holes."""
        fillings: dict[Hole, Value] = {}
        others: list[Stack] = []
        for nested, path in self.children(stack) if depth < DEEPEST else ():
            if sum(map(len, self.made.values())) >= MOST:
                break
            child = self.add(self._child(stack, nested, path), depth + 1)
            outside = abroad(child)
            others.append(outside)
            fillings.update(_outputs(stack, nested, outside))
        whole = Joined(fillings, tuple(others))(stack) if others else stack
        self.made[os.path.normpath(stack.name)].append(whole)
        return whole

    def _child(self, parent: Stack, nested: NestedStack, path: str) -> Stack:
        outside = abroad(parent)
        given = next(each for each in outside.nested if each.block.address.endswith(f":{nested.block.address}"))
        passed = _passed(given.parameters)
        return Joined(others=(outside,))(self.reread(self.known[path], passed))


def _passed(parameters: Value | None) -> Mapping[str, Value]:
    """The values of parameters by name; none that is not known by name."""
    entries = parameters.entries if isinstance(parameters, Object) else ()
    return {name.literal: value for name, value in entries if name.literal is not None}


def _outputs(parent: Stack, nested: NestedStack, child: Stack) -> Mapping[Hole, Value]:
    """The holes of the parent that an output of the child fills: `Fn::GetAtt` of `Outputs.Name`."""
    by_name = {f"{nested.block.address}.Outputs.{output.name}": output.value for output in child.outputs}
    found: dict[Hole, Value] = {}

    def note(hole: Hole) -> Hole:
        if isinstance(hole, Unknown) and hole.identity in by_name:
            found[hole] = by_name[hole.identity]
        return hole

    look = Rewriting(note)
    for model in (parent.keys, parent.aliases, parent.identities, parent.buckets, parent.consumers, parent.outputs):
        look.of(model)
    return found
