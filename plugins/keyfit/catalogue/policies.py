"""Which keys and identities the rules about policies look at: those connected to a consumer, or all that are written.

A consumer is connected to the keys that it names, to those of the buckets and of what else it names that has a key of
its own, and to the roles that it names or calls with. A role that stands for geospatial jobs outside the source is a
consumer here (`consumers.every`), and its keys are those whose policy names it, or that its own policies name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.catalogue import consumers
from keyfit.catalogue.creator import creator
from keyfit.model.names_of_keys import absent, find_bucket, find_key
from keyfit.model.names_of_roles import find_role, role_of
from keyfit.model.names_of_targets import keyed, own_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer
    from keyfit.model.identities import Identity
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.value import Value


def keys(stack: Stack, options: Options) -> Iterator[Key]:
    """The keys of the source that are connected to a consumer; all of them where the user asked for that."""
    used = None if options.all_keys else stack.once(_keys_in_use)
    written = (key for key in stack.keys if not key.block.assumed)
    yield from (key for key in written if used is None or key.block.address in used)


def identities(stack: Stack, options: Options) -> Iterator[Identity]:
    """The identities of the source that are connected to a consumer; all of them where the user asked for that."""
    named = None if options.all_keys else stack.once(_identities_in_use)
    written = (each for each in stack.identities if not each.block.assumed)
    yield from (each for each in written if named is None or each.block.address in named)


def _keys_in_use(stack: Stack) -> frozenset[str]:
    """The addresses of the keys that consumers, and what they work on, name."""
    found = (key for consumer in consumers.every(stack) for key in keys_of(stack, consumer))
    return frozenset(key.block.address for key in found)


def keys_of(stack: Stack, consumer: Consumer) -> Iterator[Key]:
    """The keys that a consumer names, the default keys of its buckets, and those of what it works on."""
    found = (find_key(stack, value).key for value in _named_keys(stack, consumer))
    return (key for key in found if key is not None)


def _named_keys(stack: Stack, consumer: Consumer) -> Iterator[Value]:
    yield from (use.value for use in consumer.keys if not absent(use.value))
    for use in consumer.buckets:
        bucket = find_bucket(stack, use.value)
        if bucket is not None and bucket.key is not None and not absent(bucket.key):
            yield bucket.key
    for _, targets in keyed(stack, consumer):
        yield from filter(None, map(own_key, targets))
        yield from (other.value for each in targets for other in each.further if not absent(other.value))


def _identities_in_use(stack: Stack) -> frozenset[str]:
    """The addresses of the identities that consumers name, call with, or are created by."""
    found = [identity for consumer in consumers.every(stack) for identity in identities_of(stack, consumer)]
    return frozenset(each.block.address for each in found)


def identities_of(stack: Stack, consumer: Consumer) -> Iterator[Identity]:
    """The identities that a consumer names, calls with, or is created by."""
    caller = None if consumer.caller is None else find_role(stack, consumer.caller.value)
    named = (role_of(stack, consumer), caller, creator(stack, consumer))
    yield from (each.identity for each in named if each is not None and each.identity is not None)
