"""What a root module of Terraform tells beside its stack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Origin, Value


class Move(NamedTuple):
    """That a block, or a module with all that is in it, has another address than before."""

    before: str
    after: str


class Lookup(NamedTuple):
    """What is looked up by name: as the source alone tells it, with a hole, and what a plan shows that AWS returned."""

    told: Value
    returned: Value | None


class Configuration(Protocol):
    """What a reader of Terraform tells of a root module beside its stack, whatever that is joined with."""

    def state(self) -> str | None:
        """Where its state lies, in words, the same for the same state; `None` where it cannot be told."""

    def output(self, name: str) -> Value | None:
        """The value of an output; `None` where there is none of that name."""

    def lookups(self) -> tuple[Lookup, ...]:
        """What it looks up by name, used or not, that another configuration can have."""

    def call_sites(self) -> Mapping[str, Origin]:
        """Where each module instance is called, by its address: `module.a["x"].module.b`."""

    def deployed_templates(self) -> frozenset[str]:
        """The template files that its `aws_cloudformation_stack` resources deploy."""

    def moved(self) -> tuple[Move, ...]:
        """The addresses that its `moved` blocks say were others before."""
