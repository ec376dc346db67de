"""Firehose: streams with a key of their own, and the roles that deliver to S3 (E5, O5, O6, O15, O16)."""

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


def _through_s3(words: str, ours: str, theirs: str) -> Kind:
    """What is written to S3 beside or before a destination, with a role and key of its own."""
    return Kind(
        words,
        {
            "AWS::KinesisFirehose::DeliveryStream": Form(
                {f"{ours}.EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN": "output"},
                f"{ours}.RoleARN",
                {f"{ours}.BucketARN": "output"},
                "DeliveryStreamName",
                given=ours,
            ),
            "aws_kinesis_firehose_delivery_stream": Form(
                {f"{theirs}.kms_key_arn": "output"},
                f"{theirs}.role_arn",
                {f"{theirs}.bucket_arn": "output"},
                "name",
                given=theirs,
            ),
        },
        any_region=True,
    )


# By the destination, and where the languages have it: each takes what S3 keeps at the first of these.
_DESTINATIONS: Final = {
    "Elasticsearch": ("ElasticsearchDestinationConfiguration", "elasticsearch_configuration"),
    "OpenSearch": ("AmazonopensearchserviceDestinationConfiguration", "opensearch_configuration"),
    "OpenSearch Serverless": (
        "AmazonOpenSearchServerlessDestinationConfiguration",
        "opensearchserverless_configuration",
    ),
    "HTTP": ("HttpEndpointDestinationConfiguration", "http_endpoint_configuration"),
    "Redshift": ("RedshiftDestinationConfiguration", "redshift_configuration"),
    "Snowflake": ("SnowflakeDestinationConfiguration", "snowflake_configuration"),
    "Splunk": ("SplunkDestinationConfiguration", "splunk_configuration"),
    "Iceberg": ("IcebergDestinationConfiguration", "iceberg_configuration"),
}
KEPT: Final = tuple(
    _through_s3(f"Firehose delivery to {name}, in S3", f"{ours}.S3Configuration", f"{theirs}.s3_configuration")
    for name, (ours, theirs) in _DESTINATIONS.items()
)
BACKUPS: Final = (
    _through_s3("Firehose backup to S3", f"{_TO_S3}.S3BackupConfiguration", f"{_AWS_TO_S3}.s3_backup_configuration"),
    _through_s3(
        "Firehose backup of a delivery to Redshift",
        "RedshiftDestinationConfiguration.S3BackupConfiguration",
        "redshift_configuration.s3_backup_configuration",
    ),
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
    kinds=(DELIVERY.words, *(each.words for each in (*KEPT, *BACKUPS))),  # O16
    lost="records are tried for 24 hours, and then discarded",  # O6
    told="KMSKeyAccessDenied",
)
DELIVERING: Final = (_BY_ROLE, _BY_ROLE._replace(on=On.BUCKET))

PAGE: Final = Page(
    name="firehose",
    title="Firehose",
    words=("::kinesisfirehose::", "firehose_delivery_stream"),
    kinds=(STREAM, DELIVERY, *KEPT, *BACKUPS),
    calls=(CREATION, *DELIVERING),
    common=True,
    managed=("alias/aws/s3",),  # O4
)
