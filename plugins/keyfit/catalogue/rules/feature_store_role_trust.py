"""The role of an offline store lets SageMaker assume it.

## What it checks

The trust policy of the role that a feature group with an offline store names allows `sts:AssumeRole` to
`sagemaker.amazonaws.com`.

## Why it matters

SageMaker writes the offline store with this role. A role that it cannot assume fails CreateFeatureGroup. An online
store alone has no use for a role, and is not asked, though Terraform takes no feature group without one.

## When it is unproven

The role is not in the source, or a condition of its trust policy asks for something that nobody documents.

## Example

Broken:

```yaml
Role:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement:
        - Effect: Allow
          Principal: {Service: glue.amazonaws.com}
          Action: sts:AssumeRole
```

Holds:

```yaml
Role:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement:
        - Effect: Allow
          Principal: {Service: sagemaker.amazonaws.com}
          Action: sts:AssumeRole
```

## How to mend it

Allow `sts:AssumeRole` to `Service: sagemaker.amazonaws.com` in the role's trust policy.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import feature_store
from keyfit.catalogue.trust import trust_verdict
from keyfit.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Stack

NUMBER: Final = 205
LEVEL: Final = Level.ERROR
SOURCES: Final = ("F33",)


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each offline store that names a role."""
    for consumer in feature_store.offline(stack):
        found = feature_store.role_of(stack, consumer)
        if consumer.role is not None and found is not None:
            yield trust_verdict(consumer, consumer.role, found, feature_store.TRUST)
