"""Whoever receives from encrypted SQS queues, or sends to them, with a role: programs, Lambda's mappings (Q1-Q6)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, On, Page, Target, Via

QUEUE: Final = "queue"
_THROUGH_SQS: Final = Via("sqs")
_REFUSED: Final = "KMS.AccessDeniedException"  # Q6

RECEIVING: Final = (
    Call(
        By.CALLER,
        ("kms:Decrypt",),  # Q1
        _THROUGH_SQS,
        on=On.TARGET,
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
        doing=("sqs:SendMessage", "sqs:SendMessageBatch"),
        targets=(QUEUE,),
        lost="no message can be sent to the queue",
        told=_REFUSED,
    ),
)

PAGE: Final = Page(
    name="queue-users",
    title="SQS",
    words=("_sqs_", "::sqs::"),
    kinds=(),
    calls=(*RECEIVING, *SENDING),
    targets={
        "AWS::SQS::Queue": Target(QUEUE, key="KmsMasterKeyId"),
        "aws_sqs_queue": Target(QUEUE, key="kms_master_key_id"),
    },
    common=True,
)
