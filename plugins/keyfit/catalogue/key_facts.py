"""What the rules about keys share: every key that a consumer of the stack uses, and a verdict about one fact of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.rule import Ruling
from keyfit.explain import evidence
from keyfit.model.changes import Write
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent, find_key
from keyfit.record import record
from keyfit.value import Bool, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.answer import Answer
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.keys import Key
    from keyfit.model.names_of_keys import KeyFound
    from keyfit.model.stack import Stack
    from keyfit.value import Hole, Value

SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
ENCRYPTS: Final = "ENCRYPT_DECRYPT"
BY_KMS: Final = frozenset({"aws:kms", "aws:kms:dsse"})  # R15: the algorithms of a bucket that use a KMS key

WITH_MATERIAL: Final = Note(
    NoteKind.HELP, "use a key of origin `AWS_KMS`, or one whose key material is imported already"
)


@record
class KeyUse:
    """A key parameter of a consumer, and the key that it names."""

    consumer: Consumer
    use: Use
    found: KeyFound

    @property
    def name(self) -> str:
        """The key's address, or what is written where it is not in the source."""
        return self.found.key.block.address if self.found.key else self.found.managed

    def verdict(self, answer: Answer, message: str, *notes: Note) -> Ruling:
        """A verdict about this use, placed at the consumer's reference to the key; the last help is the remedy."""
        consumer = self.consumer
        about = About(self.name, self.use.parameter, consumer.store, consumer.state)
        helps = [note.message for note in notes if note.kind is NoteKind.HELP]
        remedy = Remedy(helps[-1]) if helps else None
        origin = self.use.value.origin
        known = self.found.key
        notes = (*notes, *evidence.assumed(consumer.block, *((known.block,) if known else ())))
        return Ruling(consumer.block, answer, message, origin, Level.ERROR, about, notes, remedy)


def key_uses(stack: Stack) -> Iterator[KeyUse]:
    """Every key parameter of every consumer that is given, and does not surely name something else than a key."""
    for consumer in consumers.every(stack):
        for use in (each for each in consumer.keys if not absent(each.value)):
            found = find_key(stack, use.value)
            if not consumers.names_no_key(consumer, use, found):
                yield KeyUse(consumer, use, found)


def each_key(stack: Stack, judge: Callable[[KeyUse, Key], Ruling], question: str) -> Iterator[Ruling]:
    """`judge`'s verdict for each key that a consumer names; where it is open which, one that cannot tell `question`.

    An AWS managed key has no verdict here: rule 404 speaks.
    """
    for use in key_uses(stack):
        if use.found.key is not None:
            yield judge(use, use.found.key)
        elif not use.found.managed:
            yield use.verdict(maybe(*use.found.holes), f"cannot tell whether the key {question}")


def text_of(value: Value) -> str | tuple[Hole, ...]:
    """A fact that is a text: the text, or the holes that keep it from being known."""
    match value:
        case Text() as written if written.literal is not None:
            return written.literal
        case Text() as written:
            return written.holes
        case Unknown() as hole:
            return (hole,)
        case _:
            return (Unknown(Why.INVALID, "the value is not a string", origin=value.origin),)


def bool_of(value: Value) -> bool | tuple[Hole, ...]:
    """A fact that is a boolean, however it is written: the boolean, or the holes that keep it from being known."""
    match value:
        case Bool(truth):
            return truth
        case Text() as written if (written.literal or "").lower() in {"true", "false"}:
            return (written.literal or "").lower() == "true"
        case Text() as written if written.holes:
            return written.holes
        case Unknown() as hole:
            return (hole,)
        case _:
            return (Unknown(Why.INVALID, "the value is not a boolean", origin=value.origin),)


def unfit(key: Key) -> Iterator[Note]:
    """Why the key can serve no consumer whatever its policy says: each fact that stands against it, and what to do."""
    name = key.block.address
    for fact, value, wanted in (("spec", key.spec, SYMMETRIC), ("usage", key.usage, ENCRYPTS)):
        known = text_of(value)
        if isinstance(known, str) and known != wanted:
            yield Note(NoteKind.NOTE, f"key `{name}` has key {fact} `{known}`, not `{wanted}`", value.origin)
            yield Note(NoteKind.HELP, f"use a key with key {fact} `{wanted}`")
    if bool_of(key.enabled) is False:
        yield Note(NoteKind.NOTE, f"key `{name}` is disabled", key.enabled.origin)
        yield enable(key)
    if bool_of(key.material_missing) is True:
        yield Note(NoteKind.NOTE, f"key `{name}` is pending import of key material", key.material_missing.origin)
        yield WITH_MATERIAL


def enable(key: Key) -> Note:
    """The help for a disabled key."""
    return Note(NoteKind.HELP, "enable the key", change=Write(key.enabled.origin, value=True))
