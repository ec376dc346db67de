"""What of the source a text surely names, and in which way: what stands where something else is wanted."""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from typing_extensions import assert_never

from keyfit.model.names_of_keys import surely_equal, without_partition
from keyfit.model.stack import CLOUDFORMATION, Alias, Bucket, Identity, IdentityKind, Key
from keyfit.value import Reference, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Stack
    from keyfit.value import Hole


Thing: TypeAlias = "Identity | Key | Alias | Bucket"


class Way(Enum):
    """How a text stands for a thing, in the words of a message."""

    NAME = "name"
    ID = "id"
    ARN = "ARN"


class Named(NamedTuple):
    """A text that stands for a thing of the source, and in which way."""

    way: Way
    text: Text
    thing: Thing

    @property
    def words(self) -> str:
        """What the text is: "the name of role `Worker`"."""
        return f"the {self.way.value} of {_kind(self.thing)} `{self.thing.block.address}`"


def find(stack: Stack, value: Text) -> Named | None:
    """What `value` surely names; `None` for any other. Names that two things share are a role's first."""
    known = _index(stack).get(without_partition(value), ())
    return next((each for each in known if surely_equal(each.text, value)), None)


def use_arn(stack: Stack, address: str) -> str:
    """The advice to name a block by its ARN, in the stack's language."""
    return f"use `!GetAtt {address}.Arn`" if stack.language == CLOUDFORMATION else f"use `{address}.arn`"


def _index(stack: Stack) -> Mapping[tuple[str | Hole, ...], list[Named]]:
    """Everything that stands for a thing of the source, by its text without partition: made once a stack."""
    known = stack.cache.get(_index)
    if known is None:
        index: dict[tuple[str | Hole, ...], list[Named]] = defaultdict(list)
        for named in _named(stack):
            index[without_partition(named.text)].append(named)
        known = stack.cache[_index] = index
    return known  # type: ignore[return-value]  # the cache holds what is put into it above


def _named(stack: Stack) -> Iterator[Named]:
    for identity in sorted(stack.identities, key=lambda each: each.kind is not IdentityKind.ROLE):
        yield Named(Way.NAME, identity.name, identity)
        yield Named(Way.ID, text(Reference(identity.block.address, "unique_id")), identity)
        yield Named(Way.ARN, identity.arn, identity)
    for key in stack.keys:
        yield Named(Way.ID, key.key_id, key)
        yield Named(Way.ARN, key.arn, key)
    things: tuple[Alias | Bucket, ...] = (*stack.aliases, *stack.buckets)
    for thing in things:
        yield Named(Way.NAME, thing.name, thing)
        yield Named(Way.ARN, thing.arn, thing)


def _kind(thing: Thing) -> str:
    match thing:
        case Identity(kind=kind):
            return kind.value
        case Key():
            return "key"
        case Alias():
            return "alias"
        case Bucket():
            return "bucket"
        case _:
            assert_never(thing)
