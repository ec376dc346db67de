"""A model with some of its holes filled in, or its blocks renamed and moved: the one way to make it part of another."""

from __future__ import annotations

from dataclasses import field, fields, is_dataclass, replace
from enum import Enum
from operator import is_
from typing import TYPE_CHECKING, Any, Final, TypeVar

from keyfit.answer import YES, Answer, answer
from keyfit.json_text.plain import scalar
from keyfit.model.block import Block
from keyfit.model.stack import PARTS
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import EACH, EXISTS, Origin, Own, Reference, Text, Unknown, Value, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.model.identities import Identity
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.value import Hole

T = TypeVar("T")
_LEAVES: Final = (str, int, float, bool, Enum, type(None))
_ADDRESSES: Final = frozenset({"address", "owner"})  # the fields of records that hold one


def _same(thing: T) -> T:
    return thing


@record
class Rewriting:
    """What becomes of each hole (a value for it, or a hole), each address, each place, each answer, and each block."""

    hole: Callable[[Hole], Value | Hole] = _same
    address: Callable[[str], str] = _same
    place: Callable[[Origin], Origin] = _same
    answer: Callable[[Answer], Answer] = _same
    block: Callable[[Block], Block] = _same
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
            case Text():
                return self._text(thing)
            case Unknown():
                return _placed(self.hole(thing), thing, self.place(thing.origin))
            case Reference() | Own():
                return self.hole(thing)
            case Origin():
                return self.place(thing)
            case Answer(truth, holes):
                return self.answer(answer(truth, self._open(holes)))
            case frozenset():
                return frozenset(self.address(each) if isinstance(each, str) else each for each in thing)
            case tuple():
                return self._tuple(thing)
            case _ if isinstance(thing, _LEAVES) or not is_dataclass(thing) or isinstance(thing, type):
                return thing
            case _:
                made = self._record(thing)
                return self.block(made) if isinstance(made, Block) else made

    def _tuple(self, whole: tuple[object, ...]) -> tuple[object, ...]:
        made = [self.of(each) for each in whole]
        if all(map(is_, made, whole)):
            return whole
        return whole._make(made) if hasattr(whole, "_make") else tuple(made)  # a named tuple, or any other

    def _text(self, whole: Text) -> Text:
        """A text with its holes filled; it stays a text, and a hole that no text can fill stays a hole."""
        place, parts = self.place(whole.origin), [self._part(part) for part in whole.parts]
        unchanged = place is whole.origin and all(map(is_, parts, whole.parts))
        return whole if unchanged else text(*parts, origin=place)

    def _part(self, part: str | Hole) -> str | Hole | Text:
        if isinstance(part, str):
            return part
        found = self.hole(part)
        written = found if isinstance(found, Reference | Own) else scalar(found)
        return part if written is None else written

    def _open(self, holes: tuple[Hole, ...]) -> Iterator[Hole]:
        """What still decides an answer: the holes of what fills its holes; one that is filled is open all the same."""
        for hole in holes:
            found = self.hole(hole)
            yield from (found,) if isinstance(found, Reference | Own) else holes_in(found) or (hole,)

    def _record(self, thing: Any) -> object:  # noqa: ANN401 - any record of the model
        changed = {}
        for each in fields(thing):
            before = getattr(thing, each.name)
            after = self.address(before) if each.name in _ADDRESSES else self.of(before)
            if after is not before and each.init:
                changed[each.name] = after
        return replace(thing, **changed) if changed else thing


def _placed(value: Value | Hole, hole: Unknown, origin: Origin) -> Value | Hole:
    """What fills a hole, at the place of the hole: that is the line a person would edit."""
    if isinstance(value, Reference | Own) or (value is hole and origin is hole.origin):
        return value
    return replace(value, origin=origin)


def filled(fillings: Mapping[Hole, Value]) -> Rewriting:
    """The rewriting that puts values in the place of holes."""
    return Rewriting(lambda hole: fillings.get(hole, hole))


def renamed(
    name: Callable[[str], str],
    block: Callable[[Block], Block] = _same,
    place: Callable[[Origin], Origin] = _same,
) -> Rewriting:
    """The rewriting that makes the blocks, references, unknowns and choices of a stack those of another place."""

    def hole(old: Hole) -> Hole:
        match old:
            case Reference(address):
                return replace(old, block=name(address))
            case Unknown(identity=identity, choices=choices):
                return replace(old, identity=identity and name(identity), choices=frozenset(map(name, choices)))
            case _:
                return old

    return Rewriting(hole, name, place, block=block)


def where(stack: Stack, subject: Answer) -> Stack:
    """The stack where `subject` exists, and so does what exists exactly where it does.

    What is there once for each element of a collection that is not known stands for itself, and for its like: policies
    of other elements are there perhaps.
    """
    given = {hole for hole in subject.holes if isinstance(hole, Unknown) and hole.identity.startswith(EXISTS)}
    if not given:
        return stack
    same = Rewriting(answer=lambda each: YES if each.truth is Truth.MAYBE and given.issuperset(each.holes) else each)
    parts = {name: same.of(getattr(stack, name)) for name in PARTS}
    pairs = zip(stack.identities, parts["identities"], strict=True)
    parts["identities"] = tuple(replace(each, policies=(*each.policies, *_others(before))) for before, each in pairs)
    return replace(stack, **parts)


def _others(identity: Identity) -> Iterator[Policy]:
    """The policies of other elements than the one that an identity is there for."""
    other = Rewriting(hole=_of_another)
    for policy in identity.policies:
        found = other.of(policy)
        if policy.present.truth is Truth.MAYBE and found is not policy:
            yield found


def _of_another(hole: Hole) -> Hole:
    match hole:
        case Unknown(identity=identity) if EACH in identity:
            return replace(hole, identity="")
        case Reference(block, attribute) if "[*]" in block:
            return Unknown(Why.AFTER_APPLY, f"`{block}.{attribute}`", shape=hole.shape)
        case _:
            return hole
