"""Access logs of load balancers, which are written into a bucket: that of some of them must have no key (L19-L22)."""

from __future__ import annotations

from typing import Final

from keyfit.services.page import By, Call, Documented, Failure, Form, Kind, On, Page, Routes, Via
from keyfit.services.pages import log_delivery

_ATTRIBUTE: Final = "LoadBalancerAttributes[Key=access_logs.s3.{}].Value"
_WRITTEN: Final = Form(
    buckets={_ATTRIBUTE.format("bucket"): "output"},
    name="Name",
    enabled=_ATTRIBUTE.format("enabled"),
)
_AWS_WRITTEN: Final = Form(buckets={"access_logs.bucket": "output"}, name="name", enabled="access_logs.enabled")


def _of_type(type_: str) -> dict[str, Form]:
    """The forms of load balancers of one type, which an asterisk marks as the default."""
    aws = _AWS_WRITTEN._replace(where={"load_balancer_type": type_})
    return {
        "AWS::ElasticLoadBalancingV2::LoadBalancer": _WRITTEN._replace(where={"Type": type_}),
        "aws_lb": aws,
        "aws_alb": aws,
    }


APPLICATION: Final = Kind("Application Load Balancer", _of_type("application*"))
NETWORK: Final = Kind("Network Load Balancer", _of_type("network"))
CLASSIC: Final = Kind(
    "Classic Load Balancer",
    {
        "AWS::ElasticLoadBalancing::LoadBalancer": Form(
            buckets={"AccessLoggingPolicy.S3BucketName": "output"},
            name="LoadBalancerName",
            enabled="AccessLoggingPolicy.Enabled",
        ),
        "aws_elb": Form(
            buckets={"access_logs.bucket": "output"},
            name="name",
            given="access_logs.bucket",
            where={"access_logs.enabled": "true*"},
        ),
    },
)
REFUSING: Final = (APPLICATION, CLASSIC)  # L19, L20
_DELIVERY: Final = Call(  # L21, L22: what else the request has is not documented for the key
    By.SERVICE,
    log_delivery.ACTIONS,
    Via("s3", perhaps=True),
    principal=log_delivery.SERVICE,
    routes=Routes.KEY_POLICY,
    on=On.BUCKET,
    kinds=(NETWORK.words,),
    documented=Documented((*log_delivery.ACTIONS, *log_delivery.BESIDES)),
    failure=Failure.AT_DEPLOYMENT,
    told="Access Denied for bucket: <bucket>. Please check S3bucket permission",
)
ACCESS: Final = (_DELIVERY, log_delivery.besides(_DELIVERY))

PAGE: Final = Page(
    name="load-balancers",
    title="Elastic Load Balancing",
    words=("::elasticloadbalancing", "aws_lb", "aws_alb", "aws_elb", "_elasticloadbalancing"),
    kinds=(APPLICATION, NETWORK, CLASSIC),
    calls=ACCESS,
    common=True,
)
