"""Whoever receives from encrypted SQS queues, or sends to them, with a role: programs, Lambda's mappings (Q1-Q6)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Form, Kind, On, Page, Target, Via
from keyfit.services.pages import schedules

QUEUE: Final = "queue"
_THROUGH_SQS: Final = Via("sqs")
_REFUSED: Final = "KMS.AccessDeniedException"  # Q6

_FUNCTION: Final = "FunctionName"
_FAILED: Final = "DestinationConfig.OnFailure.Destination"
_AWS_FAILED: Final = "destination_config.on_failure.destination"
MAPPING: Final = Kind(
    "Lambda event source mapping",
    {
        "AWS::Lambda::EventSourceMapping": Form(
            targets=("EventSourceArn",), worker=_FUNCTION, where={"Enabled": "true*"}
        ),
        "aws_lambda_event_source_mapping": Form(
            targets=("event_source_arn",), worker="function_name", where={"enabled": "true*"}
        ),
    },
)
DESTINATION: Final = Kind(
    "Lambda destination",
    {
        "AWS::Lambda::EventInvokeConfig": Form(
            targets=(_FAILED, "DestinationConfig.OnSuccess.Destination"), worker=_FUNCTION
        ),
        "aws_lambda_function_event_invoke_config": Form(
            targets=(_AWS_FAILED, "destination_config.on_success.destination"), worker="function_name"
        ),
        "AWS::Lambda::EventSourceMapping": Form(targets=(_FAILED,), worker=_FUNCTION),
        "aws_lambda_event_source_mapping": Form(targets=(_AWS_FAILED,), worker="function_name"),
    },
)
DEAD_LETTERS: Final = Kind(
    "Lambda function with a dead-letter queue",
    {
        "AWS::Lambda::Function": Form(targets=("DeadLetterConfig.TargetArn",), role="Role", given="DeadLetterConfig"),
        "aws_lambda_function": Form(
            targets=("dead_letter_config.target_arn",), role="role", given="dead_letter_config"
        ),
    },
)

BY_LAMBDA: Final = (DESTINATION.words, DEAD_LETTERS.words)

RECEIVING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # Q1
        _THROUGH_SQS,
        on=On.TARGET,
        kinds=(MAPPING.words, schedules.SOURCE.words),  # Q4, Q9
        doing=("sqs:ReceiveMessage",),
        targets=(QUEUE,),
        lost="no message of the queue can be received",
        told=_REFUSED,
    ),
)
SENDING: Final = (
    Call(
        By.CALLER,
        ("kms:GenerateDataKey", "kms:Decrypt"),  # Q2
        _THROUGH_SQS,
        on=On.TARGET,
        kinds=(*BY_LAMBDA, *schedules.SENDING),  # Q6, Q8, Q9
        doing=("sqs:SendMessage", "sqs:SendMessageBatch"),
        targets=(QUEUE,),
        lost="no message can be sent to the queue",
        told=_REFUSED,
    ),
)

PAGE: Final = Page(
    name="queue-users",
    title="SQS",
    words=("_sqs_", "::sqs::", "::lambda::", "_lambda_", "::serverless::"),
    kinds=(MAPPING, DESTINATION, DEAD_LETTERS),
    calls=(*RECEIVING, *SENDING),
    targets={
        "AWS::Lambda::Function": Target("function", role="Role"),
        "aws_lambda_function": Target("function", role="role"),
        "AWS::SQS::Queue": Target(QUEUE, key="KmsMasterKeyId"),
        "aws_sqs_queue": Target(QUEUE, key="kms_master_key_id"),
    },
    common=True,
)
