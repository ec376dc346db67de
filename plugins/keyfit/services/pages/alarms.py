"""CloudWatch alarms, whose actions publish to topics (M1-M3, M9, M10)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes
from keyfit.services.pages import topics

SERVICE: Final = "cloudwatch.amazonaws.com"

_ALARM: Final = Form(
    targets=("AlarmActions[]", "OKActions[]", "InsufficientDataActions[]"),
    name="AlarmName",
    where={"ActionsEnabled": "true*"},
    source="{own:Arn}",  # M10
)
_IN_TERRAFORM: Final = Form(
    targets=("alarm_actions[]", "ok_actions[]", "insufficient_data_actions[]"),
    name="alarm_name",
    where={"actions_enabled": "true*"},
    source="{own:arn}",
)
ALARM: Final = Kind(
    "CloudWatch alarm",
    {
        "AWS::CloudWatch::Alarm": _ALARM,
        "AWS::CloudWatch::CompositeAlarm": _ALARM,
        "aws_cloudwatch_metric_alarm": _IN_TERRAFORM,
        "aws_cloudwatch_composite_alarm": _IN_TERRAFORM,
        "awscc_cloudwatch_alarm": _IN_TERRAFORM,  # `OKActions` is `ok_actions` there
        "awscc_cloudwatch_composite_alarm": _IN_TERRAFORM,
    },
)
TOPIC_ACCESS: Final = (
    Call(
        By.SERVICE,
        topics.ACTIONS,
        topics.WITH_SOURCE,
        principal=SERVICE,
        routes=Routes.KEY_POLICY,
        on=On.TARGET,
        targets=(topics.TOPIC.words,),
        failure=Failure.SILENT,
        lost="the alarm changes state and nobody is told",
        told="CloudWatch Alarms does not have authorization to access the SNS topic encryption key.",
    ),
)

PAGE: Final = Page(
    name="alarms",
    title="CloudWatch",
    words=("cloudwatch::alarm", "cloudwatch::compositealarm", "_alarm"),
    kinds=(ALARM,),
    calls=TOPIC_ACCESS,
    common=True,
)
