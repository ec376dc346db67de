"""S3 server access logs, which Amazon S3 writes in its own name into a bucket that can have a key (D7-D9)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Documented, Failure, Form, Kind, On, Page, Routes, Via
from keyfit.services.pages import log_delivery

SERVICE: Final = "logging.s3.amazonaws.com"
_WHERE: Final = "LoggingConfiguration.DestinationBucketName"

LOGGING: Final = Kind(
    "S3 server access logging",
    {
        # D9: without a name they go to the bucket itself.
        "AWS::S3::Bucket": Form(buckets={f"{_WHERE}|Ref": "output"}, given="LoggingConfiguration"),
        "awscc_s3_bucket": Form(buckets={_WHERE: "output"}, given=_WHERE),
        "aws_s3_bucket_logging": Form(buckets={"target_bucket": "output"}),
        "aws_s3_bucket": Form(buckets={"logging.target_bucket": "output"}, given="logging.target_bucket"),
    },
)
_DELIVERY: Final = Call(
    By.SERVICE,
    ("kms:GenerateDataKey",),  # D7, O1: to write takes no more
    Via("s3", perhaps=True),
    principal=SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.BUCKET,
    of_managed="warning",  # D8
    documented=Documented(("kms:GenerateDataKey", "kms:Decrypt")),  # D7
    failure=Failure.SILENT,
    lost="the logs are not delivered, and nothing says so",
)
ACCESS: Final = (_DELIVERY, log_delivery.besides(_DELIVERY, ("kms:Decrypt",)))

PAGE: Final = Page(
    name="s3-access-logs",
    title="S3 server access logging",
    words=("::s3::bucket", "_s3_bucket"),
    kinds=(LOGGING,),
    calls=ACCESS,
    common=True,
)
