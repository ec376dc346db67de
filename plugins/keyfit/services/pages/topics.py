"""Amazon SNS: topics, which services publish to in their own name (M1, M5)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import Page, Target, Via

TOPIC: Final = Target("topic", key="KmsMasterKeyId")
ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")  # M1
# Whether the call has `kms:ViaService` is not documented of any service that publishes in its own name.
WITH_SOURCE: Final = Via("sns", perhaps=True, facts=(("aws:SourceArn", "{source}"), ("aws:SourceAccount", "{account}")))

PAGE: Final = Page(
    name="topics",
    title="SNS",
    words=("::sns::", "_sns_topic", "awscc_sns_"),
    kinds=(),
    targets={"AWS::SNS::Topic": TOPIC, "aws_sns_topic": TOPIC},
    common=True,
)
