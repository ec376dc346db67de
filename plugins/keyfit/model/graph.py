"""The order in which blocks are made, and the references that lead to what a deployment can lack."""

from __future__ import annotations

from enum import Enum
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


class Absence(Enum):
    """Why a reference leads to nothing: what a deployment leaves out, or what no deployment can have."""

    LEFT_OUT = "left out by its condition, count or for_each"
    DISABLED = "left out by `enabled`"
    UNDECLARED = "declared nowhere"
    NO_OUTPUT = "no output of the module"
    NO_MAPPING = "no mapping"
    NO_CONDITION = "no condition"
    NO_INPUT = "no parameter, where nothing else can be named"
    NO_KEY = "repeated, and named without a key"
    NOT_REPEATED = "named with a key, and not repeated"


class Lead(NamedTuple):
    """A reference to what a deployment can lack: where it stands, and what it names.

    `missing` is whether the deployment lacks that where it has `block` and evaluates the reference. `condition` is what
    decides whether it is there, by name, where it has one. `near` is what is declared and has nearly that name.
    """

    block: Block
    needs: str
    origin: Origin
    missing: Answer
    condition: str = ""
    absence: Absence = Absence.LEFT_OUT
    near: str = ""


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

    def undeclared(self) -> Iterable[Lead]:
        """The references of any block to what no deployment has; none where something can add to what is declared."""
