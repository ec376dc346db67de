"""Logs that services deliver to S3 through CloudWatch Logs, in its name, into buckets with a key (L15-L18, L26)."""

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
FIREWALL_LOG: Final = Kind(
    "Network Firewall log",
    {
        "AWS::NetworkFirewall::LoggingConfiguration": Form(
            buckets={"LogDestination{}.bucketName": "output"},
            each="LoggingConfiguration.LogDestinationConfigs",
            where={"[].LogDestinationType": "s3"},
        ),
        "aws_networkfirewall_logging_configuration": Form(
            buckets={"log_destination{}.bucketName": "output"},
            each="logging_configuration.log_destination_config",
            where={"[].log_destination_type": "s3"},
        ),
    },
)
LATTICE_LOG: Final = Kind(  # its destination can be a log group or a stream, too
    "VPC Lattice access log",
    {
        "AWS::VpcLattice::AccessLogSubscription": Form(buckets={"DestinationArn": "output"}),
        "aws_vpclattice_access_log_subscription": Form(buckets={"destination_arn": "output"}),
    },
)
DESTINATION: Final = Kind(  # so can that of a delivery
    "delivery destination",
    {
        "AWS::Logs::DeliveryDestination": Form(buckets={"DestinationResourceArn": "output"}, name="Name"),
        "aws_cloudwatch_log_delivery_destination": Form(
            buckets={"delivery_destination_configuration.destination_resource_arn": "output"}, name="name"
        ),
    },
)
OTHERS: Final = (FIREWALL_LOG, LATTICE_LOG, DESTINATION)
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
    kinds=(FLOW_LOG.words, QUERY_LOG.words),
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


_TO_OTHERS: Final = _DELIVERY._replace(kinds=tuple(each.words for each in OTHERS), lost="no log is delivered")  # L26
ACCESS: Final = tuple(made for call in (_DELIVERY, _TO_OTHERS) for made in (call, besides(call)))

PAGE: Final = Page(
    name="log-delivery",
    title="log delivery",
    words=(
        "::ec2::flowlog",
        "_flow_log",
        "resolverquerylogging",
        "_query_log",
        "::networkfirewall::",
        "_networkfirewall_",
        "::vpclattice::",
        "_vpclattice_",
        "::logs::delivery",
        "_delivery_destination",
    ),
    kinds=(FLOW_LOG, QUERY_LOG, *OTHERS),
    calls=ACCESS,
    common=True,
)
