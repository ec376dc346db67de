"""A Personalize consumer names its key by the key's ARN.

## What it checks

The parameter holds a key ARN (`arn:aws:kms:…:key/…`): no key id, alias name or alias ARN, and
no other resource.

## Why it matters

Personalize validates the parameter against `arn:aws.*:kms:.*:[0-9]{12}:key/.*`; `!Ref Key` is a key id in
CloudFormation, and the request fails. The key behind an alias is still judged by the other rules.

## When it is unproven

The value is not known, and what is known of it leaves both open.

## How to fix it

Write `!GetAtt Key.Arn` in CloudFormation, `aws_kms_key.x.arn` in Terraform. For an alias name the key behind it: in
Terraform `aws_kms_alias.x.target_key_arn`, or `data.aws_kms_key.x.arn`.

## References

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetGroup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.rule import Ruling
from keyfit.model import names
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import Form, absent, find_key
from keyfit.value import Text
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.names_of_keys import KeyFound
    from keyfit.model.stack import Consumer, Stack, Use
    from keyfit.value import Value

NUMBER: Final = 107
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P27", "R6", "R7")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key parameter of a Personalize consumer."""
    for consumer in consumers.of(stack, *SUBJECTS):
        for use in consumer.keys:
            if not absent(use.value):
                yield _verdict(stack, consumer, use)


def _verdict(stack: Stack, consumer: Consumer, use: Use) -> Ruling:
    found = find_key(stack, use.value)
    about = About(_address(found), use.parameter, state=consumer.state)
    origin = use.value.origin
    match found.form:
        case Form.ARN:
            return Ruling(consumer.block, YES, f"`{use.parameter}` is a key ARN", origin, about=about)
        case Form.OPEN if not consumers.is_no_key(use.value, found):
            message = f"cannot tell whether `{use.parameter}` is a key ARN"
            return Ruling(consumer.block, maybe(*found.holes), message, origin, about=about)
        case _:
            advice = _advice(stack, found)
            notes = (Note(NoteKind.HELP, advice),)
            message = f"`{use.parameter}` is {_what(stack, found, use.value)}, not the key ARN that Personalize wants"
            return Ruling(consumer.block, NO, message, origin, about=about, notes=notes, remedy=Remedy(advice))


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
        return "give the ARN of the key"
    return names.use_arn(stack, found.key.block.address)
