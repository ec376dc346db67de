"""A consumer's key is a symmetric encryption key.

## What it checks

The key that a consumer names has key spec SYMMETRIC_DEFAULT and key usage ENCRYPT_DECRYPT, which are the defaults.

## Why it matters

Personalize, Feature Store and geospatial jobs request data keys from KMS, and only symmetric encryption keys generate
data keys. With an RSA, elliptic curve or HMAC key the consumer fails whatever its policies say.

## When it is unproven

The key is not in the source, or its spec depends on a value that is not known.

## How to fix it

Omit spec and usage: the defaults are correct. Neither can be changed after the key is created, so a new key is needed.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-compare.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import ENCRYPTS, SYMMETRIC, each_key, text_of
from keyfit.model.findings import Level, Note, NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack
    from keyfit.value import Hole

NUMBER: Final = 401
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer",)
SOURCES: Final = ("F20", "G1", "K47", "K48", "R10")
_WANTED: Final = {"key spec": SYMMETRIC, "key usage": ENCRYPTS}


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key that a consumer names."""
    return each_key(stack, _verdict, "is a symmetric encryption key")


def _verdict(use: KeyUse, key: Key) -> Ruling:
    facts = {"key spec": key.spec, "key usage": key.usage}
    open_: list[Hole] = []
    wrong: list[str] = []
    notes: list[Note] = []
    for name, value in facts.items():
        known = text_of(value)
        if isinstance(known, tuple):
            open_.extend(known)
        elif known != _WANTED[name]:
            wrong.append(f"{name} `{_WANTED[name]}`")
            notes.append(Note(NoteKind.NOTE, f"key `{use.name}` has {name} `{known}`", value.origin))
    if wrong:
        advice = Note(NoteKind.HELP, f"use a key with {' and '.join(wrong)}")
        return use.verdict(NO, f"key `{use.name}` is not a symmetric encryption key", *notes, advice)
    if open_:
        return use.verdict(maybe(*open_), f"cannot tell whether key `{use.name}` is a symmetric encryption key")
    return use.verdict(YES, f"key `{use.name}` is a symmetric encryption key")
