"""Policy variables: `${aws:PrincipalAccount}`, `${aws:PrincipalTag/team, 'none'}`, `${*}` (I21, I22).

What a variable stands for is text: a star in it is a star, no wildcard. A variable that cannot be resolved equals and
matches nothing, so that a negated condition holds; what it means for NotResource AWS does not say clearly.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import NO, YES, Answer, any_of, depending, maybe
from keyfit.aws import arn
from keyfit.pattern import escape
from keyfit.policy.request import ABSENT
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, text
from keyfit.why import Why

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
    "what `NotResource` excludes with a policy variable without a value",
    identity="unresolved variable in NotResource",
)


# No variables (IAM, reference_policies_variables), however many values a request has.
OF_SEVERAL_VALUES: Final = frozenset(
    {
        *("aws:calledvia", "aws:principalorgpaths", "aws:principalservicenameslist", "aws:resourceorgpaths"),
        *("aws:sourceorgpaths", "aws:tagkeys"),
        *("kms:encryptioncontextkeys", "kms:grantoperations", "kms:resourcealiases"),
    }
)


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
    """What is known of a text whose holes can begin a variable that ends after it; `None` where none can.

    That a hole begins one that does not end at all, of which AWS says nothing, is left out.
    """
    for index, part in enumerate(written.parts):
        if isinstance(part, str):
            continue
        known, rest = list(written.parts[:index]), written.parts[index + 1 :]
        begun = bool(known) and isinstance(known[-1], str) and known[-1].endswith("$")
        if begun:
            known[-1] = str(known[-1])[:-1]
        unknown = Unknown(Why.UNKNOWN_ARGUMENT, _START + "…}", origin=written.origin)
        dollar, brace = part.shape.can_hold("$"), part.shape.can_hold("{")
        opened = (dollar or (begun and part.shape.shortest == 0)) and _opens(rest)  # the brace is in what follows
        if opened or (brace and (begun or dollar) and _closes(rest)):
            return text(*known, unknown)
        if begun and brace and part.shape.can_hold("}"):
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
    """What `ask` says of `written` with its variables filled in; and, where one has no value, that nothing matches."""
    variables = [_Variable.of(name, scope.context) for name in _names(written)]
    missing = any_of([each.missing for each in variables])
    if missing.truth is Truth.NO:
        unresolved = missing
    else:
        unresolved = maybe(_UNRESOLVED) if scope.excluding else NO
        if missing.truth is Truth.YES:
            return unresolved
    return depending(missing, unresolved, ask(text(*_parts(written, iter(variables)), origin=written.origin)))


def _names(written: Text) -> Iterator[str]:
    """The variables that stand in `written` up to where one begins that does not end."""
    for part in written.parts:
        if isinstance(part, str):
            at = 0
            for found in _VARIABLE.finditer(part):
                yield found[1]
                at = found.end()
            if _START in part[at:]:
                return


def _parts(written: Text, variables: Iterator[_Variable]) -> Iterator[str | Hole | Text]:
    for index, part in enumerate(written.parts):
        if not isinstance(part, str):
            yield part
            continue
        at = 0
        for found in _VARIABLE.finditer(part):
            yield part[at : found.start()]
            yield next(variables).value
            at = found.end()
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


class _Variable(NamedTuple):
    """What a variable stands for, spelled as a pattern; and whether it has no value, and no default either."""

    value: str | Text | Unknown
    missing: Answer = NO

    @classmethod
    def of(cls, name: str, context: Context) -> _Variable:
        """The variable of that name."""
        if name in _SPECIAL:
            return cls(escape(name))
        key, default = _named(name)
        fact = ABSENT if key.lower() in OF_SEVERAL_VALUES else context.find(key)
        only = fact.values if isinstance(fact.values, Unknown) else fact.values[0] if len(fact.values) == 1 else None
        if fact.present.truth is Truth.NO or only is None:
            return cls("", YES) if default is None else cls(escape(default))
        empty = arn.equal(text(), only) if isinstance(only, Text) else maybe(only)
        missing = ~fact.present | (empty & maybe(_EMPTY))
        if fact.present.truth is Truth.YES and (default is None or missing.truth is Truth.NO):
            return cls(_escaped(only), missing)
        why = next((hole.why for hole in missing.holes if isinstance(hole, Unknown)), Why.UNDOCUMENTED)
        value = Unknown(why, f"the value of `{_START}{name}}}`", identity=f"variable {name.lower()}")
        return cls(value, maybe(value) if default is None else NO)


_EMPTY: Final = Unknown(
    Why.UNDOCUMENTED, "what a policy variable with an empty value stands for", identity="empty variable"
)


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
