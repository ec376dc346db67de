"""A Personalize consumer specifies a key and a role together, or neither.

## What it checks

`KmsKeyArn` and `RoleArn` of a dataset group are both specified, or both omitted.

## Why it matters

CreateDatasetGroup accepts a key only with a role, and a role only with a key: otherwise the request fails.

## When it is unproven

Whether one of the two is given depends on a value that is not known, such as a variable of Terraform that can be null.
A parameter without a value is one that is given: Personalize refuses an empty ARN.

## How to fix it

Specify the role whose policies allow it to use the key, or omit the key: Personalize then encrypts with its own key.

## References

https://docs.aws.amazon.com/personalize/latest/dg/API_CreateDatasetGroup.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, maybe
from keyfit.catalogue import consumers
from keyfit.catalogue.rule import Ruling
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.names_of_keys import absent
from keyfit.services.pages import personalize
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.stack import Stack

NUMBER: Final = 106
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("personalize",)
SOURCES: Final = ("P26", "P27", "P28")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each dataset group that gives a key, a role, or both."""
    for consumer in consumers.named(stack, personalize.DATASET_GROUP):
        yield from _verdicts(consumer)


def _verdicts(group: Consumer) -> Iterator[Ruling]:
    key = next(iter(group.keys), None)
    given = [use for use in (key, group.role) if use is not None and not absent(use.value)]
    if not given:
        return
    about = About(state=group.state)
    open_ = [use.value for use in given if isinstance(use.value, Unknown) and _can_be_absent(use.value)]
    if open_:
        message = "cannot tell whether key and role are specified together"
        yield Ruling(group.block, maybe(*open_), message, given[0].value.origin, about=about)
    elif len(given) == len((key, group.role)):
        yield Ruling(group.block, YES, "key and role are specified together", given[0].value.origin, about=about)
    else:
        yield _alone(group, given[0], about)


_TEXTS: Final = frozenset({Why.NO_VALUE, Why.SSM, Why.STACK_NAME, Why.STORED, Why.DYNAMIC, Why.IMPORT, Why.RUN_TIME})


def _can_be_absent(value: Unknown) -> bool:
    """Whether it can be nothing at all: a text is given, and an empty one, which is not an ARN, is refused (P27)."""
    return value.why not in _TEXTS and "" not in value.not_in and value.shape.admits("")


def _alone(group: Consumer, use: Use, about: About) -> Ruling:
    # A task of a state machine has AWS's own names in Terraform, too.
    key, role = ("kms_key_arn", "role_arn") if use.parameter.islower() else ("KmsKeyArn", "RoleArn")
    missing = role if use in group.keys else key
    message = f"`{use.parameter}` is specified without `{missing}`"
    advice = f"add `{missing}`, or remove `{use.parameter}`"
    note = Note(NoteKind.NOTE, "Personalize accepts a key only with a role, and a role only with a key")
    help_ = Note(NoteKind.HELP, advice)
    return Ruling(group.block, NO, message, use.value.origin, about=about, notes=(note, help_), remedy=Remedy(advice))
