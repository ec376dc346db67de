"""A model with some of its holes filled in, or its blocks renamed: what joins between stacks are made with."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from keyfit.value import Origin, Own, Reference, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.value import Hole

T = TypeVar("T")
_LEAVES: Final = (str, int, float, bool, Enum, Origin, type(None))


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What becomes of holes and addresses: `hole` gives a value for a hole (or the hole), `address` a block's name."""

    hole: Callable[[Hole], Value | Hole]
    address: Callable[[str], str] = str
    memo: dict[int, tuple[object, object]] = field(default_factory=dict, repr=False)

    def of(self, thing: T) -> T:
        """`thing`, a record of the model or a tuple of them, rewritten throughout."""
        known = self.memo.get(id(thing))
        if known is not None:
            return known[1]  # type: ignore[return-value]  # put in below for the same object
        made: Any = self._made(thing)
        self.memo[id(thing)] = (thing, made)
        return made  # type: ignore[no-any-return]

    def _made(self, thing: object) -> object:
        match thing:
            case Text(parts):
                return self._text(thing, parts)
            case Unknown():
                return _placed(self.hole(thing), thing.origin)
            case Reference() | Own():
                return self.hole(thing)
            case frozenset():
                return frozenset(self.address(each) if isinstance(each, str) else each for each in thing)
            case tuple() if hasattr(thing, "_fields"):
                return type(thing)(*(self.of(each) for each in thing))
            case tuple():
                return tuple(self.of(each) for each in thing)
            case _ if isinstance(thing, _LEAVES) or not is_dataclass(thing) or isinstance(thing, type):
                return thing
            case _:
                return self._record(thing)

    def _text(self, whole: Text, parts: tuple[str | Hole, ...]) -> Value:
        """A text with its holes filled; one that is nothing but a hole becomes whatever the hole does."""
        filled = [part if isinstance(part, str) else self.hole(part) for part in parts]
        if len(filled) == 1 and not isinstance(filled[0], str | Reference | Own | Text):
            return replace(filled[0], origin=whole.origin) if isinstance(filled[0], Unknown) else filled[0]
        if any(not isinstance(each, str | Reference | Own | Unknown | Text) for each in filled):
            return whole  # no text can be made of a list
        return text(*filled, origin=whole.origin)  # type: ignore[arg-type]  # checked above

    def _record(self, thing: Any) -> object:  # noqa: ANN401 - any record of the model
        changed = {}
        for each in fields(thing):
            before = getattr(thing, each.name)
            after = self.address(before) if each.name in {"address", "owner"} else self.of(before)
            if after is not before and each.init:
                changed[each.name] = after
        return replace(thing, **changed) if changed else thing


def _placed(value: Value | Hole, origin: Origin) -> Value | Hole:
    """What fills a hole, at the place of the hole: that is the line a person would edit."""
    return value if isinstance(value, Reference | Own) else replace(value, origin=origin)


def filled(fillings: Mapping[Hole, Value]) -> Rewriting:
    """The rewriting that puts values in the place of holes."""
    return Rewriting(lambda hole: fillings.get(hole, hole))


def renamed(prefix: str) -> Rewriting:
    """The rewriting that makes the blocks, references, unknowns and choices of a stack those of another place."""

    def name(address: str) -> str:
        return f"{prefix}{address}"

    def hole(old: Hole) -> Hole:
        match old:
            case Reference(block):
                return replace(old, block=name(block))
            case Unknown(identity=identity, choices=choices):
                return replace(old, identity=identity and name(identity), choices=frozenset(map(name, choices)))
            case _:
                return old

    return Rewriting(hole, name)
