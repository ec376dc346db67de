"""A log group specifies its key by the key ARN.

## What it checks

The parameter is a key ARN (`arn:aws:kms:…:key/…`), not a key ID, alias name or alias ARN, or another resource.

## Why it matters

CloudWatch Logs takes the key by its ARN. `!Ref Key` is a key ID in CloudFormation, and the deployment fails: "The
specified KMS Key Id could not be found." The ARN of an alias is a warning: the schema of CloudFormation takes it, while
AWS's page asks for that of the key.

## When it is unproven

The value is not known, and what is known of it leaves both open.

## How to fix it

Use `!GetAtt Key.Arn` in CloudFormation, `aws_kms_key.x.arn` in Terraform. Instead of an alias, specify the key that it
points to: in Terraform `aws_kms_alias.x.target_key_arn`, or `data.aws_kms_key.x.arn`.

## References

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import key_forms
from keyfit.model.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Ruling
    from keyfit.model.stack import Stack

NUMBER: Final = 902
LEVEL: Final = Level.ERROR
SUBJECTS: Final = ("cloudwatch-logs",)
SOURCES: Final = ("L5", "L14")


def check(stack: Stack, _options: Options) -> Iterator[Ruling]:
    """One verdict for each log group with a key."""
    return key_forms.verdicts(stack, key_forms.Wanted(SUBJECTS[0], "CloudWatch Logs", LEVEL, Level.WARNING))
