"""CloudWatch Logs: log groups with a key, which the service uses in its own name (L1-L5)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Documented, Failure, Form, Kind, Page, Routes, Via
from keyfit.services.pages import log_delivery

SERVICE: Final = "logs.{region}.amazonaws.com"  # L1: of the Region; whether others serve is not documented
ACTIONS: Final = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")  # L1, L3
BESIDES: Final = ("kms:ReEncryptFrom", "kms:ReEncryptTo")  # L1, L23
_ARN: Final = "arn:{partition}:logs:{region}:{account}:log-group:"

LOG_GROUP: Final = Kind(
    "CloudWatch log group",
    {
        "AWS::Logs::LogGroup": Form({"KmsKeyId": "store"}, name="LogGroupName", given="KmsKeyId"),
        "aws_cloudwatch_log_group": Form({"kms_key_id": "store"}, name="name", given="kms_key_id"),
    },
)
_USE: Final = Call(
    By.SERVICE,
    ACTIONS,
    Via(facts=(("kms:EncryptionContext:aws:logs:arn", _ARN + "{name}"),)),  # L2
    principal=SERVICE,
    likewise=("logs.amazonaws.com", "logs.{region}.amazonaws.com.cn"),
    routes=Routes.KEY_POLICY,
    documented=Documented((*ACTIONS, *BESIDES)),
    failure=Failure.AT_DEPLOYMENT,
    lost="the log group is not created",
    told="The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:…'",
)
ACCESS: Final = (
    _USE,
    log_delivery.besides(_USE, BESIDES),
)

CREATION: Final = Call(  # L24, L25
    By.CREATOR,
    ("kms:DescribeKey",),
    Via("logs", unsaid=True),
    level="warning",
    failure=Failure.AT_DEPLOYMENT,
    told="AccessDeniedException",
)

PAGE: Final = Page(
    name="cloudwatch-logs",
    title="CloudWatch Logs",
    words=("::logs::loggroup", "_cloudwatch_log_group", "_logs_log_group"),
    kinds=(LOG_GROUP,),
    calls=(*ACCESS, CREATION),
    only_arn=True,  # L5
    common=True,
)
