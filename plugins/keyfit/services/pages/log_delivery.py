"""Logs that services deliver to S3 through CloudWatch Logs, in its name, into buckets that can have a key (L15-L18)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Documented, Failure, Form, Kind, On, Page, Routes, Via

SERVICE: Final = "delivery.logs.amazonaws.com"
ACTIONS: Final = ("kms:GenerateDataKey", "kms:Decrypt")  # L15, O1
BESIDES: Final = ("kms:Encrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:DescribeKey")  # L15
ASKED_FOR: Final = "AWS's page asks for that, too"

FLOW_LOG: Final = Kind(
    "VPC flow log",
    {
        "AWS::EC2::FlowLog": Form(buckets={"LogDestination": "output"}, where={"LogDestinationType": "s3"}),
        "aws_flow_log": Form(buckets={"log_destination": "output"}, where={"log_destination_type": "s3"}),
    },
)
QUERY_LOG: Final = Kind(  # its destination can be a log group or a stream, too
    "Route 53 Resolver query log",
    {
        "AWS::Route53Resolver::ResolverQueryLoggingConfig": Form(buckets={"DestinationArn": "output"}),
        "aws_route53_resolver_query_log_config": Form(buckets={"destination_arn": "output"}),
    },
)
_DELIVERY: Final = Call(
    By.SERVICE,
    ACTIONS,
    Via(
        "s3",
        perhaps=True,
        facts=(  # L16
            ("aws:SourceAccount", "{account}"),
            ("aws:SourceArn", "arn:{partition}:logs:{region}:{account}:{undocumented:for what the log is delivered}"),
        ),
    ),
    principal=SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.BUCKET,
    documented=Documented((*ACTIONS, *BESIDES)),
    failure=Failure.SILENT,
    lost="the log stays ACTIVE, and nothing is delivered",
    told="Access error",
)


def besides(call: Call, actions: tuple[str, ...] = BESIDES) -> Call:
    """What AWS's page asks for besides what a call takes: a warning."""
    return call._replace(
        actions=actions, documented=None, level="warning", beyond=call, failure=None, lost=ASKED_FOR, told=""
    )


ACCESS: Final = (_DELIVERY, besides(_DELIVERY))

PAGE: Final = Page(
    name="log-delivery",
    title="log delivery",
    words=("::ec2::flowlog", "_flow_log", "resolverquerylogging", "_query_log"),
    kinds=(FLOW_LOG, QUERY_LOG),
    calls=ACCESS,
    common=True,
)
