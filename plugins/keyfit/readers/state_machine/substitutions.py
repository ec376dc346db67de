"""`DefinitionSubstitutions`: the placeholders `${name}` of a definition, filled in as CloudFormation does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from keyfit.value import Bool, Entry, List, Number, Object, Text, Unknown, choices_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.value import Hole, Value

CHARACTERS: Final = 2_000_000  # that placeholders grow to; a definition has one million at most
NESTING: Final = 100  # of an object
_PLACEHOLDER: Final = re.compile(r"\$\{([^${}]{1,256})\}")
_UNFINISHED: Final = re.compile(r"\$\{[^${}]{0,256}\Z")


def substituted(definition: Value, substitutions: Value | None) -> Value:
    """`definition` (an object, or text that holds JSON) with each `${name}` inside its strings filled in.

    A placeholder that `substitutions` does not have stays as it is. Where it is not known whether it has it, or what
    its value is, the place is a hole. Unknown past `CHARACTERS` and `NESTING`.
    """
    if substitutions is None:
        return definition
    filling = _Filling(substitutions)
    filled = filling.of(definition)
    if filling.characters > CHARACTERS:
        return Unknown(Why.BOUND, "the definition is too big once its substitutions are made", origin=definition.origin)
    return filled


@dataclass(slots=True)
class _Filling:
    """One definition being filled in: what each placeholder stands for, and how much that has grown to."""

    substitutions: Value
    characters: int = 0
    known: dict[str, tuple[str | Hole, ...] | None] = field(default_factory=dict)
    done: dict[int, Value] = field(default_factory=dict)  # by identity: a part that stands twice is filled in once

    def of(self, value: Value, depth: int = 0) -> Value:
        if depth > NESTING:
            return Unknown(Why.BOUND, f"the definition is nested more than {NESTING} deep", origin=value.origin)
        match value:
            case Text() if _is_cut(value):
                return Unknown(Why.DYNAMIC, "a placeholder with a name that is not known", origin=value.origin)
            case Text():
                return self._text(value)
            case List() | Object():
                if id(value) not in self.done:
                    self.done[id(value)] = self._inside(value, depth + 1)
                return self.done[id(value)]
            case _:
                return value

    def _inside(self, value: List | Object, depth: int) -> Value:
        if isinstance(value, List):
            return replace(value, items=tuple(self.of(item, depth) for item in value.items))
        entries = (Entry(self._text(key), self.of(inner, depth)) for key, inner in value.entries)
        return replace(value, entries=tuple(entries))

    def _text(self, value: Text) -> Text:
        pieces = (self._literal(part) if isinstance(part, str) else (part,) for part in value.parts)
        return text(*_joined(piece for each in pieces for piece in each), origin=value.origin)

    def _literal(self, part: str) -> list[str | Hole]:
        """The pieces of a known part; past the bound it is left as it is, for the whole will be unknown."""
        pieces: list[str | Hole] = []
        end = 0
        for found in _PLACEHOLDER.finditer(part):
            value = self._value(found[1]) if self.characters <= CHARACTERS else None
            if value is not None:
                pieces.extend((part[end : found.start()], *value))
                end = found.end()
                self.characters += sum(len(piece) if isinstance(piece, str) else 1 for piece in value)
        return [*pieces, part[end:]]

    def _value(self, name: str) -> tuple[str | Hole, ...] | None:
        if name not in self.known:
            self.known[name] = _words(self.substitutions, name)
        return self.known[name]


def _is_cut(value: Text) -> bool:
    """Whether a placeholder has a hole in its name."""
    return any(
        isinstance(part, str) and not isinstance(after, str) and "${" in part and _UNFINISHED.search(part) is not None
        for part, after in zip(value.parts, value.parts[1:], strict=False)
    )


def _joined(pieces: Iterable[str | Hole]) -> Iterator[str | Hole]:
    """The pieces, with neighbouring strings put together all at once: there can be very many."""
    for known, group in groupby(pieces, key=lambda piece: isinstance(piece, str)):
        neighbours = list(group)
        yield from ("".join(map(str, neighbours)),) if known else neighbours


def _member(substitutions: Value, name: str) -> Value | None:
    match substitutions:
        case Object():
            return substitutions.find(name)
        case Unknown():
            return substitutions.part(name)
        case _:
            return substitutions


def _words(substitutions: Value, name: str) -> tuple[str | Hole, ...] | None:
    """What stands for `${name}`; `None` where nothing does."""
    match value := _member(substitutions, name):
        case None:
            return None
        case Text(parts):
            return parts
        case Bool(truth):
            return (str(truth).lower(),)
        case Number(number):
            return (str(number),)
        case Unknown():
            return (value,)
        case _:
            return (
                Unknown(
                    Why.INVALID,
                    f"substitution `{name}` is not a string",
                    choices=choices_in(value),
                    origin=value.origin,
                ),
            )
