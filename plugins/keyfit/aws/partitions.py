"""Partitions: which Regions lie in each, and the domain that the names of its services end with."""

from __future__ import annotations

from typing import Final

from keyfit.value import Own, Text, text

AWS: Final = "aws"
CHINA: Final = "aws-cn"
GOV: Final = "aws-us-gov"
_REGIONS: Final = (  # a Region's name begins so; all others are in the partition `aws`
    ("cn-", CHINA),
    ("us-gov-", GOV),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)
URL_SUFFIXES: Final = {AWS: "amazonaws.com", CHINA: "amazonaws.com.cn", GOV: "amazonaws.com"}


def partition_of(region: str) -> str:
    """The partition that a Region lies in."""
    return next((partition for prefix, partition in _REGIONS if region.startswith(prefix)), AWS)


def url_suffix(partition: Text) -> Text:
    """What the names of services end with in a partition: a hole where the partition, or its domain, is not known."""
    return text(URL_SUFFIXES.get(partition.literal or "") or Own.URL_SUFFIX)


def reverse_dns_prefix(partition: Text) -> str | None:
    """What the names of VPC endpoint services begin with (`com.amazonaws`); `None` where that is not known."""
    suffix = URL_SUFFIXES.get(partition.literal or "")
    return None if suffix is None else ".".join(reversed(suffix.split(".")))
