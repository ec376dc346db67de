"""An IAM policy identifies keys by their ARN, not by an alias.

## What it checks

No statement of an IAM policy with actions on keys (`kms:Decrypt`, `kms:GenerateDataKey` …) has an alias ARN or an alias
name as its Resource. An alias is valid next to the key itself, and for `kms:CreateAlias`, `kms:UpdateAlias` and
`kms:DeleteAlias`.

## Why it matters

An alias ARN in Resource controls the alias, not the key that it points to: the statement allows nothing on the key, and
the call is denied `because no identity-based policy allows the kms:Decrypt action`. To control access by alias, use the
condition key `kms:ResourceAliases`.

## When it is unproven

The Resource or the actions are not known.

## How to fix it

Specify the key by its ARN. To control access by alias, use Resource `*` and the condition key `kms:ResourceAliases`
with a set operator such as `ForAnyValue:StringEquals`.

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
    holds="{0} does not identify a key by an alias",
    open="cannot tell whether {0} identifies a key by an alias",
    broken="the Resource of {0} is the alias `{1}`, which does not match any key",
    note="an alias in Resource covers the alias itself, not the key that it points to",
    serves=True,
)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement of an IAM policy that speaks of actions on keys."""
    return resources.verdicts(stack, options, _BY_ALIAS)
