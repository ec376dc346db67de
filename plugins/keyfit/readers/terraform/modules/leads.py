"""References to one copy of a block that `count` or `for_each` repeats: whether that copy is missing.

Terraform evaluates every local value, output and argument of what is there, whatever uses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES, all_of, maybe
from keyfit.model.block import Block
from keyfit.model.graph import Absence, Lead
from keyfit.readers.hcl import walk
from keyfit.readers.hcl.ast import Attribute, Binary, Call, Conditional, Directive, For, Index, Nested, Splat, Variable
from keyfit.readers.terraform.evaluation.comprehension import collection_origin as origin_of
from keyfit.readers.terraform.evaluation.evaluate import TRUTHS, evaluate, resolve
from keyfit.readers.terraform.modules import handles
from keyfit.readers.terraform.modules.copies import ONLY, Copies, Repeated
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
_ENABLED: Final = re.compile(r"\blifecycle[ \t]*\{[^{}]*\benabled[ \t]*=")
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

    Of any other resource, what surely leads nowhere. What is given to `try` may; in what a plan repeats, Terraform has
    followed all of them.
    """
    with root.evaluation.supposing():
        for module in (each for each in everything(root) if not each.configuration.planned):
            for here in _written(module):
                yield from _leads(here)


def _written(module: Module) -> Iterator[_Written]:
    """Every block that has a key in its text, in each of its copies."""
    configuration, dropped = module.configuration, _dropped(module)
    for declared in configuration.declared.values():
        if declared.kind in _KINDS and (_has_key(declared) or _names(declared, dropped)):
            yield from _KINDS[declared.kind](module, declared)
    if any(_has_key(each) or _names(each, dropped) for each in configuration.local_blocks):
        for name, expression in configuration.locals().items():
            block = Block(f"{module.address}local.{name}", "local", origin_of(expression), module.present)
            yield _Written(block, (expression,), module.scope, module, concerns=False)


def _dropped(module: Module) -> re.Pattern[str] | None:
    """How what `enabled` can leave out is named, with an attribute; `None` where that is nothing."""
    return module.evaluation.remember((module.address, "dropped"), lambda: _naming(module), None)


def _naming(module: Module) -> re.Pattern[str] | None:
    names = [
        re.escape(".".join(each.labels if each.kind == "resource" else (each.kind, *each.labels)))
        for each in module.configuration.declared.values()
        if each.kind in _KINDS and _names(each, _ENABLED) and _can_lack(copies_of(module, each), Repeated.NOT)
    ]
    return re.compile(rf"(?<![\w.-])(?:{'|'.join(names)})\.") if names else None


def _can_lack(copies: Copies, repeated: Repeated) -> bool:
    """Whether a block that is repeated so, or not at all, may have no copy."""
    return copies.repeated is repeated and (not copies.items or copies.possible is not None)


def _names(declared: Declared, pattern: re.Pattern[str] | None) -> bool:
    return pattern is not None and any(
        piece.span is None or pattern.search(piece.source, piece.span.start, piece.span.end)
        for piece in declared.pieces
    )


def _has_key(declared: Declared) -> bool:
    return any(
        piece.span is None or _INDEXED.search(piece.source, piece.span.start, piece.span.end)
        for piece in declared.pieces
    )


def _resources(module: Module, declared: Declared) -> Iterator[_Written]:
    concerns = declared.kind == "resource" and declared.labels[0] in _CONCERN
    if declared.kind == "resource" and not concerns and not _can_lead_nowhere(module, declared):
        return
    for copy in copies_of(module, declared).all[:_MOST]:
        found = Instance(module, declared, copy)
        type_ = found.type if declared.kind == "resource" else "data"
        block = Block(found.address, type_, found.origin, found.present)
        yield _Written(block, _evaluated(declared.body()), found.scope, module, concerns)


def _can_lead_nowhere(module: Module, declared: Declared) -> bool:
    """Whether its text has an index into what may have no copy at all."""
    for piece in declared.pieces:
        found = () if piece.span is None else _INDEXED.finditer(piece.source, piece.span.start, piece.span.end)
        for match in found:
            first, second, third = (*re.split(r"[.\[]", match.group()), "")[:3]
            path = (first, second, third) if first == "data" else (first, second)
            target = module.configuration.find(*(path if first in {"data", "module"} else ("resource", *path)))
            if target is not None and any(_can_lack(copies_of(module, target), each) for each in Repeated):
                return True
    return _names(declared, _dropped(module))


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
        lead = _lead(here, node, taken) if isinstance(node, Index | Attribute) else None
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


def _lead(here: _Written, node: Index | Attribute, taken: Answer) -> Lead | None:
    if taken.truth is Truth.NO or not _names_block(node.target):
        return None
    target = resolve(node.target, here.scope)
    if not isinstance(target, handles.Block) or (target.copies.repeated is Repeated.NOT) is isinstance(node, Index):
        return None
    if isinstance(node, Index):
        key = evaluate(node.key, here.scope)
        lead = Lead(here.block, target.copy_name(key), node.origin, all_of([taken, _missing(target, key)]))
    elif _can_lack(target.copies, Repeated.NOT):
        missing = all_of([taken, ~target.copies.possible.present if target.copies.possible else YES])
        lead = Lead(here.block, target.address, node.origin, missing, absence=Absence.DISABLED)
    else:
        return None
    if here.concerns or lead.missing.truth is Truth.YES or _is_of_concern(here.module, node.target):
        return lead
    return None


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
