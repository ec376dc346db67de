"""Firehose streams with a key of their own, on which the service makes a grant for whoever creates the stream (E5)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, Page, Via

_KEY: Final = "DeliveryStreamEncryptionConfigurationInput.KeyARN"
_AWS_KEY: Final = "server_side_encryption.key_arn"

STREAM: Final = Kind(
    "Firehose stream",
    {
        "AWS::KinesisFirehose::DeliveryStream": Form({_KEY: "store"}, name="DeliveryStreamName", given=_KEY),
        "aws_kinesis_firehose_delivery_stream": Form(
            {_AWS_KEY: "store"}, name="name", given=_AWS_KEY, where={"server_side_encryption.enabled": "true"}
        ),
    },
)
CREATION: Final = Call(
    By.CREATOR, ("kms:CreateGrant", "kms:DescribeKey"), Via("firehose"), failure=Failure.AT_DEPLOYMENT
)

PAGE: Final = Page(
    name="firehose",
    title="Firehose",
    words=("::kinesisfirehose::", "firehose_delivery_stream"),
    kinds=(STREAM,),
    calls=(CREATION,),
)
