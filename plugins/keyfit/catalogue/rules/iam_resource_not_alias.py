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

## How to fix it

Name the key by its ARN. To give access by alias, use Resource `*` and the condition key `kms:ResourceAliases` with a
set operator such as `ForAnyValue:StringEquals`.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import resources
from keyfit.catalogue.resources import Mistake
from keyfit.model.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 501
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = ("K38",)
_BY_ALIAS: Final = Mistake(
    made=lambda named: named.alias,
    holds="{0} names no key by an alias",
    open="cannot tell whether {0} names a key by an alias",
    broken="the Resource of {0} is the alias `{1}`, which covers no key",
    note="an alias in Resource covers the alias itself, not the key behind it",
    serves=True,
)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement of an identity policy that speaks of actions on keys."""
    return resources.verdicts(stack, options, _BY_ALIAS)
