"""Event notifications of S3 buckets, to queues and topics (M1, M6, M8, M13)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes
from keyfit.services.pages import queue_users, topics

SERVICE: Final = "s3.amazonaws.com"
_SET: Final = "NotificationConfiguration"

NOTIFICATION: Final = Kind(
    "S3 event notification",
    {
        "AWS::S3::Bucket": Form(
            targets=(f"{_SET}.QueueConfigurations[].Queue", f"{_SET}.TopicConfigurations[].Topic"),
            given=_SET,
            source="{own:Arn}",
        ),
        "aws_s3_bucket_notification": Form(
            targets=("queue[].queue_arn", "topic[].topic_arn"), source="arn:{partition}:s3:::{bucket}"
        ),
    },
)
_CALL: Final = Call(
    By.SERVICE,
    topics.ACTIONS,
    topics.WITH_SOURCE,
    principal=SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.TARGET,
    targets=(topics.TOPIC.words,),
    failure=Failure.AT_DEPLOYMENT,  # M13
    lost="S3 refuses the notification",
    told="Unable to validate the following destination configurations",
)
ACCESS: Final = (
    _CALL,
    _CALL._replace(via=topics.WITH_SOURCE._replace(through="sqs"), targets=(queue_users.QUEUE,)),
)

PAGE: Final = Page(
    name="s3-events",
    title="S3",
    words=("::s3::bucket", "s3_bucket"),
    kinds=(NOTIFICATION,),
    calls=ACCESS,
    common=True,
)
