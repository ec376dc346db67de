"""EventBridge rules, whose events go to topics and queues, and to a queue where they cannot (M1, M3, M6-M8)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Failure, Form, Kind, On, Page, Routes, Via
from keyfit.services.pages import queue_users, topics

SERVICE: Final = "events.amazonaws.com"

# M11: a rule of another bus than the default one has that bus in its ARN.
_SOURCE: Final = "arn:{partition}:events:{region}:{account}:rule/{unless:event_bus_name=default}{rule}"
_RULE: Final = Form(targets=("Arn",), role="RoleArn", name="Name", each="Targets", source="{own:Arn}")
_TARGET: Final = Form(targets=("arn",), role="role_arn", name="rule", source=_SOURCE)
_UNDELIVERED: Final = Form(targets=("DeadLetterConfig.Arn",), name="Name", each="Targets", source="{own:Arn}")

TARGET: Final = Kind("EventBridge rule", {"AWS::Events::Rule": _RULE, "aws_cloudwatch_event_target": _TARGET})
DEAD_LETTERS: Final = Kind(
    "EventBridge rule with a dead-letter queue",
    {
        "AWS::Events::Rule": _UNDELIVERED,
        "aws_cloudwatch_event_target": _TARGET._replace(targets=("dead_letter_config.arn",), role=""),
    },
)

_LOST: Final = "matched events are not delivered, and nobody is told"
_BY_SERVICE: Final = Call(
    By.SERVICE,
    topics.ACTIONS,
    principal=SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.TARGET,
    kinds=(TARGET.words,),
    without_role=True,
    failure=Failure.SILENT,  # a metric counts them: FailedInvocations
    lost=_LOST,
)
_BY_ROLE: Final = Call(  # M12: it is our reading that such a target takes no permission of the service
    By.ROLE,
    topics.ACTIONS,
    on=On.TARGET,
    level="warning",
    kinds=(TARGET.words,),
    failure=Failure.SILENT,
    lost=_LOST,
)
_TO_TOPIC: Final = (topics.TOPIC.words,)
_TO_QUEUE: Final = (queue_users.QUEUE,)
_NO_SOURCE: Final = Via("sns", perhaps=True, absent=("aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID"))  # M3
_IN_SQS: Final = Via("sqs", perhaps=True, facts=(("aws:SourceArn", "{source}"),))  # M8; of the account nothing is said

TOPIC_ACCESS: Final = (
    _BY_SERVICE._replace(via=_NO_SOURCE, targets=_TO_TOPIC),
    _BY_ROLE._replace(via=Via("sns", perhaps=True), targets=_TO_TOPIC),
)
QUEUE_ACCESS: Final = (
    _BY_SERVICE._replace(via=_IN_SQS, targets=_TO_QUEUE),
    _BY_SERVICE._replace(
        via=_IN_SQS,
        targets=_TO_QUEUE,
        kinds=(DEAD_LETTERS.words,),
        lost="events that could not be delivered are lost, too",
    ),
    _BY_ROLE._replace(via=Via("sqs", perhaps=True), targets=_TO_QUEUE),
)

PAGE: Final = Page(
    name="event-rules",
    title="EventBridge",
    words=("::events::rule", "_event_target", "_events_rule"),
    kinds=(TARGET, DEAD_LETTERS),
    calls=(*TOPIC_ACCESS, *QUEUE_ACCESS),
    common=True,
)
