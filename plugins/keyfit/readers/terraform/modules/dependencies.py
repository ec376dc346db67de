"""Which blocks are created before one: what it refers to, through locals, variables, outputs and data sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.readers.hcl.ast import Attribute, Body, Call, For, Index, Splat, Tuple, Variable
from keyfit.readers.terraform.modules.expansion import child, copies_of
from keyfit.readers.terraform.modules.module import Module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance

MOST: Final = 10_000  # nodes of the walk

_Node: TypeAlias = "tuple[Module, str, tuple[str, ...]]"  # a module, a kind (`var`, `local`, …), labels


def depends_on(instance: Instance) -> frozenset[str]:
    """The addresses of all copies of all resources that an instance's block needs, directly or not."""
    found: dict[str, None] = {}
    pending: list[_Node] = list(_nodes(instance.module, instance.declared.body()))
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    while pending and len(seen) < MOST:
        module, kind, labels = pending.pop()
        key = (module.address, kind, labels)
        if key in seen:
            continue
        seen.add(key)
        if kind == "resource":
            declared = module.configuration.find("resource", *labels)
            copies = copies_of(module, declared).all if declared is not None else ()
            found.update(dict.fromkeys(f"{module.address}{'.'.join(labels)}{copy.suffix}" for copy in copies))
        pending.extend(_behind(module, kind, labels))
    return frozenset(found)


def _behind(module: Module, kind: str, labels: tuple[str, ...]) -> Iterator[_Node]:
    """What stands behind a name."""
    match kind:
        case "local":
            expression = module.configuration.locals().get(labels[0])
            yield from _names(module, [expression] if expression is not None else [])
        case "var":
            call = module.call
            written = call.declared.body().attributes.get(labels[0]) if call is not None else None
            if call is not None and written is not None:
                yield from _names(call.parent, [written])
        case "module":
            yield from _outputs(module, labels)
        case _:
            declared = module.configuration.find(kind, *labels)
            if declared is not None:
                yield from _nodes(module, declared.body())


def _outputs(module: Module, labels: tuple[str, ...]) -> Iterator[_Node]:
    """One output of a called module, or the whole of it."""
    declared = module.configuration.find("module", labels[0])
    for copy in copies_of(module, declared).all if declared is not None else ():
        called = child(module, declared, copy) if declared is not None else None
        if not isinstance(called, Module):
            continue
        if len(labels) > 1 and labels[1]:
            output: Declared | None = called.configuration.find("output", labels[1])
            yield from _nodes(called, output.body()) if output is not None else ()
        else:
            yield from _all_blocks(called)


def _all_blocks(module: Module) -> Iterator[_Node]:
    for declared in module.configuration.of_kind("resource"):
        yield module, "resource", declared.labels
    for declared in module.configuration.of_kind("module"):
        yield module, "module", declared.labels


def _nodes(module: Module, body: Body) -> Iterator[_Node]:
    """The names that a block refers to."""
    expressions: list[Expression] = []
    pending = [body]
    while pending:
        inner = pending.pop()
        expressions.extend(inner.attributes.values())
        pending.extend(block.body for block in inner.blocks)
    yield from _names(module, expressions)


def _names(module: Module, expressions: list[Expression]) -> Iterator[_Node]:
    pending: list[object] = list(expressions)
    while pending:
        node = pending.pop()
        name = _name(node)
        if name is not None:
            yield module, name[0], name[1]
        pending.extend(_children(node))


_KINDS: Final = {"var": 1, "local": 1, "module": 2, "data": 2}
_NOT_BLOCKS: Final = frozenset({"path", "terraform", "each", "count", "self", "ephemeral"})


def _name(node: object) -> tuple[str, tuple[str, ...]] | None:
    """The block that a traversal names, where `node` is just long enough to name it."""
    steps: list[str] = []
    while not isinstance(node, Variable):
        match node:
            case Attribute(target, name):
                steps.append(name)
                node = target
            case Index(target):
                node = target
            case _:
                return None
    steps.reverse()
    if not steps or node.name in _NOT_BLOCKS:
        return None
    if node.name in _KINDS:
        return node.name, tuple(steps[: _KINDS[node.name]])
    return "resource", (node.name, steps[0])


def _children(node: object) -> list[object]:
    """The expressions inside one, whatever it is."""
    match node:
        case Attribute(target):
            return [] if _name(node) is not None else [target]
        case Index(target, key):
            return [key] if _name(node) is not None else [target, key]
        case Tuple(items):
            return list(items)
        case Call(arguments=arguments):
            return list(arguments)
        case Splat(target, each):
            return [target, each]
        case For():
            return [node.collection, node.result, node.key, node.condition]
        case tuple():
            return list(node)
        case _ if hasattr(node, "__dataclass_fields__"):
            return [getattr(node, name) for name in node.__dataclass_fields__ if name != "origin"]
        case _:
            return []
