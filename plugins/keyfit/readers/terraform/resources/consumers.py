"""The resources of a configuration, and the tasks of its state machines, as what services' pages are asked about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.modules.expansion import copies_of, everything, instances
from keyfit.readers.terraform.modules.instances import argument, inside, setting, told
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources import state_machines
from keyfit.readers.terraform.resources.names import as_hole, generated_name
from keyfit.readers.terraform.resources.state_machines import read_tasks
from keyfit.services import index
from keyfit.services.resource import Resource
from keyfit.services.templates import UNLESS, filled, unless
from keyfit.shape import NAME
from keyfit.value import Reference, Text, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Hole, Value

_PLACE: Final = ("partition", "region", "account")


def _arn_of(instance: Instance) -> Text:
    return told(instance, "arn") or text(Reference(instance.address, "arn"))


def _state_machine_arn(instance: Instance) -> Text:
    known = told(instance, "arn")
    if known is not None:
        return known
    place = place_of(instance)
    prefix = ("arn:", place.partition, ":states:", place.region, ":", place.account, ":stateMachine:")
    return text(*prefix, generated_name(instance))


def _part(instance: Instance, name: str, words: str) -> Hole | Text | None:
    """What a template has by that name: of the deployment, made up by AWS, or an argument of the resource."""
    if name in _PLACE:
        place: Text = getattr(place_of(instance), name)
        return place
    if name == UNLESS:
        return unless(words, lambda path: setting(instance, *path.split(".")))
    if name == "made":
        return Reference(instance.address, words, NAME)
    written = argument(instance, name)
    prefixed = name == "name" and written is None and argument(instance, "name_prefix") is not None
    return generated_name(instance) if prefixed else as_hole(written, instance, name)


def _export(template: str) -> Callable[[Instance], Value | None]:
    return lambda instance: filled(template, partial(_part, instance))


EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value | None]]]] = {
    **{type_: {name: _export(each) for name, each in named.items()} for type_, named in index.exports().items()},
    "aws_sfn_state_machine": {"id": _state_machine_arn, "arn": _state_machine_arn, "name": generated_name},
    "awscc_stepfunctions_state_machine": {"id": _arn_of, "arn": _arn_of},
}


def read_resources(root: Module, attribute: Callable[[Instance, str], Value]) -> Iterator[Resource]:
    """The resources that some page speaks of, and the tasks of state machines; `attribute` tells what they export."""
    for module in everything(root):
        for instance in instances(module, *index.types()):
            yield _resource(instance, attribute)
        yield from read_tasks(module)


def _resource(instance: Instance, attribute: Callable[[Instance, str], Value]) -> Resource:
    place = place_of(instance)
    return Resource(
        instance.type,
        instance.block,
        lambda path: setting(instance, *path.split(".")),
        lambda value, path, _: inside(value, *(path.split(".") if path else ())),
        place.region,
        place.account,
        partial(attribute, instance),
        partition=place.partition,
    )


def read_hidden(root: Module) -> Iterator[Hole]:
    """The holes behind which further consumers can stand: copies that nobody knows of, and tasks."""
    types = frozenset((*index.hiding(), *state_machines.TYPES))
    found = everything(root)
    holding = [
        each for each in found if any(block.labels[0] in types for block in each.configuration.of_kind("resource"))
    ]
    for module in holding:
        blocks = [each for each in module.configuration.of_kind("resource") if each.labels[0] in types]
        yield from _open_copies(module, blocks)
        for instance in instances(module, *state_machines.TYPES):
            yield from state_machines.hidden(instance)
    for module in found:
        if any(each.address.startswith(f"{module.address}module.") for each in holding):
            yield from _open_copies(module, list(module.configuration.of_kind("module")))


def _open_copies(module: Module, blocks: list[Declared]) -> Iterator[Hole]:
    for declared in blocks:
        copies = copies_of(module, declared)
        if copies.rest is not None and copies.rest.choices and not copies.single:
            yield copies.rest
