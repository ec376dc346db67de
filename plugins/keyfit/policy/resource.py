"""Patterns of a Resource element against the ARN of a key: what AWS completes, and what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit import pattern
from keyfit.answer import NO, Answer, any_of, maybe
from keyfit.aws import arn
from keyfit.policy import variables
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why
from keyfit.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.policy.variables import Scope

_EARLY_VARIABLE: Final = re.compile(r"[^:]*(:[^:]*){0,4}\$\{(?![*?$]\})")


def matches(wanted: Text, resource: Text, *, complete: bool) -> Answer:
    """Whether the pattern `wanted` matches `resource`; `complete` says that AWS fills in fields that are missing."""
    answer = arn.matches(wanted, resource)
    if answer.truth is Truth.NO:
        return _completed(wanted, resource, complete=complete)
    refused = _refused_wildcard(wanted)
    return maybe(Unknown(Why.INVALID, f"`{shown(wanted)}` has a wildcard in {refused}")) if refused else answer


def _refused_wildcard(wanted: Text) -> str:
    """Where a pattern of ARNs has a wildcard that AWS refuses (IAM, reference-arns); empty where nowhere.

    A star alone stands for the whole field, and is not refused.
    """
    fields = wanted.prefix.split(":", 3)
    if len(fields) > 3 and fields[2] != "*" and _WILDCARD.search(fields[2]):  # noqa: PLR2004 - another follows
        return "the name of a service"
    parts = arn.split(wanted)
    if (
        parts is None
        or not _UNTYPED.isdisjoint(fields[2:3])
        or not (parts.resource.literal or parts.resource.prefix).strip("*")
    ):
        return ""
    return "the type of the resource" if _WILDCARD.search(_TYPE_END.split(parts.resource.prefix, 1)[0]) else ""


# Services whose ARNs have no type of resource before its name (Service Authorization Reference).
_UNTYPED: Final = frozenset({"s3", "sns", "sqs"})
_WILDCARD: Final = re.compile(r"[*?]")
_TYPE_END: Final = re.compile(r"[/:]")


def _completed(wanted: Text, resource: Text, *, complete: bool) -> Answer:
    """What a pattern of fewer than six fields says: AWS adds stars in identity policies, and refuses it in others."""
    missing = arn.COLONS - arn.colons(wanted)
    is_arn = pattern.matches(_ARN, wanted) if missing > 0 else Truth.NO
    if is_arn is Truth.NO:
        return NO
    fewest = 1 if any(hole.shape.can_hold(":") for hole in wanted.holes) else missing
    stars = (":*" * number for number in range(fewest, missing + 1))
    answer = any_of(arn.matches(text(*wanted.parts, each), resource) for each in stars)
    if answer.truth is Truth.NO or (complete and fewest == missing and is_arn is Truth.YES):
        return answer
    if complete:
        return maybe(*wanted.holes, *answer.holes)
    phrase = f"whether `{shown(wanted)}`, which has fewer than six fields, matches ARNs"
    return maybe(*wanted.holes, Unknown(Why.UNDOCUMENTED, phrase, identity=phrase))


_ARN: Final = text("arn:*")


def with_variables(written: Text | Unknown, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    """As `variables.with_variables`: AWS has them after the fifth colon only (I21); what they do elsewhere is open."""
    answer = variables.with_variables(written, scope, ask)
    if not isinstance(written, Text) or answer.truth is not Truth.YES:
        return answer
    if scope.document.variables.truth is Truth.NO or not _EARLY_VARIABLE.match(written.prefix):
        return answer
    phrase = f"what a policy variable does in `{written.prefix}` before the fifth colon"
    return maybe(Unknown(Why.UNDOCUMENTED, phrase, identity=phrase))
