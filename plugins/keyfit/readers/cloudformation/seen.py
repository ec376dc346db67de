"""What a template names and does not hold: macros, includes, modules, and what it deploys from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.block import Block
from keyfit.model.stack import Seen
from keyfit.readers.cloudformation.exports import is_local
from keyfit.readers.cloudformation.resources import state_machines
from keyfit.readers.cloudformation.resources.handed import MODULE
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.template import loops, transforms
from keyfit.readers.cloudformation.template.loops import LOOP, types_made
from keyfit.services import index, subjects
from keyfit.value import List, Object, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Origin

_APPLICATION: Final = "AWS::Serverless::Application"
_DEPLOYING: Final = {
    "AWS::CloudFormation::Stack": Why.NESTED,
    "AWS::CloudFormation::StackSet": Why.ELSEWHERE,
    _APPLICATION: Why.ELSEWHERE,
    "AWS::ServiceCatalog::CloudFormationProvisionedProduct": Why.ELSEWHERE,
}
# What is added inside another resource is no key, role or policy, and none of its properties is looked at.
_OF_CONCERN: Final = frozenset(
    (*subjects.cloudformation(*subjects.EVERY, "state machine"), "AWS::KMS::Alias", "AWS::S3::Bucket")
)
_COMMON: Final = frozenset(index.types()) - index.hiding()
_KMS: Final = "kms"  # in the name of every property that names a key


def seen(scope: Scope) -> Iterator[Seen]:
    """Each thing once, at the place that names it."""
    for name, place in _macros(scope.template.transform):
        yield _transform(name, place, Block(name, "Transform", place))
    for section, written in scope.template.sections.items():
        for name, place, within in _transforms(written, section, 2):
            yield _transform(name, place, Block(section, section, place), within)
    yield from _loops(scope)
    for resource in scope.template.resources.values():
        yield from _resource(scope, resource)


def _resource(scope: Scope, resource: Resource) -> Iterator[Seen]:
    here = block(scope, resource)
    why = Why.MODULE_TYPE if resource.type.endswith(MODULE) else _DEPLOYING.get(resource.type)
    why = Why.NESTED if resource.type == _APPLICATION and is_local(scope, resource) else why
    if why is not None:
        subject = resource.type if why is Why.MODULE_TYPE else resource.address
        yield Seen(here, Unknown(why, subject, origin=resource.origin))
    if resource.type in state_machines.TYPES and state_machines.is_elsewhere(scope, resource):
        yield Seen(here, Unknown(Why.DEFINITION, resource.address, origin=resource.origin), "Definition")
    if resource.type in _OF_CONCERN and resource.properties is not None:
        for name, place, within in _transforms(resource.properties, "Properties", None):
            yield _transform(name, place, here, within)


def _loops(scope: Scope) -> Iterator[Seen]:
    """Loops over what is not known, where what they make is of concern."""
    written = scope.template.sections.get("Resources")
    for key, value in written.entries if isinstance(written, Object) else ():
        if key.prefix.startswith(LOOP) and _is_of_concern(value):
            yield Seen(Block(key.prefix, LOOP, key.origin), loops.unknown(key, value, scope.template.parameters))


def _is_of_concern(loop: Value) -> bool:
    """Whether it makes what is judged; what is in most sources, such as topics, is where something names a key."""
    made = types_made(loop) & _OF_CONCERN
    return bool(made - _COMMON) or (bool(made) and _names_key(loop))


def _names_key(value: Value) -> bool:
    return any(_KMS in name.lower() or _names_key(inner) for name, _, inner in _inner(value))


def _transform(name: str, place: Origin, here: Block, within: str = "") -> Seen:
    return Seen(here, Unknown(Why.INCLUDE if name == transforms.INCLUDE else Why.MACRO, name, origin=place), within)


def _macros(written: Value | None) -> Iterator[tuple[str, Origin]]:
    """The transforms of the whole template that AWS does not publish, and `AWS::Include`; each by its name."""
    for each in written.items if isinstance(written, List) else (written,):
        name = transforms.named(each)
        if each is not None and (name == transforms.INCLUDE or not name.startswith("AWS::")):
            yield name or transforms.CALL, each.origin


def _transforms(written: Value, path: str, depth: int | None) -> Iterator[tuple[str, Origin, str]]:
    """Each `Fn::Transform` in a value, down to some depth: what it names, its place, and its path."""
    pending = [(written, path, 0)]
    while pending:
        here, where, level = pending.pop()
        for name, place, value in _inner(here):
            if name == transforms.CALL:
                yield transforms.named(value) or name, place, where
            elif depth is None or level + 1 < depth:
                pending.append((value, f"{where}.{name}", level + 1))


def _inner(value: Value) -> Iterator[tuple[str, Origin, Value]]:
    if isinstance(value, Object):
        yield from ((key.prefix, key.origin, inner) for key, inner in value.entries)
    elif isinstance(value, List):
        yield from ((str(index), inner.origin, inner) for index, inner in enumerate(value.items))
