"""EventBridge Scheduler and Pipes, which work on queues, topics and streams with a role of their own (Q8, Q9)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import Form, Kind, Page

_SCHEDULE: Final = Form(targets=("Target.Arn", "Target.DeadLetterConfig.Arn"), role="Target.RoleArn", name="Name")
_AWS_SCHEDULE: Final = Form(
    targets=("target.arn", "target.dead_letter_config.arn"), role="target.role_arn", name="name"
)
SCHEDULE: Final = Kind(
    "EventBridge schedule", {"AWS::Scheduler::Schedule": _SCHEDULE, "aws_scheduler_schedule": _AWS_SCHEDULE}
)
_LETTERS: Final = tuple(
    f"SourceParameters.{source}.DeadLetterConfig.Arn"
    for source in ("KinesisStreamParameters", "DynamoDBStreamParameters")
)
_AWS_LETTERS: Final = tuple(
    f"source_parameters.{source}.dead_letter_config.arn"
    for source in ("kinesis_stream_parameters", "dynamodb_stream_parameters")
)
SOURCE: Final = Kind(
    "source of EventBridge pipe",
    {
        "AWS::Pipes::Pipe": Form(targets=("Source",), role="RoleArn", name="Name"),
        "aws_pipes_pipe": Form(targets=("source",), role="role_arn", name="name"),
    },
)
TARGET: Final = Kind(
    "target of EventBridge pipe",
    {
        "AWS::Pipes::Pipe": Form(targets=("Target", *_LETTERS), role="RoleArn", name="Name"),
        "aws_pipes_pipe": Form(targets=("target", *_AWS_LETTERS), role="role_arn", name="name"),
    },
)
SENDING: Final = (SCHEDULE.words, TARGET.words)

PAGE: Final = Page(
    name="schedules",
    title="EventBridge Scheduler and Pipes",
    words=("::scheduler::", "_scheduler_schedule", "::pipes::", "_pipes_pipe"),
    kinds=(SCHEDULE, SOURCE, TARGET),
    common=True,
)
