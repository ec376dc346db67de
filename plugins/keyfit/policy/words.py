"""How an explanation names values, holes, statements and policies: the user's own text in backticks, cut where long."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.policy.statement import WHOLE
from keyfit.value import List, Object, Own, Reference, Text, Unknown, Why

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.stack import Policy
    from keyfit.policy.decision import Judgement
    from keyfit.value import Hole, Value

_LONG: Final = 160  # characters of the user's text that a line repeats


def marked(words: str) -> str:
    """The user's text, in backticks and on one line."""
    return f"`{printable(words)}`" if len(words) <= _LONG else f"`{printable(words[:_LONG])}…`"


def printable(words: str) -> str:
    """The user's text without what would move the cursor of a terminal, or break the line."""
    return words if words.isprintable() else "".join(each if each.isprintable() else _escaped(each) for each in words)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


_MOST_REASONS: Final = 12


def listed(values: Iterable[Value]) -> str:
    """Values in a row, in backticks."""
    return marked(", ".join(map(shown, values)))


def joined(names: Iterable[str]) -> str:
    """`a, b and c`, each once."""
    *others, last = dict.fromkeys(names)
    return f"{', '.join(others)} and {last}" if others else last


_LONGEST_REASON: Final = 2 * _LONG


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST_REASON else f"{words[:_LONGEST_REASON]}…"


def statement(judgement: Judgement) -> str:
    """A statement by its Sid, or its place in the policy where it has none, and the policy by what it is."""
    sid, index = judgement.statement.sid, judgement.statement.index
    if index == WHOLE:
        return policy(judgement.policy)
    which = marked(sid) if sid else f"{index + 1}"
    return f"statement {which} of {policy(judgement.policy)}"


def policy(named: Policy) -> str:
    """A policy by its kind, and its name or else the block that it is written in."""
    return f"{named.kind.value} {marked(named.name or named.owner)}"


def reasons(holes: Iterable[Hole]) -> str:
    """Why these holes are holes, each reason once, and not too many of them."""
    every = list(dict.fromkeys(map(hole_words, holes)))
    more = [f"and {len(every) - _MOST_REASONS} more"] if len(every) > _MOST_REASONS else []
    return "; ".join((*every[:_MOST_REASONS], *more))


def hole_words(hole: Hole) -> str:
    """Why a hole is one."""
    match hole:
        case Unknown(Why.RUN_TIME, subject) if " " in subject:  # several words are ours, no name
            return f"{printable(subject)} is known only at run time"
        case Unknown():
            return _cut(printable(hole.phrase))
        case Own():
            return f"the deployment's own {hole.value} is not given"
        case Reference(block, attribute):
            return f"`{attribute}` of `{block}` is known only after deployment"


def shown(value: Value) -> str:
    """A value as a user would recognise it, with its holes as `${…}`."""
    match value:
        case Text(parts):
            return "".join(part if isinstance(part, str) else _sign(part) for part in parts)
        case Unknown():
            return _sign(value)
        case List(items, None):
            return ", ".join(map(shown, items))
        case Object(entries, None):
            return ", ".join(f"{shown(key)}={shown(inner)}" for key, inner in entries)
        case _:
            return "…"


def _sign(hole: Hole) -> str:
    return "${" + _hole_name(hole) + "}"


def _hole_name(hole: Hole) -> str:
    """What the user calls it; a phrase of ours is none of the user's text."""
    match hole:
        case Own():
            return hole.value
        case Reference(block, attribute):
            return f"{block}.{attribute}"
        case Unknown(why, subject):
            is_name = "`{0}`" in why.phrase and " " not in subject
            return subject if subject and is_name else "…"
