"""A stack as another one sees it: its name before every address, and every block marked as not the other's own."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, Final

from keyfit import pattern
from keyfit.answer import NO, all_of, maybe
from keyfit.model.policies import PolicyKind
from keyfit.model.rewriting import Rewriting, filled, renamed
from keyfit.model.stack import Stack, derived
from keyfit.record import record
from keyfit.services.idle import awake
from keyfit.services.pages import feature_store, personalize
from keyfit.truth import Truth
from keyfit.value import Own, Reference, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.answer import Answer
    from keyfit.model.block import Block
    from keyfit.model.identities import Identity, Tie
    from keyfit.model.policies import Policy
    from keyfit.value import Hole, Value

# The parts of a stack that a join fills.
MODEL: Final = (
    "keys",
    "aliases",
    "grants",
    "identities",
    "buckets",
    "consumers",
    "targets",
    "idle",
    "abroad",
    "outputs",
    "nested",
    "stored",
    "ties",
)
_FOREIGN: Final = ("keys", "aliases", "grants", "identities", "buckets", "targets")
# Consumers on which those of other stacks can work.
_WORKED_ON: Final = frozenset({feature_store.ONLINE_STORE.words, personalize.DATASET_GROUP.words})


@record
class Joined:
    """What a stack gets from others: values for its holes, and the others' blocks, under their own names.

    `ties` are policies that others attach to what has a name; of its nested stacks (by their addresses), that is what
    these do with the names which they are given. `deployer` is the ARN of the principal that deploys, where it is
    another's.
    """

    fillings: Mapping[Hole, Value] = field(default_factory=dict)
    others: tuple[Stack, ...] = ()
    ties: tuple[Tie, ...] = ()
    nested: frozenset[str] = frozenset()
    deployer: Text | None = None

    def __call__(self, stack: Stack) -> Stack:
        """`stack` with what it gets, in every scenario; a block that it has is not given again."""
        fill: Rewriting = filled(self.fillings)
        model: dict[str, Any] = {name: fill.of(getattr(stack, name)) for name in MODEL}
        if self.nested or self.ties:
            model["identities"] = tuple(map(self._tied, model["identities"]))
        for name in _FOREIGN:
            known = {each.block.address for each in model[name] if each.block.assumed}
            for other in self.others:
                more = [each for each in getattr(other, name) if each.block.assumed not in _own(stack)]
                model[name] = (*model[name], *(each for each in more if each.block.address not in known))
                known |= {each.block.address for each in more}
        others = (each for other in self.others for each in other.abroad if each.block.assumed not in _own(stack))
        model["abroad"] = tuple(dict.fromkeys((*model["abroad"], *others)))
        return awake(derived(stack, self, **model, deployer=self.deployer or stack.deployer))

    def _tied(self, identity: Identity) -> Identity:
        if identity.outside:
            return identity
        own = [
            each for each in identity.policies if each.kind is not PolicyKind.OUTSIDE or each.owner not in self.nested
        ]
        there = [_governing(each) for each in own]
        for tie in self.ties:
            named = _names(tie, identity)
            if named.truth is not Truth.NO and _governing(tie.policy) not in there:
                there.append(_governing(tie.policy))
                kept = [maybe(why) for kind, why in identity.strict if kind is tie.policy.kind]
                own.append(replace(tie.policy, present=all_of([tie.policy.present, named, *kept])))
        return replace(identity, policies=tuple(own))


def _governing(policy: Policy) -> tuple[object, ...]:
    """What makes two policies of an identity the same."""
    return policy.kind, policy.document, policy.arn


def _names(tie: Tie, identity: Identity) -> Answer:
    """Whether a policy is attached to an identity."""
    if tie.kind is not identity.kind:
        return NO
    if isinstance(tie.name, Unknown):
        return maybe(tie.name)
    return pattern.compare(tie.name, identity.name, wildcards=False) if isinstance(tie.name, Text) else NO


def _own(stack: Stack) -> tuple[str]:
    return (stack.name,)


def abroad(stack: Stack, label: str = "") -> Stack:
    """`stack` as another one sees it, under its own name or `label`.

    Of what a macro can change another one sees nothing.
    """
    if stack.macro is not None:
        return Stack(stack.name, stack.language, account=stack.account, region=stack.region)
    rename = foreign(stack, label)
    model: dict[str, Any] = {name: rename.of(getattr(stack, name)) for name in (*_FOREIGN, "outputs", "nested", "ties")}
    own = tuple(each for each in stack.consumers if each.kind in _WORKED_ON)
    return replace(stack, **model, abroad=rename.of(own), reading=None)


def foreign(stack: Stack, label: str = "") -> Rewriting:
    """What makes the blocks and unknowns of a stack those of another place; what it has from others has its name."""
    name = label or stack.name
    parts = (getattr(stack, part) for part in _FOREIGN)
    others = tuple({f"{each.block.assumed}:" for part in parts for each in part if each.block.assumed})

    def rename(address: str) -> str:
        return address if address.startswith(others) else f"{name}:{address}"

    def mark(block: Block) -> Block:
        return block if block.assumed else replace(block, assumed=name)

    return renamed(rename, mark)


def as_hole(rename: Rewriting, hole: Hole) -> Hole:
    """A hole of a stack as another one sees it."""
    found = rename.hole(hole)
    return found if isinstance(found, Unknown | Reference | Own) else hole


def at_home(stack: Stack) -> Rewriting:
    """What makes of a value that came back to a stack one of its own."""
    return renamed(lambda address: address.removeprefix(f"{stack.name}:"))
