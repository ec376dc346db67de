"""What is certain to be refused in a policy, whatever its unknowns turn out to be: one table, with its sources.

What AWS's documentation leaves open is no part of it: there, a policy may be anything (`Why.INVALID`).
"""

from __future__ import annotations

import re
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.model.policies import PolicyKind
from keyfit.policy.statement import WHOLE
from keyfit.value import List, Object, Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.policy.statement import Condition, Document, Statement
    from keyfit.value import Origin, Value


class Refusal(Enum):
    """What is refused, in words, the fact that says so, and what to do about it."""

    ELEMENT = ("`{0}` is not an element of {1}", "I33", "remove it")
    STATEMENT = ("statement {0} is not an object", "I33", "use an object")
    STATEMENTS = ("the policy has no `Statement`", "I33", "add a `Statement`")
    EFFECT = ("`Effect` is neither `Allow` nor `Deny`", "I33", "use `Allow` or `Deny`")
    BOTH = ("the statement has `{0}` and `{1}`", "I33", "remove one of them")
    KIND = ("`{0}` is not a type of principal", "I33", "use `AWS`, `Service` or `Federated`")
    NOBODY = ("`{0}` specifies no principal", "K87", "specify a principal, or omit the statement if there is none")
    VERSION = ("`Version` is not a version of the policy language", "I34", "use `2012-10-17`")
    FORBIDDEN = ("a statement of the {0} has `{1}`", "I35", "remove it")
    MISSING = ("the statement has no `{0}`", "I36", "add it")
    NO_ACTION = ("the statement has no Action", "K13", "add the actions that it is for")
    NO_RESOURCE = ("the statement has no Resource", "K13", "set its Resource to `*`: in a key policy that is the key")
    ACTION = (
        "`{0}` is not an action, nor a pattern of actions",
        "I17",
        "use service and action, such as `kms:Decrypt`",
    )
    SID = ("the Sid `{0}` has other characters than letters and digits", "I23", "remove them")
    SID_AGAIN = ("the Sid `{0}` is used twice in the policy", "I23", "give each statement a unique Sid, or none")
    FOR_ALL_VALUES = ("`{0}` is asked of `{1}`, which has one value", "K64", "remove `ForAllValues`")
    BYTES = ("the {0} is longer than {1} bytes", "K11", "shorten it")
    CHARACTERS = ("the {0} has more than {1:,} characters", "I7", "shorten it, or split it")
    JSON = ("the JSON text cannot be read: {0}", "T30", "use JSON, or `jsonencode`")
    TYPE = ("{0}", "I33", "use what the grammar allows there")  # the last one: it fits all

    def __init__(self, phrase: str, source: str, advice: str) -> None:
        self.phrase = phrase
        self.source = source
        self.advice = advice

    def at(self, origin: Origin, *words: object) -> Unknown:
        """The reason why nothing is known of what stands there: it is refused."""
        return Unknown(Why.REFUSED, self.phrase.format(*words), origin=origin)

    @classmethod
    def of(cls, hole: Unknown) -> Refusal:
        """The refusal that made `hole`."""
        return next(each for each in cls if pattern.fits(_glob(each), hole.subject))


@cache
def _glob(refusal: Refusal) -> str:
    return "*".join(map(pattern.escape, re.split(r"\{\d[^}]*\}", refusal.phrase)))


SOURCES: Final = tuple(dict.fromkeys(each.source for each in Refusal))

# A name that IAM takes for no action: without a service, or with one that cannot be. What else can stand in the name
# of an action is not documented.
_NO_ACTION: Final = re.compile(r"(?!\*+$)[^:]*|[^:]*[^A-Za-z0-9:*?-][^:]*:.*", re.DOTALL)
_SID: Final = re.compile(r"[A-Za-z0-9]*")
OF_IDENTITIES: Final = frozenset({PolicyKind.INLINE, PolicyKind.MANAGED, PolicyKind.BOUNDARY})
_SINGLE: Final = ("kms:encryptioncontext:", "aws:requesttag/")  # K64
# Characters without white space; a trust policy with the quota raised as far as it goes (I7).
MOST_CHARACTERS: Final = {PolicyKind.MANAGED: 6_144, PolicyKind.BOUNDARY: 6_144, PolicyKind.TRUST: 8_192}


class Refused(NamedTuple):
    """A statement, and what is refused of it."""

    statement: Statement
    hole: Unknown


def is_action(literal: str) -> bool:
    """Whether a text can be an action, or a pattern of actions."""
    return _NO_ACTION.fullmatch(literal) is None


def refused(document: Document) -> Iterator[Refused]:
    """What is certain to be refused in a policy: as it was read, and what reading does not ask."""
    kind = document.policy.kind
    sids: set[str] = set()
    for statement in document.statements:
        for hole in dict.fromkeys((*_holes(statement), *_actions(statement), *_further(kind, statement))):
            if hole.why is Why.REFUSED:
                yield Refused(statement, hole)
        if kind in OF_IDENTITIES and statement.sid in sids:
            yield Refused(statement, Refusal.SID_AGAIN.at(statement.origin, statement.sid))
        sids.update(filter(None, (statement.sid,)))
    most, written = MOST_CHARACTERS.get(kind), document.policy.document
    if most is not None and written is not None and least_characters(written) > most:
        whole = next((each for each in document.statements if each.index == WHOLE), document.statements[0])
        yield Refused(whole, Refusal.CHARACTERS.at(document.origin, kind.value, most))


def undecided(document: Document) -> Iterator[Unknown]:
    """What stands in a policy and depends on choices: under some of them, it may be refused."""
    for statement in document.statements:
        yield from (hole for hole in _holes(statement) if hole.choices)


def _holes(statement: Statement) -> Iterator[Unknown]:
    """The parts of a statement that are wholly unknown."""
    if statement.unreadable is not None:
        yield statement.unreadable
    for entry in statement.principals.entries if statement.principals else ():
        value = entry if isinstance(entry, Unknown) else entry.value
        yield from (value,) if isinstance(value, Unknown) else ()
    for patterns in (statement.actions, statement.resources):
        yield from (each for each in (patterns.values if patterns else ()) if isinstance(each, Unknown))
    for line in statement.conditions:
        yield from (each for each in (*line.operator.holes, *line.values) if isinstance(each, Unknown))


def _actions(statement: Statement) -> Iterator[Unknown]:
    for value in statement.actions.values if statement.actions else ():
        literal = value.literal if isinstance(value, Text) else None
        if literal is not None and not is_action(literal):
            yield Refusal.ACTION.at(value.origin, literal)


def _further(kind: PolicyKind, statement: Statement) -> Iterator[Unknown]:
    """What the engine need not know, and whoever takes the policy does."""
    if kind in OF_IDENTITIES and not _SID.fullmatch(statement.sid):
        yield Refusal.SID.at(statement.origin, statement.sid)
    if kind is PolicyKind.KEY and statement.unreadable is None:
        for missing, element in ((Refusal.NO_ACTION, statement.actions), (Refusal.NO_RESOURCE, statement.resources)):
            if element is None:
                yield missing.at(statement.origin)
        yield from filter(None, map(_for_all_values, statement.conditions))


def _for_all_values(line: Condition) -> Unknown | None:
    operator, name = line.operator.literal or "", (line.key.literal or "").lower()
    if operator.lower().startswith("forallvalues:") and name.startswith(_SINGLE):
        return Refusal.FOR_ALL_VALUES.at(line.origin, operator, line.key.prefix)
    return None


def least_characters(value: Value) -> int:
    """The characters of `value` in its shortest JSON, without white space; an unknown part can be empty."""
    count, every = 0, [value]
    for each in every:  # it grows
        match each:
            case Text(parts):
                count += 2 + sum(len("".join(part.split())) for part in parts if isinstance(part, str))
            case Object(entries):
                count += 1 + max(1, 2 * len(entries))  # braces, colons and commas
                every.extend(part for entry in entries for part in entry)
            case List(items):
                count += 1 + max(1, len(items))
                every.extend(items)
            case _:
                pass
    return count
