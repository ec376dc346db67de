"""A policy argument as the document it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.values.terraform_values import unordered
from keyfit.readers.terraform.values.unknowns import invalid

if TYPE_CHECKING:
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Value


def document(value: Value | None, instance: Instance) -> Value:
    """The policy document that an argument holds, with the places of its parts; unknown where it cannot be read."""
    if value is None:
        return invalid(f"`{instance.address}` has no policy document", instance.origin)
    return unordered(decoded(value))
