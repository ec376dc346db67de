"""Firehose: streams with a key of their own, and the roles that deliver to S3 (E5, O5, O6)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Via

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
_TO_S3: Final = "ExtendedS3DestinationConfiguration"
_AWS_TO_S3: Final = "extended_s3_configuration"
DELIVERY: Final = Kind(
    "Firehose delivery to S3",
    {
        "AWS::KinesisFirehose::DeliveryStream": Form(
            {f"{_TO_S3}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN": "output"},
            f"{_TO_S3}.RoleARN",
            {f"{_TO_S3}.BucketARN": "output"},
            "DeliveryStreamName",
            given=_TO_S3,
        ),
        "aws_kinesis_firehose_delivery_stream": Form(
            {f"{_AWS_TO_S3}.kms_key_arn": "output"},
            f"{_AWS_TO_S3}.role_arn",
            {f"{_AWS_TO_S3}.bucket_arn": "output"},
            "name",
            given=_AWS_TO_S3,
        ),
    },
    any_region=True,  # O15: the key is of the bucket's Region
)
CREATION: Final = Call(
    By.CREATOR,
    ("kms:CreateGrant", "kms:DescribeKey"),
    Via("firehose"),
    kinds=(STREAM.words,),
    failure=Failure.AT_DEPLOYMENT,
    told="InvalidKMSResourceException",
)
_BY_ROLE: Final = Call(
    By.ROLE,
    ("kms:GenerateDataKey", "kms:Decrypt"),  # O5
    Via("s3", beside_key=True, facts=(("kms:EncryptionContext:aws:s3:arn", "{object}"),)),  # O15
    kinds=(DELIVERY.words,),
    lost="records are tried for 24 hours, and then discarded",  # O6
    told="KMSKeyAccessDenied",
)
DELIVERING: Final = (_BY_ROLE, _BY_ROLE._replace(on=On.BUCKET))

PAGE: Final = Page(
    name="firehose",
    title="Firehose",
    words=("::kinesisfirehose::", "firehose_delivery_stream"),
    kinds=(STREAM, DELIVERY),
    calls=(CREATION, *DELIVERING),
    common=True,
    managed=("alias/aws/s3",),  # O4
)
