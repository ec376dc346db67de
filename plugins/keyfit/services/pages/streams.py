"""Kinesis streams with a key of their own: whoever puts records into them, or gets them (N1-N4)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Form, Kind, On, Page, Target, Via
from keyfit.services.pages import schedules

STREAM: Final = "stream"
_THROUGH_KINESIS: Final = Via("kinesis", facts=(("kms:EncryptionContext:aws:kinesis:arn", "{target}"),))  # N3
_REFUSED: Final = "KMSAccessDeniedException"

MAPPING: Final = Kind(
    "Lambda stream mapping",
    {
        "AWS::Lambda::EventSourceMapping": Form(
            targets=("EventSourceArn",), worker="FunctionName", where={"Enabled": "true*"}
        ),
        "aws_lambda_event_source_mapping": Form(
            targets=("event_source_arn",), worker="function_name", where={"enabled": "true*"}
        ),
    },
)
FIREHOSE: Final = Kind(
    "Firehose stream with a Kinesis source",
    {
        "AWS::KinesisFirehose::DeliveryStream": Form(
            targets=("KinesisStreamSourceConfiguration.KinesisStreamARN",),
            role="KinesisStreamSourceConfiguration.RoleARN",
            given="KinesisStreamSourceConfiguration",
        ),
        "aws_kinesis_firehose_delivery_stream": Form(
            targets=("kinesis_source_configuration.kinesis_stream_arn",),
            role="kinesis_source_configuration.role_arn",
            given="kinesis_source_configuration",
        ),
    },
)
EVENTS: Final = Kind(
    "EventBridge rule with a stream",
    {
        "AWS::Events::Rule": Form(targets=("Arn",), role="RoleArn", each="Targets"),
        "aws_cloudwatch_event_target": Form(targets=("arn",), role="role_arn"),
    },
)

READING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # N2
        _THROUGH_KINESIS,
        on=On.TARGET,
        kinds=(MAPPING.words, FIREHOSE.words, schedules.SOURCE.words),
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
        kinds=(EVENTS.words, *schedules.SENDING),
        doing=("kinesis:PutRecord", "kinesis:PutRecords"),
        targets=(STREAM,),
        lost="no record can be put into the stream",
        told=_REFUSED,
    ),
)

PAGE: Final = Page(
    name="streams",
    title="Kinesis Data Streams",
    words=("_kinesis", "::kinesis", "::lambda::", "_lambda_", "::events::rule", "_event_target", "_events_rule"),
    kinds=(MAPPING, FIREHOSE, EVENTS),
    calls=(*READING, *WRITING),
    targets={
        "AWS::Kinesis::Stream": Target(STREAM, key="StreamEncryption.KeyId"),
        "aws_kinesis_stream": Target(STREAM, key="kms_key_id", where={"encryption_type": "kms"}),
    },
    common=True,
)
