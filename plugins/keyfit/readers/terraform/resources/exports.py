"""What each resource type that the model speaks of exports to expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.resources import buckets, consumers, identities, keys, managed
from keyfit.value import Null

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Value

EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value | None]]]] = {
    **keys.EXPORTS,
    **identities.EXPORTS,
    **managed.EXPORTS,
    **buckets.EXPORTS,
    **consumers.EXPORTS,
    "terraform_data": {"output": lambda instance: argument(instance, "input") or Null(instance.origin)},
}
