"""What a root module looks up by name that another one can have: as the source alone tells it, and as a plan does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.model.configuration import Lookup
from keyfit.readers.terraform.attributes.data_sources import DATA
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.value import Object, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

_TYPES: Final = ("aws_iam_role", "aws_kms_alias", "aws_kms_key", "aws_ssm_parameter", "terraform_remote_state")


def lookups(root: Module) -> Iterator[Lookup]:
    """Each attribute of the data sources; of a state each output that the plan shows."""
    for instance in resources(root, *_TYPES, kind="data"):
        source, before = DATA[instance.type], root.evaluation.plan.data.get(instance.address)
        for name in source.names:
            told = source.tell(instance, name)
            if told is not None:
                yield from _each(told, None if before is None else before.find(name))


def _each(told: Value, returned: Value | None) -> Iterator[Lookup]:
    if not (isinstance(told, Unknown) and isinstance(returned, Object)):
        yield Lookup(told, returned)
        return
    for name, value in returned.entries:
        yield Lookup(told.part(name.literal or ""), value)
