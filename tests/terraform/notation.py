"""Expressions as S-expressions: a tree in one line, precedence and nesting visible."""

from __future__ import annotations

import json

from typing_extensions import assert_never

from keyfit.readers.hcl import ast


def written(  # noqa: C901, PLR0912 - one arm for each kind of node
    node: ast.Expression | ast.Interpolation | ast.Directive,
) -> str:
    """The tree in one line."""
    match node:
        case ast.Literal(value):
            return json.dumps(value)
        case ast.Template(parts):
            return '"' + "".join(part if isinstance(part, str) else written(part) for part in parts) + '"'
        case ast.Interpolation(expression):
            return f"${{{written(expression)}}}"
        case ast.Directive(kind, expression, body, otherwise, names):
            rest = "" if otherwise is None else f" {written(otherwise)}"
            return f"%{{{' '.join([kind, *names])} {written(expression)} {written(body)}{rest}}}"
        case ast.Variable(name):
            return name
        case ast.Attribute(target, name):
            return f"{written(target)}.{name}"
        case ast.Index(target, key):
            return f"{written(target)}[{written(key)}]"
        case ast.Splat(target, each, full):
            return f"({'[*]' if full else '.*'} {written(target)} {written(each)})"
        case ast.SplatItem():
            return "@"
        case ast.Call(name, arguments, expand):
            return f"{name}({', '.join(map(written, arguments))}{'...' if expand else ''})"
        case ast.Unary(operator, operand):
            return f"({operator} {written(operand)})"
        case ast.Binary(operator, left, right):
            return f"({operator} {written(left)} {written(right)})"
        case ast.Conditional(condition, then, otherwise):
            return f"(? {written(condition)} {written(then)} {written(otherwise)})"
        case ast.Tuple(items):
            return f"[{', '.join(map(written, items))}]"
        case ast.Map(entries):
            return "{" + ", ".join(f"{written(key)}: {written(value)}" for key, value in entries) + "}"
        case ast.For(names, collection, result, key, condition, grouping):
            made = written(result) if key is None else f"{written(key)} => {written(result)}{'...' if grouping else ''}"
            only = "" if condition is None else f" if {written(condition)}"
            return f"(for {' '.join(names)} in {written(collection)}: {made}{only})"
        case _:
            assert_never(node)


def block(nested: ast.Nested) -> str:
    """A block in one line."""
    return " ".join([nested.type, *nested.labels, body(nested.body)])


def body(inside: ast.Body) -> str:
    """The inside of a block in one line."""
    attributes = (f"{name} = {written(each)}" for name, each in inside.attributes.items())
    return "{" + "; ".join([*attributes, *map(block, inside.blocks)]) + "}"
