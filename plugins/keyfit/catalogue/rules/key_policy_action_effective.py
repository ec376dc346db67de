"""Each Allow of a key policy allows an action that a key policy can allow.

## What it checks

No Allow statement of a key policy consists only of actions that a key policy cannot allow: `kms:ListAliases`,
`kms:ListKeys`, `kms:CreateKey` and others that do not apply to a key, and `kms:RetireGrant`. Next to actions that it
can allow they are harmless; the documentation's own example for Feature Store has two of them.

## Why it matters

KMS accepts them in a key policy, and they have no effect there. The first kind works in IAM policies with Resource `*`;
the grant itself determines who can retire it.

## When it is unproven

Part of an action is not known.

## How to fix it

Remove the statement, and allow the actions in an IAM policy with Resource `*`. No permission is needed to retire a
grant: specify the retiring principal in the grant.

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
    from keyfit.catalogue.statements import WrittenStatement
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


def _verdict(written: WrittenStatement) -> Ruling:
    effective = some(acts(written.statement, each.name) for each in kms_actions.every_action() if each.key_policy)
    match effective:
        case Truth.YES:
            return written.verdict(YES, f"{written.name} allows what a key policy can allow", level=LEVEL)
        case Truth.NO if written.statement.effects == {Effect.ALLOW}:
            return _broken(written)
        case _:
            open_ = answer(Truth.MAYBE, statements.action_holes(written.statement))
            return written.verdict(open_, _unsure(written), level=LEVEL)


def _unsure(written: WrittenStatement) -> str:
    return f"cannot tell whether {written.name} allows what a key policy can allow"


def _broken(written: WrittenStatement) -> Ruling:
    written_actions = written.statement.actions
    place = evidence.place(written_actions.origin) if written_actions else None
    named = [each for each in kms_actions.every_action() if acts(written.statement, each.name) is Truth.YES]
    keyless = [each.name for each in named if not each.resources]
    on_grants = [each.name for each in named if each.resources]
    message = f"{written.name} allows only what a key policy cannot allow: {joined(each.name for each in named)}"
    notes, advice = [], "remove the statement"  # without its actions it would be refused
    if keyless:
        apply = "does not apply" if len(keyless) == 1 else "do not apply"
        notes.append(Note(NoteKind.NOTE, f"{joined(keyless)} {apply} to a key", place))
        advice += f", and allow {joined(keyless)} in an IAM policy with Resource `*`"
    if on_grants:
        words = f"a key policy can deny {joined(on_grants)} but not allow it: the grant itself determines who can"
        notes.append(Note(NoteKind.NOTE, words, place))
    return written.verdict(NO, message, *notes, Note(NoteKind.HELP, advice, place), level=LEVEL)
