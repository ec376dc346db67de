"""Roles that the source looks up and does not hold, where it ties policies to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.attributes.attribute import attribute
from keyfit.readers.terraform.functions.encoding import decoded
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.plan.overlay import at
from keyfit.readers.terraform.plan.planned import Planned
from keyfit.readers.terraform.resources.attachments import tied
from keyfit.truth import Truth
from keyfit.value import Text, Unknown
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.resources.attachments import Ties

_TYPE = "aws_iam_role"
NOTHING_READ = Planned()


def outside_roles(root: Module, found: Ties, own: frozenset[Text]) -> Iterator[Identity]:
    """The roles of `aws_iam_role` data sources with the policies tied to them here; `own` are the ARNs of the source's.

    Their other policies can allow anything, and are assumed not to deny. The trust policy is what a plan has read.
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
    address = instance.address
    read = instance.module.evaluation.plan.data.get(address, NOTHING_READ)
    if not surely and "assume_role_policy" not in read.names:
        return None
    unknown = Unknown(Why.OUTSIDE_SOURCE, f"the trust policy of role `{address}`", f"trust of {address}")
    told, boundary = read.find("assume_role_policy"), read.find("permissions_boundary")
    trust = at(decoded(told), instance.origin) if isinstance(told, Text) else unknown
    return Identity(
        instance.block,
        IdentityKind.ROLE,
        name,
        arn,
        (*surely, Policy(PolicyKind.OUTSIDE, None, address, origin=instance.origin)),
        boundary=found.managed.boundary(boundary, instance) if isinstance(boundary, Text) else None,
        trust=Policy(PolicyKind.TRUST, trust, address, origin=instance.origin),
        account=place_of(instance).account,
        outside=True,
    )
