"""References to one copy of a block that `count` or `for_each` repeats: whether that copy is missing.

Terraform evaluates every local value, output and argument of what is there, whatever uses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, all_of, maybe
from keyfit.model.block import Block
from keyfit.model.graph import Lead
from keyfit.readers.hcl import walk
from keyfit.readers.hcl.ast import Attribute, Binary, Call, Conditional, Directive, For, Index, Nested, Splat, Variable
from keyfit.readers.terraform.evaluation.comprehension import collection_origin as origin_of
from keyfit.readers.terraform.evaluation.evaluate import TRUTHS, evaluate, resolve
from keyfit.readers.terraform.modules import handles
from keyfit.readers.terraform.modules.copies import ONLY, Repeated
from keyfit.readers.terraform.modules.expansion import call_of, child, copies_of, everything
from keyfit.readers.terraform.modules.instances import Instance
from keyfit.readers.terraform.modules.module import Module
from keyfit.readers.terraform.values.convert import to_answer, to_number
from keyfit.services import subjects
from keyfit.truth import Truth
from keyfit.value import holes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.answer import Answer
    from keyfit.readers.hcl.ast import Body, Expression
    from keyfit.readers.hcl.walk import Node
    from keyfit.readers.terraform.evaluation.scope import Scope
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.value import Value

_CONCERN: Final = frozenset(subjects.terraform(*subjects.EVERY))
_MOST: Final = 100  # copies of one block that are looked into
# A block by its type and name, and then a key: a block without one needs not be parsed.
_INDEXED: Final = re.compile(r"(?<![\w.-])(?!(?:var|local|each|count|self)\.)[\w-]+\.[\w-]+(?:\[|\.[\w-]+\[|\.\d)")
_GUESSING: Final = frozenset({"try", "can"})
_SHORT: Final = frozenset({"&&", "||"})  # the right side is not always evaluated


class _Written(NamedTuple):
    """A block of one module, what is in it, what that is evaluated in, and whether only what it refers to concerns."""

    block: Block
    nodes: tuple[Node, ...]
    scope: Scope
    module: Module
    concerns: bool


def leads(root: Module) -> Iterator[Lead]:
    """The references of keys, identities, policies and consumers, and those of other blocks to them.

    What is given to `try` may lead nowhere; in what a plan repeats, Terraform has followed all of them.
    """
    with root.evaluation.supposing():
        for module in (each for each in everything(root) if not each.configuration.planned):
            for here in _written(module):
                yield from _leads(here)


def _written(module: Module) -> Iterator[_Written]:
    """Every block that has a key in its text, in each of its copies."""
    configuration = module.configuration
    for declared in configuration.declared.values():
        if declared.kind in _KINDS and _has_key(declared):
            yield from _KINDS[declared.kind](module, declared)
    if any(map(_has_key, configuration.local_blocks)):
        for name, expression in configuration.locals().items():
            block = Block(f"{module.address}local.{name}", "local", origin_of(expression), module.present)
            yield _Written(block, (expression,), module.scope, module, concerns=False)


def _has_key(declared: Declared) -> bool:
    return any(
        piece.span is None or _INDEXED.search(piece.source, piece.span.start, piece.span.end)
        for piece in declared.pieces
    )


def _resources(module: Module, declared: Declared) -> Iterator[_Written]:
    concerns = declared.kind == "resource" and declared.labels[0] in _CONCERN
    if declared.kind == "resource" and not concerns:
        return
    for copy in copies_of(module, declared).all[:_MOST]:
        found = Instance(module, declared, copy)
        type_ = found.type if concerns else "data"
        block = Block(found.address, type_, found.origin, found.present)
        yield _Written(block, _evaluated(declared.body()), found.scope, module, concerns)


def _calls(module: Module, declared: Declared) -> Iterator[_Written]:
    for copy in copies_of(module, declared).all[:_MOST]:
        call, address = call_of(module, declared, copy), f"{module.address}module.{declared.labels[0]}{copy.suffix}"
        block = Block(address, "module", declared.origin, all_of((module.present, copy.present)))
        yield _Written(block, _evaluated(declared.body()), call.scope, module, concerns=False)


def _outputs(module: Module, declared: Declared) -> Iterator[_Written]:
    block = Block(f"{module.address}output.{declared.labels[0]}", "output", declared.origin, module.present)
    yield _Written(block, _evaluated(declared.body()), module.scope, module, concerns=False)


_KINDS: Final = {"resource": _resources, "data": _resources, "module": _calls, "output": _outputs}


def _evaluated(body: Body) -> tuple[Node, ...]:
    """What stands in a block, without what only names other blocks."""
    written = (each for name, each in body.attributes.items() if name != "depends_on")
    return (*written, *(each for each in body.blocks if each.type != "lifecycle"))


def _leads(here: _Written) -> Iterator[Lead]:
    pending: list[tuple[Node, Answer]] = [(each, YES) for each in reversed(here.nodes)]
    while pending:
        node, taken = pending.pop()
        lead = _lead(here, node, taken) if isinstance(node, Index) else None
        if lead is not None:
            yield lead
        pending.extend(reversed(list(_inside(node, taken, here.scope))))


def _inside(node: Node, taken: Answer, scope: Scope) -> Iterator[tuple[Node, Answer]]:
    """What is evaluated of `node` with the names that `scope` has, and whether it is."""
    match node:
        case Conditional(condition, then, otherwise):
            decided = _decided(condition, scope)
            yield from ((condition, taken), (then, taken & decided), (otherwise, taken & ~decided))
        case Directive("if", condition, then, otherwise):
            decided = _decided(condition, scope)
            yield from ((condition, taken), (then, taken & decided))
            if otherwise is not None:
                yield otherwise, taken & ~decided
        case Binary(symbol, left) if symbol in _SHORT:
            yield left, taken
        case For(_, only) | Splat(only) | Directive(_, only):
            yield only, taken
        case Nested("dynamic", body=body):
            yield from ((each, taken) for name, each in body.attributes.items() if name == "for_each")
        case Call(name) if name in _GUESSING:
            return
        case _:
            yield from ((each, taken) for each in walk.inside(node))


def _decided(condition: Expression, scope: Scope) -> Answer:
    value = evaluate(condition, scope)
    scope.evaluation.ask(value, TRUTHS, complete=True)
    return to_answer(value)


def _lead(here: _Written, node: Index, taken: Answer) -> Lead | None:
    if taken.truth is Truth.NO or not _names_block(node.target):
        return None
    target = resolve(node.target, here.scope)
    if not isinstance(target, handles.Block) or target.copies.repeated is Repeated.NOT:
        return None
    if not (here.concerns or _is_of_concern(here.module, node.target)):
        return None
    key = evaluate(node.key, here.scope)
    missing = all_of([taken, _missing(target, key)])
    return Lead(here.block, target.copy_name(key), node.origin, missing)


def _missing(target: handles.Block, key: Value) -> Answer:
    """Whether there surely is no such copy."""
    copies = target.copies
    asked = to_number(key) if copies.repeated is Repeated.COUNT else key
    for copy in copies.all:
        if copy.key is not None and handles.same_key(copy.key, asked):
            return ~copy.present
    holes = (*holes_in(asked), *(() if copies.rest is None else (copies.rest,)))
    return maybe(*holes) if holes else YES


def _names_block(target: Expression) -> bool:
    """Whether it is `type.name`, `data.type.name` or `module.name`."""
    match target:
        case Attribute(Variable(name)):
            return name not in _NOT_BLOCKS
        case Attribute(Attribute(Variable("data"))):
            return True
        case _:
            return False


_NOT_BLOCKS: Final = frozenset({"var", "local", "data", "each", "count", "self", "path", "terraform", "ephemeral"})


def _is_of_concern(module: Module, target: Expression) -> bool:
    """Whether a block that is referred to is one, or a module that has one."""
    match target:
        case Attribute(Variable("module"), name):
            declared = module.configuration.find("module", name)
            called = None if declared is None else child(module, declared, (*copies_of(module, declared).all, ONLY)[0])
            resources = called.configuration.of_kind("resource") if isinstance(called, Module) else ()
            return any(each.labels[0] in _CONCERN for each in resources)
        case Attribute(Variable(type_)) | Attribute(Attribute(_, type_)):
            return type_ in _CONCERN
        case _:
            return False
