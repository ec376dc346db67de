"""Macros, and the transforms of AWS: what of a template they can change.

A macro of the account gets what it covers, and gives back what it likes: the whole template where `Transform` names it,
what stands beside and below it where `Fn::Transform` does (R22). What AWS's own transforms do is known:
`AWS::Serverless` is `serverless`, `AWS::LanguageExtensions` are `loops` and functions, `AWS::Include` adds to what is
written, `AWS::ServiceCatalog` fills in placeholders (`evaluation.substitution`); the others (`AWS::SecretsManager`,
`AWS::CodeDeployBlueGreen`) make resources that are of no concern.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.value import Entry, List, Object, Text, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

CALL: Final = "Fn::Transform"
INCLUDE: Final = "AWS::Include"
TRANSFORM: Final = "Transform"
_OF_AWS: Final = "AWS::"
# What stands in these decides about the whole template.
_EVERYWHERE: Final = ("Parameters", "Mappings", "Conditions", "Rules")


def named(written: Value | None) -> str:
    """The name that a transform is given by; empty where it is not a literal."""
    name = written.find("Name") if isinstance(written, Object) else written
    return (name.literal or "") if isinstance(name, Text) else ""


def unknown(written: Value) -> Unknown:
    """What a transform makes."""
    name = named(written)
    return Unknown(Why.INCLUDE if name == INCLUDE else Why.MACRO, name or CALL, origin=written.origin)


def covering(written: Value | None) -> Unknown | None:
    """The macro that `Fn::Transform` calls in a map, and that covers all the map's entries; `None` for none."""
    entries = written.entries if isinstance(written, Object) else ()
    calls = (value for key, value in entries if key.literal == CALL)
    return next((unknown(each) for each in calls if not named(each).startswith(_OF_AWS)), None)


def covering_all(root: Value) -> Unknown | None:
    """The macro that covers a whole template; `None` for none."""
    transform = root.find(TRANSFORM) if isinstance(root, Object) else None
    for each in transform.items if isinstance(transform, List) else (transform,):
        if each is not None and not named(each).startswith(_OF_AWS):
            return unknown(each)
    if not isinstance(root, Object):
        return None
    everywhere = (each for name in _EVERYWHERE for each in _maps(root.find(name)))
    covered = (root, root.find("Resources"), *everywhere)
    return next(filter(None, map(covering, covered)), None)


def _maps(written: Value | None) -> Iterator[Value]:
    """Every map in a value, itself included."""
    pending = [written]
    while pending:
        here = pending.pop()
        if isinstance(here, Object):
            yield here
            pending.extend(value for _, value in here.entries)
        elif isinstance(here, List):
            pending.extend(here.items)


def without(root: Value, names: Container[str]) -> Value:
    """A template without the macros of these names: as if they changed nothing."""
    match root:
        case Object(entries):
            kept = (each for each in entries if not (each.key.literal == CALL and named(each.value) in names))
            inner = tuple(
                Entry(key, _transform(value, names) if key.literal == TRANSFORM else without(value, names))
                for key, value in kept
            )
            return replace(root, entries=inner)
        case List(items):
            return replace(root, items=tuple(without(each, names) for each in items))
        case _:
            return root


def _transform(written: Value, names: Container[str]) -> Value:
    items = written.items if isinstance(written, List) else (written,)
    return List(tuple(each for each in items if named(each) not in names), origin=written.origin)
