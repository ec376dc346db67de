"""Roles that the source looks up and does not hold, where it ties policies to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.stack import Identity, IdentityKind, Policy, PolicyKind
from keyfit.readers.terraform.attributes.attribute import attribute
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources.attachments import tied
from keyfit.truth import Truth
from keyfit.value import Text, Unknown, Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.resources.attachments import Ties

_TYPE = "aws_iam_role"


def outside_roles(root: Module, found: Ties, own: frozenset[Text]) -> Iterator[Identity]:
    """The roles of `aws_iam_role` data sources with the policies tied to them here; `own` are the ARNs of the source's.

    Their other policies can allow anything, and are assumed not to deny.
    """
    told = set(own)
    for instance in resources(root, _TYPE, kind="data"):
        identity = _identity(instance, found)
        if identity is not None and identity.arn not in told:
            told.add(identity.arn)
            yield identity


def _identity(instance: Instance, found: Ties) -> Identity | None:
    name, arn = attribute(instance, "name"), attribute(instance, "arn")
    if not isinstance(name, Text) or not isinstance(arn, Text):
        return None
    surely = [each for each in tied(found, IdentityKind.ROLE, name, arn) if each.present.truth is not Truth.NO]
    if not surely:
        return None
    address = instance.address
    unknown = Unknown(Why.OUTSIDE_SOURCE, f"the trust policy of role `{address}`", f"trust of {address}")
    return Identity(
        instance.block,
        IdentityKind.ROLE,
        name,
        arn,
        (*surely, Policy(PolicyKind.OUTSIDE, None, address, origin=instance.origin)),
        trust=Policy(PolicyKind.TRUST, unknown, address, origin=instance.origin),
        account=place_of(instance).account,
        outside=True,
    )
