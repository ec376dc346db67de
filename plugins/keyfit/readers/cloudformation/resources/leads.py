"""References to resources with a condition: whether one is missing where a reference to it is evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.answer import all_of
from keyfit.model.block import Block
from keyfit.model.graph import Lead
from keyfit.readers.cloudformation.evaluation import conditions
from keyfit.readers.cloudformation.evaluation.references import calls_of, taken
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.template.calls import names
from keyfit.services import subjects
from keyfit.truth import Truth
from keyfit.value import Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.calls import Call
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Value

_CONCERN: Final = frozenset(subjects.cloudformation(*subjects.EVERY))
_OUTPUT: Final = "Output"


class Body(NamedTuple):
    """A block, what stands in it, and the condition that it is there under; `waits` for the blocks of these names."""

    block: Block
    inside: Value | None
    condition: str
    concerns: bool
    waits: tuple[str, ...] = ()


def leads(scope: Scope) -> Iterator[Lead]:
    """The references of every resource and output; of what is of no concern one for each way that conditions decide it.

    One that stands under the condition of what it refers to always finds it, and is none.
    """
    resources = scope.template.resources
    told: set[tuple[object, ...]] = set()
    for here in written(scope):
        for call in calls_of(scope.template, here.inside):
            sure = {here.condition, *(each.condition for each in call.guards if each.wanted is Truth.YES)}
            for name in names(call):
                needed = resources.get(name)
                if needed is None or not needed.condition or needed.condition in sure:
                    continue
                deciding = (here.condition, call.guards, needed.condition)
                if here.concerns or needed.type in _CONCERN or deciding not in told:
                    told.add(deciding)
                    yield _lead(scope, here, (call, needed))


def written(scope: Scope) -> Iterator[Body]:
    """Every resource and output."""
    for resource in scope.template.resources.values():
        concerns = resource.type in _CONCERN
        inside, waits = resource.properties, resource.depends_on
        yield Body(block(scope, resource), inside, resource.condition, concerns, waits)
    for name, written in scope.template.outputs.items():
        condition = written.find("Condition") if isinstance(written, Object) else None
        named = (condition.literal or "") if isinstance(condition, Text) else ""
        present = all_of([conditions.named(scope, named, written.origin)])
        yield Body(Block(name, _OUTPUT, written.origin, present), written, named, concerns=False)


def _lead(scope: Scope, here: Body, found: tuple[Call, Resource]) -> Lead:
    call, needed = found
    missing = all_of([taken(scope, call), ~scope.present(needed)])
    return Lead(here.block, needed.address, call.argument.origin, missing, needed.condition)
