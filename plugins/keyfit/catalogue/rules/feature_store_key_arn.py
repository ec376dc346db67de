"""The stores of a feature group specify their keys by the key ARN.

## What it checks

`KmsKeyId` of the online store and of the offline store is a key ARN (`arn:aws:kms:…:key/…`), not a key ID, alias name
or alias ARN, or another resource.

## Why it matters

The API accepts any of them, and its documentation asks for the key ARN. An alias is resolved when the feature group is
created, and for the caller; a key ID means a key in the caller's own account. The other rules still check the key that
an alias points to.

## When it is unproven

The value is not known, and what is known of it leaves both open.

## How to fix it

Use `!GetAtt Key.Arn` in CloudFormation, `aws_kms_key.x.arn` in Terraform. Instead of an alias, specify the key that it
points to: in Terraform `aws_kms_alias.x.target_key_arn`, or `data.aws_kms_key.x.arn`.

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
