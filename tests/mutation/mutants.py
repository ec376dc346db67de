"""Mutants of a module: the same code with one small thing wrong."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPARISONS: Final = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
OPERATORS: Final = {ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub, ast.Sub: ast.Add}
NAMES: Final = {
    "YES": "NO",
    "NO": "YES",
    "any_of": "all_of",
    "all_of": "any_of",
    "any": "all",
    "all": "any",
    "every": "some",
    "some": "every",
    "max": "min",
    "min": "max",
}
ATTRIBUTES: Final = {
    "YES": "NO",
    "NO": "YES",
    "MAYBE": "YES",
    "ALLOW": "DENY",
    "DENY": "ALLOW",
    "EXACT": "ITSELF",
    "ITSELF": "ACCOUNT",
    "ACCOUNT": "EXACT",
    "ALLOWED": "DENIED",
    "DENIED": "ALLOWED",
    "removeprefix": "removesuffix",
    "startswith": "endswith",
    "endswith": "startswith",
}


@dataclass(frozen=True)
class Mutant:
    """One change: where it is, and what it does, in words; `number` counts the changes of the module."""

    number: int
    line: int
    what: str


def mutants(source: str) -> list[Mutant]:
    """Every mutant of a module."""
    return [
        Mutant(number, getattr(node, "lineno", 0), what) for number, (node, what) in enumerate(_walk(ast.parse(source)))
    ]


def mutate(source: str, number: int) -> ast.Module:
    """The module with that change made."""
    tree = ast.parse(source)
    for each, _ in enumerate(_walk(tree)):  # a change stands while the walk rests at it
        if each == number:
            break
    else:
        raise IndexError(number)
    return ast.fix_missing_locations(ast.parse(ast.unparse(tree)))


def _walk(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Each change in turn: it is made, told, and taken back."""
    for node in list(ast.walk(tree)):
        if isinstance(node, ast.FunctionDef):
            for change in _in_body(node):
                yield node, change
    for node in _code(tree):
        for what in _changes(node):
            yield node, what


_INDIFFERENT: Final = frozenset({"compare", "identity", "init", "repr", "strict"})


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of code: no annotations, decorators, docstrings, messages, type checking, aliases or `__all__`.

    Nor what makes no difference to an answer: the name by which a hole is the same, as long as it is one, the
    strictness of `zip`, which only a mistake would break, and what equality, repr and the making of a record leave out
    (the readers' tests hold the first).
    """
    pending = [tree]
    while pending:
        node = pending.pop(0)
        if isinstance(node, ast.keyword) and node.arg in _INDIFFERENT:
            continue
        yield node
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "type_comment", "bases", "decorator_list"}:
                continue
            children = value if isinstance(value, list) else [value]
            pending.extend(child for child in children if isinstance(child, ast.AST) and not _skipped(child))


def _skipped(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        return True
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        return True
    if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("TypeVar("):
        return True
    return isinstance(node, (ast.JoinedStr, ast.Import, ast.ImportFrom))


def _in_body(node: ast.FunctionDef) -> Iterator[str]:
    """The body without one of its statements of effect."""
    for block in ast.walk(node):
        body = getattr(block, "body", None)
        if not isinstance(body, list):
            continue
        for index, statement in enumerate(body):
            if isinstance(statement, (ast.AugAssign, ast.Continue, ast.Raise)) or _is_effective(statement):
                body[index] = ast.copy_location(ast.Pass(), statement)
                yield f"`{ast.unparse(statement)}` left out"
                body[index] = statement


def _is_effective(statement: ast.AST) -> bool:
    """Whether it is a call that can do something; `assert_never` is never reached."""
    call = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return call and not ast.unparse(statement).startswith("assert_never(")


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[operator, *_]) if type(operator) in COMPARISONS:
            yield from _swapped(node, "ops", [COMPARISONS[type(operator)](), *node.ops[1:]])
        case ast.BoolOp(op=operator):
            yield from _swapped(node, "op", ast.Or() if isinstance(operator, ast.And) else ast.And())
        case ast.BinOp(op=operator) | ast.AugAssign(op=operator) if type(operator) in OPERATORS:
            yield from _swapped(node, "op", OPERATORS[type(operator)]())
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield from _swapped(node, "op", ast.UAdd()) if isinstance(operand, ast.Constant) else _bare(node)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            yield from _swapped(node, "test", ast.UnaryOp(ast.Not(), test))
        case ast.Name(id=name, ctx=ast.Load()) if name in NAMES:
            yield from _swapped(node, "id", NAMES[name])
        case ast.Attribute(attr=name) if name in ATTRIBUTES:
            yield from _swapped(node, "attr", ATTRIBUTES[name])
        case ast.Constant(value=bool() | int() | str() as value):
            yield from _swapped(node, "value", _another(value))
        case ast.comprehension(ifs=[_, *_]):
            yield from _swapped(node, "ifs", [])
        case _:
            pass


def _another(value: object) -> object:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    return value + 1 if isinstance(value, int) else f"{value}X"


def _swapped(node: ast.AST, field: str, value: object) -> Iterator[str]:
    """The node with another value of one field, as long as the iteration rests here."""
    kept, before = getattr(node, field), _words(node)
    setattr(node, field, value)
    yield f"`{before}` became `{_words(node)}`"
    setattr(node, field, kept)


def _bare(node: ast.UnaryOp) -> Iterator[str]:
    """The operand without `not` or `~`: as a negation of the negation."""
    kept, before = node.operand, _words(node)
    node.operand = ast.UnaryOp(node.op, kept)
    yield f"`{before}` lost its negation"
    node.operand = kept


def _words(node: ast.AST) -> str:
    text = ast.unparse(node)
    return " ".join(text.split())[:100]
