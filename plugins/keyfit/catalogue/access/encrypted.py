"""Access to keys that a consumer does not name itself: those of its buckets, by default, and of what it works on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, maybe
from keyfit.catalogue.access import calls, needs, told
from keyfit.catalogue.key_facts import BY_KMS, text_of, unfit
from keyfit.catalogue.rule import Ruling
from keyfit.model.consumers import Use
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_bucket, find_key
from keyfit.model.names_of_targets import find_targets, own_key
from keyfit.services import index
from keyfit.services.page import By, On
from keyfit.truth import Truth
from keyfit.words import joined, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.block import Block
    from keyfit.model.consumers import Consumer, Target
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call
    from keyfit.value import Hole, Text, Value

# An AWS managed key lets those of its account in.
_IDENTITIES: Final = frozenset({By.ROLE, By.CREATOR, By.CALLER, By.LINKED_ROLE})


class Encrypted(NamedTuple):
    """What a consumer names in the parameter `at`, and the key that encrypts it: without one, AWS's own `managed`.

    `open` are the holes that keep it unknown whether KMS does at all. `target` is what is named, where it is no bucket.
    """

    words: str
    block: Block
    at: Use
    key: Value | None
    managed: str = ""
    open: tuple[Hole, ...] = ()
    target: Target | None = None


def keys_of_others(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Use]:
    """The keys that the call is about, each with the parameter that leads to it."""
    for each in _found(stack, consumer, call):
        if each.key is not None:
            yield Use(each.at.parameter, each.key, each.at.purpose)


def verdicts(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Ruling]:
    """The verdicts about a call on what the consumer names, as far as it is in the source and KMS encrypts it."""
    made = calls.is_for(consumer, call) and calls.caller(stack, consumer, call) is not None
    for each in _found(stack, consumer, call) if made else ():
        yield from _verdicts(stack, consumer, call, each)


def _found(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Encrypted]:
    return _buckets(stack, consumer) if call.on is On.BUCKET else _targets(stack, consumer, call)


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


def _targets(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Encrypted]:
    """What the consumer works on that has a key of its own, each once, though several parameters name it."""
    seen: set[tuple[str, ...]] = set()
    for use in consumer.targets:
        found = [each for each in find_targets(stack, use.value) if not call.targets or each.words in call.targets]
        keyed = [each for each in found if each.default or own_key(each) is not None]
        known = tuple(each.block.address for each in found)
        if not keyed or known in seen:
            continue
        seen.add(known)
        first = keyed[0]
        open_ = tuple(hole for each in found for hole in each.block.present.holes) if len(found) > 1 else ()
        thing = Encrypted(first.words, first.block, use, own_key(first), first.default, open_, first)
        yield thing
        yield from (thing._replace(key=other.value) for other in first.further if not absent(other.value))


def _verdicts(stack: Stack, consumer: Consumer, call: Call, thing: Encrypted) -> Iterator[Ruling]:
    about, origin, name = _about(consumer, thing), thing.at.value.origin, thing.block.address
    if thing.open:
        message = f"cannot tell whether KMS encrypts {thing.words} `{name}`"
        yield Ruling(consumer.block, maybe(*thing.open), message, origin, about=about)
        return
    managed = thing.managed if thing.key is None else find_key(stack, thing.key).managed
    if managed:
        yield from () if call.by in _IDENTITIES else (told.of(call, _never(consumer, call, thing, managed)),)
    elif thing.key is not None:
        use = Use(thing.at.parameter, thing.key, thing.at.purpose)
        for need in calls.on(stack, consumer, call, use):
            for verdict in needs.verdicts(stack, consumer, replace(need, parts={**need.parts, **_parts(thing)})):
                yield _placed(stack, consumer, told.of(call, verdict), thing)


def _parts(thing: Encrypted) -> Mapping[str, Text]:
    """What the templates of a page can have of what is encrypted."""
    own = thing.target.arn if thing.target is not None else None
    return {} if own is None else {"target": own}


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


def _never(consumer: Consumer, call: Call, thing: Encrypted, managed: str) -> Ruling:
    service = index.page_of(consumer.kind).title
    name = f"{thing.words} `{thing.block.address}`"
    by_principal = f"`{shown(calls.principal(consumer, call))}`"
    who = service if call.on is On.BUCKET else by_principal
    message = f"{name} is encrypted with the AWS managed key `{managed}`, which {who} cannot use"
    with_role = call.on is On.BUCKET and consumer.role is not None
    asked = call.documented.key if call.documented is not None else call.actions
    own = f"whose key policy has the default statement, and one that allows {joined(asked)} to service {by_principal}"
    advice = f"use a customer managed key{f', and allow {service} and its role to use it' if with_role else f' {own}'}"
    notes = (
        Note(NoteKind.NOTE, f"the key policy of `{managed}` cannot be changed", thing.block.origin),
        Note(NoteKind.HELP, advice),
    )
    about, origin = _about(consumer, thing), thing.at.value.origin
    level = Level(call.of_managed or call.level)
    return Ruling(consumer.block, NO, message, origin, level, about, notes, Remedy(advice))


def _about(consumer: Consumer, thing: Encrypted) -> About:
    return About(parameter=thing.at.parameter, store=consumer.store, state=consumer.state)
