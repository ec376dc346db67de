"""Roles, users and groups of both providers, with every policy tied to them from either side (T13 to T15)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import Answer, all_of, any_of
from keyfit.model.identities import Identity, IdentityKind
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.imports import is_imported
from keyfit.readers.terraform.modules.instances import argument, blocks, inside, told
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources.attachments import Ties, entities, exclusives_of, tied
from keyfit.readers.terraform.resources.documents import document
from keyfit.readers.terraform.resources.exclusives import removing
from keyfit.readers.terraform.resources.found_policies import found_policies
from keyfit.readers.terraform.resources.names import as_hole, generated_name, is_named
from keyfit.readers.terraform.values.terraform_values import unordered
from keyfit.record import record
from keyfit.shape import NAME
from keyfit.truth import Truth
from keyfit.value import List, Null, Reference, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.readers.terraform.resources.exclusives import Exclusive
    from keyfit.readers.terraform.resources.managed import ManagedPolicies
    from keyfit.value import Origin, Value


@record
class _Words:
    """What an identity type calls its name and trust policy."""

    kind: IdentityKind
    name: str = "name"
    trust: str = ""


_TYPES: Final[Mapping[str, _Words]] = {
    "aws_iam_role": _Words(IdentityKind.ROLE, trust="assume_role_policy"),
    "aws_iam_user": _Words(IdentityKind.USER),
    "aws_iam_group": _Words(IdentityKind.GROUP),
    "awscc_iam_role": _Words(IdentityKind.ROLE, "role_name", "assume_role_policy_document"),
    "awscc_iam_user": _Words(IdentityKind.USER, "user_name"),
    "awscc_iam_group": _Words(IdentityKind.GROUP, "group_name"),
}
TYPES: Final = tuple(_TYPES)


# --- what expressions see ----------------------------------------------------------------------------------


def name(instance: Instance) -> Text:
    """The name of a role, user or group."""
    words = _TYPES[instance.type]
    if words.name == "name":
        return generated_name(instance)
    return as_hole(argument(instance, words.name), instance, "name_suffix")


def arn(instance: Instance) -> Text:
    """The ARN of a role, user or group."""
    known = told(instance, "arn")
    if known is not None:
        return known
    place = place_of(instance)
    path = argument(instance, "path")
    where = text("/") if path is None else as_hole(path, instance, "path")
    kind = _TYPES[instance.type].kind.value
    return text("arn:", place.partition, ":iam::", place.account, f":{kind}", where, name(instance))


def _unique_id(instance: Instance) -> Text:
    return text(Reference(instance.address, "unique_id", NAME))


_COMMON: Final[Mapping[str, Callable[[Instance], Value]]] = {"id": name, "arn": arn}
EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value]]]] = {
    **{each: {**_COMMON, "name": name, "unique_id": _unique_id} for each in TYPES if each.startswith("aws_")},
    "awscc_iam_role": {**_COMMON, "role_name": name, "role_id": _unique_id},
    "awscc_iam_user": {**_COMMON, "user_name": name},
    "awscc_iam_group": {**_COMMON, "group_name": name},
    **{f"aws_iam_{each}_policy": {"name": generated_name} for each in ("role", "user", "group")},
    "aws_iam_role_policy_attachment": {"role": lambda instance: argument(instance, "role") or Null()},
}


# --- what the model says -----------------------------------------------------------------------------------


def read_identities(root: Module, found: Ties) -> Iterator[Identity]:
    """Every role, user and group with its policies, a user with its groups'."""
    blocks = list(resources(root, *TYPES))
    identities = [_identity(each, found) for each in blocks]
    members = _memberships(root, blocks)
    for instance, identity in zip(blocks, identities, strict=True):
        groups = members.get(instance.address, ())
        inherited = tuple(
            replace(policy, present=all_of((policy.present, answer)))
            for group, answer in groups
            for other in identities
            if other.block.address == group
            for policy in other.policies
        )
        yield replace(identity, policies=(*identity.policies, *inherited)) if inherited else identity


def _identity(instance: Instance, found: Ties) -> Identity:
    words = _TYPES[instance.type]
    inline, listed = _inline(instance), _listed(instance, found.managed)
    separate = tuple(tied(found, words.kind, name(instance), arn(instance)))
    boundary = argument(instance, "permissions_boundary")
    trust = argument(instance, words.trust) if words.trust else None
    return Identity(
        instance.block,
        words.kind,
        name(instance),
        arn(instance),
        _distinct((*inline, *listed, *separate, *_before(instance), *found_policies(instance, found, separate))),
        boundary=None if boundary is None else found.managed.boundary(boundary, instance),
        trust=_trust(instance, trust) if words.kind is IdentityKind.ROLE else None,
        account=place_of(instance).account,
        mixes=_mixes(instance, separate),
        strict=tuple(_strict(instance, exclusives_of(found, words.kind, name(instance), arn(instance)))),
    )


def _strict(instance: Instance, others: Sequence[Exclusive]) -> Iterator[tuple[PolicyKind, Unknown]]:
    """The kinds of policies of which the source lists all, in the role itself or beside it (T14, T15)."""
    for exclusive, kinds in _exclusive_lists(instance) if instance.planned is None else ():
        yield from ((kind, removing(instance.address, exclusive.origin)) for kind in sorted(kinds, key=str))
    yield from (each for other in others for each in other.strict())


def _before(instance: Instance) -> Iterator[Policy]:
    """The policies that an identity has already which is imported: the source takes none away."""
    if is_imported(instance) and instance.planned is None:
        yield Policy(PolicyKind.OUTSIDE, None, instance.address, origin=instance.origin)


def _trust(instance: Instance, value: Value | None) -> Policy:
    origin = instance.origin if value is None else value.origin
    return Policy(PolicyKind.TRUST, document(value, instance), instance.address, origin=origin)


def _distinct(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
    """Policies without those attached a second time."""
    kept: list[Policy] = []
    for policy in policies:
        if policy.arn is None or policy not in kept:
            kept.append(policy)
    return tuple(kept)


def _inline(instance: Instance) -> Iterator[Policy]:
    """The policies written in the identity itself: `inline_policy` blocks, and awscc's `policies`."""
    if instance.type.startswith("awscc_"):
        yield from _from_list(instance, argument(instance, "policies"), ("policy_name", "policy_document"))
    else:
        yield from _from_list(instance, blocks(instance, "inline_policy"), ("name", "policy"))


def _from_list(instance: Instance, value: Value | None, words: tuple[str, str]) -> Iterator[Policy]:
    match None if value is None else unordered(value):
        case List(items, rest):
            for item in items:
                written = inside(item, words[1])
                if written is not None:
                    yield _inline_policy(instance, inside(item, words[0]), written)
            if rest is not None:
                yield _inline_policy(instance, None, rest)
        case Unknown() as unknown:
            yield _inline_policy(instance, None, unknown)
        case _:
            pass


def _inline_policy(instance: Instance, called: Value | None, written: Value) -> Policy:
    title = called.literal if isinstance(called, Text) else None
    return Policy(PolicyKind.INLINE, document(written, instance), instance.address, title or "", origin=written.origin)


def _listed(instance: Instance, managed: ManagedPolicies) -> Iterator[Policy]:
    """The managed policies that `managed_policy_arns` names."""
    yield from (managed.attached(value, instance) for value in entities(argument(instance, "managed_policy_arns")))


def _mixes(instance: Instance, separate: tuple[Policy, ...]) -> tuple[Origin, ...]:
    """The places of an exclusive list of policies and of a separate policy of the same sort (T14)."""
    for exclusive, kinds in _exclusive_lists(instance):
        other = next((policy for policy in separate if policy.kind in kinds), None)
        if other is not None:
            return (exclusive.origin, other.origin)
    return ()


def _exclusive_lists(instance: Instance) -> Iterator[tuple[Value, frozenset[PolicyKind]]]:
    """The lists in a role that are all policies of their kinds."""
    if instance.type == "aws_iam_role":
        lists = ((blocks(instance, "inline_policy"), _INLINE), (argument(instance, "managed_policy_arns"), _MANAGED))
        yield from ((listed, kinds) for listed, kinds in lists if listed is not None)


_INLINE: Final = frozenset({PolicyKind.INLINE})
_MANAGED: Final = frozenset({PolicyKind.MANAGED, PolicyKind.AWS_MANAGED, PolicyKind.OUTSIDE})


# --- groups ------------------------------------------------------------------------------------------------


def _memberships(root: Module, instances: list[Instance]) -> Mapping[str, tuple[tuple[str, Answer], ...]]:
    """The groups that each user is, or can be, in."""
    users = [each for each in instances if _TYPES[each.type].kind is IdentityKind.USER]
    groups = [each for each in instances if _TYPES[each.type].kind is IdentityKind.GROUP]
    found: dict[str, list[tuple[str, Answer]]] = defaultdict(list)
    for link in _links(root, users):
        for user in users:
            for group in groups:
                member = all_of((link.present, _one_of(link.users, user), _one_of(link.groups, group)))
                if member.truth is not Truth.NO:
                    found[user.address].append((group.address, member))
    return {user: tuple(dict.fromkeys(links)) for user, links in found.items()}


@record
class _Link:
    users: tuple[Value, ...]
    groups: tuple[Value, ...]
    present: Answer


def _links(root: Module, users: list[Instance]) -> Iterator[_Link]:
    for each in resources(root, "aws_iam_user_group_membership"):
        yield _Link(entities(argument(each, "user")), entities(argument(each, "groups")), each.present)
    for each in resources(root, "aws_iam_group_membership"):
        yield _Link(entities(argument(each, "users")), entities(argument(each, "group")), each.present)
    for user in users:
        if user.type == "awscc_iam_user":
            yield _Link((name(user),), entities(argument(user, "groups")), user.present)


def _one_of(values: tuple[Value, ...], instance: Instance) -> Answer:
    return any_of(is_named(value, name(instance)) for value in values)
