"""Which blocks are created before one: what it refers to, through locals, variables, outputs and data sources.

A reference counts wherever it stands: Terraform asks for neither `count` nor the branches of a condition, and all
copies of a block are one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from keyfit.model.graph import Edge
from keyfit.readers.hcl.ast import Attribute, Body, Call, For, Index, Splat, Tuple, Variable
from keyfit.readers.terraform.evaluation.depth import deep
from keyfit.readers.terraform.modules.copies import ONLY
from keyfit.readers.terraform.modules.expansion import child, copies_of, everything
from keyfit.readers.terraform.modules.leads import leads
from keyfit.readers.terraform.modules.module import Module
from keyfit.readers.terraform.modules.undeclared import undeclared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.model.graph import Lead
    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Origin

MOST: Final = 10_000  # nodes of the walk

_Node: TypeAlias = "tuple[Module, str, tuple[str, ...]]"  # a module, a kind (`var`, `local`, …), labels


class _Named(NamedTuple):
    """A block that an expression names, and where."""

    node: _Node
    origin: Origin


def depends_on(instance: Instance) -> frozenset[str]:
    """The addresses of all copies of all resources that an instance's block needs, directly or not."""
    found: dict[str, None] = {}
    pending: list[_Node] = [(instance.module, instance.declared.kind, instance.declared.labels)]
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    while pending and len(seen) < MOST:
        for named in _behind(*pending.pop()):
            module, kind, labels = named.node
            key = (module.address, kind, labels)
            if key in seen:
                continue
            seen.add(key)
            pending.append(named.node)
            declared = module.configuration.find("resource", *labels) if kind == "resource" else None
            copies = copies_of(module, declared).all if declared is not None else ()
            found.update(dict.fromkeys(f"{module.address}{'.'.join(labels)}{copy.suffix}" for copy in copies))
    return frozenset(found)


def there_before(instance: Instance) -> frozenset[str]:
    """The addresses of what is there before a plan is applied: it needs not be made first."""
    planned = instance.module.evaluation.plan.resources
    return frozenset(address for address, each in planned.items() if not each.made)


class Graph:
    """What needs what in a root module (`model.Graph`); a block is looked into when it is asked for.

    All copies of a module are one, as they are where Terraform looks for cycles (T29).
    """

    def __init__(self, root: Module) -> None:
        """Nothing is read yet."""
        self._root = root
        self._nodes: dict[str, _Node] = {}
        self._edges: dict[str, tuple[Edge, ...]] = {}  # by node: each way that is looked for comes along the same ones

    def node(self, address: str) -> str:
        """The name of the block that a copy is of, in whichever copy of its module; empty for none of this root."""
        found = _ADDRESS.fullmatch(address)
        modules = everything(self._root) if found else ()
        module = next((each for each in modules if found and each.address == found["module"]), None)
        if found is None or module is None:
            return ""
        node = (module, "data" if found["data"] else "resource", (found["type"], found["name"]))
        return self._called(node)

    def edges(self, node: str) -> tuple[Edge, ...]:
        """What stands in the block of that name and names another one."""
        if node not in self._nodes:
            return ()
        if node not in self._edges:
            with deep():
                found = tuple(_behind(*self._nodes[node]))
            self._edges[node] = tuple(Edge(self._called(named.node), named.origin) for named in found)
        return self._edges[node]

    def leads(self) -> tuple[Lead, ...]:
        """The references to one copy of what can have none."""
        with deep():
            return self._root.evaluation.remember(("", "leads"), lambda: tuple(leads(self._root)), ())

    def undeclared(self) -> tuple[Lead, ...]:
        """The references to what is declared nowhere."""
        with deep():
            return tuple(undeclared(self._root))

    def _called(self, node: _Node) -> str:
        module, kind, labels = node
        name = f"{_path(module)}{'' if kind == 'resource' else f'{kind}.'}{'.'.join(labels)}"
        self._nodes.setdefault(name, node)
        return name


def _path(module: Module) -> str:
    """The address of a module, whichever copy of it that is."""
    call = module.call
    return "" if call is None else f"{_path(call.parent)}module.{call.declared.labels[0]}."


_ADDRESS: Final = re.compile(
    r"(?P<module>(?:module\.[\w-]+(?:\[[^]]*\])?\.)*)(?P<data>data\.)?(?P<type>\w+)\.(?P<name>[\w-]+)(?:\[[^]]*\])?"
)


def _behind(module: Module, kind: str, labels: tuple[str, ...]) -> Iterator[_Named]:
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
                yield from _of_the_call(module)


def _of_the_call(module: Module) -> Iterator[_Named]:
    """What the call of a module waits for, and so each resource in it."""
    if module.call is not None:
        written = module.call.declared.body().attributes
        waits = [written[name] for name in ("count", "for_each", "depends_on") if name in written]
        yield from _names(module.call.parent, waits)
        yield from _of_the_call(module.call.parent)


def _outputs(module: Module, labels: tuple[str, ...]) -> Iterator[_Named]:
    """One output of a called module, or the whole of it."""
    declared = module.configuration.find("module", labels[0])
    copies = copies_of(module, declared).all if declared is not None else ()
    for copy in copies or (ONLY,):  # also a module of which there are no copies
        called = child(module, declared, copy) if declared is not None else None
        if not isinstance(called, Module):
            continue
        if len(labels) > 1 and labels[1]:
            output: Declared | None = called.configuration.find("output", labels[1])
            yield from _nodes(called, output.body()) if output is not None else ()
        else:
            yield from _all_blocks(called)


def _all_blocks(module: Module) -> Iterator[_Named]:
    for kind in ("resource", "module"):
        for declared in module.configuration.of_kind(kind):
            yield _Named((module, kind, declared.labels), declared.origin)


def _nodes(module: Module, body: Body) -> Iterator[_Named]:
    """The names that a block refers to."""
    expressions: list[Expression] = []
    pending = [body]
    while pending:
        inner = pending.pop()
        expressions.extend(inner.attributes.values())
        pending.extend(block.body for block in inner.blocks)
    yield from _names(module, expressions)


def _names(module: Module, expressions: Iterable[Expression]) -> Iterator[_Named]:
    pending: list[object] = list(expressions)
    while pending:
        node = pending.pop()
        name = _name(node)
        if name is not None:
            yield _Named((module, *name), node.origin)  # type: ignore[attr-defined]  # a traversal has its place
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
