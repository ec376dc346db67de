"""Which keys and identities the rules about policies look at: those connected to a consumer, or all that are written.

A consumer is connected to the keys that it names, to the default keys of the buckets that it names, and to the roles
that it names or calls with. A geospatial job can stand outside the source altogether (there is no resource type for
it), so a role that trusts `sagemaker-geospatial.amazonaws.com` stands for one: it is connected, and so is every key
whose policy names it, or that its own policies name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import arn
from keyfit.catalogue.key_facts import key_uses
from keyfit.catalogue.lookup import absent, find_bucket, find_key, find_role
from keyfit.model import IdentityKind
from keyfit.policy import document
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Text, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options
    from keyfit.model import Consumer, Identity, Key, Policy, Stack

GEOSPATIAL: Final = text("sagemaker-geospatial.amazonaws.com")  # G18


def keys(stack: Stack, options: Options) -> Iterator[Key]:
    """The keys of the source that are connected to a consumer; all of them where the user asked for that."""
    used = None if options.all_keys else set(_connected_keys(stack))
    yield from (key for key in stack.keys if used is None or key.block.address in used)


def identities(stack: Stack, options: Options) -> Iterator[Identity]:
    """The identities of the source that are connected to a consumer; all of them where the user asked for that."""
    named = None if options.all_keys else set(_connected_identities(stack))
    yield from (each for each in stack.identities if named is None or each.block.address in named)


def geospatial_roles(stack: Stack) -> Iterator[Identity]:
    """The roles of the source that trust the geospatial service and that no job of the source names."""
    named = {address for consumer in stack.consumers for address in _roles_of(stack, consumer)}
    for role in stack.identities:
        if role.kind is IdentityKind.ROLE and role.block.address not in named and _trusts_geospatial(role):
            yield role


def keys_of_role(stack: Stack, role: Identity) -> Iterator[Key]:
    """The keys of the source whose policy names `role`, or that its own policies name by their ARN."""
    resources = {value for policy in role.policies for value in _resources(policy)}
    for key in stack.keys:
        if key.arn in resources or any(_is(value, role.arn) for value in _principals(key.policy, "AWS")):
            yield key


def _connected_keys(stack: Stack) -> Iterator[str]:
    """The addresses of the keys that consumers, their buckets, or the roles of geospatial jobs lead to."""
    found = [use.found for use in key_uses(stack)]
    for consumer in stack.consumers:
        buckets = (find_bucket(stack, use.value) for use in consumer.buckets)
        found.extend(find_key(stack, each.key) for each in buckets if each and each.key and not absent(each.key))
    yield from (each.key.block.address for each in found if each.key is not None)
    for role in geospatial_roles(stack):
        yield from (key.block.address for key in keys_of_role(stack, role))


def _connected_identities(stack: Stack) -> Iterator[str]:
    for consumer in stack.consumers:
        yield from _roles_of(stack, consumer)
    yield from (role.block.address for role in geospatial_roles(stack))
    deployer = find_role(stack, stack.deployer).identity if stack.deployer is not None else None
    if deployer is not None:
        yield deployer.block.address


def _roles_of(stack: Stack, consumer: Consumer) -> Iterator[str]:
    """The addresses of the roles that a consumer names or calls with."""
    for use in (consumer.role, consumer.caller):
        role = find_role(stack, use.value).identity if use is not None else None
        if role is not None:
            yield role.block.address


def _trusts_geospatial(role: Identity) -> bool:
    if role.trust is None:
        return False
    return any(_is(value, GEOSPATIAL) for value in _principals(role.trust, "Service"))


def _principals(policy: Policy, kind: str) -> Iterator[Text]:
    """The principals of one kind that statements of `policy` allow something."""
    for statement in document.read(policy).statements:
        principals = statement.principals
        if principals is None or principals.negated or Effect.ALLOW not in statement.effects:
            continue
        for entry in principals.entries:
            if isinstance(entry, PrincipalEntry) and entry.kind == kind and isinstance(entry.value, Text):
                yield entry.value


def _resources(policy: Policy) -> Iterator[Text]:
    for statement in document.read(policy).statements:
        if statement.resources is not None and not statement.resources.negated:
            yield from (value for value in statement.resources.values if isinstance(value, Text))


def _is(one: Text, other: Text) -> bool:
    return arn.equal(one, other).truth is Truth.YES
