"""`for` expressions and splats: element by element, with unknown further elements where the collection has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.evaluation import evaluate
from keyfit.readers.terraform.evaluation.scope import settled
from keyfit.readers.terraform.evaluation.traversal import elements
from keyfit.readers.terraform.values.convert import to_answer, to_text
from keyfit.readers.terraform.values.terraform_values import OnlyThese, like
from keyfit.readers.terraform.values.unknowns import because, bound, invalid
from keyfit.record import record
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Entry, List, Null, Object, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.ast import Expression, For, Splat
    from keyfit.readers.terraform.evaluation.scope import Scope
    from keyfit.value import Origin, Value

ITEM: Final = "*"  # the name of a splat's element in its scope: none that HCL can write
ELEMENTS: Final = 10_000  # of one collection


@record
class Bindings:
    """The scope of each element, and what is unknown about further ones."""

    scopes: tuple[Scope, ...] = ()
    rest: Unknown | None = None


def bindings(names: tuple[str, ...], collection: Expression, scope: Scope) -> Bindings:
    """A scope for each element of `collection`: the last name is the value, the one before it the key or index."""
    target = evaluate.resolve(collection, scope)
    if isinstance(target, Null):
        return Bindings(rest=invalid("`for` iterates over null", collection_origin(collection)))
    found = elements(target)
    if found.single:
        return Bindings(
            rest=invalid("`for` iterates over a value that is not a collection", collection_origin(collection))
        )
    if len(found.items) > ELEMENTS:
        return Bindings(rest=bound(f"the collection has more than {ELEMENTS} elements", collection_origin(collection)))
    scopes = tuple(scope.bind(dict(zip(reversed(names), (value, key), strict=False))) for key, value in found.items)
    return Bindings(scopes, found.rest)


def collection_origin(collection: Expression) -> Origin:
    """Where a collection is written."""
    return getattr(collection, "origin", NOWHERE)


def splat(expression: Splat, scope: Scope) -> Value:
    """`target[*].each`: for every element; null gives no element, and what is no list gives one."""
    target = evaluate.resolve(expression.target, scope)
    if isinstance(target, Unknown):
        return because((target,), expression.origin)
    found = elements(target)
    items = [target] if found.keyed or found.single else [value for _, value in found.items]
    if len(items) > ELEMENTS:
        return bound(f"the collection has more than {ELEMENTS} elements", expression.origin)
    values = tuple(evaluate.evaluate(expression.each, scope.bind({ITEM: item})) for item in items)
    return List(values, None if found.keyed else found.rest, expression.origin)


def comprehend(expression: For, scope: Scope) -> Value:
    """`[for …]` or `{for …}`."""
    found = bindings(expression.names, expression.collection, scope)
    rest: Unknown | None = found.rest
    kept: list[Scope] = []
    perhaps: list[Scope] = []
    for inner in found.scopes:
        condition = None if expression.condition is None else evaluate.evaluate(expression.condition, inner)
        truth = Truth.YES if condition is None else to_answer(condition).truth
        if truth is Truth.YES:
            kept.append(inner)
        elif truth is Truth.MAYBE:
            rest = because((rest, condition), expression.origin)
            perhaps.append(inner)
    if expression.key is None:
        if rest is not None and not isinstance(rest, OnlyThese):
            rest = _alike(expression, (scope, found.rest), (rest, perhaps))
        return List(tuple(evaluate.evaluate(expression.result, inner) for inner in kept), rest, expression.origin)
    return _object(expression, kept, rest)


def _alike(expression: For, outer: tuple[Scope, Unknown | None], open_: tuple[Unknown, list[Scope]]) -> Unknown:
    """What further elements are like: those that are left out perhaps, and what unknown ones become."""
    (scope, further), (rest, perhaps) = outer, open_
    if further is not None:
        any_ = because((further,))
        perhaps = [*perhaps, scope.bind(dict.fromkeys(expression.names, any_))]
    with scope.evaluation.supposing():
        elements = tuple(evaluate.evaluate(expression.result, inner) for inner in perhaps)
    return like((rest,), elements, expression.origin)


def _object(expression: For, scopes: list[Scope], rest: Unknown | None) -> Value:
    grouped: dict[Text, list[Value]] = {}
    for key, value in _pairs(expression, scopes):
        if isinstance(key, Unknown):
            rest = because((rest, key, value), expression.origin)
        else:
            grouped.setdefault(key, []).append(value)
    entries = tuple(
        Entry(key, List(tuple(values), rest, expression.origin) if expression.grouping else values[-1])
        for key, values in grouped.items()
    )
    return Object(entries, None if isinstance(rest, OnlyThese) else rest, expression.origin)


def _pairs(expression: For, scopes: list[Scope]) -> Iterator[tuple[Text | Unknown, Value]]:
    for inner in scopes:
        key = evaluate.evaluate(expression.key, inner) if expression.key is not None else Null()
        yield to_text(key), settled(evaluate.resolve(expression.result, inner))
