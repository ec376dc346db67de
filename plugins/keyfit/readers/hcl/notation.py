"""On the way from tree to expression: steps after a term, operators still in a row, parentheses."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.readers.hcl.ast import Attribute, Binary, Conditional, Expression, Index, Splat, SplatItem
from keyfit.readers.hcl.scanning import RefusedError
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keyfit.value import Origin

MOST_SPLATS: Final = 16

# HCL's own table: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md#operations
PRECEDENCE: Final = {
    **dict.fromkeys(("||",), 1),
    **dict.fromkeys(("&&",), 2),
    **dict.fromkeys(("==", "!="), 3),
    **dict.fromkeys(("<", ">", "<=", ">="), 4),
    **dict.fromkeys(("+", "-"), 5),
    **dict.fromkeys(("*", "/", "%"), 6),
}


@record
class Group:
    """An expression in parentheses: nothing outside binds into it."""

    inner: Expression


@record
class Chain:
    """Operands and the operators between them, precedence not yet applied."""

    operands: tuple[Expression | Group, ...]
    operators: tuple[str, ...]


@record
class Step:
    """What follows a term: `.name`, or a key: `[key]`, or the legacy `.0`, which is `short` as a name is."""

    name: str
    key: Expression | None
    short: bool
    origin: Origin


Open: TypeAlias = "Expression | Group | Chain"


def finished(part: Open) -> Expression:
    """The expression that `part` is when nothing more can bind into it."""
    match part:
        case Group(inner):
            return inner
        case Chain():
            return _climbed(part)
        case _:
            return part


def joined(left: Open, operator: str, right: Open) -> Chain:
    """`left operator right`, with the operands of unparenthesised chains in one row."""
    first, second = _row(left), _row(right)
    return Chain(first.operands + second.operands, (*first.operators, operator, *second.operators))


def _row(part: Open) -> Chain:
    return part if isinstance(part, Chain) else Chain((part,), ())


def _climbed(chain: Chain) -> Expression:
    last = chain.operands[-1]
    if isinstance(last, Conditional):  # `a == b ? c : d`: one grammar takes the conditional for the last operand
        condition = _climbed(Chain((*chain.operands[:-1], last.condition), chain.operators))
        return Conditional(condition, last.then, last.otherwise, _spanning(condition, last))
    output = [finished(chain.operands[0])]
    waiting: list[str] = []
    for operator, operand in zip(chain.operators, chain.operands[1:], strict=True):
        while waiting and PRECEDENCE[waiting[-1]] >= PRECEDENCE[operator]:
            _reduce(output, waiting.pop())
        waiting.append(operator)
        output.append(finished(operand))
    while waiting:
        _reduce(output, waiting.pop())
    return output[0]


def _reduce(output: list[Expression], operator: str) -> None:
    right, left = output.pop(), output.pop()
    output.append(Binary(operator, left, right, _spanning(left, right)))


def _spanning(left: Expression, right: Expression) -> Origin:
    return replace(left.origin, end=right.origin.end)


def extended(target: Open, steps: Iterable[Step]) -> Open:
    """`target` with `steps` after it. Steps after a splat belong to its elements, as far as HCL takes them so."""
    for step in steps:
        target = _applied(target, partial(_stepped, step), short=step.short)
    return target


def splatted(target: Open, origin: Origin, *, full: bool) -> Expression:
    """`target[*]` (`full`) or `target.*`. After `[*]` a further splat applies to the elements."""
    return _applied(target, lambda inner: Splat(inner, SplatItem(origin), full, origin), short=False)


def _applied(target: Open, apply: Callable[[Expression], Expression], *, short: bool) -> Expression:
    """What `apply` makes of `target`, inside the splats that take what follows them."""
    around: list[Splat] = []
    while isinstance(target, Splat) and (target.full or short):
        around.append(target)
        target = target.each
    if len(around) > MOST_SPLATS:
        raise RefusedError(f"more than {MOST_SPLATS} splats follow each other", 0)
    result = apply(finished(target))
    for splat in reversed(around):
        result = replace(splat, each=result, origin=replace(splat.origin, end=result.origin.end))
    return result


def _stepped(step: Step, target: Expression) -> Expression:
    origin = replace(step.origin, start=target.origin.start)
    if step.key is None:
        return Attribute(target, step.name, origin)
    return Index(target, step.key, origin)
