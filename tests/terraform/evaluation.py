"""An evaluator of constant expressions: enough to call functions with arguments as a person writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.stack import Problem
from keyfit.readers.given import Given
from keyfit.readers.hcl import ast
from keyfit.readers.hcl.syntax import read_expression
from keyfit.readers.terraform.functions import CallContext, call
from keyfit.readers.terraform.values.convert import to_answer, to_text
from keyfit.readers.terraform.values.terraform_values import Set, failed
from keyfit.readers.terraform.values.unknowns import invalid
from keyfit.truth import Truth
from keyfit.value import NOWHERE, Bool, Entry, List, Null, Number, Object, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from keyfit.value import Value


def context(root: Path, depth: int = 0) -> CallContext:
    """A call in the module at `root`."""
    return CallContext(Given(root.resolve()), root, NOWHERE, evaluated, depth=depth)


def value_of(source: str, root: Path, names: Mapping[str, Value] | None = None) -> Value:
    """What the expression `source` gives."""
    expression = read_expression(source)
    assert not isinstance(expression, Problem), expression
    return evaluated(expression, names or {}, context(root))


def evaluated(  # noqa: C901, PLR0912 - one arm for each kind of node
    expression: ast.Expression, names: Mapping[str, Value], where: CallContext
) -> Value:
    """The value of an expression."""

    def inner(part: ast.Expression, more: Mapping[str, Value] | None = None) -> Value:
        return evaluated(part, {**names, **(more or {})}, where)

    match expression:
        case ast.Literal(None):
            return Null()
        case ast.Literal(bool() as truth):
            return Bool(truth)
        case ast.Literal(int() | float() as number):
            return Number(number)
        case ast.Template((ast.Interpolation(only),)):
            return inner(only)
        case ast.Template(parts):
            pieces = [_part(part, names, where) for part in parts]
            error = next(filter(None, map(failed, pieces)), None)
            return error or text(*pieces)
        case ast.Variable(name):
            return names.get(name) or invalid(f"no {name}")
        case ast.Attribute(target, name):
            return _member(inner(target), text(name))
        case ast.Index(target, key):
            return _member(inner(target), inner(key))
        case ast.Tuple(items):
            found = tuple(map(inner, items))
            return next(filter(None, map(failed, found)), None) or List(found)
        case ast.Map(entries):
            return Object(tuple(Entry(text(to_text(inner(key))), inner(each)) for key, each in entries))
        case ast.Unary("-", operand):
            negated = inner(operand)
            return Number(-negated.value) if isinstance(negated, Number) else negated
        case ast.Unary("!", operand):
            return Bool(to_answer(inner(operand)).truth is Truth.NO)
        case ast.Binary(operator, left, right):
            return _operated(operator, inner(left), inner(right))
        case ast.Call(name, written, expand):
            arguments = tuple(map(inner, written))
            if expand:
                last = arguments[-1]
                assert isinstance(last, List)
                arguments = (*arguments[:-1], *last.items)
            return call(name, arguments, where)
        case _:
            raise AssertionError(expression)


def _part(
    part: str | ast.Interpolation | ast.Directive, names: Mapping[str, Value], where: CallContext
) -> Text | Unknown:
    match part:
        case str():
            return text(part)
        case ast.Interpolation(only):
            return to_text(evaluated(only, names, where))
        case ast.Directive("if", condition, body, otherwise):
            chosen = to_answer(evaluated(condition, names, where)).truth is Truth.YES
            return to_text(evaluated(body if chosen else otherwise or ast.Template(()), names, where))
        case ast.Directive(names=(*_, name), expression=collection, body=body):
            items = evaluated(collection, names, where)
            assert isinstance(items, List)
            return text(*(to_text(evaluated(_unwrapped(body), {**names, name: item}, where)) for item in items.items))
        case _:
            raise AssertionError(part)


def _unwrapped(body: ast.Template) -> ast.Template:
    return ast.Template((*body.parts, "")) if len(body.parts) == 1 else body


def _member(value: Value, key: Value) -> Value:
    match value, key:
        case Object(), Text():
            return value.find(key.prefix) or invalid("no such key")
        case Set(), _:
            return invalid("a set")
        case List(items), Number(at) if 0 <= at < len(items):
            return items[int(at)]
        case _:
            return invalid("no such element")


def _operated(operator: str, left: Value, right: Value) -> Value:
    error = failed(left) or failed(right)
    if error:
        return error
    assert isinstance(left, Number)
    assert isinstance(right, Number)
    match operator:
        case "+":
            return Number(left.value + right.value)
        case "-":
            return Number(left.value - right.value)
        case ">":
            return Bool(left.value > right.value)
        case _:
            raise AssertionError(operator)


def plain(value: Value) -> object:
    """A known value as `json` would read it; "ERROR" for an error, the value itself where something is unknown."""
    if failed(value):
        return "ERROR"
    match value:
        case Text():
            return value.literal if value.literal is not None else value
        case Number(number) | Bool(number):
            return number
        case Null():
            return None
        case List(items, None):
            return [plain(item) for item in items]
        case Object(entries, None):
            return {key.prefix: plain(inner) for key, inner in entries}
        case _:
            return value
