"""What of the source a text surely names, and in which way: what stands where something else is wanted."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from keyfit.catalogue.lookup import surely_equal, without_partition
from keyfit.model import CLOUDFORMATION, Identity, IdentityKind
from keyfit.value import Reference, Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model import Alias, Bucket, Key, Stack
    from keyfit.value import Hole


class Named(NamedTuple):
    """A text that stands for a thing of the source: `words` say how, such as "the name of role `Worker`"."""

    words: str
    text: Text
    thing: Identity | Key | Alias | Bucket


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
        which = f"{identity.kind.value} `{identity.block.address}`"
        yield Named(f"the name of {which}", identity.name, identity)
        yield Named(f"the id of {which}", text(Reference(identity.block.address, "unique_id")), identity)
        yield Named(f"the ARN of {which}", identity.arn, identity)
    for key in stack.keys:
        yield Named(f"the id of key `{key.block.address}`", key.key_id, key)
        yield Named(f"the ARN of key `{key.block.address}`", key.arn, key)
    for alias in stack.aliases:
        yield Named(f"the name of alias `{alias.block.address}`", alias.name, alias)
        yield Named(f"the ARN of alias `{alias.block.address}`", alias.arn, alias)
    for bucket in stack.buckets:
        yield Named(f"the name of bucket `{bucket.block.address}`", bucket.name, bucket)
        yield Named(f"the ARN of bucket `{bucket.block.address}`", bucket.arn, bucket)
