"""The way out of a circle of references: which block to take apart, so that every permission stays as it is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.explain import evidence
from keyfit.model.changes import Allow, MoveApart, SetElement
from keyfit.model.findings import Note, NoteKind
from keyfit.model.order import way
from keyfit.model.policies import PolicyKind
from keyfit.policy.memo import document_of
from keyfit.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.block import Block
    from keyfit.model.changes import Change
    from keyfit.model.identities import Identity
    from keyfit.model.order import Step, Way
    from keyfit.model.policies import Policy
    from keyfit.model.stack import Stack
    from keyfit.policy.statement import Patterns
    from keyfit.value import Origin

# What Terraform does not make: data sources, local values, variables and outputs, by their names in the graph.
_BETWEEN: Final = re.compile(r"(?:module\.[^.\s]+\.)*(?:(?:data|local|var)\.\S+|module\.[\w-]+\.[\w-]+)")
_POLICIES: Final = {"aws": "aws_iam_{0}_policy", "awscc": "awscc_iam_{0}_policy"}


def way_out(stack: Stack, found: Way) -> Note:
    """The smallest change that opens the circle."""
    return next(_ways_out(stack, found), None) or _as_text(found.steps[0])


def _ways_out(stack: Stack, found: Way) -> Iterator[Note]:
    keys = {_node(stack, key.block.address): key for key in stack.keys}
    identities = {_node(stack, each.block.address): each for each in stack.identities}
    aliases = {_node(stack, alias.block.address) for alias in stack.aliases}
    made = [step.node for step in found.steps if step.node not in aliases and not _BETWEEN.fullmatch(step.node)]
    for step in found.steps:
        key = keys.get(step.node)
        if key is not None and made == [step.node] and _stands_in(step.edge.origin, key.policy):
            words = "use the Resource `*`: in a key policy it means the key itself, without a reference"
            yield _help(words, step, _whole(stack, key.policy))
    for step in found.steps:
        identity = identities.get(step.node)
        if identity is not None and any(_stands_in(step.edge.origin, each) for each in own_policies(identity)):
            yield _help(apart(identity), step, MoveApart(identity))
    for step in found.steps:
        key = keys.get(step.node)
        if key is not None and key.block.type == "aws_kms_key" and _stands_in(step.edge.origin, key.policy):
            yield _help(f"move the policy of key `{key.block.address}` into an `aws_kms_key_policy`", step)
    for step in found.steps:
        owner = keys.get(step.node) or identities.get(step.node)
        if owner is not None and "::" in owner.block.type and _is_explicit(stack, step, owner.block):
            yield _help(f"remove `DependsOn: {step.edge.needs}` from `{step.node}`", step)


def _is_explicit(stack: Stack, step: Step, block: Block) -> bool:
    """Whether nothing but `DependsOn`, which is told at the block, says that `block` needs the other first."""
    edges = stack.graph.edges(step.node) if stack.graph else ()
    return {edge.origin for edge in edges if edge.needs == step.edge.needs} == {block.origin}


def _whole(stack: Stack, policy: Policy) -> Change | None:
    """The Resource of the one statement that has a reference in it."""
    statements = document_of(stack, policy).statements
    found = [each for each in statements if each.resources is not None and _is_open(each.resources)]
    return SetElement(policy, found[0].index, "Resource", "*") if len(found) == 1 else None


def _is_open(resources: Patterns) -> bool:
    """Whether one of the patterns is not a text that is known."""
    return any(isinstance(each, Unknown) or each.holes for each in resources.values)


def apart(identity: Identity) -> str:
    """The advice to take an identity's inline policies out of its own block."""
    kind, address = identity.kind.value, identity.block.address
    return f"move the inline policies of {kind} `{address}` into an `{policy_type(identity)}` of their own"


def policy_type(identity: Identity) -> str:
    """The type of a block that holds a policy of an identity, beside the identity's own."""
    provider = identity.block.type.partition("_")[0]
    return _POLICIES.get(provider, "AWS::IAM::Policy").format(identity.kind.value)


def kept_open(stack: Stack, key: Block, identity: Identity | None, helps: tuple[Note, ...]) -> tuple[Note, ...]:
    """The helps of a need, with what keeps them from closing a circle when they are followed by a reference."""
    if identity is None or identity.outside:
        return helps
    kind = identity.kind.value
    if helps and _needs(stack, key, identity.block):
        type_ = policy_type(identity)
        return tuple(
            replace(note, message=f"{note.message}, in an `{type_}`: the key refers to the {kind}", change=_apart(note))
            if note.message.startswith(_TO_IDENTITY)
            else note
            for note in helps
        )
    if any(note.message.startswith(_TO_KEY_POLICY) for note in helps) and _needs(stack, identity.block, key):
        place = evidence.place(identity.block.origin)
        if any(own_policies(identity)):
            words = f"also {apart(identity)}: they refer to the key, whose policy will refer to the {kind}"
            return (*helps, Note(NoteKind.HELP, words, place, MoveApart(identity)))
        words = f"also {_detached(stack, identity)}: it needs the key, whose policy will refer to the {kind}"
        return (*helps, Note(NoteKind.HELP, words, place))
    return helps


def _detached(stack: Stack, identity: Identity) -> str:
    """The advice to attach what refers to the key from outside the identity's own block."""
    kind, address = identity.kind.value, identity.block.address
    whole = {each.owner for each in identity.policies if each.kind is PolicyKind.MANAGED}
    edges = stack.graph.edges(stack.graph.node(address)) if stack.graph is not None else ()
    attached = next((edge.needs for edge in edges if edge.needs in whole), None)
    if attached is None:
        return f"take what refers to the key out of {kind} `{address}`"
    if "::" not in identity.block.type:
        return f"attach `{attached}` with an `aws_iam_{kind}_policy_attachment`, not in {kind} `{address}`"
    return f"attach `{attached}` with its own `{kind.title()}s`, not in {kind} `{address}`"


# How the helps begin (`explain.advice`) that give an identity a policy, and that name it in the key policy.
_TO_IDENTITY: Final = ("allow ", "also allow ")
_TO_KEY_POLICY: Final = ("add a statement to the key policy", "add a key policy to key ")


def _apart(note: Note) -> Change | None:
    return replace(note.change, apart=True) if isinstance(note.change, Allow) else note.change


def _needs(stack: Stack, one: Block, other: Block) -> bool:
    """Whether `one` can need `other` first, so that a reference the other way would close a circle."""
    return stack.graph is not None and way(stack.graph, one.address, other.address) is not None


def own_policies(identity: Identity) -> Iterator[Policy]:
    """The inline policies that stand in the identity's own block."""
    return (
        each for each in identity.policies if each.kind is PolicyKind.INLINE and each.owner == identity.block.address
    )


def _node(stack: Stack, address: str) -> str:
    return stack.graph.node(address) if stack.graph else ""


def _stands_in(origin: Origin, policy: Policy) -> bool:
    around = policy.origin
    return origin.file == around.file and around.start <= origin.start <= around.end


def _as_text(step: Step) -> Note:
    return _help(f"specify `{step.edge.needs}` as a literal string there, instead of a reference", step)


def _help(words: str, step: Step, change: Change | None = None) -> Note:
    return Note(NoteKind.HELP, words, evidence.place(step.edge.origin), change)
