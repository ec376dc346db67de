"""What the Personalize rules share: the service's name, its consumers, what it needs (P1-P8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.catalogue.trust import Trusted
from keyfit.model.names_of_keys import Form
from keyfit.model.stack import ConsumerKind
from keyfit.policy.request import Principal, PrincipalKind, present
from keyfit.services.page import Documented
from keyfit.truth import Truth
from keyfit.value import Own, Text, Unknown, Why, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.names_of_keys import KeyFound
    from keyfit.model.stack import Consumer, Stack, Use
    from keyfit.policy.request import Fact
    from keyfit.value import Value

SERVICE_NAME: Final = "personalize.amazonaws.com"
SERVICE: Final = Principal(PrincipalKind.SERVICE, text(SERVICE_NAME))
ROLE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:ListGrants")  # P5
CREATE_GRANT: Final = "kms:CreateGrant"  # P5: in the key policy only
SERVICE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", CREATE_GRANT, "kms:ListGrants")
_KEY_ARNS: Final = text("arn:*:kms:*:*:key/*")  # P27
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


def documented(consumer: Consumer) -> Documented:
    """What AWS's page asks for on both sides; of import jobs, in the key policy alone (P2, P4, P5)."""
    own = () if consumer.kind is ConsumerKind.IMPORT_JOB else ROLE_ACTIONS
    return Documented(SERVICE_ACTIONS, own)


def names_no_key(consumer: Consumer, use: Use, found: KeyFound) -> bool:
    """Whether a parameter of a Personalize consumer surely names no key: only `personalize-key-arn` speaks of it."""
    return consumer.kind in KINDS and use in consumer.keys and is_no_key(use.value, found)


def is_no_key(value: Value, found: KeyFound) -> bool:
    """Whether `value` surely is no key ARN, nor a key named in another way."""
    if found.form not in {Form.OPEN, Form.NONE} or not isinstance(value, Text):
        return False
    return arn.like(_KEY_ARNS, value).truth is Truth.NO


def _assume_facts(consumer: Consumer) -> Mapping[str, Fact]:
    """What Personalize passes when it assumes a role: the account, and one of its resources there (P24)."""
    resource = Unknown(Why.UNDOCUMENTED, "for which resource Personalize asks", identity="personalize resource")
    source = text("arn:", Own.PARTITION, ":personalize:", consumer.region, ":", consumer.account, ":", resource)
    return {"aws:sourceaccount": present(consumer.account), "aws:sourcearn": present(source)}


TRUST: Final = Trusted(SERVICE_NAME, _assume_facts)
