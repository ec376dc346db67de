"""A law of the parser: an expression that is written down is read back, whichever `hcl2` reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyfit.readers.hcl import ast
from keyfit.readers.hcl.blocks import split
from keyfit.readers.hcl.notation import PRECEDENCE
from keyfit.readers.hcl.syntax import read_block, read_expression, read_template
from keyfit.readers.terraform.modules.block_types import TERRAFORM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyfit.readers.hcl.ast import Expression

Part: TypeAlias = "str | ast.Interpolation | ast.Directive"

pytestmark = pytest.mark.hcl

LOWEST, UNARY, TERM = 0, 7, 8  # how tight: a conditional, `!`, and what needs no parentheses


def written(node: Expression, tight: int = LOWEST) -> str:
    """HCL for a tree, with no more parentheses than it needs in a place so tight."""
    text, own = _written(node)
    return f"({text})" if own < tight else text


def _written(node: Expression) -> tuple[str, int]:
    match node:
        case ast.Binary(operator, left, right):
            own = PRECEDENCE[operator]
            return f"{written(left, own)} {operator} {written(right, own + 1)}", own
        case ast.Unary(operator, operand):
            return (
                f"{operator}{written(operand, UNARY if operator == '!' == getattr(operand, 'operator', '') else TERM)}",
                UNARY,
            )
        case ast.Conditional(condition, then, otherwise):
            return f"{written(condition, 1)} ? {written(then)} : {written(otherwise)}", LOWEST
        case ast.Literal(value):
            return json.dumps(value), TERM
        case ast.Template(parts):
            return '"' + "".join(_part(part) for part in parts) + '"', TERM
        case _:
            return _term(node), TERM


def _part(part: Part) -> str:
    match part:
        case str():
            escaped = part.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return escaped.replace("${", "$${").replace("%{", "%%{")
        case ast.Interpolation(expression):
            return f"${{{written(expression)}}}"
        case ast.Directive(_, expression, body, otherwise):
            inside = "".join(map(_part, body.parts))
            other = "" if otherwise is None else "%{ else }" + "".join(map(_part, otherwise.parts))
            return f"%{{ if {written(expression)} }}{inside}{other}%{{ endif }}"


def _term(node: Expression) -> str:  # noqa: C901 - one arm for each kind of node
    match node:
        case ast.Variable(name):
            return name
        case ast.Attribute(target, name):
            return f"{written(target, TERM)}.{name}"
        case ast.Index(target, key):
            return f"{written(target, TERM)}[{written(key)}]"
        case ast.Splat(target, each):
            return f"{written(target, TERM)}[*]{written(each, TERM).removeprefix('@')}"
        case ast.SplatItem():
            return "@"
        case ast.Call(name, arguments, expand):
            return f"{name}({', '.join(map(written, arguments))}{'...' if expand else ''})"
        case ast.Tuple(items):
            return f"[{', '.join(map(written, items))}]"
        case ast.Map(entries):
            return "{ " + ", ".join(f"{_key(key)} = {written(value)}" for key, value in entries) + " }"
        case ast.For(names, collection, result, key, condition, grouping):
            only = "" if condition is None else f" if {written(condition)}"
            head = f"for {', '.join(names)} in {written(collection)} : "
            if key is None:
                return f"[{head}{written(result)}{only}]"
            return f"{{{head}{written(key)} => {written(result)}{'...' if grouping else ''}{only}}}"
        case _:
            raise AssertionError(node)


def _key(key: Expression) -> str:
    return written(key) if isinstance(key, ast.Template) else f"({written(key)})"


NAMES = st.sampled_from(["a", "b-c", "for_x", "iff", "nullx", "_y", "é"])
TEXTS = st.text(st.sampled_from('ab ${}%"\\\n#/é<'), min_size=1, max_size=6)
LITERALS = st.one_of(st.integers(0, 10**12), st.sampled_from([0.5, 12.25]), st.sampled_from([True, False, None])).map(
    ast.Literal
)


def merged(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The parts of a template, no two texts beside each other, and no `$` before an opener."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            continue
        found.append(part.rstrip("$%") or "x" if isinstance(part, str) else part)
    return tuple(found)


def steps(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """What stands after `[*]`: names and keys of the element."""
    step = st.one_of(NAMES, inner)

    def extended(found: list[str | Expression]) -> Expression:
        each: Expression = ast.SplatItem()
        for one in found:
            each = ast.Attribute(each, one) if isinstance(one, str) else ast.Index(each, one)
        return each

    return st.lists(step, max_size=2).map(extended)


def larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    """Expressions out of smaller ones."""
    parts = st.lists(st.one_of(TEXTS, inner.map(ast.Interpolation)), max_size=3).map(merged)
    templates = parts.map(ast.Template)
    directive = st.builds(
        lambda c, t, o: ast.Directive("if", c, t, o), inner, templates, st.one_of(st.none(), templates)
    )
    keys = st.one_of(
        NAMES.map(lambda name: ast.Template((name,))), inner.filter(lambda key: not isinstance(key, ast.Template))
    )
    return st.one_of(
        st.builds(ast.Binary, st.sampled_from(list(PRECEDENCE)), inner, inner),
        st.builds(ast.Unary, st.sampled_from(["!", "-"]), inner),
        st.builds(ast.Conditional, inner, inner, inner),
        templates,
        st.lists(st.one_of(TEXTS, directive), max_size=2).map(merged).map(ast.Template),
        st.builds(ast.Attribute, inner, NAMES),
        st.builds(ast.Index, inner, inner),
        st.builds(ast.Splat, inner.filter(lambda target: not isinstance(target, ast.Splat)), steps(inner)),
        st.builds(
            ast.Call,
            st.sampled_from(["f", "provider::aws::g"]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
            st.booleans(),
        ),
        st.lists(inner, max_size=3).map(lambda items: ast.Tuple(tuple(items))),
        st.lists(st.tuples(keys, inner), max_size=2).map(lambda entries: ast.Map(tuple(entries))),
        st.builds(
            ast.For,
            st.sampled_from([("x",), ("k", "v")]),
            inner,
            inner,
            st.one_of(st.none(), inner),
            st.one_of(st.none(), inner),
        ),
    )


EXPRESSIONS = st.recursive(st.one_of(NAMES.map(ast.Variable), LITERALS), larger, max_leaves=12)


@given(EXPRESSIONS)
@settings(max_examples=300)
def test_what_is_written_is_read_back(expression: Expression) -> None:
    """Reading what was written gives the same tree."""
    source = written(expression)
    if "]." in source and "[*]" in source:  # what follows a splat is the splat's: see the table of test_syntax
        return
    if "][" in source and "[*]" in source:
        return
    assert read_expression(source) == expression


@given(st.text(st.sampled_from('ab1.=${}%[]()"\n?:,#/ é\\<EOT'), max_size=40))
def test_any_text_is_a_block_or_a_problem(inside: str) -> None:
    """No text in a block makes the parser fail."""
    source = f"locals {{{inside}}}\n"
    for span in split(source, TERRAFORM):
        read_block(source, span, "main.tf")


@given(st.lists(st.one_of(st.text(st.sampled_from('ab $%{}~\n\\"'), max_size=8)), max_size=4))
def test_any_text_is_a_template_or_a_problem(pieces: list[str]) -> None:
    """No text makes the reader fail."""
    read_template("${a}".join(pieces))


@given(st.text(st.sampled_from('ab1.${}%[]()"\n!?:=>,*-+#/< é\\~'), max_size=24))
def test_any_text_is_an_expression_or_a_problem(source: str) -> None:
    """No text makes the parser fail."""
    read_expression(source)
