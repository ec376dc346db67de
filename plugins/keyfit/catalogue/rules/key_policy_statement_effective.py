"""The Resource of each statement of a key policy is the key.

## What it checks

The Resource of every statement of a key policy is `*` or matches the ARN of the key itself.

## Why it matters

A statement whose Resource is another key or an alias has no effect, or KMS refuses the policy: AWS has said that `*` is
the only Resource it takes, and uses the key's own ARN in its examples. A statement without Resource is refused, which
rule 602 tells.

## When it is unproven

The Resource is not known, or it names the key by an account, a Region or a key ID that is known only after deployment.

## How to fix it

Use `Resource: "*"`: in a key policy that means this key only.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, any_of
from keyfit.aws import arn
from keyfit.catalogue import statements
from keyfit.explain import evidence
from keyfit.model.changes import SetElement
from keyfit.model.findings import Level, Note, NoteKind
from keyfit.model.keys import Key
from keyfit.policy.request import Context
from keyfit.policy.variables import Scope, with_variables
from keyfit.truth import Truth
from keyfit.words import quoted, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.catalogue.statements import WrittenStatement
    from keyfit.model.changes import Change
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Patterns
    from keyfit.value import Text, Unknown

NUMBER: Final = 505
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key",)
SOURCES: Final = ("K14",)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement of a key policy that has a Resource, or that cannot be read."""
    return filter(None, map(_verdict, statements.of_keys(stack, options, "Resource")))


def _verdict(written: WrittenStatement) -> Ruling | None:
    if written.unread is not None:
        return written.verdict(written.unread, f"cannot tell whether {written.name} has an effect")
    resources = written.statement.resources
    return None if resources is None else _about_key(written, resources)


def _about_key(written: WrittenStatement, resources: Patterns) -> Ruling:
    matched = any_of(_matches(each, written) for each in resources.values)
    answer = ~matched if resources.negated else matched
    match answer.truth:
        case Truth.YES:
            return written.verdict(YES, f"{written.name} applies to the key")
        case Truth.MAYBE:
            return written.verdict(answer, f"cannot tell whether {written.name} applies to the key")
        case Truth.NO:
            names = quoted(shown(each) for each in resources.values)
            word = "NotResource" if resources.negated else "Resource"
            message = f"the {word} of {written.name} excludes the key: {names}; it has no effect"
            if not resources.negated:
                message = f"the Resource of {written.name} is {names}, not the key, so it has no effect"
            place = evidence.place(resources.origin)
            return written.verdict(
                NO, message, Note(NoteKind.HELP, "set its Resource to `*`, which means the key", place, _whole(written))
            )


def _whole(written: WrittenStatement) -> Change | None:
    """The change, where nothing is excluded."""
    resources, index = written.statement.resources, written.statement.index
    negated = resources is None or resources.negated
    return None if negated else SetElement(written.document.policy, index, "Resource", "*")


def _matches(value: Text | Unknown, written: WrittenStatement) -> Answer:
    """Whether one value of the Resource matches the key's own ARN."""
    key = written.owner
    if not isinstance(key, Key):
        return YES

    def ask(filled: Text) -> Answer:
        return arn.matches(filled, key.arn)

    return with_variables(value, Scope(written.document, Context()), ask)
