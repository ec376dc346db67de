"""The stores of a feature group name their keys by the key's ARN.

## What it checks

`KmsKeyId` of the online store and of the offline store holds a key ARN (`arn:aws:kms:…:key/…`): no key id, alias name
or alias ARN, and no other resource.

## Why it matters

The API takes any of them, and its documentation asks for the key ARN. An alias is resolved when the feature group is
created, and by whoever calls; a key id means a key of the caller's own account. The key behind an alias is still judged
by the other rules.

## When it is unproven

The value is not known, and what is known of it leaves both open.

## How to fix it

Write `!GetAtt Key.Arn` in CloudFormation, `aws_kms_key.x.arn` in Terraform. For an alias name the key behind it: in
Terraform `aws_kms_alias.x.target_key_arn`, or `data.aws_kms_key.x.arn`.

## References

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_OnlineStoreSecurityConfig.html
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_S3StorageConfig.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import key_forms
from keyfit.model.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 207
LEVEL: Final = Level.WARNING
SUBJECTS: Final = ("feature-store",)
SOURCES: Final = ("F26",)


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for the key of each store."""
    return key_forms.verdicts(stack, key_forms.Wanted(SUBJECTS[0], "Feature Store", LEVEL))
