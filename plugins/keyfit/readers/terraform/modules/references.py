"""What the names of a module stand for; every value is evaluated when it is asked for, once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keyfit.readers.terraform.evaluation.evaluate import resolve
from keyfit.readers.terraform.evaluation.scope import Elements, settled
from keyfit.readers.terraform.modules.expansion import child, copies_of
from keyfit.readers.terraform.modules.handles import Block, Namespace
from keyfit.readers.terraform.modules.instances import Instance, local_address
from keyfit.readers.terraform.modules.variables import variable
from keyfit.readers.terraform.values.unknowns import invalid, part_of
from keyfit.record import record
from keyfit.value import Entry, Number, Object, Origin, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.evaluation.scope import Handle, Resolved
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.copies import Copy
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value


@record
class References:
    """The resolver of modules: `handle` is what stands for a resource or data source."""

    handle: Callable[[Instance], Handle]

    def __call__(self, module: Module, name: str, origin: Origin) -> Resolved:
        """What `name` stands for in `module`."""
        match name:
            case "var":
                return Namespace("var", lambda of, at: variable(module, of, at))
            case "local":
                return Namespace("local", lambda of, at: local(module, of, at))
            case "module":
                return Namespace("module", lambda of, at: _module_call(module, of, at))
            case "data" | "ephemeral":
                return Namespace(name, lambda type_, _: Namespace(f"{name}.{type_}", self._blocks(module, name, type_)))
            case "path":
                return _path(module)
            case "terraform":
                return Namespace("terraform", lambda of, at: _terraform(module, of, at))
            case "each" | "count" | "self":
                return invalid(f"`{name}` is not valid here", origin)
            case _:
                return Namespace(name, self._blocks(module, "resource", name))

    def _blocks(self, module: Module, kind: str, type_: str) -> Callable[[str, Origin], Resolved]:
        """The blocks of one kind and type by name."""

        def find(name: str, origin: Origin) -> Resolved:
            declared = module.configuration.find(kind, type_, name)
            if declared is None:
                prefix = "" if kind == "resource" else f"{kind}."
                return _undeclared(module, f"{prefix}{type_}.{name}", origin)
            address = f"{module.address}{local_address(declared)}"
            copies = copies_of(module, declared)
            return Block(address, copies, lambda copy: self.handle(Instance(module, declared, copy)))

        return find


def local(module: Module, name: str, origin: Origin) -> Resolved:
    """What `local.name` stands for."""
    return _written(module, "local", name, (module.configuration.locals().get(name), origin))


def output(module: Module, name: str, origin: Origin) -> Resolved:
    """What the module gives its caller as `name`."""
    declared = module.configuration.find("output", name)
    written = None if declared is None else declared.body().attributes.get("value")
    return _written(module, "output", name, (written, origin))


def _written(module: Module, kind: str, name: str, written: tuple[Expression | None, Origin]) -> Resolved:
    expression, origin = written
    if expression is None:
        return _undeclared(module, f"{kind}.{name}", origin)
    return module.evaluation.once((module.address, f"{kind}.", name), lambda: resolve(expression, module.scope))


def _undeclared(module: Module, name: str, origin: Origin) -> Unknown:
    """What is not declared; a part of the module that could not be read can hold it."""
    configuration = module.configuration
    broken = next((block.problem for block in configuration.local_blocks if block.problem), None)
    broken = broken or next(iter(configuration.broken), None)
    if broken is None:
        return invalid(f"`{name}` is not declared", origin)
    message = f"`{name}` is not declared where the module can be read: {broken.message}"
    return Unknown(Why.UNREADABLE, message, origin=origin)


def _path(module: Module) -> Value:
    root = module.evaluation.root
    found = {"module": os.path.relpath(module.directory, root), "root": ".", "cwd": str(root.resolve())}
    return Object(tuple(Entry(text(name), text(where)) for name, where in found.items()))


def _terraform(module: Module, name: str, origin: Origin) -> Resolved:
    if name != "workspace":
        return invalid(f"`terraform.{name}` does not exist", origin)
    if module.evaluation.given.workspace is not None:
        return text(module.evaluation.given.workspace, origin=Origin(note="given"))
    identity = "terraform.workspace"
    return module.evaluation.chosen(
        Unknown(Why.WORKSPACE, f"`{identity}`", identity, frozenset({identity}), origin=origin)
    )


# --- modules inside modules --------------------------------------------------------------------------------


def _module_call(module: Module, name: str, origin: Origin) -> Resolved:
    """What `module.name` stands for."""
    declared = module.configuration.find("module", name)
    if declared is None:
        return _undeclared(module, f"module.{name}", origin)
    called = copies_of(module, declared)
    return Block(f"{module.address}module.{name}", called, lambda copy: ModuleHandle(module, declared, copy))


@record(eq=False)
class ModuleHandle:
    """One instance of a called module: its outputs."""

    parent: Module
    declared: Declared
    copy: Copy

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """The output `name`."""
        module = child(self.parent, self.declared, self.copy)
        return part_of(module, f".{name}") if isinstance(module, Unknown) else output(module, name, origin)

    def at(self, key: Value, origin: Origin) -> Resolved:
        """`module.m["output"]`."""
        name = key.literal if isinstance(key, Text) else None
        return self.attribute(name, origin) if name else invalid("a module has no such output", origin)

    def elements(self) -> Elements:
        """The module itself: a splat makes a list of it."""
        return Elements(((Number(0), self),), single=True)

    def value(self) -> Value:
        """All outputs."""
        module = child(self.parent, self.declared, self.copy)
        if isinstance(module, Unknown):
            return module
        names = [each.labels[0] for each in module.configuration.of_kind("output")]
        return Object(tuple(Entry(text(name), settled(output(module, name, self.declared.origin))) for name in names))
