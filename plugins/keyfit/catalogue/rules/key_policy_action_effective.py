"""Each Allow of a key policy gives an action that a key policy can give.

## What it checks

No Allow statement of a key policy consists only of actions that a key policy cannot give: `kms:ListAliases`,
`kms:ListKeys`, `kms:CreateKey` and others that are on no key, and `kms:RetireGrant`. Beside actions that it can give
they are harmless; the documentation's own example for Feature Store has two of them.

## Why it matters

KMS accepts them in a key policy, and they do nothing there. The first kind works in identity policies with Resource
`*`; who can retire a grant, the grant itself says.

## When it is unproven

Part of an action is not known.

## How to fix it

Move the actions to an identity policy with Resource `*`. Nobody needs a permission to retire a grant: name whoever
may do that in the grant.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, answer
from keyfit.aws import kms_actions
from keyfit.catalogue import statements
from keyfit.explain import evidence
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.policy.judge import acts
from keyfit.policy.statement import Effect
from keyfit.truth import Truth, some
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import Written
    from keyfit.model.stack import Stack

NUMBER: Final = 504
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("key",)
SOURCES: Final = ("K43", "K44", "F6", "F7")


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each Allow statement of a key policy that speaks of an action of KMS."""
    for written in statements.of_keys(stack, options, "Action"):
        if written.unread is not None:
            yield written.verdict(written.unread, _unsure(written), level=LEVEL)
            continue
        speaks = some(acts(written.statement, each.name) for each in kms_actions.every_action())
        if Effect.ALLOW in written.statement.effects and speaks is not Truth.NO:
            yield _verdict(written)


def _verdict(written: Written) -> Ruling:
    effective = some(acts(written.statement, each.name) for each in kms_actions.every_action() if each.key_policy)
    match effective:
        case Truth.YES:
            return written.verdict(YES, f"{written.name} gives what a key policy can give", level=LEVEL)
        case Truth.NO if written.statement.effects == {Effect.ALLOW}:
            return _broken(written)
        case _:
            open_ = answer(Truth.MAYBE, statements.action_holes(written.statement))
            return written.verdict(open_, _unsure(written), level=LEVEL)


def _unsure(written: Written) -> str:
    return f"cannot tell whether {written.name} gives what a key policy can give"


def _broken(written: Written) -> Ruling:
    written_actions = written.statement.actions
    place = evidence.place(written_actions.origin) if written_actions else None
    named = [each for each in kms_actions.every_action() if acts(written.statement, each.name) is Truth.YES]
    keyless = [each.name for each in named if not each.resources]
    on_grants = [each.name for each in named if each.resources]
    message = f"{written.name} gives only what a key policy cannot give: {joined(each.name for each in named)}"
    notes = []
    if keyless:
        advice = f"move {joined(keyless)} to an identity policy, with Resource `*`"
        notes += [
            Note(NoteKind.NOTE, f"{joined(keyless)} {_are(keyless)} on no key", place),
            Note(NoteKind.HELP, advice, place),
        ]
    if on_grants:
        words = f"a key policy can deny {joined(on_grants)} and not give it: the grant itself says who can"
        notes += [Note(NoteKind.NOTE, words, place), Note(NoteKind.HELP, f"take {joined(on_grants)} out", place)]
    return written.verdict(NO, message, *notes, level=LEVEL)


def _are(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
