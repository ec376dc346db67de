"""What a rule says of calls: each asked for each consumer of its pages, on whichever keys it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyfit.catalogue import consumers
from keyfit.catalogue.access import calls as page_calls
from keyfit.catalogue.access import encrypted, needs
from keyfit.catalogue.creator import creator, some_way
from keyfit.services.page import By, On

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Consumer, Stack
    from keyfit.services.need import Need
    from keyfit.services.page import Call


class Told(NamedTuple):
    """A verdict about a call of a consumer; without a need where nobody knows who makes it."""

    consumer: Consumer
    ruling: Ruling
    need: Need | None


def check(calls: tuple[Call, ...], pages: tuple[str, ...]) -> Callable[[Stack, Options], Iterator[Ruling]]:
    """A rule's check: the verdicts about these calls alone."""
    return lambda stack, _options: (each.ruling for each in told(stack, calls, pages))


def told(stack: Stack, calls: tuple[Call, ...], pages: tuple[str, ...]) -> Iterator[Told]:
    """A verdict for each call that a consumer of these pages needs, on each of its keys."""
    for consumer in consumers.of(stack, *pages):
        for call in calls:
            if call.on is not On.OWN:
                yield from (Told(consumer, each, None) for each in encrypted.verdicts(stack, consumer, call))
                continue
            if call.by is By.CREATOR and creator(stack, consumer) is None:
                for use in page_calls.uses(consumer, call):
                    yield from (Told(consumer, each, None) for each in some_way(stack, consumer, use, call))
            for need in page_calls.of(stack, consumer, call):
                yield from (Told(consumer, each, need) for each in needs.verdicts(stack, consumer, need))
