"""An IAM policy identifies keys by their ARN, not by a bare key ID.

## What it checks

No statement of an IAM policy with actions on keys has a bare key ID as its Resource: `!Ref Key` in CloudFormation,
`aws_kms_key.x.key_id` or `.id` in Terraform, or the ID itself.

## Why it matters

IAM compares a Resource with the whole ARN of the key. A key ID by itself matches no key, so the statement allows
nothing.

## When it is unproven

The Resource or the actions are not known.

## How to fix it

Use `!GetAtt Key.Arn` in CloudFormation, `aws_kms_key.x.arn` in Terraform.

## References

https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import resources
from keyfit.catalogue.resources import Mistake
from keyfit.model.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 502
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("key", "identity", "policy")
SOURCES: Final = ("K37", "R6")
_BY_ID: Final = Mistake(
    made=lambda named: named.key_id,
    holds="{0} does not identify a key by its key ID alone",
    open="cannot tell whether {0} identifies a key by its key ID alone",
    broken="the Resource of {0} is the bare key ID `{1}`, which does not match any key",
    note="a Resource is compared with the whole ARN of the key",
)


def check(stack: Stack, options: Options) -> Iterator[Ruling]:
    """One verdict for each statement of an IAM policy that speaks of actions on keys."""
    return resources.verdicts(stack, options, _BY_ID)
