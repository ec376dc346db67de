"""Through an expression without recursion: what stands directly in it, and how deep it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from typing_extensions import assert_never

from keyfit.readers.hcl.ast import (
    Attribute,
    Binary,
    Body,
    Call,
    Conditional,
    Directive,
    Expression,
    For,
    Index,
    Interpolation,
    Literal,
    Map,
    Nested,
    Splat,
    SplatItem,
    Template,
    Tuple,
    Unary,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Node: TypeAlias = "Expression | Interpolation | Directive | Body | Nested"


def inside(node: Node) -> tuple[Node, ...]:  # noqa: C901, PLR0912 - one arm for each kind of node
    """What stands directly in `node`, in the order written."""
    match node:
        case Literal() | Variable() | SplatItem():
            return ()
        case Template(parts):
            return tuple(part for part in parts if not isinstance(part, str))
        case Interpolation(expression) | Nested(body=expression):
            return (expression,)
        case Directive(_, expression, body, otherwise):
            return (expression, body) if otherwise is None else (expression, body, otherwise)
        case Attribute(target):
            return (target,)
        case Index(left, right) | Splat(left, right) | Binary(_, left, right):
            return (left, right)
        case Call(_, items) | Tuple(items):
            return items
        case Unary(_, operand):
            return (operand,)
        case Conditional(condition, then, otherwise):
            return (condition, then, otherwise)
        case Map(entries):
            return tuple(part for entry in entries for part in entry)
        case For(_, collection, result, key, condition):
            return tuple(part for part in (collection, key, result, condition) if part is not None)
        case Body(attributes, blocks):
            return (*attributes.values(), *blocks)
        case _:
            assert_never(node)


def everything(node: Node) -> Iterator[Node]:
    """`node` and all that stands in it, at any depth, in the order written."""
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        yield current
        pending.extend(reversed(inside(current)))


def depth(node: Node) -> int:
    """How many nodes stand in each other, `node` included."""
    deepest = 0
    level: list[Node] = [node]
    while level:
        deepest += 1
        level = [inner for outer in level for inner in inside(outer)]
    return deepest
