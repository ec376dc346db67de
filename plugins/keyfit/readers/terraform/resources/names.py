"""Names of resources: written, or made up behind a known prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import Answer, maybe
from keyfit.aws import arn
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.values.compare import equal
from keyfit.readers.terraform.values.unknowns import because, invalid
from keyfit.shape import NAME
from keyfit.value import Reference, Text, Unknown, text

if TYPE_CHECKING:
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Value


def generated_name(instance: Instance, prefix: str = "terraform-") -> Text:
    """`name`; else `name_prefix` or `prefix`, and what the provider makes up."""
    written = argument(instance, "name")
    if written is not None:
        return as_hole(written, instance, "name")
    wanted = argument(instance, "name_prefix")
    return text(as_hole(wanted, instance, "name") if wanted is not None else prefix, suffix(instance))


def suffix(instance: Instance) -> Reference:
    """The part of a name that is made up."""
    return Reference(instance.address, "name_suffix", NAME)


def is_named(value: Value, name: Text) -> Answer:
    """Whether `value` is the name or ARN `name`, a literal partition agreeing with the deployment's own."""
    match value:
        case Text():
            return arn.equal(value, name)
        case Unknown():
            return equal(value, name)
        case _:
            return maybe(invalid("a name is not a string", value.origin))


def as_hole(value: Value | None, instance: Instance, attribute: str) -> Text:
    """A value that is meant to be text, as text; made up where it is not given."""
    match value:
        case Text():
            return value
        case None:
            return text(Reference(instance.address, attribute, NAME))
        case Unknown():
            return text(value, origin=value.origin)
        case _:
            return text(because((value,)), origin=value.origin)
