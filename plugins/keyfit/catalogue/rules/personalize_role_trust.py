"""The role that a Personalize consumer names lets Personalize assume it.

## What it checks

The trust policy of the consumer's role allows `sts:AssumeRole` to `personalize.amazonaws.com`, in the context in which
Personalize asks: from this account, for a Personalize resource of it.

## Why it matters

Personalize uses the role to read and write your S3 objects and to use your key. A role that it cannot assume fails the
request, or the job some minutes later, and the message does not speak of trust.

## When it is unproven

The role is not in the source, or a condition of its trust policy asks for something that nobody documents, such as
`sts:ExternalId`.

## Example

Broken:

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

Holds:

```yaml
Role:
  Type: AWS::IAM::Role
  Properties:
    AssumeRolePolicyDocument:
      Statement:
        - Effect: Allow
          Principal: {Service: personalize.amazonaws.com}
          Action: sts:AssumeRole
          Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
```

## How to mend it

Allow `sts:AssumeRole` to `Service: personalize.amazonaws.com` in the role's trust policy. Conditions on
`aws:SourceAccount` and on `aws:SourceArn` with the ARNs of Personalize are fine, and recommended.

## References

https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-s3-access.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import personalize
from keyfit.catalogue.trust import trust_verdict
from keyfit.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Stack

NUMBER: Final = 105
LEVEL: Final = Level.ERROR
SOURCES: Final = ("P24",)
YIELDS_TO: Final = (106,)


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each Personalize consumer that names a role."""
    for consumer in personalize.consumers(stack):
        found = personalize.role_of(stack, consumer)
        if consumer.role is not None and found is not None:
            yield trust_verdict(consumer, consumer.role, found, personalize.TRUST)
