"""Policies that a role has already, as a plan shows, and that the source neither gives it nor takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.model.identities import IdentityKind
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.modules.instances import is_written
from keyfit.readers.terraform.plan.overlay import at
from keyfit.readers.terraform.resources.documents import document
from keyfit.value import List, Object, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.resources.attachments import Ties
    from keyfit.value import Value


def found_policies(instance: Instance, ties: Ties, separate: tuple[Policy, ...]) -> Iterator[Policy]:
    """The policies in the state of a role of which no block says anything; `separate` are those that blocks tie to it.

    A role's state lists all that are tied to it, whoever has done that. What an exclusive list of them does not have is
    taken away, and so is what the plan destroys.
    """
    if not instance.exists or instance.planned is None or _is_exclusive(ties):
        return
    if not is_written(instance, "inline_policy"):
        known = {policy.name for policy in separate} | _removed(instance, "name")
        yield from _inline(instance, instance.planned.find("inline_policy"), known)
    if not is_written(instance, "managed_policy_arns"):
        known = {policy.arn.literal or "" for policy in separate if policy.arn is not None}
        known |= _removed(instance, "policy_arn")
        yield from _attached(instance, ties, known)


def _is_exclusive(ties: Ties) -> bool:
    """Whether a list of all its policies is there for roles: what it does not have is taken away."""
    return any(each.kind is IdentityKind.ROLE for each in ties.exclusives)


def _removed(instance: Instance, name: str) -> set[str]:
    """What the plan destroys is called so."""
    found = (each.values.get(name) for each in instance.module.evaluation.plan.removed.values())
    return {each for each in found if isinstance(each, str)}


def _inline(instance: Instance, policies: Value | None, known: set[str]) -> Iterator[Policy]:
    for each in policies.items if isinstance(policies, List) else ():
        name, written = (each.find("name"), each.find("policy")) if isinstance(each, Object) else (None, None)
        if isinstance(name, Text) and isinstance(written, Text) and name.literal and name.literal not in known:
            found = document(at(written, instance.origin), instance)
            yield Policy(PolicyKind.INLINE, found, instance.address, name.literal, origin=instance.origin)


def _attached(instance: Instance, ties: Ties, known: set[str]) -> Iterator[Policy]:
    arns = instance.planned.find("managed_policy_arns") if instance.planned is not None else None
    for each in arns.items if isinstance(arns, List) else ():
        if isinstance(each, Text) and each.literal and each.literal not in known:
            yield ties.managed.attached(at(each, instance.origin), instance)
