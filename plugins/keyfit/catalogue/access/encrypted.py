"""Access to keys that a consumer does not name itself: those of its buckets, by default, and of what it works on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, maybe
from keyfit.catalogue.access import calls, needs
from keyfit.catalogue.key_facts import BY_KMS, text_of, unfit
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Note, NoteKind, Remedy
from keyfit.model.names import find_target
from keyfit.model.names_of_keys import absent, find_bucket, find_key
from keyfit.model.stack import Use
from keyfit.services import index
from keyfit.services.page import By, On
from keyfit.truth import Truth
from keyfit.value import Text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.stack import Block, Consumer, Stack
    from keyfit.services.page import Call
    from keyfit.value import Hole, Value

_IDENTITIES: Final = frozenset({By.ROLE, By.CREATOR, By.CALLER})  # an AWS managed key lets those of its account in


class Encrypted(NamedTuple):
    """What a consumer names in the parameter `at`, and the key that encrypts it: without one, AWS's own `managed`.

    `open` are the holes that keep it unknown whether KMS does at all.
    """

    words: str
    block: Block
    at: Use
    key: Value | None
    managed: str = ""
    open: tuple[Hole, ...] = ()


def keys_of_others(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Use]:
    """The keys that the call is about, each with the parameter that leads to it."""
    for each in (_buckets if call.on is On.BUCKET else _targets)(stack, consumer):
        if each.key is not None:
            yield Use(each.at.parameter, each.key, each.at.purpose)


def verdicts(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Ruling]:
    """The verdicts about a call on what the consumer names, as far as it is in the source and KMS encrypts it."""
    found = _buckets if call.on is On.BUCKET else _targets
    for each in found(stack, consumer) if calls.caller(stack, consumer, call) is not None else ():
        yield from _verdicts(stack, consumer, call, each)


def _buckets(stack: Stack, consumer: Consumer) -> Iterator[Encrypted]:
    """The buckets of the source by their default encryption; not where a key of the consumer's own goes before it."""
    own = {use.purpose for use in consumer.keys if not absent(use.value)}
    for location in consumer.buckets:
        bucket = find_bucket(stack, location.value) if location.purpose not in own else None
        if bucket is None or bucket.algorithm is None:
            continue
        algorithm = text_of(bucket.algorithm)
        if isinstance(algorithm, tuple):
            yield Encrypted("bucket", bucket.block, location, None, open=algorithm)
        elif algorithm in BY_KMS:
            key = None if bucket.key is None or absent(bucket.key) else bucket.key
            yield Encrypted("bucket", bucket.block, location, key, "aws/s3")


def _targets(stack: Stack, consumer: Consumer) -> Iterator[Encrypted]:
    """What the consumer works on that has a key of its own."""
    for use in consumer.targets:
        target = find_target(stack, use.value) if isinstance(use.value, Text) else None
        if target is not None and target.key is not None and not absent(target.key.value):
            yield Encrypted(target.words, target.block, use, target.key.value)


def _verdicts(stack: Stack, consumer: Consumer, call: Call, thing: Encrypted) -> Iterator[Ruling]:
    about, origin, name = _about(consumer, thing), thing.at.value.origin, thing.block.address
    if thing.open:
        message = f"cannot tell whether KMS encrypts {thing.words} `{name}`"
        yield Ruling(consumer.block, maybe(*thing.open), message, origin, about=about)
        return
    managed = thing.managed if thing.key is None else find_key(stack, thing.key).managed
    if managed:
        yield from () if call.by in _IDENTITIES else (_never(consumer, thing, managed),)
    elif thing.key is not None:
        use = Use(thing.at.parameter, thing.key, thing.at.purpose)
        for need in calls.on(stack, consumer, call, use):
            for verdict in needs.verdicts(stack, consumer, need):
                yield _placed(stack, consumer, verdict, thing)


def _placed(stack: Stack, consumer: Consumer, verdict: Ruling, thing: Encrypted) -> Ruling:
    """The verdict at the consumer's own parameter, with what is encrypted and what is wrong with its key as notes."""
    key = thing.key
    encrypted = f"{thing.words} `{thing.block.address}` is encrypted with key `{shown(key)}`"
    note = Note(NoteKind.NOTE, encrypted, key.origin if key is not None else None)
    found = next((each for each in stack.keys if each.block.address == verdict.about.key), None)
    against = tuple(unfit(found)) if found is not None else ()
    placed = replace(verdict, origin=thing.at.value.origin, notes=(note, *against, *verdict.notes))
    if not against or verdict.answer.truth is Truth.NO:
        return placed
    service = index.page_of(consumer.kind).title
    message = f"key `{verdict.about.key}` of the {thing.words} in `{thing.at.parameter}` cannot serve {service}"
    advice = next((each.message for each in against if each.kind is NoteKind.HELP), "")
    return replace(placed, answer=NO, message=message, remedy=Remedy(advice))


def _never(consumer: Consumer, thing: Encrypted, managed: str) -> Ruling:
    service = index.page_of(consumer.kind).title
    name = f"{thing.words} `{thing.block.address}`"
    message = f"{name} is encrypted with the AWS managed key `{managed}`, which {service} cannot use"
    advice = f"use a customer managed key, and allow {service} and its role to use it"
    notes = (
        Note(NoteKind.NOTE, f"the key policy of `{managed}` cannot be changed", thing.block.origin),
        Note(NoteKind.HELP, advice),
    )
    about, origin = _about(consumer, thing), thing.at.value.origin
    return Ruling(consumer.block, NO, message, origin, about=about, notes=notes, remedy=Remedy(advice))


def _about(consumer: Consumer, thing: Encrypted) -> About:
    return About(parameter=thing.at.parameter, store=consumer.store, state=consumer.state)
