"""S3 buckets of a template, with their default encryption."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.model.stack import Bucket
from keyfit.readers.cloudformation.resources import attributes
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, flag, items, within, word

if TYPE_CHECKING:
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
    )
