"""References to what a template declares nowhere: CloudFormation refuses it, whatever is deployed of it.

Neither conditions nor branches of `Fn::If` are asked for (R24).
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import YES
from keyfit.model.block import Block
from keyfit.model.graph import Absence, Lead
from keyfit.model.near import MOST, nearest
from keyfit.readers.cloudformation.evaluation.references import calls_of
from keyfit.readers.cloudformation.resources.handed import MODULE
from keyfit.readers.cloudformation.resources.leads import written
from keyfit.readers.cloudformation.template.calls import names, texts_at
from keyfit.value import List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.resources.leads import Body
    from keyfit.readers.cloudformation.template.calls import Call
    from keyfit.readers.cloudformation.template.sections import Template
    from keyfit.value import Origin, Value

_NAME: Final = re.compile(r"[A-Za-z0-9]+")
_OF_SAM: Final = "AWS::Serverless::"
# What SAM makes and names by itself; everything else that it makes has a name that begins with that of its resource.
_MADE_BY_SAM: Final = ("ApiGateway", "CodeDeployServiceRole", "Http", "RecordSetGroup", "Serverless", "UsagePlan")
_QUEUE: Final = "QueueLogicalId"
_LOOKING_UP: Final = 3  # arguments of `Fn::FindInMap`; a fourth can be a default value


class _Missing(NamedTuple):
    """A name that nothing has, where it stands, and what it should be the name of."""

    block: Block
    name: str
    origin: Origin
    absence: Absence


def undeclared(scope: Scope) -> Iterator[Lead]:
    """The first reference to each name that is declared nowhere, of what is judged before any other.

    None where a macro, an include or a loop over what is not known can add to what is declared.
    """
    if scope.template.adding:
        return
    blocks = sorted(written(scope), key=lambda each: not each.concerns)
    found = [missing for each in blocks for missing in _in_block(scope, each)]
    found.extend(_in_conditions(scope.template))
    made = _made_beside(scope.template)
    told: set[tuple[str, Absence]] = set()
    for block, name, origin, absence in found:
        if (name, absence) not in told and not name.startswith(made):
            told.add((name, absence))
            near = nearest(name, chain(*_declared(scope.template, absence))) if len(told) <= MOST else ""
            # Whether the block would be deployed is not asked.
            yield Lead(replace(block, present=YES), name, origin, YES, absence=absence, near=near)


def _in_block(scope: Scope, here: Body) -> Iterator[_Missing]:
    template = scope.template
    for name in here.waits:
        if _is_missing(template, name, Absence.UNDECLARED):
            yield _Missing(here.block, name, _place(template, here.block, "DependsOn"), Absence.UNDECLARED)
    if here.condition and here.condition not in template.conditions:
        place = _place(template, here.block, "Condition")
        yield _Missing(here.block, here.condition, place, Absence.NO_CONDITION)
    for call in calls_of(template, here.inside):
        for name, origin, absence in _named(call):
            if _is_missing(template, name, absence):
                yield _Missing(here.block, name, origin, absence)


def _in_conditions(template: Template) -> Iterator[_Missing]:
    """What the conditions name that is no parameter, condition or mapping."""
    for condition, inside in template.conditions.items():
        block = Block(condition, "Condition", inside.origin)
        for call in calls_of(template, inside):
            for name, origin, absence in _named(call):
                wanted = Absence.NO_INPUT if absence is Absence.UNDECLARED else absence
                if _is_missing(template, name, wanted):
                    yield _Missing(block, name, origin, wanted)


def _place(template: Template, block: Block, key: str) -> Origin:
    """Where a resource or output says `key`; where it stands itself, if that cannot be told."""
    written: Value | None = template.outputs.get(block.address) if block.type == "Output" else None
    resources = template.sections.get("Resources")
    written = written or (resources.find(block.address) if isinstance(resources, Object) else None)
    said = written.find(key) if isinstance(written, Object) else None
    return block.origin if said is None else said.origin


def _named(call: Call) -> Iterator[tuple[str, Origin, Absence]]:
    """The names in a call, and what each should be the name of."""
    for name in names(call):
        yield name.partition(".")[0], call.argument.origin, Absence.UNDECLARED
    items = call.argument.items if isinstance(call.argument, List) else ()
    first = items[0] if items else None
    if isinstance(first, Text) and first.literal is not None:
        if call.function == "Fn::If":
            yield first.literal, first.origin, Absence.NO_CONDITION
        if call.function == "Fn::FindInMap" and len(items) == _LOOKING_UP:
            yield first.literal, first.origin, Absence.NO_MAPPING


def _is_missing(template: Template, name: str, absence: Absence) -> bool:
    """Whether nothing written has that name; what cannot be a name at all is for something that comes before."""
    return not any(name in each for each in _declared(template, absence)) and _NAME.fullmatch(name) is not None


def _declared(template: Template, absence: Absence) -> tuple[Mapping[str, object], ...]:
    match absence:
        case Absence.NO_CONDITION:
            return (template.conditions,)
        case Absence.NO_MAPPING:
            return (template.mappings,)
        case Absence.NO_INPUT:
            return (template.parameters,)
        case _:
            return template.resources, template.parameters


def _made_beside(template: Template) -> tuple[str, ...]:
    """What the names begin with that SAM, or a module of the registry, can give to what it makes."""
    written = [(each.within or each) for each in template.resources.values()]
    by_sam = [each.address for each in written if each.type.startswith(_OF_SAM)]
    of_modules = [each.address for each in written if each.type.endswith(MODULE)]
    own = (*_MADE_BY_SAM, *sorted(texts_at(template.sections.get("Resources"), _QUEUE))) if by_sam else ()
    return (*own, *by_sam, *of_modules)
