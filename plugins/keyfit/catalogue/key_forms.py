"""How the consumers of a service give their keys: by ARN, which AWS documents, or in another way."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.rule import Ruling
from keyfit.model import names
from keyfit.model.changes import Refer
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import Form, absent, find_key
from keyfit.value import Text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.names_of_keys import KeyFound
    from keyfit.model.stack import Stack
    from keyfit.value import Value


class Wanted(NamedTuple):
    """Who wants key ARNs: the name of a page, how the service is called, and how grave another form is.

    `of_alias` is how grave the ARN of an alias is, where that is something else.
    """

    page: str
    service: str
    level: Level
    of_alias: Level | None = None


def verdicts(stack: Stack, wanted: Wanted) -> Iterator[Ruling]:
    """One verdict for each key parameter of the page's consumers."""
    for consumer in consumers.of(stack, wanted.page):
        for use in consumer.keys:
            # Of an AWS managed key, which no ARN makes better, rule 404 speaks.
            if not absent(use.value) and not (wanted.level is Level.WARNING and find_key(stack, use.value).managed):
                yield _verdict(stack, consumer, use, wanted)


def _verdict(stack: Stack, consumer: Consumer, use: Use, wanted: Wanted) -> Ruling:
    found = find_key(stack, use.value)
    about = About(_address(found), use.parameter, consumer.store, consumer.state)
    origin = use.value.origin
    match found.form:
        case Form.ARN:
            return Ruling(consumer.block, YES, f"`{use.parameter}` is a key ARN", origin, about=about)
        case Form.OPEN if not consumers.is_no_key(use.value, found):
            message = f"cannot tell whether `{use.parameter}` is a key ARN"
            return Ruling(consumer.block, maybe(*found.holes), message, origin, about=about)
        case _:
            advice = _advice(stack, found)
            refer = Refer(origin, found.key.block) if found.key is not None and found.key.block.type else None
            notes = (Note(NoteKind.HELP, advice, change=refer),)
            given = _what(stack, found, use.value)
            message = f"`{use.parameter}` is {given}, not the key ARN that {wanted.service} expects"
            level = (wanted.of_alias if found.form is Form.ALIAS_ARN else None) or wanted.level
            return Ruling(consumer.block, NO, message, origin, level, about, notes, Remedy(advice))


def _what(stack: Stack, found: KeyFound, value: Value) -> str:
    """What is given, in words: a key named in another way, or something else."""
    if found.form not in {Form.NONE, Form.OPEN}:
        return f"the {found.form.value} `{shown(value)}`"
    named = names.find(stack, value) if isinstance(value, Text) else None
    return named.words if named is not None else f"`{shown(value)}`"


def _address(found: KeyFound) -> str:
    return found.key.block.address if found.key else found.managed


def _advice(stack: Stack, found: KeyFound) -> str:
    if found.key is None or not found.key.block.type:
        return "specify the ARN of the key"
    return names.use_arn(stack, found.key.block.address)
