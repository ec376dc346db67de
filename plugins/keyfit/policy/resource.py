"""Patterns of a Resource element against the ARN of a key: what AWS completes, and what it refuses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, Answer, any_of, maybe
from keyfit.aws import arn
from keyfit.policy import variables
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text
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
    if _is_service_open(wanted.prefix):
        return maybe(Unknown(Why.INVALID, f"`{wanted.prefix}` has a wildcard in the name of a service"))
    return answer


def _is_service_open(start: str) -> bool:
    """Whether a pattern that begins so has a wildcard in the name of its service, and not for all of it."""
    fields = start.split(":", 3)
    return len(fields) > 3 and fields[2] != "*" and not {"*", "?"}.isdisjoint(fields[2])  # noqa: PLR2004 - another follows


def _completed(wanted: Text, resource: Text, *, complete: bool) -> Answer:
    """What a pattern of fewer than six fields says: AWS adds stars in identity policies, and refuses it in others."""
    missing = arn.COLONS - arn.colons(wanted)
    if not wanted.prefix.startswith("arn:") or missing < 1:
        return NO
    fewest = 1 if any(hole.shape.can_hold(":") for hole in wanted.holes) else missing
    stars = (":*" * number for number in range(fewest, missing + 1))
    answer = any_of(arn.matches(text(*wanted.parts, each), resource) for each in stars)
    if answer.truth is Truth.NO or (complete and fewest == missing):
        return answer
    phrase = f"whether `{shown(wanted)}`, which has fewer than six fields, matches ARNs"
    return maybe(*wanted.holes, Unknown(Why.UNDOCUMENTED, phrase, identity=phrase))


def with_variables(written: Text | Unknown, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    """As `variables.with_variables`: AWS has them after the fifth colon only (I21); what they do elsewhere is open."""
    answer = variables.with_variables(written, scope, ask)
    if not isinstance(written, Text) or answer.truth is not Truth.YES:
        return answer
    if scope.document.variables.truth is Truth.NO or not _EARLY_VARIABLE.match(written.prefix):
        return answer
    phrase = f"what a policy variable does in `{written.prefix}` before the fifth colon"
    return maybe(Unknown(Why.UNDOCUMENTED, phrase, identity=phrase))
