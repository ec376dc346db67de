"""S3 buckets of a template, with their default encryption and their policies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit import pattern
from keyfit.answer import NO, all_of, maybe
from keyfit.aws import arn
from keyfit.model.consumers import Bucket
from keyfit.model.policies import PolicyKind
from keyfit.readers.belonging import of_each
from keyfit.readers.cloudformation.resources import attributes
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.policies import policy
from keyfit.readers.cloudformation.resources.properties import find, flag, items, missing, within, word
from keyfit.truth import Truth
from keyfit.value import Text, holes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from keyfit.answer import Answer
    from keyfit.model.policies import Policy
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Value

_RULES: Final = "BucketEncryption.ServerSideEncryptionConfiguration"


def bucket(scope: Scope, resource: Resource) -> Bucket:
    """An `AWS::S3::Bucket`. Its encryption has one rule."""
    name = attributes.bucket_name(scope, resource)
    elements, rest = items(find(scope, resource, _RULES))
    rule: Value | None = rest if rest is not None or not elements else elements[0]
    bucket_key = within(rule, "BucketKeyEnabled")
    return Bucket(
        block(scope, resource),
        name,
        arn.bucket(name, scope.bound.partition),
        word(within(rule, "ServerSideEncryptionByDefault.SSEAlgorithm")),
        word(within(rule, "ServerSideEncryptionByDefault.KMSMasterKeyID")),
        None if bucket_key is None else flag(bucket_key, default=False),
        scope.bound.region,
        scope.bound.account,
    )


def with_policies(scope: Scope, made: Iterable[Bucket]) -> Iterator[Bucket]:
    """The buckets, each with the bucket policies that name it, or may."""
    buckets = tuple(made)
    present = (lambda each: each.policy.present, lambda bucket: bucket.block.present)
    attached = of_each(tuple(_policies(scope)), buckets, _Attached.of, present)
    for bucket, named in zip(buckets, attached, strict=True):
        found = (replace(each.policy, present=all_of((each.policy.present, is_it))) for each, is_it in named)
        yield replace(bucket, policies=tuple(each for each in found if each.present.truth is not Truth.NO))


class _Attached(NamedTuple):
    """A bucket policy, and the name of its bucket as written."""

    name: Value | None
    policy: Policy

    def of(self, bucket: Bucket) -> Answer:
        """Whether it is that of `bucket`."""
        if isinstance(self.name, Text):
            return pattern.compare(self.name, bucket.name, wildcards=False)
        return NO if self.name is None else maybe(*holes_in(self.name))


def _policies(scope: Scope) -> Iterator[_Attached]:
    for resource in scope.template.resources.values():
        if resource.type == "AWS::S3::BucketPolicy":
            written = find(scope, resource, "PolicyDocument") or missing("PolicyDocument", resource)
            made = policy(PolicyKind.BUCKET, written, resource)
            yield _Attached(word(find(scope, resource, "Bucket")), replace(made, present=scope.present(resource)))
