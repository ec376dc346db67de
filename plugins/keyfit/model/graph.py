"""The order in which blocks are made, and the references that lead to what a deployment can lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from keyfit.answer import YES, Answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyfit.model.block import Block
    from keyfit.value import Origin


class Edge(NamedTuple):
    """That a block needs another one first: which one, and where it says so; `answer`: whether it does."""

    needs: str
    origin: Origin
    answer: Answer = YES


class Lead(NamedTuple):
    """A reference to a block that a deployment can lack: where it stands, and what it names.

    `missing` is whether the deployment lacks that block where it has `block` and evaluates the reference. `condition`
    is what decides whether the block is there, by name, where it has one.
    """

    block: Block
    needs: str
    origin: Origin
    missing: Answer
    condition: str = ""


class Graph(Protocol):
    """What a reader tells, when it is asked, of the order in which blocks are made.

    What stands between two blocks (a local, a variable, an output, a data source) is a node of its own.
    """

    def node(self, address: str) -> str:
        """The name of a block as edges have it; empty where it is none of this source."""

    def edges(self, node: str) -> Iterable[Edge]:
        """What the block of that name needs first."""

    def leads(self) -> Iterable[Lead]:
        """The references of what the model speaks of, and of outputs, to what a deployment can lack."""
