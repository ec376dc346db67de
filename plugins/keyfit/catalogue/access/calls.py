"""The calls of a service's page, for one consumer: who makes them, and on which of its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.answer import YES, any_of
from keyfit.catalogue.access.objects import context, has_bucket_key
from keyfit.catalogue.creator import creator
from keyfit.model.findings import Level
from keyfit.model.names_of_keys import absent, find_bucket
from keyfit.model.names_of_roles import find_role, role_of
from keyfit.policy.request import Principal, PrincipalKind
from keyfit.services.need import Need
from keyfit.services.page import By
from keyfit.services.templates import filled
from keyfit.value import Own, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.answer import Answer
    from keyfit.model.consumers import Consumer, Use
    from keyfit.model.names_of_roles import IdentityFound
    from keyfit.model.stack import Stack
    from keyfit.services.page import Call
    from keyfit.value import Text


def of(stack: Stack, consumer: Consumer, call: Call) -> Iterator[Need]:
    """What the consumer needs for a call on the keys that it names; nothing where it makes none."""
    for use in uses(consumer, call):
        yield from on(stack, consumer, call, use)


def on(stack: Stack, consumer: Consumer, call: Call, use: Use) -> Iterator[Need]:
    """The same on a key, whichever it is."""
    who = caller(stack, consumer, call)
    if who is not None and is_for(consumer, call) and is_of(use, call):
        how = (call.via, call.routes, Level(call.level), call.documented)
        yield Need(call.actions, who, use, *how, parts=_parts(stack, consumer, use))


def _parts(stack: Stack, consumer: Consumer, use: Use) -> Mapping[str, Text]:
    """What templates have of the bucket that the key is for."""
    locations = (each.value for each in consumer.buckets if each.purpose is use.purpose)
    found = next((bucket for each in locations if (bucket := find_bucket(stack, each)) is not None), None)
    named = context(found) if found is not None else None
    return {} if named is None else {"object": named}


def uses(consumer: Consumer, call: Call) -> tuple[Use, ...]:
    """The consumer's keys that the call is about."""
    wanted = consumer.keys if is_for(consumer, call) else ()
    return tuple(use for use in wanted if is_of(use, call))


def is_of(use: Use, call: Call) -> bool:
    """Whether the call is about parameters of that purpose."""
    return not call.purposes or use.purpose.value in call.purposes


def made(stack: Stack, consumer: Consumer, call: Call) -> Answer:
    """Whether the consumer makes the call, as far as its buckets decide."""
    if not call.bucket_key:
        return YES
    found = (find_bucket(stack, location.value) for location in consumer.buckets if is_of(location, call))
    return any_of(has_bucket_key(bucket) for bucket in found if bucket is not None)


def is_for(consumer: Consumer, call: Call) -> bool:
    """Whether the call is one of the consumer's kind, and of its way: with a role or without."""
    if call.without_role and consumer.role is not None and not absent(consumer.role.value):
        return False
    return not call.kinds or consumer.kind in call.kinds


def caller(stack: Stack, consumer: Consumer, call: Call) -> Principal | IdentityFound | None:
    """Who makes the call for this consumer; `None` for nobody, and for callers that other identities' policies tell."""
    match call.by:
        case By.SERVICE:
            return Principal(PrincipalKind.SERVICE, principal(consumer, call))
        case By.LINKED_ROLE:
            named = consumer.role is not None and not absent(consumer.role.value)
            return role_of(stack, consumer) if named else find_role(stack, principal(consumer, call))
        case By.ROLE:
            return role_of(stack, consumer)
        case By.CREATOR:
            return creator(stack, consumer)
        case By.CALLER:
            return None


def principal(consumer: Consumer, call: Call) -> Text:
    """The name of the service principal, or the ARN of the service-linked role, for the consumer's place."""
    place = {"partition": text(Own.PARTITION), "region": consumer.region, "account": consumer.account}
    return filled(call.principal, lambda name, _: place.get(name)) or text()
