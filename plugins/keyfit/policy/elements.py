"""The elements of a statement, from values: scalars and lists alike, whatever cannot be read kept as unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.json_text.plain import scalar
from keyfit.policy.operators import read_test
from keyfit.policy.refusals import Refusal
from keyfit.policy.statement import Condition, Patterns, PrincipalEntry, Principals
from keyfit.value import List, Null, Object, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

ANYBODY: Final = "*"
_EMPTY: Final = List(())
_PRINCIPAL_KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


def read_patterns(plain: Value | None, negated: Value | None, name: str) -> Patterns | None:
    """Action or Resource, or its Not… form; `None` where neither is written."""
    value = negated if plain is None else plain
    if value is None:
        return None
    return Patterns(_texts(value, f"`{name}`"), negated=plain is None, origin=value.origin)


def read_principals(plain: Value | None, negated: Value | None) -> Principals | None:
    """Principal or NotPrincipal; `None` where neither is written."""
    value = negated if plain is None else plain
    if value is None:
        return None
    return Principals(tuple(_principals(value)), negated=plain is None, origin=value.origin)


def _principals(value: Value) -> Iterator[PrincipalEntry | Unknown]:
    match value:
        case Text() if value.literal == ANYBODY:
            yield PrincipalEntry(ANYBODY, value)
        case Object((), None):
            yield Refusal.NOBODY.at(value.origin, "Principal")
        case Object(entries, None) if all(isinstance(each, List) and each == _EMPTY for _, each in entries):
            yield Refusal.NOBODY.at(value.origin, "Principal")
        case Object(entries, rest):
            for key, inner in entries:
                yield from _principals_of(key, inner)
            if rest is not None:
                yield rest
        case Unknown():
            yield value
        case _:
            yield _refused("`Principal` is neither `*` nor a map", value)


def _principals_of(kind: Text, value: Value) -> Iterator[PrincipalEntry | Unknown]:
    name = kind.literal
    if name not in _PRINCIPAL_KINDS:
        yield _unknown_in(kind) or Refusal.KIND.at(kind.origin, name)
        return
    yield from (PrincipalEntry(name, each) for each in _texts(value, "`Principal`"))


def read_conditions(value: Value | None) -> tuple[Condition, ...]:
    """The lines of a condition block, in their order; none where none is written."""
    match value:
        case None:
            return ()
        case Object(entries, rest):
            lines = [line for operator, keys in entries for line in _lines(operator, keys)]
            return tuple(lines) if rest is None else (*lines, _unknown_line(rest))
        case Unknown():
            return (_unknown_line(value),)
        case _:
            return (_unknown_line(_refused("`Condition` is not a map", value)),)


def _unknown_line(hole: Unknown) -> Condition:
    return Condition(text(hole), text(hole), (hole,), hole.origin)


def _lines(operator: Text, keys: Value) -> Iterator[Condition]:
    match keys:
        case Object(entries, rest):
            if not entries and rest is None and operator.literal is not None and read_test(operator.literal) is None:
                yield _unknown_line(_invalid(f"`{operator.literal}` is not a condition operator", operator))
            for key, value in entries:
                yield Condition(operator, key, _texts(value, "a condition"), key.origin)
            if rest is not None:
                yield Condition(operator, text(rest), (rest,), rest.origin)
        case Unknown():
            yield Condition(operator, text(keys), (keys,), keys.origin)
        case _:
            yield _unknown_line(_refused("a condition operator has no map of keys", keys))


def _texts(value: Value, what: str) -> tuple[Text | Unknown, ...]:
    """The members of a list, or a scalar as its only one."""
    if not isinstance(value, List):
        return (_text(value, what),)
    if not value.items and value.rest is None:
        return (_invalid(f"{what} is an empty list", value),)
    items = tuple([_text(item, what) for item in value.items])
    return items if value.rest is None else (*items, value.rest)


def _text(value: Value, what: str) -> Text | Unknown:
    """A scalar as the text that IAM reads: an account id can come as a number, a condition value as a boolean."""
    if isinstance(value, Text):
        return value
    known = scalar(value)
    if known is not None:
        return known
    is_ = "is null" if isinstance(value, Null) else "is a list or map, not a string"
    return _refused(f"{what} {is_}", value)


def _refused(phrase: str, value: Value) -> Unknown:
    return Refusal.TYPE.at(value.origin, phrase)


def _invalid(phrase: str, value: Value) -> Unknown:
    return Unknown(Why.INVALID, phrase, origin=value.origin)


def _unknown_in(name: Text) -> Unknown | None:
    if name.literal is not None:
        return None
    found = next((hole for hole in name.holes if isinstance(hole, Unknown)), None)
    return found or _invalid("the kind of a principal is not known", name)
