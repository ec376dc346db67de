"""Objects in S3 buckets that are encrypted with a key by default, and whoever reads or writes them (O1-O4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, On, Page, Via
from keyfit.services.pages import queue_users

BUCKET: Final = "bucket"
_THROUGH_S3: Final = Via("s3", facts=(("kms:EncryptionContext:aws:s3:arn", "{object}"),))  # O2, O3

READING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # O1
        _THROUGH_S3,
        on=On.BUCKET,
        doing=("s3:GetObject", "s3:GetObjectVersion"),
        targets=(BUCKET,),
        lost="no object that is encrypted with the key of the bucket can be read",
        told="AccessDenied",
    ),
)
WRITING: Final = (
    Call(
        By.CALLER,
        ("kms:GenerateDataKey",),  # O1
        _THROUGH_S3,
        on=On.BUCKET,
        kinds=(queue_users.DESTINATION.words,),  # Q7
        doing=("s3:PutObject",),
        targets=(BUCKET,),
        lost="no object can be written to the bucket",
        told="AccessDenied",
    ),
)

PAGE: Final = Page(
    name="objects",
    title="S3",
    words=("_s3_bucket", "::s3::"),
    kinds=(),
    calls=(*READING, *WRITING),
    common=True,
)
