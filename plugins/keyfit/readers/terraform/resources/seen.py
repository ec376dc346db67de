"""What a configuration names and does not hold: modules that are not here, and templates deployed from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.block import Block
from keyfit.model.stack import Seen
from keyfit.readers.terraform.modules import file_names
from keyfit.readers.terraform.modules.expansion import child, copies_of, everything, resources
from keyfit.readers.terraform.modules.instances import argument
from keyfit.value import Origin, Position, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module


class _Deploys(NamedTuple):
    """A type that deploys a template: why it is not looked into, and the argument with which it is."""

    why: Why
    unless: str = ""


_DEPLOYING: Final = {
    "aws_cloudformation_stack": _Deploys(Why.NESTED, unless="template_body"),
    "aws_cloudformation_stack_set": _Deploys(Why.ELSEWHERE),
    "aws_serverlessapplicationrepository_cloudformation_stack": _Deploys(Why.ELSEWHERE),
    "aws_servicecatalog_provisioned_product": _Deploys(Why.ELSEWHERE),
    "awscc_cloudformation_stack": _Deploys(Why.NESTED),
    "awscc_cloudformation_stack_set": _Deploys(Why.ELSEWHERE),
    "awscc_servicecatalog_cloudformation_provisioned_product": _Deploys(Why.ELSEWHERE),
}


def read_seen(root: Module) -> Iterator[Seen]:
    """Each place once, however many copies it has."""
    for module in {module.directory: module for module in reversed(everything(root))}.values():
        yield from _modules(module)
        yield from _shadowed(module)
    for instance in resources(root, *_DEPLOYING):
        found = _deployed(instance)
        if found is not None:
            yield found


def _modules(module: Module) -> Iterator[Seen]:
    """The calls of modules that are not here."""
    for declared in module.configuration.of_kind("module"):
        children = (child(module, declared, copy) for copy in copies_of(module, declared).all)
        missing = next((each for each in children if isinstance(each, Unknown)), None)
        if missing is not None:
            address = f"{module.address}module.{declared.labels[0]}"
            yield Seen(Block(address, "module", declared.origin), missing)


def _shadowed(module: Module) -> Iterator[Seen]:
    """The files that one of OpenTofu's stands for."""
    for path in file_names.shadowed_files(module.directory, module.library.root):
        place = Origin(str(path), Position(1), Position(1))
        address = f"{module.address}{path.name}"
        yield Seen(Block(address, "file", place), Unknown(Why.SHADOWED, path.name, origin=place))


def _deployed(instance: Instance) -> Seen | None:
    """A resource that deploys a template which is not here, or not known."""
    deploys = _DEPLOYING[instance.type]
    written = argument(instance, deploys.unless) if deploys.unless else None
    if written is not None and not isinstance(written, Unknown):
        return None
    why = Unknown(deploys.why, instance.address, origin=instance.origin)
    return Seen(instance.block, why if written is None else written)
