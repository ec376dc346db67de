"""What consumers, tasks and identities work on that has a key and is another stack's: queues, buckets, and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.aws import arn
from keyfit.model.names_of_keys import bucket_name
from keyfit.model.names_of_targets import own_key
from keyfit.policy.memo import document_of
from keyfit.services.pages import feature_store
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.stack import Stack
    from keyfit.value import Value

_FEATURE_GROUP = "sagemaker feature-group/"
_BUCKET = "s3 "


def made(stack: Stack) -> Iterator[str]:
    """The names, each with its service, of what a stack has and others can work on: what has a key of its own."""
    for target in stack.targets:
        if own_key(target) is not None and not target.block.assumed and target.arn is not None:
            yield from _named(target.arn)
    for bucket in stack.buckets:
        if bucket.key is not None and not bucket.block.assumed and bucket.name.literal is not None:
            yield f"{_BUCKET}{bucket.name.literal}"
    for store in stack.consumers:
        if store.kind == feature_store.ONLINE_STORE.words and store.keys and isinstance(store.name, Text):
            yield from _by_name(store.name)


def named(stack: Stack) -> frozenset[str]:
    """The names of what consumers, tasks and the policies of identities of a stack work on, and it has not itself."""
    return stack.once(_all_named)


def _all_named(stack: Stack) -> frozenset[str]:
    if stack.macro is not None:
        return frozenset()
    return frozenset((*_by_consumers(stack), *_by_identities(stack))).difference(_own(stack))


def _own(stack: Stack) -> Iterator[str]:
    """The names of what a stack has, with a key or without: those of another are of another account or Region."""
    for target in stack.targets:
        if not target.block.assumed and target.arn is not None:
            yield from _named(target.arn)
    for bucket in stack.buckets:
        if not bucket.block.assumed and bucket.name.literal is not None:
            yield f"{_BUCKET}{bucket.name.literal}"
    for store in stack.consumers:
        if store.kind == feature_store.ONLINE_STORE.words and isinstance(store.name, Text):
            yield from _by_name(store.name)


def _by_consumers(stack: Stack) -> Iterator[str]:
    for consumer in (*stack.consumers, *stack.idle):
        for use in consumer.targets:
            yield from _named(use.value)
        for use in consumer.buckets:
            yield from _in_bucket(use.value)
        if consumer.kind == feature_store.RECORD_TASK.words and consumer.group is not None:
            group = consumer.group.value
            yield from _named(group) if isinstance(group, Text) and group.prefix.startswith("arn:") else _by_name(group)


def _by_identities(stack: Stack) -> Iterator[str]:
    for identity in stack.identities:
        for policy in identity.policies if not identity.block.assumed else ():
            for statement in document_of(stack, policy).statements:
                for resource in statement.resources.values if statement.resources is not None else ():
                    yield from _named(resource)


def _named(value: Value) -> Iterator[str]:
    """The service and the resource of an ARN, where both are known."""
    fields = arn.split(value) if isinstance(value, Text) else None
    if fields is None or fields.service.literal is None:
        return
    if fields.service.literal == "s3":
        yield from _in_bucket(value)
    elif fields.resource.literal is not None:
        name = fields.resource.literal
        yield f"{fields.service.literal} {name.lower() if name.startswith('feature-group/') else name}"


def _by_name(value: Value) -> Iterator[str]:
    if isinstance(value, Text) and value.literal is not None:
        yield f"{_FEATURE_GROUP}{value.literal.lower()}"


def _in_bucket(value: Value) -> Iterator[str]:
    name = bucket_name(value) if isinstance(value, Text) else None
    if name is not None and name.literal is not None:
        yield f"{_BUCKET}{name.literal}"
