"""Whoever works on a thing that has a key, through its service, and so needs the key.

An identity of the source does where its policies name one of the actions and the thing; likewise the role of a consumer
that names the thing. What a policy names by its kind alone, or by `sqs:*`, is likely and not certain: a warning.
"""

from __future__ import annotations

from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.catalogue.access import needs, told
from keyfit.catalogue.access.question import asker
from keyfit.catalogue.access.things import is_named, reach, things
from keyfit.catalogue.doing import is_denied, said
from keyfit.explain.access import Asker
from keyfit.model.consumers import Consumer, Use
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.names_of_keys import find_bucket
from keyfit.model.names_of_roles import IdentityFound, role_of
from keyfit.record import record
from keyfit.services.need import Need
from keyfit.truth import Truth
from keyfit.value import Own, Unknown
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.access.things import Thing
    from keyfit.catalogue.doing import Reach, Said
    from keyfit.catalogue.rule import Ruling
    from keyfit.model.block import Block
    from keyfit.model.identities import Identity
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call
    from keyfit.value import Hole, Origin


@record
class Worker:
    """Somebody who works on a thing: the block and place that it is filed under, and why it is one.

    `does` says whether it surely does; `is_certain` whether more than the kind of the thing is named.
    """

    block: Block
    origin: Origin
    found: IdentityFound
    does: Answer
    is_certain: bool
    why: tuple[Note, ...] = field(default=())


def verdicts(stack: Stack, call: Call) -> Iterator[Ruling]:
    """One verdict for each worker on each thing that the call is about."""
    for thing in things(stack, call.targets):
        for worker in _workers(stack, call, thing):
            does = all_of((thing.encrypted, worker.does))
            level = Level(call.level) if worker.is_certain else Level.WARNING
            use = Use(thing.block.address, thing.key)
            need = Need(call.actions, worker.found, use, call.via, level=level, parts=thing.parts)
            for verdict in needs.verdicts(stack, _consumer(worker, thing), need):
                yield _filed(replace(worker, does=does), thing, call, told.of(call, verdict))


def _consumer(worker: Worker, thing: Thing) -> Consumer:
    """The worker as what needs the key, where the thing is."""
    return Consumer(worker.block, thing.words, region=thing.region, account=thing.account)


# --- who ----------------------------------------------------------------------------------------------------------


def _workers(stack: Stack, call: Call, thing: Thing) -> Iterator[Worker]:
    """One for each identity, whichever of its policies and of the consumers with it tell; what is certain first."""
    found: dict[str, list[Worker]] = {}
    for worker in (*_by_consumers(stack, call, thing), *_by_policies(stack, call, thing)):
        found.setdefault(worker.block.address, []).append(worker)
    for each in found.values():
        certain = [worker for worker in each if worker.is_certain] or each
        sure = [worker for worker in certain if worker.does == YES] or certain
        why = tuple(dict.fromkeys(note for worker in sure for note in worker.why))
        yield replace(sure[0], does=any_of(worker.does for worker in sure), why=why)


def _by_policies(stack: Stack, call: Call, thing: Thing) -> Iterator[Worker]:
    of_thing = partial(reach, thing)
    for saying in said(stack, call.doing):
        reached = [each for value in saying.resources if _is_settled(stack, (each := of_thing(value)).answer)]
        is_here = not (saying.identity.block.assumed and thing.block.assumed)  # else it is told where they are
        is_said = bool(reached) and is_here and not _is_served(stack, call, saying.identity, thing)
        if is_said and not is_denied(stack, saying.identity, saying.actions or call.doing, of_thing):
            yield _by_policy(thing, saying, reached)


def _is_settled(stack: Stack, answer: Answer) -> bool:
    """Whether a Resource names the thing, or will when the user tells the account or a choice is made.

    Of a name that is not in the source nothing is said: it can be that of any thing.
    """
    return answer != NO and all(isinstance(hole, Own) or _is_choice(stack, hole) for hole in answer.holes)


def _is_choice(stack: Stack, hole: Hole) -> bool:
    names = hole.choices if isinstance(hole, Unknown) else frozenset()
    return stack.reading is not None and any(stack.reading.choice(name) is not None for name in names)


def _by_policy(thing: Thing, saying: Said, reached: list[Reach]) -> Worker:
    named = [each for each in reached if each.is_named] or reached
    does = all_of((saying.answer, any_of(each.answer for each in named)))
    name = f"{thing.words} `{thing.block.address}`"
    block, is_certain = saying.identity.block, saying.is_named and named[0].is_named
    by = "" if is_certain else ", among others"
    words = f"{saying.policy.called} allows {joined(saying.actions)} on {name}{by}, which is encrypted with this key"
    why = Note(NoteKind.NOTE, words, thing.block.origin)
    return Worker(block, block.origin, IdentityFound(saying.identity), does, is_certain, (why,))


def _is_served(stack: Stack, call: Call, identity: Identity, thing: Thing) -> bool:
    """Whether a consumer with this role names the thing, too: the rules about that know what the role needs."""
    own = (each for each in stack.consumers if each.kind not in call.kinds and _names(stack, each, thing))
    return any((found := role_of(stack, each)) is not None and found.identity is identity for each in own)


def _by_consumers(stack: Stack, call: Call, thing: Thing) -> Iterator[Worker]:
    for consumer in stack.consumers:
        named = consumer.kind in call.kinds and _names(stack, consumer, thing)
        found = role_of(stack, consumer) if named else None
        if found is None or consumer.block.present == NO:
            continue
        words = f"it is the role of {consumer.kind} `{consumer.block.address}`, which uses {thing.words}"
        why = Note(NoteKind.NOTE, f"{words} `{thing.block.address}`", thing.block.origin)
        role = found.identity
        if role is None or role.outside:
            origin = consumer.role.value.origin if consumer.role is not None else consumer.block.origin
            yield Worker(consumer.block, origin, found, YES, is_certain=True, why=(why,))
        else:
            yield Worker(role.block, role.block.origin, found, consumer.block.present, is_certain=True, why=(why,))


def _names(stack: Stack, consumer: Consumer, thing: Thing) -> bool:
    buckets = (find_bucket(stack, use.value) for use in consumer.buckets)
    in_bucket = any(each is not None and each.block == thing.block for each in buckets)
    return in_bucket or any(is_named(use.value, thing) == YES for use in consumer.targets)


# --- what is said --------------------------------------------------------------------------------------------------


def _filed(worker: Worker, thing: Thing, call: Call, verdict: Ruling) -> Ruling:
    """The verdict filed under the worker; where it does the work only perhaps, nothing is proven."""
    about = replace(verdict.about, parameter=thing.block.address)
    notes = (*worker.why, *verdict.notes)
    filed = replace(verdict, subject=worker.block, origin=worker.origin, about=about, notes=notes)
    if worker.does == YES or (verdict.answer == YES and not _has_choices(worker.does)):
        return filed
    who = asker(worker.found)
    name = who.words if isinstance(who, Asker) else "the role"
    message = (
        f"cannot tell whether {name} works on {thing.words} `{thing.block.address}`, "
        f"which requires {joined(call.actions)} on {f'key `{about.key}`' if about.key else 'its key'}"
    )
    holes = (*worker.does.holes, *verdict.answer.holes)
    return replace(filed, answer=maybe(*holes), message=message, notes=(), remedy=None, statement=None, element="")


def _has_choices(answer: Answer) -> bool:
    return answer.truth is Truth.MAYBE and any(isinstance(hole, Unknown) and hole.choices for hole in answer.holes)
