"""Every reference leads to a resource that the same deployment has.

## What it checks

A key, alias, role, user, group, policy or consumer refers to a resource, or an output, local value, data source or
module call to one of these, only in deployments that have it: in a template by `Ref`, `Fn::GetAtt` or `Fn::Sub` to a
resource with a `Condition`; in Terraform by an index (`aws_kms_key.data[0].arn`) into what `count` or `for_each`
repeats. A reference in a branch of `Fn::If` or `? :` counts where that branch is taken. `DependsOn` on a resource that
a condition leaves out is accepted, and `one(aws_kms_key.data[*].arn)` and `try(…)` find nothing without an error.

## Why it matters

CloudFormation rejects the template (`Unresolved resource dependencies [Key] in the Resources block of the template`),
and Terraform stops (`Error: Invalid index`), in just the deployments in which the resource is left out.

## When it is unproven

Never: where it cannot be told whether the resource is there, it is taken to be there.

## How to fix it

Give both the same condition or count, or put the reference in a branch that is taken only where the resource is there.

## References

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
https://developer.hashicorp.com/terraform/language/meta-arguments/count
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.explain import evidence
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.stack import CLOUDFORMATION
from keyfit.truth import Truth
from keyfit.value import Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model.graph import Lead
    from keyfit.model.stack import Stack

NUMBER: Final = 604
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("consumer", "key", "alias", "identity", "policy")
SOURCES: Final = ("R23", "T32")
UNDERMINES: Final = Undermined.EVERY_DEPLOYMENT
ATTEMPTS: Final = True


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each resource and what it refers to that can be left out; of other blocks, what is broken."""
    if stack.graph is None:
        return
    for lead in stack.graph.leads():
        ruling = _verdict(stack, lead)
        if ruling is not None:
            yield ruling


def _verdict(stack: Stack, lead: Lead) -> Ruling | None:
    about = About(parameter=lead.needs)
    name = _name(lead)
    match lead.missing.truth:
        case Truth.YES:
            notes = tuple(_notes(stack, lead))
            message = f"{name} refers to `{lead.needs}`, which is not deployed"
            return Ruling(lead.block, NO, message, lead.origin, LEVEL, about, notes, Remedy(notes[-1].message))
        case Truth.NO if "::" not in lead.block.type and "_" not in lead.block.type:
            return None  # an output, a local value, a data source: nobody asks about it
        case Truth.NO:
            message = f"`{lead.needs}` is deployed wherever {name} refers to it"
            return Ruling(lead.block, ~lead.missing, message, lead.origin, LEVEL, about)
        case _:
            message = f"cannot tell whether `{lead.needs}`, which {name} refers to, is deployed"
            return (
                Ruling(lead.block, ~lead.missing, message, lead.origin, LEVEL, about) if _splits(stack, lead) else None
            )


def _name(lead: Lead) -> str:
    return f"output `{lead.block.address}`" if lead.block.type == "Output" else f"`{lead.block.address}`"


def _splits(stack: Stack, lead: Lead) -> bool:
    """Whether a choice that is still open decides it."""
    holes = (*lead.block.present.holes, *lead.missing.holes)
    names = {name for hole in holes if isinstance(hole, Unknown) for name in hole.choices}
    reading, made = stack.reading, stack.scenario
    return reading is not None and any(made.find(name) is None and reading.choice(name) for name in names)


def _notes(stack: Stack, lead: Lead) -> Iterator[Note]:
    place = evidence.place(lead.origin)
    if stack.language == CLOUDFORMATION:
        section = "Outputs" if lead.block.type == "Output" else "Resources"
        error = f"Unresolved resource dependencies [{lead.needs}] in the {section} block of the template"
        yield Note(NoteKind.NOTE, f"CloudFormation rejects the template: `{error}`")
        advice = f"add `Condition: {lead.condition}` to {_name(lead)}, or refer to it in that branch of an `Fn::If`"
    else:
        yield Note(NoteKind.NOTE, "Terraform stops at it: `Error: Invalid index`")
        advice = f"use the reference only where `{lead.needs}` is created, as in `condition ? {lead.needs}.arn : null`"
    yield Note(NoteKind.HELP, advice, place)
