"""Each KMS action in a policy exists.

## What it checks

Every Action or NotAction that begins with `kms:`, in key policies and IAM policies, matches at least one action of KMS.
Actions are not case-sensitive, and `*` and `?` are wildcards.

## Why it matters

KMS and IAM accept a policy with an action that does not exist, and it allows nothing. The most common is
`kms:ReEncrypt`: re-encryption is `kms:ReEncryptFrom` on the one key and `kms:ReEncryptTo` on the other;
`kms:ReEncrypt*` matches both.

## When it is unproven

Part of the action is not known.

## How to fix it

Correct the spelling, or remove the action. For re-encryption use `kms:ReEncrypt*`.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import NO, YES, all_of, any_of, maybe
from keyfit.aws import kms_actions
from keyfit.catalogue import statements
from keyfit.explain import evidence
from keyfit.model.changes import Write
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.truth import Truth
from keyfit.value import Text, text
from keyfit.words import joined, quoted, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.changes import Change
    from keyfit.model.stack import Stack
    from keyfit.value import Origin, Unknown

NUMBER: Final = 503
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = ("K42", "K45")
_KMS: Final = text("kms:*")


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement that writes an action of KMS."""
    for written in statements.everywhere(stack, options, "Action"):
        if statements.speaks_of_kms(written.statement):
            yield _verdict(written)


def _verdict(written: WrittenStatement) -> Ruling:
    patterns = written.statement.actions.values if written.statement.actions else ()
    asked = {each: _exists(each) for each in patterns}
    answer = all_of((*asked.values(), *((written.unread,) if written.unread else ())))
    match answer.truth:
        case Truth.YES:
            return written.verdict(YES, f"every action of {written.name} exists")
        case Truth.MAYBE:
            return written.verdict(answer, f"cannot tell whether every action of {written.name} exists")
        case Truth.NO:
            return _broken(written, [each for each, exists in asked.items() if exists.truth is Truth.NO])


@lru_cache(maxsize=1024)
def _exists(action: Text | Unknown) -> Answer:
    """Whether it matches an action of KMS; another service's actions are not asked about."""
    if not isinstance(action, Text):
        return maybe(action)
    ours = pattern.compare(_KMS, action, fold_case=True)
    known = any_of(pattern.compare(action, text(each.name), fold_case=True) for each in kms_actions.every_action())
    return any_of((~ours, known))


def _broken(written: WrittenStatement, wrong: list[Text | Unknown]) -> Ruling:
    names = [shown(each) for each in wrong]
    verb = "is not an action" if len(names) == 1 else "are not actions"
    helps = [Note(NoteKind.HELP, *_advice(name, each.origin)) for name, each in zip(names, wrong, strict=True)]
    return written.verdict(NO, f"{joined(names)} in {written.name} {verb} of KMS", *helps)


def _advice(name: str, origin: Origin) -> tuple[str, Origin | None, Change | None]:
    """The actions that begin so, or the one that is spelt nearly so: in words, where it stands, and as a change."""
    from difflib import get_close_matches

    longer = _named(each.name for each in kms_actions.every_action() if each.name.lower().startswith(name.lower()))
    if longer and "*" not in name:
        return f"write {longer}, or `{name}*`", evidence.place(origin), Write(origin, f"{name}*")
    by_name = {each.name.lower(): each.name for each in kms_actions.every_action()}
    near = get_close_matches(name.lower(), by_name, n=1)
    if near:
        return f"write `{by_name[near[0]]}`", evidence.place(origin), Write(origin, by_name[near[0]])
    return f"take `{name}` out", evidence.place(origin), None


def _named(names: Iterable[str]) -> str:
    found = list(names)
    return joined(found) if len(found) < 4 else quoted(found)  # noqa: PLR2004 - a longer list needs no "and"
