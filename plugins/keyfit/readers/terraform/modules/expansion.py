"""What module calls, `count` and `for_each` expand to: every module instance, and the instances in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import all_of
from keyfit.readers.terraform.evaluation.scope import Scope
from keyfit.readers.terraform.modules import copies
from keyfit.readers.terraform.modules.copies import Copies, Repeated
from keyfit.readers.terraform.modules.instances import Instance
from keyfit.readers.terraform.modules.module import Call, Module
from keyfit.readers.terraform.modules.module_sources import directory_of
from keyfit.readers.terraform.values.unknowns import bound
from keyfit.value import Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.copies import Copy

DEEPEST: Final = 32  # modules inside modules
MOST: Final = 2_000  # module instances of one root


def copies_of(module: Module, declared: Declared) -> Copies:
    """The copies of a resource, data source or module call."""
    address = f"{module.address}{declared.kind}.{'.'.join(declared.labels)}"
    if module.configuration.planned:
        return _planned_copies(module, declared)
    cycle = Copies(Repeated.COUNT, rest=Unknown(Why.CYCLE, address))
    return module.evaluation.remember((address, "*"), lambda: copies.copies(declared.body(), module.scope), cycle)


def _planned_copies(module: Module, declared: Declared) -> Copies:
    """The copies that a plan has.

    A call of a module without resources is there once, and so is what a data source returns that a plan does not show.
    """
    prefix = {"module": "module.", "data": "data."}.get(declared.kind, "")
    address = f"{module.address}{prefix}{'.'.join(declared.labels)}"
    found = module.evaluation.plan.keys.get(address)
    if found is None:
        return Copies(Repeated.COUNT) if declared.kind == "resource" else Copies(Repeated.NOT, (copies.ONLY,))
    return copies.of_keys(found)


def child(parent: Module, declared: Declared, copy: Copy) -> Module | Unknown:
    """One instance of a called module; unknown where its source is not here."""
    address = f"{parent.address}module.{declared.labels[0]}{copy.suffix}."
    cycle: Module | Unknown = Unknown(Why.CYCLE, address)
    return parent.evaluation.remember((address, "module"), lambda: _child(call_of(parent, declared, copy), copy), cycle)


def call_of(parent: Module, declared: Declared, copy: Copy) -> Call:
    """The call that one copy of a `module` block makes."""
    return Call(declared, Scope(parent.evaluation, parent, copy.bound), parent)


def _child(call: Call, copy: Copy) -> Module | Unknown:
    parent, declared = call.parent, call.declared
    directory = directory_of(parent, declared)
    if isinstance(directory, Unknown):
        return directory
    parent.evaluation.modules += 1
    if parent.depth >= DEEPEST or parent.evaluation.modules > MOST:
        return bound("there are too many modules inside modules", declared.origin)
    return Module(
        parent.evaluation,
        parent.library,
        parent.resolver,
        directory,
        parent.inputs,
        address=f"{parent.address}module.{declared.labels[0]}{copy.suffix}.",
        call=call,
        present=all_of((parent.present, copy.present)),
        depth=parent.depth + 1,
    )


def everything(root: Module) -> tuple[Module, ...]:
    """The root module and every module instance inside it that is here."""
    return root.evaluation.remember(("", "everything"), lambda: tuple(_walk(root)), (root,))


def _walk(root: Module) -> Iterator[Module]:
    pending = [root]
    while pending:
        module = pending.pop()
        yield module
        pending.extend(reversed([each for each in _children(module) if isinstance(each, Module)]))


def _children(module: Module) -> Iterator[Module | Unknown]:
    for declared in module.configuration.of_kind("module"):
        for copy in copies_of(module, declared).all:
            yield child(module, declared, copy)


def resources(root: Module, *types: str, kind: str = "resource") -> Iterator[Instance]:
    """The instances of these types, wherever in the configuration they are."""
    for module in everything(root):
        yield from instances(module, *types, kind=kind)


def instances(module: Module, *types: str, kind: str = "resource") -> Iterator[Instance]:
    """The instances of these types in one module."""
    wanted = frozenset(types)
    for declared in module.configuration.of_kind(kind):
        if declared.labels[0] in wanted:
            for copy in copies_of(module, declared).all:
                found = Instance(module, declared, copy)
                if found.address not in module.evaluation.plan.gone:
                    yield found
