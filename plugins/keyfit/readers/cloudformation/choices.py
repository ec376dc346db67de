"""Which choices a template leaves open, and their alternatives (design, "split on demand").

A parameter without a given value that takes part in a condition, a rule or a map key, or that has allowed values and no
default; the deployment's own Region and partition where they take part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.alternatives import Choice
from keyfit.readers.cloudformation.evaluation.bindings import PARTITION, REGION
from keyfit.readers.cloudformation.evaluation.references import calls_of
from keyfit.readers.cloudformation.evaluation.unknowns import comparable
from keyfit.readers.cloudformation.template.calls import calls, names, texts_at
from keyfit.readers.cloudformation.template.texts import as_text, fill
from keyfit.readers.given import REST
from keyfit.value import List, Object, Own, Text, Unknown, Value, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.calls import Call
    from keyfit.readers.cloudformation.template.sections import Template
    from keyfit.readers.given import Given

MOST: Final = 64  # values of one choice that are tried; the others are "something else"
_OWN: Final = {REGION: Own.REGION, PARTITION: Own.PARTITION}
_PSEUDO: Final = {REGION: REGION, PARTITION: PARTITION, "AWS::URLSuffix": PARTITION}


class Tested(NamedTuple):
    """Two values that a condition compares, or a key and what a map offers for it."""

    value: Value
    against: tuple[Value, ...]


def open_choices(template: Template, given: Given) -> frozenset[str]:
    """The names of all choices that neither the user nor the template decides."""
    parts = [part for each in tested(template) for part in (each.value, *each.against)]
    found = {name for part in parts for call in calls(part) for name in names(call)}
    bound = {REGION, PARTITION} if given.region else set()
    own = {_PSEUDO[name] for name in found & _PSEUDO.keys()} - bound
    decided = given.parameters.keys() | given.passed.keys()
    if REST in given.passed:  # each can be among what a parent gives
        decided |= template.parameters.keys()
    listed = {name for name, each in template.parameters.items() if each.listed}
    return frozenset((found & template.parameters.keys() | listed) - decided | own)


def tested(template: Template) -> Iterator[Tested]:
    """Every comparison of the conditions and rules, and every look-up in a map."""
    for written in (*template.conditions.values(), *template.rules.values()):
        for call in calls_of(template, written):
            yield from _compared(call)
    everywhere: Iterable[Value | None] = (
        *template.conditions.values(),
        *template.rules.values(),
        *(each.properties for each in template.resources.values()),
        *template.outputs.values(),
    )
    for value in everywhere:
        for call in calls_of(template, value):
            if call.function == "Fn::FindInMap" and isinstance(call.argument, List):
                yield from _looked_up(template, call.argument)


def _compared(call: Call) -> Iterator[Tested]:
    items = call.argument.items if isinstance(call.argument, List) else ()
    if call.function == "Fn::Equals" and len(items) == 2:  # noqa: PLR2004 - it compares two values
        yield Tested(items[0], (items[1],))
        yield Tested(items[1], (items[0],))
    elif call.function == "Fn::Contains" and len(items) == 2:  # noqa: PLR2004 - a list, and what it may contain
        yield Tested(items[1], items[0].items if isinstance(items[0], List) else (items[0],))
    elif call.function.startswith("Fn::") and call.function not in {"Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals"}:
        yield Tested(call.argument, ())


def _looked_up(template: Template, argument: List) -> Iterator[Tested]:
    if not argument.items:
        return
    name, *keys = argument.items[:3]
    yield Tested(name, tuple(text(each) for each in template.mappings))
    literal = (name.literal or "") if isinstance(name, Text) else ""
    here = template.mappings.get(literal)
    level = [here] if here is not None else list(template.mappings.values())
    for key in keys:
        maps = [each for each in level if isinstance(each, Object)]
        yield Tested(key, tuple(name for each in maps for name, _ in each.entries))
        level = [inner for each in maps for _, inner in each.entries]


def read_by(template: Template, written: Value) -> set[str]:
    """The parameters and pseudo parameters that a condition reads, through other conditions too."""
    found: set[str] = set()
    pending, seen = [written], set[str]()
    while pending:
        here = pending.pop()
        found.update(_PSEUDO.get(name, name) for call in calls_of(template, here) for name in names(call))
        fresh = texts_at(here, "Condition") - seen
        seen |= fresh
        pending.extend(template.conditions[name] for name in fresh if name in template.conditions)
    return found


def choice(scope: Scope, name: str) -> Choice | None:
    """The choice `name` with its alternatives; `None` where it is none, or has been decided."""
    if name not in scope.open:
        return None
    if name in _OWN:
        return _own_choice(scope, name)
    parameter = scope.template.parameters[name]
    default = [] if parameter.default is None or parameter.stored else [parameter.default]
    if parameter.plural:
        return Choice(name, (*map(parameter.typed, default), parameter.other(())), parameter.origin)
    every = parameter.allowed if parameter.single else None
    if every is None:
        texts = [each for each in dict.fromkeys((*default, *_literals(scope, name))) if parameter.admits(each)]
    else:
        texts = list(dict.fromkeys((*(each for each in default if each in every), *every)))
    tried = texts[:MOST]
    covered = every is not None and len(tried) == len(texts)
    rest = () if covered else (parameter.other(each.literal or "" for each in tried),)
    return Choice(name, (*tried, *rest), parameter.origin)


def _own_choice(scope: Scope, name: str) -> Choice:
    own = _OWN[name]
    texts = [each for each in dict.fromkeys(_literals(scope, name)) if own.shape.admits(each.literal or "")][:MOST]
    not_in = frozenset(each.literal or "" for each in texts)
    rest = Unknown(Why.UNBOUND, own.value, f"own {own.value}", not_in=not_in, shape=own.shape)
    return Choice(name, (*texts, rest))


def _literals(scope: Scope, name: str) -> Iterator[Text]:
    """The texts that the choice is compared with: where it stands alone, or between a known beginning and end."""
    for each in tested(scope.template):
        value = as_text(comparable(scope, scope.value(each.value)))
        if value is None or not any(_is(hole, name) for hole in value.holes):
            continue
        for other in each.against:
            against = as_text(comparable(scope, scope.value(other)))
            literal = against.literal if against else None
            found = None if literal is None else fill(value, literal)
            if found is not None:
                yield text(found)


def _is(hole: object, name: str) -> bool:
    own = _OWN.get(name)
    return isinstance(hole, Unknown) and hole.identity == (f"own {own.value}" if own else name)
