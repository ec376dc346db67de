"""A policy document as the engine sees it: statements in sequence, each element once, nothing lost.

These are records only; `policy.document` reads them from values, `policy.judge` asks them.
"""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, Answer
from keyfit.record import record
from keyfit.value import NOWHERE, Origin, Text, Unknown

if TYPE_CHECKING:
    from keyfit.model.policies import Policy


class Effect(Enum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"

    __hash__ = object.__hash__  # as of Truth


@record
class PrincipalEntry:
    """One principal: `kind` is AWS, Service, Federated, CanonicalUser, or `*` for the bare star."""

    kind: str
    value: Text | Unknown


@record
class Principals:
    """Principal or NotPrincipal (`negated`). An entry that cannot be read is an `Unknown`: anybody, or nobody."""

    entries: tuple[PrincipalEntry | Unknown, ...]
    negated: bool = False
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Patterns:
    """Action, NotAction, Resource or NotResource (`negated`): patterns, any of which can be unknown."""

    values: tuple[Text | Unknown, ...]
    negated: bool = False
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Condition:
    """One line of a condition block: an operator as written, a context key, and its values.

    `operator` is the text as written (`ForAllValues:StringLikeIfExists`), unknown in part where the source says so.
    An `Unknown` among the `values` can stand for any number of them; numbers and booleans are texts here.
    """

    operator: Text
    key: Text
    values: tuple[Text | Unknown, ...]
    origin: Origin = field(default=NOWHERE, compare=False)


WHOLE: Final = -1  # the index of what stands for a policy as a whole


@record
class Statement:
    """A statement. An element that is not written is `None`.

    `index` is its place in the policy, or `WHOLE` where what it says is of the policy as a whole, which cannot be read.

    `effects` are the effects it can have: one, or both where that is not known. `unreadable` says why nothing, or not
    all, of it can be read: then an element that is `None` may be anything, and the statement may apply to whatever the
    other elements do not rule out, with each of its `effects`.
    """

    index: int
    effects: frozenset[Effect]
    sid: str = ""
    principals: Principals | None = None
    actions: Patterns | None = None
    resources: Patterns | None = None
    conditions: tuple[Condition, ...] = ()
    unreadable: Unknown | None = None
    origin: Origin = field(default=NOWHERE, compare=False)


@record
class Document:
    """The statements of one policy. `variables` says whether `${…}` is a policy variable (Version 2012-10-17, I21).

    `omitted` stands for statements that are left out, which are about other actions.
    """

    statements: tuple[Statement, ...]
    policy: Policy
    variables: Answer = YES
    origin: Origin = field(default=NOWHERE, compare=False)
    omitted: Statement | None = None
