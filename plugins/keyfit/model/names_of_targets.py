"""Which queue, topic or other thing that has a key of its own a written value names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model import names
from keyfit.model.consumers import Target
from keyfit.model.names_of_keys import absent
from keyfit.truth import Truth
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.stack import Stack
    from keyfit.value import Value


def find_target(stack: Stack, value: Value) -> Target | None:
    """What consumers name of the source (a dataset, a queue) and `value` surely stands for; `None` for any other."""
    return next(iter(find_targets(stack, value)), None)


def find_targets(stack: Stack, value: Value) -> tuple[Target, ...]:
    """All of it: two queues of one name are there where a choice decides which."""
    named = (each.thing for each in names.named(stack, value)) if isinstance(value, Text) else ()
    found = {each.block.address: each for each in named if isinstance(each, Target)}
    return tuple(each for each in found.values() if each.block.present.truth is not Truth.NO)


def own_key(target: Target) -> Value | None:
    """The key that it names for itself, as written; `None` where it names none."""
    return None if target.key is None or absent(target.key.value) else target.key.value


def keyed(stack: Stack, consumer: Consumer) -> Iterator[tuple[Use, tuple[Target, ...]]]:
    """What a consumer works on, with the parameter that names it, where it, or one of several, names a key."""
    for use in consumer.targets:
        found = find_targets(stack, use.value)
        if any(own_key(each) is not None for each in found):
            yield use, found
