"""Every reference leads to something that the same deployment has.

## What it checks

What a template or root module refers to is declared there, in any of its resources, outputs, data sources, local
values, providers and module calls: resources, parameters, conditions and mappings of a template, by `Ref`,
`Fn::GetAtt`, `Fn::Sub`, `Fn::If`, `Fn::FindInMap`, `Condition` and `DependsOn`; resources, data sources, variables,
local values, modules and their outputs in Terraform, where a resource with `count` or `for_each` is named with an
index, and any other without one. Neither conditions nor `try` matter to that. Nothing is said where more can be
declared than is written: by a macro, an include or a loop over what is not known, by SAM or a module of the registry
(names that begin with that of their resource), by the Serverless Framework or Terragrunt beside the source, or in files
of Terraform's that git ignores.

And a deployment that has the block has what it refers to: in a template a resource with a `Condition`; in Terraform a
copy (`aws_kms_key.data[0].arn`) of what `count` or `for_each` repeats, and what `enabled` of OpenTofu can leave out.
Where neither is a key, alias, identity, policy or consumer, only what is left out whatever is chosen is told in
Terraform. A reference in a branch of `Fn::If` or
`? :` counts where that branch is taken. `DependsOn` on a resource that a condition leaves out is accepted, and
`one(aws_kms_key.data[*].arn)` and `try(…)` find nothing without an error.

## Why it matters

CloudFormation rejects the template (`Unresolved resource dependencies [Key] in the Resources block of the template`),
and Terraform stops (`Error: Reference to undeclared resource`, `Error: Invalid index`): nothing beside it is deployed,
in any deployment, or in just those in which the resource is left out.

## When it is unproven

Never: where it cannot be told whether the resource is there, it is taken to be there.

## How to fix it

Declare what is referred to, or correct the name. Give both the same condition or count, or put the reference in a
branch that is taken only where the resource is there.

## References

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html
https://developer.hashicorp.com/terraform/language/meta-arguments/count
https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.answer import NO
from keyfit.catalogue.rule import Ruling, Undermined
from keyfit.explain import evidence
from keyfit.model.findings import About, Level, Note, NoteKind, Remedy
from keyfit.model.graph import Absence
from keyfit.model.stack import CLOUDFORMATION
from keyfit.services import subjects
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
SOURCES: Final = ("R23", "R24", "T32", "T33", "T34")
UNDERMINES: Final = Undermined.EVERY_DEPLOYMENT
ATTEMPTS: Final = True


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each resource and what it refers to that can be left out; of other blocks, what is broken.

    What is declared nowhere is told once, of the first block that refers to it.
    """
    if stack.graph is None:
        return
    for lead in (*stack.graph.undeclared(), *stack.graph.leads()):
        ruling = _verdict(stack, lead)
        if ruling is not None:
            yield ruling


def _verdict(stack: Stack, lead: Lead) -> Ruling | None:
    about = About(parameter=lead.needs)
    name = _name(lead)
    if lead.missing.truth is Truth.YES:
        notes = tuple(_notes(stack, lead))
        message = f"{name} refers to {_WORDS[lead.absence].format(f'`{lead.needs}`')}"
        return Ruling(lead.block, NO, message, lead.origin, LEVEL, about, notes, Remedy(notes[-1].message))
    if lead.missing.truth is Truth.NO:
        if lead.block.type not in _ASKED_ABOUT:
            return None
        message = f"`{lead.needs}` is deployed wherever {name} refers to it"
        return Ruling(lead.block, ~lead.missing, message, lead.origin, LEVEL, about)
    message = f"cannot tell whether `{lead.needs}`, which {name} refers to, is deployed"
    return Ruling(lead.block, ~lead.missing, message, lead.origin, LEVEL, about) if _splits(stack, lead) else None


_ASKED_ABOUT: Final = frozenset(subjects.types(*SUBJECTS, "template"))


def _name(lead: Lead) -> str:
    return f"{_PARTS.get(lead.block.type, '')}`{lead.block.address}`"


_PARTS: Final = {"Output": "output ", "Condition": "condition "}


def _splits(stack: Stack, lead: Lead) -> bool:
    """Whether a choice that is still open decides it."""
    holes = (*lead.block.present.holes, *lead.missing.holes)
    names = {name for hole in holes if isinstance(hole, Unknown) for name in hole.choices}
    reading, made = stack.reading, stack.scenario
    return reading is not None and any(made.find(name) is None and reading.choice(name) for name in names)


_WORDS: Final = {
    Absence.LEFT_OUT: "{}, which is not deployed",
    Absence.DISABLED: "{}, which is not deployed",
    Absence.UNDECLARED: "{}, which is not declared",
    Absence.NO_OUTPUT: "{}, which is not declared in that module",
    Absence.NO_CONDITION: "condition {}, which is not declared",
    Absence.NO_INPUT: "{}, which is not a parameter",
    Absence.NO_MAPPING: "mapping {}, which is not declared",
    Absence.NO_KEY: "{} without an index, which has `count` or `for_each`",
    Absence.NOT_REPEATED: "{} by an index, which has neither `count` nor `for_each`",
}


def _notes(stack: Stack, lead: Lead) -> Iterator[Note]:
    """What whoever deploys it says, and what to do."""
    place = evidence.place(lead.origin)
    if stack.language == CLOUDFORMATION or "::" in lead.block.type or lead.block.type in _PARTS:
        yield Note(NoteKind.NOTE, f"CloudFormation rejects the template: `{_error(lead)}`")
        left_out = f"add `Condition: {lead.condition}` to {_name(lead)}, or refer to it in that branch of an `Fn::If`"
    else:
        who, error = _stops(lead)
        yield Note(NoteKind.NOTE, f"{who} stops at it: `Error: {error}`")
        left_out = (
            f"use the reference only where `{lead.needs}` is created, as in `condition ? {lead.needs}.arn : null`"
        )
    yield Note(NoteKind.HELP, left_out if lead.absence in _LEFT_OUT else _advice(lead), place)


_LEFT_OUT: Final = frozenset({Absence.LEFT_OUT, Absence.DISABLED})


def _advice(lead: Lead) -> str:
    if lead.absence is Absence.NO_KEY:
        return f"name one copy of it, as in `{lead.needs}[{lead.near}]`"
    if lead.absence is Absence.NOT_REPEATED:
        return "remove the index"
    instead = f", or refer to `{lead.near}`" if lead.near else ", or remove the reference"
    return f"declare `{lead.needs}`{instead}"


def _error(lead: Lead) -> str:
    """CloudFormation's own words, as far as they are known."""
    section = "Outputs" if lead.block.type == "Output" else "Resources"
    match lead.absence:
        case Absence.NO_CONDITION:
            return f"Unresolved condition dependency {lead.needs} in the {section} block of the template"
        case Absence.NO_MAPPING:
            return f"Mapping named '{lead.needs}' is not present in the 'Mappings' section of template"
        case Absence.NO_INPUT:
            return f"Unresolved dependencies [{lead.needs}]. Cannot reference resources in the Conditions block"
        case _:
            return f"Unresolved resource dependencies [{lead.needs}] in the {section} block of the template"


def _stops(lead: Lead) -> tuple[str, str]:
    """Whether Terraform or OpenTofu stops, and with which error."""
    match lead.absence:
        case Absence.DISABLED:
            return "OpenTofu", "Attempt to get attribute from null value"
        case Absence.NO_OUTPUT:
            return "Terraform", "Unsupported attribute"
        case Absence.NO_KEY:
            return "Terraform", "Missing resource instance key"
        case Absence.NOT_REPEATED:
            return "Terraform", "Unexpected resource instance key"
        case Absence.UNDECLARED:
            kind = lead.needs.removeprefix(lead.needs.rpartition("module.")[0]).partition(".")[0]
            return "Terraform", f"Reference to undeclared {_KINDS.get(kind, 'resource')}"
        case _:
            return "Terraform", "Invalid index"


_KINDS: Final = {"var": "input variable", "local": "local value", "module": "module"}
