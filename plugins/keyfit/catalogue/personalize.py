"""What the Personalize rules share: the service's name, its consumers, what it needs (P1-P8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.trust import Trusted
from keyfit.model import ConsumerKind
from keyfit.policy.request import Principal, PrincipalKind, present
from keyfit.value import Own, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model import Consumer, Stack
    from keyfit.policy.request import Fact

SERVICE_NAME: Final = "personalize.amazonaws.com"
SERVICE: Final = Principal(PrincipalKind.SERVICE, text(SERVICE_NAME))
ROLE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")  # P5
CREATE_GRANT: Final = "kms:CreateGrant"  # P5: in the key policy only
SERVICE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", CREATE_GRANT, "kms:ListGrants")
KINDS: Final = frozenset(
    {
        ConsumerKind.DATASET_GROUP,
        ConsumerKind.IMPORT_JOB,
        ConsumerKind.EXPORT_JOB,
        ConsumerKind.BATCH_INFERENCE_JOB,
        ConsumerKind.BATCH_SEGMENT_JOB,
        ConsumerKind.METRIC_ATTRIBUTION,
    }
)  # P3


def consumers(stack: Stack) -> Iterator[Consumer]:
    """The Personalize consumers of the stack."""
    return (each for each in stack.consumers if each.kind in KINDS)


def _assume_facts(consumer: Consumer) -> Mapping[str, Fact]:
    """What Personalize passes when it assumes a role: the account, and one of its resources there (P24)."""
    resource = Unknown(Why.UNDOCUMENTED, "for which resource Personalize asks", identity="personalize resource")
    source = text("arn:", Own.PARTITION, ":personalize:", consumer.region, ":", consumer.account, ":", resource)
    return {"aws:sourceaccount": present(consumer.account), "aws:sourcearn": present(source)}


TRUST: Final = Trusted(SERVICE_NAME, _assume_facts)
