"""The execution role of a geospatial job can use the job's keys.

## What it checks

By any route that KMS knows, the execution role gets on the key of a start job `kms:CreateGrant`,
`kms:GenerateDataKey`, `kms:Decrypt` and `kms:GenerateDataKeyWithoutPlaintext`; on the key of a zone file
`kms:GenerateDataKey`; and, as a warning, on the key of a vector job's input `kms:Decrypt` and on an export's key
`kms:GenerateDataKey` and `kms:Decrypt`. No template has these jobs, so a role that trusts the service and that no job
of the source names is judged with each key whose policy names it, or that its own policies name.

## Why it matters

The service assumes the role and makes a grant on your key in its name; two of the calls carry no encryption context. A
condition on the encryption context, or on `kms:ViaService`, shuts them out as surely as a missing action.

## When it is unproven

The role or the key is not in the source, or a condition asks for something that nobody documents, such as
`kms:GrantIsForAWSResource`.

## References

https://docs.aws.amazon.com/sagemaker/latest/dg/geospatial-kms.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue import access, geospatial
from keyfit.findings import Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.catalogue.rule import Options, Verdict
    from keyfit.model import Stack

NUMBER: Final = 301
LEVEL: Final = Level.ERROR
SOURCES: Final = ("G4", "G5", "G6", "G7", "G8", "G16", "G17")


def check(stack: Stack, _options: Options) -> Iterator[Verdict]:
    """One verdict for each key of a geospatial job or role."""
    for consumer in geospatial.consumers(stack):
        for need in geospatial.needs(stack, consumer):
            yield from access.verdicts(stack, consumer, need)
