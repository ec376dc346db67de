"""No circular dependency goes through a key, a role or what uses them.

## What it checks

Nothing that a key, an identity or a consumer needs first needs it in turn. In a template these are `Ref`,
`Fn::GetAtt`, `Fn::Sub` and `DependsOn`, as far as the conditions leave them; in Terraform it is any reference, through
local values, variables, outputs and data sources, whatever `count` says: all copies of a block or module are one. In a
template that a configuration deploys (`aws_cloudformation_stack`) it is as in any other.

## Why it matters

CloudFormation rejects the template (`Circular dependency between resources: [Key, Role]`), and Terraform the
configuration (`Error: Cycle`), before anything is created. A key policy that names a role, and an inline policy of that
role that names the key, create one when both are in the blocks of the key and the role.

## When it is unproven

A branch of `Fn::If` or the condition of a resource decides, and what they depend on is not known.

## How to fix it

Move one side into a block of its own: the role's inline policy (`AWS::IAM::Policy`, `aws_iam_role_policy`), or the key
policy (`aws_kms_key_policy`). In a key policy `Resource: "*"` is the key itself, and needs no reference.
Remove a `DependsOn` that closes the circle.

## References

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
https://developer.hashicorp.com/terraform/internals/graph
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES
from keyfit.catalogue import circles, consumers, policies
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.explain import evidence
from keyfit.model.findings import Level, Note, NoteKind, Remedy
from keyfit.model.order import way
from keyfit.model.stack import CLOUDFORMATION, TERRAFORM
from keyfit.truth import Truth
from keyfit.words import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.block import Block
    from keyfit.model.order import Way
    from keyfit.model.stack import Stack

NUMBER: Final = 601
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer", "key", "identity")
SOURCES: Final = ("R21", "T29")
UNDERMINES: Final = Undermined.EVERYTHING


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each circle, and for each key and identity that is in none."""
    if stack.graph is None:
        return
    told: set[str] = set()
    for block in _blocks(stack, options):
        node = stack.graph.node(block.address)
        found = way(stack.graph, block.address, block.address)
        if found is None and node:
            yield Ruling(block, YES, f"nothing that `{block.address}` depends on depends on it", block.origin)
        elif found is not None and node not in told:
            told.update(step.node for step in found.steps)
            yield _verdict(stack, block, found)


def _blocks(stack: Stack, options: Options) -> Iterator[Block]:
    """Keys first: of a circle, the key is what it is told of."""
    yield from (key.block for key in policies.keys(stack, options))
    yield from (identity.block for identity in policies.identities(stack, options))
    yield from dict.fromkeys(each.block for each in consumers.every(stack))


def _verdict(stack: Stack, block: Block, found: Way) -> Ruling:
    steps = found.steps
    origin = steps[0].edge.origin
    along = joined(step.node for step in steps)
    if found.answer.truth is not Truth.YES:
        return Ruling(block, found.answer, f"cannot tell whether {along} depend on each other", origin)
    message = f"{along} depend on each other" if len(steps) > 1 else f"`{block.address}` refers to itself"
    places = (f"`{step.node}` refers to `{step.edge.needs}`" for step in steps)
    notes = [
        Note(NoteKind.NOTE, place, evidence.place(step.edge.origin)) for place, step in zip(places, steps, strict=True)
    ]
    notes.insert(0, Note(NoteKind.NOTE, _REFUSED[CLOUDFORMATION if "::" in block.type else stack.language]))
    advice = circles.way_out(stack, found)
    return Ruling(block, NO, message, origin, LEVEL, notes=(*notes, advice), remedy=Remedy(advice.message))


_REFUSED: Final = {
    CLOUDFORMATION: "CloudFormation rejects the template: `Circular dependency between resources`",
    TERRAFORM: "Terraform rejects the configuration: `Error: Cycle`",
}
