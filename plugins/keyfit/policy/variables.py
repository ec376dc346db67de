"""Policy variables: `${aws:PrincipalAccount}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (I21, I22).

What a variable stands for is text: a star in it is a star, no wildcard. A variable that cannot be resolved matches
nothing; what that means under a negation AWS does not say.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, Answer, depending, maybe
from keyfit.pattern import escape
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyfit.policy.request import Context
    from keyfit.policy.statement import Document
    from keyfit.value import Hole

_START: Final = "${"
_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_WITH_DEFAULT: Final = re.compile(r"\s*([^,]*?)\s*,\s*'(.*)'\s*", re.DOTALL)
_SPECIAL: Final = frozenset("*?$")

_UNRESOLVED: Final = Unknown(
    Why.UNDOCUMENTED,
    "what the negation of a policy variable without a value matches",
    identity="unresolved variable under a negation",
)


class _UnresolvedError(Exception):
    """A variable has no value and no default."""


class Scope(NamedTuple):
    """What variables are looked up in. `negated` says that the answer will be negated."""

    document: Document
    context: Context
    negated: bool = False


def has_variables(written: Text | Unknown) -> bool:
    """Whether a policy variable can stand in `written`."""
    if isinstance(written, Unknown):
        return False
    literal = written.literal
    if literal is not None:
        return _START in literal
    return any(isinstance(part, str) and _START in part for part in written.parts)


def with_variables(written: Text | Unknown, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    """What `ask` says of `written` when its variables are filled in; MAYBE where nothing is known of it."""
    if isinstance(written, Unknown):
        return maybe(written)
    if not has_variables(written):
        return ask(written)
    variables = scope.document.variables
    filled = NO if variables.truth is Truth.NO else _filled(written, scope, ask)
    return depending(variables, filled, ask(written))


def _filled(written: Text, scope: Scope, ask: Callable[[Text], Answer]) -> Answer:
    try:
        parts = tuple(_parts(written, scope.context))
    except _UnresolvedError:
        return maybe(_UNRESOLVED) if scope.negated else NO
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
