"""A consumer's key is enabled, and has key material.

## What it checks

The key that a consumer names is not created disabled, and is not pending import of key material.

## Why it matters

KMS rejects every cryptographic operation and every grant on a key that is disabled (`DisabledException`) or pending
import (`KMSInvalidStateException: … is pending import.`). CloudFormation cannot import key material.

## When it is unproven

The key is not in the source, or its state depends on a value that is not known.

## How to fix it

Enable the key. For a key of origin EXTERNAL, import the key material before the consumer is created, in Terraform with
`aws_kms_external_key`; or let KMS generate it.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue.key_facts import WITH_MATERIAL, bool_of, each_key, enable
from keyfit.model.findings import Level, Note, NoteKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.key_facts import KeyUse
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.keys import Key
    from keyfit.model.stack import Stack

NUMBER: Final = 402
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer",)
SOURCES: Final = ("K79", "K80")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each key that a consumer names."""
    return each_key(stack, _verdict, "can be used")


def _verdict(use: KeyUse, key: Key) -> Ruling:
    enabled, waits = bool_of(key.enabled), bool_of(key.material_missing)
    if enabled is False:
        note = Note(NoteKind.NOTE, "KMS refuses every use of a disabled key", key.enabled.origin)
        return use.verdict(NO, f"key `{use.name}` is disabled", note, enable(key))
    if waits is True:
        origin = key.material_missing.origin
        note = Note(NoteKind.NOTE, "its origin is `EXTERNAL` and no key material is imported in the source", origin)
        return use.verdict(NO, f"key `{use.name}` is pending import of key material", note, WITH_MATERIAL)
    open_ = [*(enabled if isinstance(enabled, tuple) else ()), *(waits if isinstance(waits, tuple) else ())]
    if open_:
        return use.verdict(maybe(*open_), f"cannot tell whether key `{use.name}` can be used")
    return use.verdict(YES, f"key `{use.name}` is enabled")
