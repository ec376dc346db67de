"""Expressions to values: one structural match, one line a form; what cannot be known stays a value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from typing_extensions import assert_never

from keyfit.readers.hcl.ast import (
    Attribute,
    Binary,
    Call,
    Conditional,
    For,
    Index,
    Literal,
    Map,
    Splat,
    SplatItem,
    Template,
    Tuple,
    Unary,
    Variable,
)
from keyfit.readers.terraform.evaluation import calls, comprehension, templating
from keyfit.readers.terraform.evaluation.operators import binary, unary
from keyfit.readers.terraform.evaluation.scope import settled
from keyfit.readers.terraform.evaluation.traversal import attribute, index
from keyfit.readers.terraform.functions.table import identity
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.convert import located, to_answer, to_text
from keyfit.readers.terraform.values.terraform_values import like
from keyfit.readers.terraform.values.unknowns import because, bound
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Bool, Entry, List, Null, Number, Object, Text, Unknown, holes_in, same, text

if TYPE_CHECKING:
    from keyfit.answer import Answer
    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.evaluation.scope import Resolved, Scope
    from keyfit.value import Hole, Origin, Value

TRUTHS: Final = (Bool(value=True), Bool(value=False))


def evaluate(expression: Expression, scope: Scope) -> Value:
    """The value of `expression`; it is unknown, and says why, where the source does not tell."""
    return settled(resolve(expression, scope))


def resolve(expression: Expression, scope: Scope) -> Resolved:
    """What `expression` stands for, evaluated no further than it has to be."""
    spent = scope.evaluation.enter()
    try:
        return bound(spent, _origin(expression)) if spent else _resolve(expression, scope)
    finally:
        scope.evaluation.leave()


def _origin(expression: Expression) -> Origin:
    return NOWHERE if isinstance(expression, SplatItem) else expression.origin


def _resolve(expression: Expression, scope: Scope) -> Resolved:  # noqa: C901, PLR0912 - an arm a form
    match expression:
        case Literal(value, origin):
            return _literal(value, origin)
        case Template():
            return templating.template(expression, scope)
        case Variable(name, origin):
            return scope.find(name, origin)
        case Attribute(target, name, origin):
            return attribute(scope.evaluation, resolve(target, scope), name, origin)
        case Index(target, key, origin):
            return index(scope.evaluation, resolve(target, scope), evaluate(key, scope), origin)
        case Splat():
            return comprehension.splat(expression, scope)
        case SplatItem():
            return scope.find(comprehension.ITEM, _origin(expression))
        case Call():
            return calls.call(expression, scope)
        case Unary(symbol, operand, origin):
            return _unary(symbol, evaluate(operand, scope), (scope, origin))
        case Binary(symbol, left, right, origin):
            return _binary(symbol, evaluate(left, scope), evaluate(right, scope), (scope, origin))
        case Conditional():
            return _conditional(expression, scope)
        case Tuple(items, origin):
            return List(tuple(located(evaluate(item, scope), _origin(item)) for item in items), origin=origin)
        case Map():
            return _map(expression, scope)
        case For():
            return comprehension.comprehend(expression, scope)
        case _:
            assert_never(expression)


def _literal(value: float | None, origin: Origin) -> Value:
    if value is None:
        return Null(origin)
    return Bool(value, origin) if isinstance(value, bool) else Number(value, origin)


def _unary(symbol: str, operand: Value, where: tuple[Scope, Origin]) -> Value:
    scope, origin = where
    if symbol == "!":
        scope.evaluation.ask(operand, TRUTHS, complete=True)
    return unary(symbol, operand, origin)


def _binary(symbol: str, left: Value, right: Value, where: tuple[Scope, Origin]) -> Value:
    scope, origin = where
    if symbol in {"==", "!="}:
        scope.evaluation.ask(left, (right,))
        scope.evaluation.ask(right, (left,))
    elif symbol in {"&&", "||"}:
        scope.evaluation.ask(left, TRUTHS, complete=True)
        scope.evaluation.ask(right, TRUTHS, complete=True)
    return binary(symbol, left, right, origin)


def _conditional(expression: Conditional, scope: Scope) -> Resolved:
    condition = evaluate(expression.condition, scope)
    scope.evaluation.ask(condition, TRUTHS, complete=True)
    decided = to_answer(condition)
    if decided.truth is Truth.YES:
        return resolve(expression.then, scope)
    if decided.truth is Truth.NO:
        return resolve(expression.otherwise, scope)
    then, otherwise = evaluate(expression.then, scope), evaluate(expression.otherwise, scope)
    found = either(then, otherwise, (decided, expression.origin))
    counts = isinstance(then, Number | Bool) and isinstance(otherwise, Number | Bool)
    if not isinstance(found, Unknown) or not counts:  # of another value nobody can tell where it is from
        return found
    return replace(found, identity=identity("if", (condition, then, otherwise)))


def either(left: Value, right: Value, decided: tuple[Answer, Origin]) -> Value:
    """What is known of a value that is `left` or `right`: what both have in common."""
    answer, origin = decided
    if _identical(left, right):
        return left
    unknown = because((*(_reason(hole) for hole in answer.holes), left, right), origin)
    match left, right:
        case (List(), List()):
            common = tuple(item for item in left.items if any(_identical(item, other) for other in right.items))
            whole = left.rest is None and right.rest is None
            others = (each for each in (*left.items, *right.items) if not any(_identical(each, c) for c in common))
            return List(common, like((unknown,), tuple(others), origin) if whole else unknown, origin)
        case (Object(), Object()) if left.rest is None and right.rest is None:
            return _common(left, right, unknown)
        case _:
            return unknown


def _reason(hole: Hole) -> Value:
    return hole if isinstance(hole, Unknown) else text(hole)


def _common(left: Object, right: Object, unknown: Unknown) -> Object:
    """Entries of both: a value that differs is unknown; a key of one side only is among the unknown further entries."""
    theirs = {entry.key: entry.value for entry in right.entries}
    shared = tuple(
        Entry(key, value if _identical(value, theirs[key]) else unknown) for key, value in left.entries if key in theirs
    )
    only_one = len(shared) < len(left.entries) or len(shared) < len(right.entries)
    return Object(shared, unknown if only_one else None, unknown.origin)


def _identical(left: Value, right: Value) -> bool:
    """Whether both are surely the same value: equal, and no part of them unknown by itself."""
    match left, right:
        case (Unknown(), Unknown()):
            return same(left, right)
        case (List(), List()) | (Object(), Object()):
            return left == right and all(same(hole, hole) for hole in holes_in(left))
        case (Text(), Text()):
            return left == right and all(same(hole, hole) for hole in left.holes)
        case _:
            return left == right and type(left) is type(right)


def _map(expression: Map, scope: Scope) -> Value:
    """An object; of two entries with one key the last stays, and what a later key can replace is not sure."""
    entries: list[Entry] = []
    rest: Unknown | None = None
    for key_expression, value_expression in expression.entries:
        key = to_text(evaluate(key_expression, scope))
        value = located(evaluate(value_expression, scope), _origin(value_expression))
        entries = [kept for entry in entries if (kept := _beside(entry, key)) is not None]
        if isinstance(key, Unknown):
            rest = because((rest, key, value), expression.origin)
        else:
            entries.append(Entry(key, value))
    return Object(tuple(entries), rest, expression.origin)


def _beside(entry: Entry, key: Text | Unknown) -> Entry | None:
    """An entry beside a later one with `key`: gone, as it is, or unknown."""
    truth = equal(entry.key, key).truth
    if truth is Truth.MAYBE:
        return Entry(entry.key, because((entry.key, key, entry.value), entry.value.origin))
    return entry if truth is Truth.NO else None
