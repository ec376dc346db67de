"""The blocks and values that expressions name, as Terraform reads a reference: what a loop binds is none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.readers.hcl import walk
from keyfit.readers.hcl.ast import (
    Attribute,
    Binary,
    Call,
    Conditional,
    Directive,
    For,
    Index,
    Literal,
    Nested,
    Splat,
    Template,
    Variable,
)
from keyfit.value import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.hcl.walk import Node
    from keyfit.value import Origin

_GUESSING: Final = frozenset({"try", "can"})
_SHORT: Final = frozenset({"&&", "||"})
# Names that Terraform or OpenTofu gives a meaning of its own, and that name no block of a module.
_OWN: Final = frozenset(
    {"action", "arg", "block", "count", "each", "lazy", "list", "output", "path", "provider", "run", "self", "template"}
    | {"terraform", "tofu"}
)
_LABELS: Final = {"var": 1, "local": 1, "module": 1, "data": 2, "ephemeral": 2}


class Named(NamedTuple):
    """What a reference names: its kind and labels, the step after it, whether a literal key stands before that.

    `sure` says that the reference is evaluated, and that nothing catches its error.
    """

    path: tuple[str, ...]
    origin: Origin
    attribute: str = ""
    keyed: bool = False
    sure: bool = True

    @property
    def address(self) -> str:
        """As it is written in its module."""
        kind, *labels = self.path
        return ".".join(labels if kind == "resource" else self.path)


class _Here(NamedTuple):
    """A node, the names that are bound around it, and whether it is evaluated for its own sake."""

    node: Node
    bound: frozenset[str] = frozenset()
    sure: bool = True


def named_in(nodes: Iterable[Node]) -> Iterator[Named]:
    """Every reference in `nodes`, in the order written."""
    pending = [_Here(each) for each in nodes][::-1]
    while pending:
        here = pending.pop()
        steps = _steps(here.node)
        if steps:
            found = _named(steps, here)
            if found is not None:
                yield found
            inner = [_Here(each.key, here.bound, here.sure) for each in steps if isinstance(each, Index)]
            inner.extend([] if isinstance(steps[0], Variable) else [here._replace(node=steps[0])])
        else:
            inner = list(_inside(here))
        pending.extend(reversed(inner))


def _steps(node: Node) -> list[Node]:
    """What a traversal begins with, and each step of it; nothing for what is none."""
    steps: list[Node] = []
    while isinstance(node, Attribute | Index):
        steps.append(node)
        node = node.target
    return [node, *reversed(steps)] if steps else []


def _named(steps: list[Node], here: _Here) -> Named | None:
    first, *rest = steps
    if not isinstance(first, Variable) or first.name in here.bound or first.name in _OWN:
        return None
    kind = first.name
    if kind == "resource" or kind not in _LABELS:
        if kind != "resource":
            rest = [first, *rest]
        kind, wanted = "resource", 2
    else:
        wanted = _LABELS[kind]
    labels = [_label(each) for each in rest[:wanted]]
    if len(labels) < wanted or not all(labels) or (kind == "resource" and "_" not in labels[0]):
        return None
    origin = getattr(rest[wanted - 1], "origin", NOWHERE)
    return _with_rest(Named((kind, *labels), origin, sure=here.sure), rest[wanted:])


def _label(step: Node) -> str:
    return step.name if isinstance(step, Attribute | Variable) else ""


def _with_rest(named: Named, rest: list[Node]) -> Named:
    keyed = bool(rest) and isinstance(rest[0], Index) and _is_literal(rest[0])
    after = rest[1:] if rest and isinstance(rest[0], Index) else rest
    attribute = after[0].name if after and isinstance(after[0], Attribute) else ""
    opened = bool(rest) and isinstance(rest[0], Index) and not keyed
    return named._replace(attribute="" if opened else attribute, keyed=keyed)


def _is_literal(step: Index) -> bool:
    match step.key:
        case Literal() | Template((str(),)):
            return True
        case _:
            return False


def _inside(here: _Here) -> Iterator[_Here]:
    """What stands directly in a node, with what is bound there."""
    node, bound, sure = here
    match node:
        case For(names, collection, result, key, condition):
            yield _Here(collection, bound, sure)
            inner = (each for each in (key, result, condition) if each is not None)
            yield from (_Here(each, bound | set(names), sure=False) for each in inner)
        case Directive(_, expression, body, otherwise, names):
            yield _Here(expression, bound, sure)
            inner = (each for each in (body, otherwise) if each is not None)
            yield from (_Here(each, bound | set(names), sure=False) for each in inner)
        case Nested("dynamic", labels, body):
            yield from (_Here(each, bound, sure) for name, each in body.attributes.items() if name == "for_each")
            written = body.attributes.get("iterator")
            name = written.name if isinstance(written, Variable) else labels[0] if labels else ""
            yield from (_Here(each, bound | {name}, sure=False) for each in body.blocks)
            yield from (_Here(each, bound | {name}, sure=False) for n, each in body.attributes.items() if n == "labels")
        case Conditional(condition, then, otherwise):
            yield _Here(condition, bound, sure)
            yield from (_Here(each, bound, sure=False) for each in (then, otherwise))
        case Binary(operator, left, right) if operator in _SHORT:
            yield from (_Here(left, bound, sure), _Here(right, bound, sure=False))
        case Splat(target, each):
            yield from (_Here(target, bound, sure), _Here(each, bound, sure=False))
        case Call(name) if name in _GUESSING:
            yield from (_Here(each, bound, sure=False) for each in walk.inside(node))
        case _:
            yield from (_Here(each, bound, sure) for each in walk.inside(node))
