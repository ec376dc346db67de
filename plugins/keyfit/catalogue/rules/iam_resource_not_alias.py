"""An identity policy names keys by their ARN, not by an alias.

## What it checks

No statement of an identity policy that speaks of actions on keys (`kms:Decrypt`, `kms:GenerateDataKey` …) has an
alias ARN or an alias name as its Resource. An alias is right beside the key itself, and for `kms:CreateAlias`,
`kms:UpdateAlias` and `kms:DeleteAlias`.

## Why it matters

An alias ARN in Resource controls the alias, not the key behind it: the statement gives nothing on the key, and the
call is refused `because no identity-based policy allows the kms:Decrypt action`. To give access by alias use the
condition key `kms:ResourceAliases`.

## When it is unproven

The Resource or the actions are not known.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, all_of, answer, any_of
from keyfit.catalogue import resources, statements
from keyfit.catalogue.words import shown
from keyfit.findings import Level, Note, NoteKind
from keyfit.truth import Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.catalogue.resources import Named
    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.catalogue.statements import Written
    from keyfit.model import Stack

NUMBER: Final = 501
LEVEL: Final = Level.ERROR
SOURCES: Final = ("K38",)


def check(stack: Stack, options: Options) -> Iterator[Verdict]:
    """One verdict for each statement of an identity policy that speaks of actions on keys."""
    for written in statements.of_identities(stack, options, "Resource"):
        if resources.key_level(written.statement) is not Truth.NO:
            yield from _verdicts(stack, written)


def _verdicts(stack: Stack, written: Written) -> Iterator[Verdict]:
    yield written.verdict(YES, f"{written.name} names no key by an alias")
    named = [resources.named(stack, value) for value in written.resources]
    for one in named:
        useless = _useless(written, one, [other for other in named if other is not one])
        if useless.truth is Truth.NO:
            yield _broken(stack, written, one)
        elif useless.truth is Truth.MAYBE:
            yield written.verdict(useless, f"cannot tell whether {written.name} names a key by an alias")
    if written.unread is not None:
        yield written.verdict(written.unread, f"cannot tell whether {written.name} names a key by an alias")


def _useless(written: Written, one: Named, others: list[Named]) -> Answer:
    """NO where an alias stands for a key that nothing else in the statement covers."""
    here = answer(resources.key_level(written.statement), statements.holes_of(written.statement))
    own_use = answer(resources.alias_level(written.statement), statements.holes_of(written.statement))
    keys = any_of(all_of((~other.alias, ~other.key_id)) for other in others)
    spared = all_of((own_use, keys))  # an alias for actions on aliases, beside keys for the others
    return any_of((~here, ~one.alias, spared, resources.covered(one, (other.value for other in others))))


def _broken(stack: Stack, written: Written, one: Named) -> Verdict:
    place = written.place_of(one.value)
    note = Note(NoteKind.NOTE, "an alias in Resource covers the alias itself, not the key behind it", place)
    message = f"the Resource of {written.name} is the alias `{shown(one.value)}`, which gives nothing on the key"
    return written.verdict(NO, message, note, resources.use_arn(stack, written, one))
