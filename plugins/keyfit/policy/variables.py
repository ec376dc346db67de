"""Policy variables: `${aws:PrincipalAccount}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (I21, I22).

What a variable stands for is text: a star in it is a star, no wildcard. A variable that cannot be resolved equals and
matches nothing, so that a negated condition holds; what it means for NotResource AWS does not say clearly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, Answer, depending, maybe
from keyfit.pattern import escape
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from keyfit.policy.request import Context
    from keyfit.policy.statement import Document
    from keyfit.value import Hole

_START: Final = "${"
_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_WITH_DEFAULT: Final = re.compile(r"\s*([^,]*?)\s*,\s*'(.*)'\s*", re.DOTALL)
_SPECIAL: Final = frozenset("*?$")

_UNRESOLVED: Final = Unknown(
    Why.UNDOCUMENTED,
    "what `NotResource` leaves out by a policy variable without a value",
    identity="unresolved variable in NotResource",
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
        if (begun or part.shape.can_hold("$")) and _closes(rest):
            return text(*known, unknown)
        if begun and part.shape.can_hold("}"):
            return text(*known, unknown, *rest)
    return None


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
        if _START in rest and index + 1 < len(written.parts):
            # A hole in the name of a variable: from here on nothing is known.
            yield rest[: rest.index(_START)]
            yield Unknown(Why.UNKNOWN_ARGUMENT, _START + "…}", origin=written.origin)
            return
        yield rest


def _value(name: str, context: Context) -> str | Text | Unknown:
    """What a variable stands for, spelled as a pattern."""
    if name in _SPECIAL:
        return escape(name)
    default = _WITH_DEFAULT.fullmatch(name)
    fact = context.find(default[1] if default else name.strip())
    if fact.present.truth is Truth.MAYBE:
        why = next((hole.why for hole in fact.present.holes if isinstance(hole, Unknown)), Why.UNDOCUMENTED)
        return Unknown(why, f"the value of `{_START}{name}}}`", identity=f"variable {name.lower()}")
    if fact.present.truth is Truth.YES and isinstance(fact.values, Unknown):
        return fact.values
    if fact.present.truth is Truth.YES and isinstance(fact.values, tuple) and len(fact.values) == 1:
        (only,) = fact.values
        return _escaped(only)
    if default:
        return escape(default[2])
    raise _UnresolvedError


def _escaped(value: Text | Unknown) -> Text:
    parts = value.parts if isinstance(value, Text) else (value,)
    return text(*(escape(part) if isinstance(part, str) else part for part in parts))
