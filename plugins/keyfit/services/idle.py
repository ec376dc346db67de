"""Consumers that use no key, so that nothing is to be said of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.model.names_of_keys import find_bucket
from keyfit.model.names_of_targets import find_targets, keyed, own_key
from keyfit.services import index
from keyfit.value import Text, Unknown, holes_in

if TYPE_CHECKING:
    from keyfit.model.consumers import Consumer
    from keyfit.model.stack import Stack


def without_idle(stack: Stack) -> Stack:
    """The stack without consumers that use no key: those of what they work on are all that they could, and it has none.

    Alarms, rules and buckets are everywhere; nothing is to be said of those. What a choice decides that they work on
    can have a key, and so can what another stack has: such are idle until that is known.
    """
    work = index.working()
    kept = tuple(each for each in stack.consumers if each.kind not in work or _uses_key(stack, each))
    if len(kept) == len(stack.consumers):
        return stack
    using = set(map(id, kept))
    idle = (each for each in stack.consumers if id(each) not in using) if any(map(own_key, stack.targets)) else ()
    chosen = (use.value for each in idle for use in each.targets if isinstance(use.value, Unknown))
    hiding = dict.fromkeys(hole for hole in chosen if hole.choices)
    away = (each for each in stack.consumers if id(each) not in using and _names_others(stack, each))
    return replace(stack, consumers=kept, idle=tuple(away), hidden=(*stack.hidden, *hiding))


def awake(stack: Stack) -> Stack:
    """The stack with those idle ones as consumers of which is known now that what they name has a key."""
    using = tuple(each for each in stack.idle if _uses_key(stack, each))
    if not using:
        return stack
    left = tuple(each for each in stack.idle if each not in using)
    return replace(stack, consumers=(*stack.consumers, *using), idle=left)


def _names_others(stack: Stack, consumer: Consumer) -> bool:
    """Whether it names something that the stack does not have."""
    uses = (use.value for use in consumer.targets)
    return any(bool(holes_in(each) or isinstance(each, Text)) and not find_targets(stack, each) for each in uses)


def _uses_key(stack: Stack, consumer: Consumer) -> bool:
    in_bucket = (find_bucket(stack, use.value) for use in consumer.targets)
    return bool(consumer.keys or consumer.buckets or any(in_bucket)) or any(True for _ in keyed(stack, consumer))
