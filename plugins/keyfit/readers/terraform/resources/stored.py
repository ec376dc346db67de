"""Parameters of Systems Manager that a root module creates, and that it or others read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.stack import Stored
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.modules.places import place_of
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

TYPES: Final = ("aws_ssm_parameter", "awscc_ssm_parameter")
_KINDS: Final = frozenset({"String", "StringList"})  # a secret is nobody's key or role


def read_stored(root: Module) -> Iterator[Stored]:
    """Those with a name and a value that the source tells."""
    for each in resources(root, *TYPES):
        name, value = argument(each, "name"), written(each)
        if isinstance(name, Text) and value is not None:
            place = place_of(each)
            yield Stored(each.block, name, value, place.account, place.region)


def written(instance: Instance) -> Value | None:
    """The value of one; `None` for a secret, and for one that is not told."""
    kind = argument(instance, "type")
    if not isinstance(kind, Text) or kind.literal not in _KINDS:
        return None
    return argument(instance, "value") or argument(instance, "insecure_value")
