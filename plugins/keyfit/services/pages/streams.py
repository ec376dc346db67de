"""Kinesis streams with a key of their own: whoever puts records into them, or gets them (N1-N4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, On, Page, Target, Via

STREAM: Final = "stream"
_THROUGH_KINESIS: Final = Via("kinesis", facts=(("kms:EncryptionContext:aws:kinesis:arn", "{target}"),))  # N3
_REFUSED: Final = "KMSAccessDeniedException"

READING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # N2
        _THROUGH_KINESIS,
        on=On.TARGET,
        doing=("kinesis:GetRecords", "kinesis:SubscribeToShard"),
        targets=(STREAM,),
        lost="no record of the stream can be read",
        told=_REFUSED,
    ),
)
WRITING: Final = (
    Call(
        By.CALLER,
        ("kms:GenerateDataKey",),  # N1
        _THROUGH_KINESIS,
        on=On.TARGET,
        doing=("kinesis:PutRecord", "kinesis:PutRecords"),
        targets=(STREAM,),
        lost="no record can be put into the stream",
        told=_REFUSED,
    ),
)

PAGE: Final = Page(
    name="streams",
    title="Kinesis Data Streams",
    words=("_kinesis_", "::kinesis::"),
    kinds=(),
    calls=(*READING, *WRITING),
    targets={
        "AWS::Kinesis::Stream": Target(STREAM, key="StreamEncryption.KeyId"),
        "aws_kinesis_stream": Target(STREAM, key="kms_key_id", where={"encryption_type": "kms"}),
    },
    common=True,
)
