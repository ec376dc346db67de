"""What a text names of a stack: the one index of its keys, aliases, identities, buckets, and of what consumers work on.

Each of them is named by an ARN, by an id or by a name. Questions about one kind (`find_key`, `find_role`) ask here.
"""

from __future__ import annotations

from collections import defaultdict
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from typing_extensions import assert_never

from keyfit.aws import arn
from keyfit.model.consumers import Bucket, Target
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.keys import Alias, Key
from keyfit.model.stack import CLOUDFORMATION
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Stack
    from keyfit.value import Hole


Thing: TypeAlias = "Identity | Key | Alias | Bucket | Target"


class Way(Enum):
    """How a text stands for a thing, in the words of a message."""

    NAME = "name"
    ID = "ID"
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


def named(stack: Stack, value: Text) -> Iterator[Named]:
    """Everything that `value` surely names. Where two things share a name, a role comes first."""
    return (each for each in stack.once(_index).get(_without_partition(value), ()) if surely_equal(each.text, value))


def find(stack: Stack, value: Text) -> Named | None:
    """What `value` surely names, the first of `named`; `None` for any other."""
    return next(named(stack, value), None)


def find_identity(stack: Stack, value: Text, way: Way = Way.ARN) -> Identity | None:
    """The role, user or group of the source that `value` surely is the ARN (or `way`) of; `None` for any other."""
    found = (each.thing for each in named(stack, value) if each.way is way)
    return next((thing for thing in found if isinstance(thing, Identity)), None)


def find_bucket(stack: Stack, name: Text) -> Bucket | None:
    """The bucket of the source that surely bears this name; `None` for any other."""
    found = (each.thing for each in named(stack, name) if each.way is Way.NAME)
    return next((thing for thing in found if isinstance(thing, Bucket)), None)


def everything(stack: Stack) -> Iterator[Named]:
    """Every text that stands for a thing of the source: roles first, then other identities, keys, and the rest."""
    for identity in sorted(stack.identities, key=lambda each: each.kind is not IdentityKind.ROLE):
        yield Named(Way.NAME, identity.name, identity)
        yield Named(Way.ID, text(Reference(identity.block.address, "unique_id")), identity)
        yield Named(Way.ARN, identity.arn, identity)
    for key in stack.keys:
        yield Named(Way.ARN, key.arn, key)
        yield Named(Way.ID, key.key_id, key)
    things: tuple[Alias | Bucket, ...] = (*stack.aliases, *stack.buckets)
    for thing in things:
        yield Named(Way.ARN, thing.arn, thing)
        yield Named(Way.NAME, thing.name, thing)
    for target in stack.targets:
        for each in target.names:
            yield Named(Way.ARN if each.prefix.startswith("arn:") else Way.NAME, each, target)


def use_arn(stack: Stack, address: str) -> str:
    """The advice to name a block by its ARN, in the stack's language."""
    return f"use `!GetAtt {address}.Arn`" if stack.language == CLOUDFORMATION else f"use `{address}.arn`"


def surely_equal(left: Text, right: Text) -> bool:
    """Whether two texts are surely the same text, a literal partition agreeing with the deployment's own.

    Most are not, which their parts tell at once.
    """
    return _without_partition(left) == _without_partition(right) and arn.equal(left, right).truth is Truth.YES


def can_equal(left: Text, right: Text) -> bool:
    """Whether two texts can be the same text."""
    return arn.equal(left, right).truth is not Truth.NO


def _index(stack: Stack) -> Mapping[tuple[str | Hole, ...], list[Named]]:
    """Everything that stands for a thing of the source, by its text without partition."""
    index: dict[tuple[str | Hole, ...], list[Named]] = defaultdict(list)
    for each in everything(stack):
        index[_without_partition(each.text)].append(each)
    return index


def _without_partition(value: Text) -> tuple[str | Hole, ...]:
    """A text without its partition: equal texts have equal ones, since a partition agrees with the deployment's own."""
    match value.parts:
        case ("arn:", Own.PARTITION, *rest):
            return ("arn", *rest)
        case (str() as first, *rest) if first.startswith("arn:"):
            _, colon, tail = first.removeprefix("arn:").partition(":")
            return ("arn", colon + tail, *rest)
        case parts:
            return parts


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
        case Target(words=words):
            return words
        case _:
            assert_never(thing)
