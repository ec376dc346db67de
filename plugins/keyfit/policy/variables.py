"""Policy variables: `${aws:PrincipalAccount}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (I21, I22).

What a variable stands for is text: a star in it is a star, no wildcard. A variable that cannot be resolved equals and
matches nothing, so that a negated condition holds; what it means for NotResource AWS does not say clearly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, Answer, depending, maybe
from keyfit.pattern import escape
from keyfit.policy.request import ABSENT
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.policy.request import Context
    from keyfit.policy.statement import Document
    from keyfit.value import Hole

_START: Final = "${"
_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_SPECIAL: Final = frozenset("*?$")

_UNRESOLVED: Final = Unknown(
    Why.UNDOCUMENTED,
    "what `NotResource` leaves out by a policy variable without a value",
    identity="unresolved variable in NotResource",
)


# No variables (IAM, reference_policies_variables), however many values a request has.
_OF_SEVERAL_VALUES: Final = frozenset(
    {
        *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths"),
        *("aws:sourceorgpaths", "aws:tagkeys"),
        *("kms:encryptioncontextkeys", "kms:grantoperations", "kms:resourcealiases"),
    }
)


class _UnresolvedError(Exception):
    """A variable has no value and no default."""


class Scope(NamedTuple):
    """What variables are looked up in. `excluding` says that what matches is left out, as by NotResource."""

    document: Document
    context: Context
    excluding: bool = False


def has_variables(written: Text | Unknown) -> bool:
    """Whether a policy variable can stand in `written`: whole, or put together with what a hole brings."""
    if isinstance(written, Unknown):
        return False
    literal = written.literal
    if literal is not None:
        return _START in literal
    return any(isinstance(part, str) and _START in part for part in written.parts) or _assembled(written) is not None


def keys_of(written: Text | Unknown) -> Iterator[str]:
    """The context keys that the variables in `written` stand for, as far as they are known."""
    for part in written.parts if isinstance(written, Text) else ():
        for found in _VARIABLE.finditer(part) if isinstance(part, str) else ():
            if found[1] not in _SPECIAL:
                yield _named(found[1])[0]


def with_variables(written: Text | Unknown, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    """What `ask` says of `written` when its variables are filled in; MAYBE where nothing is known of it."""
    if isinstance(written, Unknown):
        return maybe(written)
    if not has_variables(written):
        return ask(written)
    variables = scope.document.variables
    filled = NO if variables.truth is Truth.NO else _with_assembled(written, scope, ask)
    return depending(variables, filled, ask(written))


def _with_assembled(written: Text, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    """As `_filled`, and MAYBE where a variable that a hole begins or ends would answer otherwise."""
    filled = _filled(written, scope, ask)
    known = None if filled.truth is Truth.MAYBE else _assembled(written)
    if known is None or ask(known).truth is filled.truth:
        return filled
    return maybe(*written.holes)


def _assembled(written: Text) -> Text | None:
    """What is known of a text whose holes can begin a variable that ends after it; `None` where none can."""
    for index, part in enumerate(written.parts):
        if isinstance(part, str) or not part.shape.can_hold("{"):
            continue
        known, rest = list(written.parts[:index]), written.parts[index + 1 :]
        begun = bool(known) and isinstance(known[-1], str) and known[-1].endswith("$")
        if begun:
            known[-1] = str(known[-1])[:-1]
        unknown = Unknown(Why.UNKNOWN_ARGUMENT, _START + "…}", origin=written.origin)
        opened = begun and part.shape.shortest == 0 and _opens(rest)
        if opened or ((begun or part.shape.can_hold("$")) and _closes(rest)):
            return text(*known, unknown)
        if begun and part.shape.can_hold("}"):
            return text(*known, unknown, *rest)
    return None


def _opens(parts: tuple[str | Hole, ...]) -> bool:
    """Whether `parts` can begin with a brace that is written."""
    first = next((part for part in parts if isinstance(part, str) or part.shape.shortest), None)
    return isinstance(first, str) and first.startswith("{")


def _closes(parts: Iterable[str | Hole]) -> bool:
    """Whether a variable that has begun can end in `parts`: none holds a brace that opens."""
    for part in parts:
        if not isinstance(part, str):
            if part.shape.can_hold("}"):
                return True
        elif brace := next((c for c in part if c in "{}"), ""):
            return brace == "}"
    return False


def _filled(written: Text, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    try:
        parts = tuple(_parts(written, scope.context))
    except _UnresolvedError:
        return maybe(_UNRESOLVED) if scope.excluding else NO
    return ask(text(*parts, origin=written.origin))


def _parts(written: Text, context: Context) -> Iterator[str | Hole | Text]:
    for index, part in enumerate(written.parts):
        if not isinstance(part, str):
            yield part
            continue
        at = 0
        for variable in _VARIABLE.finditer(part):
            yield part[at : variable.start()]
            yield _value(variable[1], context)
            at = variable.end()
        rest = part[at:]
        if _START in rest:  # a hole in the name of a variable, or one that does not end: from here on nothing is known
            yield rest[: rest.index(_START)]
            yield _cut_short(written, index)
            return
        yield rest


def _cut_short(written: Text, index: int) -> Unknown:
    """What a variable is that begins in the part `index` and does not end there."""
    for hole in written.parts[index + 1 :]:
        if isinstance(hole, Unknown):
            return Unknown(hole.why, hole.subject, choices=hole.choices, origin=written.origin)
    phrase = "what a policy variable is that does not end"
    return Unknown(Why.UNDOCUMENTED, phrase, identity=phrase, origin=written.origin)


def _value(name: str, context: Context) -> str | Text | Unknown:
    """What a variable stands for, spelled as a pattern."""
    if name in _SPECIAL:
        return escape(name)
    key, default = _named(name)
    fact = ABSENT if key.lower() in _OF_SEVERAL_VALUES else context.find(key)
    if fact.present.truth is Truth.MAYBE:
        why = next((hole.why for hole in fact.present.holes if isinstance(hole, Unknown)), Why.UNDOCUMENTED)
        return Unknown(why, f"the value of `{_START}{name}}}`", identity=f"variable {name.lower()}")
    if fact.present.truth is Truth.YES and isinstance(fact.values, Unknown):
        return fact.values
    if fact.present.truth is Truth.YES and isinstance(fact.values, tuple) and len(fact.values) == 1:
        (only,) = fact.values
        return _escaped(only)
    if default is not None:
        return escape(default)
    raise _UnresolvedError


def _named(name: str) -> tuple[str, str | None]:
    """The context key that a variable stands for, and its default."""
    key, comma, rest = name.partition(",")
    default = rest.strip()
    if comma and len(default) > 1 and default[0] == default[-1] == "'":
        return key.strip(), default[1:-1]
    return name.strip(), None


def _escaped(value: Text | Unknown) -> Text:
    parts = value.parts if isinstance(value, Text) else (value,)
    return text(*(escape(part) if isinstance(part, str) else part for part in parts))
