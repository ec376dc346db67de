"""One instance of a module, and the call that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from keyfit.answer import YES, Answer
from keyfit.readers.terraform.evaluation.evaluate import evaluate, resolve
from keyfit.readers.terraform.evaluation.scope import Scope
from keyfit.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from keyfit.readers.terraform.evaluation.scope import Evaluation, Resolved
    from keyfit.readers.terraform.modules.configuration import Configuration, Declared, Library
    from keyfit.readers.terraform.modules.inputs import Inputs
    from keyfit.value import Origin, Value

# What a `module` block says beside the variables of the module.
_META: Final = frozenset({"source", "version", "providers", "count", "for_each", "depends_on"})


class Resolver(Protocol):
    """What a root name (`var`, `data`, a resource type) stands for in a module.

    The answer needs everything that stands above modules: what resources and data sources export.
    """

    def __call__(self, module: Module, name: str, origin: Origin) -> Resolved:
        """What `name` stands for in `module`."""


@record(eq=False)
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
        return None if written is None or name in _META else resolve(written, self.scope)

    def inputs(self) -> Iterator[Value]:
        """The values that the block gives the module."""
        written = self.declared.body().attributes.items()
        return (evaluate(each, self.scope) for name, each in written if name not in _META)


@record(eq=False)
class Module:
    """One instance of a module; the root module has no call and the empty address."""

    evaluation: Evaluation
    library: Library
    resolver: Resolver
    directory: Path
    inputs: Inputs
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

    @property
    def scope(self) -> Scope:
        """What stands in its blocks is evaluated in."""
        return Scope(self.evaluation, self)

    def provider(self, local: str) -> str:
        """The provider that the module calls `local`, by its own name; empty for one that is not HashiCorp's."""
        source = self.configuration.provider_sources().get(local)
        namespace, name = ("hashicorp", local) if source is None else (*source.split("/")[-2:], "")[:2]
        return name if namespace == "hashicorp" else ""

    def find(self, name: str, origin: Origin) -> Resolved:
        """What the root name `name` stands for."""
        return self.resolver(self, name, origin)
