"""Subscriptions of SNS topics, which deliver to queues (M6, M8, M14)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes, Via
from keyfit.services.pages import queue_users, topics

SERVICE: Final = "sns.amazonaws.com"

SUBSCRIPTION: Final = Kind(
    "SNS subscription",
    {
        "AWS::SNS::Subscription": Form(targets=("Endpoint",), source="{TopicArn}"),
        "AWS::SNS::Topic": Form(targets=("Endpoint",), each="Subscription", source="{own:TopicArn}"),
        "aws_sns_topic_subscription": Form(targets=("endpoint",), source="{topic_arn}"),
    },
)
DEAD_LETTERS: Final = Kind(
    "SNS subscription with a dead-letter queue",
    {
        "AWS::SNS::Subscription": Form(targets=("RedrivePolicy{}.deadLetterTargetArn",), source="{TopicArn}"),
        "aws_sns_topic_subscription": Form(targets=("redrive_policy{}.deadLetterTargetArn",), source="{topic_arn}"),
    },
)
_DELIVERY: Final = Call(
    By.SERVICE,
    topics.ACTIONS,
    Via("sqs", perhaps=True, facts=(("aws:SourceArn", "{source}"),)),  # M8; of the account nothing is said
    principal=SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.TARGET,
    kinds=(SUBSCRIPTION.words,),
    targets=(queue_users.QUEUE,),
    failure=Failure.SILENT,
    lost="messages do not arrive in the queue, and nobody is told",
    told="KMS.AccessDeniedException",
)
QUEUE_ACCESS: Final = (
    _DELIVERY,
    _DELIVERY._replace(  # M14: our reading
        kinds=(DEAD_LETTERS.words,), level="warning", lost="messages that could not be delivered are lost, too"
    ),
)

PAGE: Final = Page(
    name="subscriptions",
    title="SNS",
    words=("::sns::", "sns_topic", "sns_subscription"),
    kinds=(SUBSCRIPTION, DEAD_LETTERS),
    calls=QUEUE_ACCESS,
    common=True,
)
