"""Every consumer that rules speak about: those of the source, and each geospatial role that no job in it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.lookup import find_key, find_role
from keyfit.model import Consumer, ConsumerKind, IdentityKind, Use
from keyfit.pattern import matches
from keyfit.policy.document import read
from keyfit.policy.statement import Effect, PrincipalEntry
from keyfit.truth import Truth
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model import Identity, Key, Stack
    from keyfit.policy.statement import Statement

GEOSPATIAL: Final = "sagemaker-geospatial.amazonaws.com"
JOBS: Final = frozenset(
    {
        ConsumerKind.EARTH_OBSERVATION_JOB,
        ConsumerKind.VECTOR_ENRICHMENT_JOB,
        ConsumerKind.EARTH_OBSERVATION_EXPORT,
        ConsumerKind.VECTOR_ENRICHMENT_EXPORT,
    }
)


def every(stack: Stack) -> tuple[Consumer, ...]:
    """The consumers of the source, and one for each geospatial role without a job: worked out once a stack."""
    found = stack.cache.get(every)
    if found is None:
        found = stack.cache[every] = (*stack.consumers, *_roles_without_job(stack))
    return found  # type: ignore[return-value]  # the cache holds what is put into it above


def _roles_without_job(stack: Stack) -> Iterator[Consumer]:
    """No template has the jobs themselves (G18): a role that trusts the service stands for those that scripts start."""
    jobs = [each for each in stack.consumers if each.kind in JOBS]
    roles = [find_role(stack, job.role.value).identity for job in jobs if job.role is not None]
    named = {role.block.address for role in roles if role is not None}
    for role in stack.identities:
        if role.kind is IdentityKind.ROLE and role.block.address not in named and _is_geospatial(role):
            uses = tuple(_use(key, role) for key in stack.keys if _connected(stack, key, role))
            yield Consumer(
                role.block,
                ConsumerKind.EARTH_OBSERVATION_JOB,
                keys=uses,
                role=Use("", Text(role.arn.parts, role.block.origin)),
                region=stack.region,
                account=role.account,
            )


def _use(key: Key, role: Identity) -> Use:
    return Use(key.block.address, Text(key.arn.parts, role.block.origin))


def _is_geospatial(role: Identity) -> bool:
    """Whether the role's trust policy names the service."""
    statements = read(role.trust).statements if role.trust is not None else ()
    return any(_names_service(each) for each in statements if each.effects == {Effect.ALLOW})


def _names_service(statement: Statement) -> bool:
    principals = statement.principals
    if principals is None or principals.negated:
        return False
    services = (each for each in principals.entries if isinstance(each, PrincipalEntry) and each.kind == "Service")
    return any(isinstance(each.value, Text) and each.value.literal == GEOSPATIAL for each in services)


def _connected(stack: Stack, key: Key, role: Identity) -> bool:
    """Whether the key's policy names the role, or a policy of the role names the key."""
    by_key = (each for each in read(key.policy).statements if each.principals is not None)
    if any(_names(statement, role.arn) for statement in by_key):
        return True
    return any(
        isinstance(pattern, Text) and find_key(stack, pattern).key == key
        for policy in role.policies
        for statement in read(policy).statements
        if statement.resources is not None and not statement.resources.negated
        for pattern in statement.resources.values
    )


def _names(statement: Statement, arn: Text) -> bool:
    principals = statement.principals
    if principals is None or principals.negated:
        return False
    texts = (each.value for each in principals.entries if isinstance(each, PrincipalEntry) and each.kind == "AWS")
    return any(isinstance(each, Text) and matches(each, arn, wildcards=False) is Truth.YES for each in texts)
