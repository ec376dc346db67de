"""Module instances and what their names stand for; every value is evaluated when it is asked for, once."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from keyfit.answer import YES, Answer, all_of
from keyfit.readers.terraform.evaluation.evaluate import evaluate, resolve
from keyfit.readers.terraform.evaluation.scope import Elements, Scope, settled
from keyfit.readers.terraform.modules import copies, module_sources, variables
from keyfit.readers.terraform.modules.copies import Copies, Repeated
from keyfit.readers.terraform.modules.handles import Block, Namespace
from keyfit.readers.terraform.modules.instances import Instance, local_address
from keyfit.readers.terraform.values.unknowns import bound, invalid, part_of
from keyfit.value import Entry, Number, Object, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.readers.terraform.evaluation.scope import Evaluation, Resolved
    from keyfit.readers.terraform.modules.configuration import Configuration, Declared, Library
    from keyfit.readers.terraform.modules.copies import Copy
    from keyfit.value import Origin, Value

DEEPEST: Final = 32  # modules inside modules
MOST: Final = 2_000  # module instances of one root
_NOT_ARGUMENTS: Final = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """The `module` block that a module instance comes from, and what its arguments are evaluated in."""

    declared: Declared
    scope: Scope
    parent: Module

    @property
    def origin(self) -> Origin:
        """Where the block is written."""
        return self.declared.origin

    def input(self, name: str) -> Resolved | None:
        """What the block gives the variable `name`; `None` where it gives nothing."""
        written = self.declared.body().attributes.get(name)
        return None if written is None or name in _NOT_ARGUMENTS else resolve(written, self.scope)


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """One instance of a module; the root module has no call and the empty address."""

    evaluation: Evaluation
    library: Library
    directory: Path
    inputs: variables.Inputs = field(default_factory=variables.Inputs)
    address: str = ""
    call: Call | None = None
    present: Answer = YES
    depth: int = 0

    @property
    def configuration(self) -> Configuration:
        """The blocks of the module."""
        return self.library.configuration(self.directory)

    @property
    def root(self) -> Module:
        """The root module."""
        module = self
        while module.call is not None:
            module = module.call.parent
        return module

    def find(self, name: str, origin: Origin) -> Resolved:
        """What the root name `name` stands for."""
        match name:
            case "var":
                return Namespace("var", lambda of, at: variables.variable(self, of, at))
            case "local":
                return Namespace("local", self.local)
            case "module":
                return Namespace("module", self.module_call)
            case "data" | "ephemeral":
                return Namespace(name, lambda kind, _: Namespace(f"{name}.{kind}", self._blocks(name, kind)))
            case "path":
                return self._path()
            case "terraform":
                return Namespace("terraform", self._terraform)
            case "each" | "count" | "self":
                return invalid(f"`{name}` stands for nothing here", origin)
            case _:
                return Namespace(name, self._blocks("resource", name))

    def local(self, name: str, origin: Origin) -> Resolved:
        """What `local.name` stands for."""
        expression = self.configuration.locals().get(name)
        if expression is None:
            return self._undeclared(f"local.{name}", origin)
        return self.evaluation.once(
            (self.address, "local.", name), lambda: resolve(expression, Scope(self.evaluation, self))
        )

    def _undeclared(self, name: str, origin: Origin) -> Unknown:
        """What is not declared; a part of the module that could not be read can hold it."""
        broken = next((block.problem for block in self.configuration.local_blocks if block.problem), None)
        broken = broken or next(iter(self.configuration.broken), None)
        if broken is None:
            return invalid(f"`{name}` is not declared", origin)
        return Unknown(
            Why.UNREADABLE, f"`{name}` is not declared where the module can be read: {broken.message}", origin=origin
        )

    def output(self, name: str, origin: Origin) -> Resolved:
        """What the module gives its caller as `name`."""
        declared = self.configuration.find("output", name)
        written = None if declared is None else declared.body().attributes.get("value")
        if written is None:
            return self._undeclared(f"output.{name}", origin)
        return self.evaluation.once(
            (self.address, "output.", name), lambda: resolve(written, Scope(self.evaluation, self))
        )

    def module_call(self, name: str, origin: Origin) -> Resolved:
        """What `module.name` stands for."""
        declared = self.configuration.find("module", name)
        if declared is None:
            return self._undeclared(f"module.{name}", origin)
        called = copies_of(self, declared)
        return Block(f"{self.address}module.{name}", called, lambda copy: ModuleHandle(self, declared, copy))

    def _blocks(self, kind: str, of_type: str) -> _Finder:
        return _Finder(self, kind, of_type)

    def _path(self) -> Value:
        root = self.evaluation.root
        relative = os.path.relpath(self.directory, root)
        found = {"module": relative, "root": ".", "cwd": str(root.resolve())}
        return Object(tuple(Entry(text(name), text(where)) for name, where in found.items()))

    def _terraform(self, name: str, origin: Origin) -> Resolved:
        if name != "workspace":
            return invalid(f"`terraform.{name}` stands for nothing", origin)
        identity = "terraform.workspace"
        return self.evaluation.chosen(
            Unknown(Why.RUN_TIME, f"`{identity}`", identity, frozenset({identity}), origin=origin)
        )


@dataclass(frozen=True, slots=True)
class _Finder:
    """The blocks of one kind and type by name."""

    module: Module
    kind: str
    type: str

    def __call__(self, name: str, origin: Origin) -> Resolved:
        declared = self.module.configuration.find(self.kind, self.type, name)
        if declared is None:
            prefix = "" if self.kind == "resource" else f"{self.kind}."
            return self.module._undeclared(f"{prefix}{self.type}.{name}", origin)  # noqa: SLF001 - one subject
        return handle(self.module, declared)


def handle(module: Module, declared: Declared) -> Block:
    """A resource or data source as a name stands for it."""
    from keyfit.readers.terraform.attributes.attribute import InstanceHandle

    address = f"{module.address}{local_address(declared)}"
    return Block(address, copies_of(module, declared), lambda copy: InstanceHandle(Instance(module, declared, copy)))


def copies_of(module: Module, declared: Declared) -> Copies:
    """The copies of a resource, data source or module call."""
    address = f"{module.address}{declared.kind}.{'.'.join(declared.labels)}"
    cycle = Unknown(Why.CYCLE, address)
    return module.evaluation.remember(
        (address, "*"),
        lambda: copies.copies(declared.body(), Scope(module.evaluation, module)),
        Copies(Repeated.COUNT, rest=cycle),
    )


# --- modules inside modules --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class ModuleHandle:
    """One instance of a called module: its outputs."""

    parent: Module
    declared: Declared
    copy: Copy

    def attribute(self, name: str, origin: Origin) -> Resolved:
        """The output `name`."""
        module = child(self.parent, self.declared, self.copy)
        if isinstance(module, Unknown):
            return part_of(module, f".{name}")
        return module.output(name, origin)

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
        return Object(tuple(Entry(text(name), settled(module.output(name, self.declared.origin))) for name in names))


def children(module: Module) -> Iterator[Module | Unknown]:
    """The instances of the modules that `module` calls; unknown for those that are not here."""
    for declared in module.configuration.of_kind("module"):
        for copy in copies_of(module, declared).all:
            yield child(module, declared, copy)


def child(parent: Module, declared: Declared, copy: Copy) -> Module | Unknown:
    """One instance of a called module; unknown where its source is not here."""
    address = f"{parent.address}module.{declared.labels[0]}{copy.suffix}."
    cycle: Module | Unknown = Unknown(Why.CYCLE, address)
    return parent.evaluation.remember((address, "module"), lambda: _instance(parent, declared, copy, address), cycle)


def _instance(parent: Module, declared: Declared, copy: Copy, address: str) -> Module | Unknown:
    directory = module_sources.directory_of(parent, declared)
    if isinstance(directory, Unknown):
        return directory
    parent.evaluation.modules += 1
    if parent.depth >= DEEPEST or parent.evaluation.modules > MOST:
        return bound("there are too many modules inside modules", declared.origin)
    call = Call(declared, Scope(parent.evaluation, parent, copy.bound), parent)
    present = all_of((parent.present, copy.present))
    return Module(parent.evaluation, parent.library, directory, parent.inputs, address, call, present, parent.depth + 1)


def arguments(parent: Module, declared: Declared, copy: Copy) -> tuple[Value, ...]:
    """The values that a `module` block gives the module."""
    scope = Scope(parent.evaluation, parent, copy.bound)
    written = declared.body().attributes.items()
    return tuple(evaluate(each, scope) for name, each in written if name not in _NOT_ARGUMENTS)


def everything(root: Module) -> tuple[Module, ...]:
    """The root module and every module instance inside it that is here."""
    return root.evaluation.remember(("", "everything"), lambda: tuple(_walk(root)), (root,))


def _walk(root: Module) -> Iterator[Module]:
    pending = [root]
    while pending:
        module = pending.pop()
        yield module
        pending.extend(reversed([each for each in children(module) if isinstance(each, Module)]))


def instances(module: Module, kind: str, *types: str) -> Iterator[Instance]:
    """The instances of these types in one module."""
    for declared in module.configuration.of_kind(kind):
        if declared.labels[0] in types:
            for copy in copies_of(module, declared).all:
                yield Instance(module, declared, copy)
