"""What readers make of source code: keys, aliases, grants, roles, policies, buckets, and the consumers of keys.

A reader decides nothing about security. It says what is written, with texts whose only holes are what AWS makes up
(`Reference`), what the deployment knows of itself (`Own`), and what cannot be known (`Unknown`). So the ARN of a key in
the source is a text such as `arn:${partition}:kms:${region}:${account}:key/${DataKey.KeyId}`, wherever it is used, and
two texts that mean the same block are equal.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, Protocol, TypeVar, cast

from keyfit.answer import YES, Answer
from keyfit.model.alternatives import EMPTY, Choice, Scenario
from keyfit.record import record
from keyfit.value import Origin, Own, Text, Unknown, Value, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from collections.abc import Set as AbstractSet

    from keyfit.model.block import Block
    from keyfit.model.configuration import Configuration
    from keyfit.model.consumers import Bucket, Consumer, Target
    from keyfit.model.graph import Graph
    from keyfit.model.identities import Identity, Tie
    from keyfit.model.keys import Alias, Grant, Key
    from keyfit.value import Hole

Given = ParamSpec("Given")
Made = TypeVar("Made")


@record
class Output:
    """An output of a stack or root module: its name, its value, and the name it is exported under, if it is."""

    name: str
    value: Value
    export: Text | None = None
    present: Answer = YES


@record
class Stored:
    """A parameter of Systems Manager that the source creates, where: its name, and the value that others read."""

    block: Block
    name: Text
    value: Value
    account: Text
    region: Text


@record
class NestedStack:
    """A nested stack: where its template lies and the parameters it is given, as written.

    `asset` is the file beside this template that the CDK says is uploaded as that one, where it does.
    """

    block: Block
    template_url: Value | None
    parameters: Value | None
    asset: str = ""


@record
class Seen:
    """Something that is there and was not looked into: the block that names it, and why it was not.

    `within` is where in the block, where that holds several.
    """

    block: Block
    why: Unknown
    within: str = ""


@record
class Problem:
    """A file, or part of one, that could not be read: what stands in it is not judged."""

    message: str
    origin: Origin


@record
class Duplicate:
    """What the source declares more than once: `block` as it stands first, what it is in a word, the further places."""

    block: Block
    kind: str
    further: tuple[Origin, ...]


class Reading(Protocol):
    """What a reader keeps to answer for a stack under other choices; see `Stack`."""

    def under(self, scenario: Scenario) -> Stack | None:
        """The same source with these choices made; `None` where nothing can be deployed so."""

    def attempted(self, scenario: Scenario) -> Stack | None:
        """The same, also where a reference leads to what is not there: that is tried, and cannot be deployed."""

    def choice(self, name: str) -> Choice | None:
        """The choice of that name; `None` where it cannot be split."""

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        """The scenario in the source's own words: conditions in CloudFormation, variables in Terraform."""


@record(eq=False)
class Stack:
    """One template or one root module, under one scenario: everything a rule can ask about.

    `inputs` are the names of its parameters or variables. `idle` are what would be consumers if what they name, which
    is not here, had a key; `abroad` are consumers of other stacks, on which those of this one can work. `hidden` are
    the holes behind which further consumers can stand, such as a definition that depends on a condition. `macro` is one
    that can change all of it, so that nothing is proven of what is written. `looked_up` are keys outside the source of
    which something is known but their policies; `remarks` are what there is to know of the reading, and fails nothing;
    `secrets` are texts that no message may repeat.
    Two stacks have equal models when their tuples are equal; places are no part of that.
    """

    name: str
    language: str
    keys: tuple[Key, ...] = ()
    aliases: tuple[Alias, ...] = ()
    grants: tuple[Grant, ...] = ()
    identities: tuple[Identity, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    targets: tuple[Target, ...] = ()
    idle: tuple[Consumer, ...] = ()
    abroad: tuple[Consumer, ...] = ()
    hidden: tuple[Hole, ...] = ()
    looked_up: tuple[Key, ...] = ()
    outputs: tuple[Output, ...] = ()
    nested: tuple[NestedStack, ...] = ()
    stored: tuple[Stored, ...] = ()
    ties: tuple[Tie, ...] = ()
    problems: tuple[Problem, ...] = ()
    seen: tuple[Seen, ...] = ()
    inputs: frozenset[str] = frozenset()
    duplicates: tuple[Duplicate, ...] = ()
    macro: Unknown | None = None
    remarks: tuple[Problem, ...] = ()
    secrets: AbstractSet[str] = frozenset()
    partition: Text = field(default_factory=lambda: text(Own.PARTITION))
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    region: Text = field(default_factory=lambda: text(Own.REGION))
    deployer: Text | None = None
    scenario: Scenario = EMPTY
    reading: Reading | None = None
    configuration: Configuration | None = None
    graph: Graph | None = None
    made: dict[tuple[object, ...], object] = field(default_factory=dict, init=False, repr=False)

    def once(self, make: Callable[Concatenate[Stack, Given], Made], *given: Given.args, **named: Given.kwargs) -> Made:
        """What `make` makes of the stack and what else it is given: made once."""
        key = (make, *given, *named.items())
        if key not in self.made:
            self.made[key] = make(self, *given, **named)
        return cast("Made", self.made[key])


@record(eq=False)
class _Derived:
    """A stack's own reading, each of its stacks changed alike; choices are its own and told in its own words."""

    own: Reading
    change: Callable[[Stack], Stack]

    def under(self, scenario: Scenario) -> Stack | None:
        found = self.own.under(scenario)
        return None if found is None else self.change(found)

    def attempted(self, scenario: Scenario) -> Stack | None:
        found = self.own.attempted(scenario)
        return None if found is None else self.change(found)

    def choice(self, name: str) -> Choice | None:
        return self.own.choice(name)

    def told(self, scenario: Scenario) -> Mapping[str, bool | str]:
        return self.own.told(scenario)


def derived(stack: Stack, change: Callable[[Stack], Stack], **model: Any) -> Stack:  # noqa: ANN401 - parts of a stack
    """`stack` with other parts (`model`); under other choices it is what `change` makes of its own there."""
    reading = _Derived(stack.reading, change) if stack.reading is not None else None
    return replace(stack, **model, reading=reading)


# The fields of a stack that hold what a rule can ask about.
PARTS: Final = ("keys", "aliases", "grants", "identities", "buckets", "consumers", "targets", "hidden")
CLOUDFORMATION: Final = "cloudformation"
TERRAFORM: Final = "terraform"
