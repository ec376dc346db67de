"""Conditions, in Kleene's logic: an open one says which unknowns, and so which choices, decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn
from keyfit.readers.cloudformation.evaluation.unknowns import comparable
from keyfit.readers.cloudformation.template.texts import as_text
from keyfit.value import List, Object, Text, Unknown, Value, holes_in
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.value import Origin

Test: TypeAlias = "Callable[[Scope, Value], Answer]"


def named(scope: Scope, name: str, origin: Origin) -> Answer:
    """Whether the condition `name` holds; YES for no name."""
    return scope.condition(name, origin) if name else YES


def holds(scope: Scope, written: Value) -> Answer:
    """Whether a condition as written holds. Asked by `Scope.holds`, which knows how deep it is."""
    if not isinstance(written, Object) or len(written.entries) != 1:
        return _literal(written)
    name, argument = written.entries[0]
    test = TESTS.get(name.literal or "")
    if test is None:
        return maybe(Unknown(Why.UNSUPPORTED_FUNCTION, name.prefix, origin=written.origin))
    return test(scope, argument)


def _literal(written: Value) -> Answer:
    """`true` and `false` are conditions that some transforms write."""
    word = as_text(written)
    known = {"true": YES, "false": NO}.get((word.literal or "").lower() if word else "")
    return known or maybe(*holes_in(written), _invalid("a condition is neither a function nor true or false", written))


def _invalid(reason: str, written: Value) -> Unknown:
    return Unknown(Why.INVALID, reason, origin=written.origin)


def _items(argument: Value) -> tuple[Value, ...]:
    return argument.items if isinstance(argument, List) else (argument,)


def _and(scope: Scope, argument: Value) -> Answer:
    return all_of([scope.holds(each) for each in _items(argument)])


def _or(scope: Scope, argument: Value) -> Answer:
    return any_of([scope.holds(each) for each in _items(argument)])


def _not(scope: Scope, argument: Value) -> Answer:
    items = _items(argument)
    return ~scope.holds(items[0]) if len(items) == 1 else maybe(_invalid("`Fn::Not` takes one condition", argument))


def _condition(scope: Scope, argument: Value) -> Answer:
    if isinstance(argument, Text) and argument.literal:
        return scope.condition(argument.literal, argument.origin)
    return maybe(_invalid("`Condition` takes the name of a condition", argument))


def _equals(scope: Scope, argument: Value) -> Answer:
    items = _items(argument)
    if len(items) != 2:  # noqa: PLR2004 - it compares two values
        return maybe(_invalid("`Fn::Equals` takes two values", argument))
    return equal(*(comparable(scope, scope.value(each)) for each in items))


def _contains(scope: Scope, argument: Value) -> Answer:
    items = _items(argument)
    strings = comparable(scope, scope.value(items[0])) if items else None
    if len(items) != 2 or not isinstance(strings, List):  # noqa: PLR2004 - a list, and what it may contain
        return maybe(*holes_in(strings), _invalid("`Fn::Contains` takes a list and a value", argument))
    wanted = comparable(scope, scope.value(items[1]))
    rest = [maybe(strings.rest)] if strings.rest else []
    return any_of([equal(each, wanted) for each in strings.items] + rest)


TESTS: Final[Mapping[str, Test]] = {
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::Not": _not,
    "Fn::Equals": _equals,
    "Fn::Contains": _contains,
    "Condition": _condition,
}


def equal(left: Value | None, right: Value | None) -> Answer:
    """Whether two values are equal, as CloudFormation compares them: as texts; MAYBE for the holes of both."""
    one, other = as_text(left), as_text(right)
    if one is not None and other is not None:
        return arn.equal(one, other)
    if left is None or right is None:
        return YES if left is right else NO
    holes = (*holes_in(left), *holes_in(right))
    if holes:
        return maybe(*holes)
    return YES if left == right else NO
