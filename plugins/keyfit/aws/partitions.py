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
# As of 2026-11, from the pages of Regions of AWS, China, GovCloud, the isolated and the sovereign partitions.
REGIONS: Final = frozenset(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2
    cn-north-1 cn-northwest-1 us-gov-east-1 us-gov-west-1
    us-iso-east-1 us-iso-west-1 us-isob-east-1 us-isob-west-1 us-isof-east-1 us-isof-south-1 eu-isoe-west-1
    eusc-de-east-1
    """.split()  # noqa: SIM905 - a list of words, and no page of lines
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
