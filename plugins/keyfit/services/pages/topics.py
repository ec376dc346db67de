"""Amazon SNS: topics, which services publish to in their own name, and identities with their permissions (M19)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, On, Page, Target, Via
from keyfit.services.pages import queue_users, schedules

TOPIC: Final = Target("topic", key="KmsMasterKeyId")
ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")  # M1
# Whether the call has `kms:ViaService` is not documented of any service that publishes in its own name.
WITH_SOURCE: Final = Via("sns", perhaps=True, facts=(("aws:SourceArn", "{source}"), ("aws:SourceAccount", "{account}")))

PUBLISHING: Final = (
    Call(
        By.CALLER,
        ACTIONS,  # M19
        Via("sns"),
        on=On.TARGET,
        kinds=(*queue_users.BY_LAMBDA, *schedules.SENDING),  # Q6, Q8, Q9
        doing=("sns:Publish",),
        targets=(TOPIC.words,),
        lost="no message can be published to the topic",
        told="KMSAccessDeniedException",
    ),
)

PAGE: Final = Page(
    name="topics",
    title="SNS",
    words=("::sns::", "_sns_topic", "awscc_sns_"),
    kinds=(),
    calls=PUBLISHING,
    targets={"AWS::SNS::Topic": TOPIC, "aws_sns_topic": TOPIC},
    common=True,
)
