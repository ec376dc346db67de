"""What the Feature Store rules share: its stores, and what creating and using them takes (F1-F12, F27-F31)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.trust import Trusted
from keyfit.model.stack import ConsumerKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Consumer, Stack
    from keyfit.policy.request import Fact

SERVICE_NAME: Final = "sagemaker.amazonaws.com"
CREATE_ACTIONS: Final = (  # F4 without what no key policy can give (F6, F7) and what the example leaves out (F5)
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:CreateGrant",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:ListGrants",
)
REVOKE: Final = "kms:RevokeGrant"
OFFLINE_ACTIONS: Final = ("kms:GenerateDataKey",)  # F30
RECORD_ACTIONS: Final = ("kms:Decrypt",)  # F27


def stores(stack: Stack, kind: ConsumerKind) -> Iterator[Consumer]:
    """The online or offline stores of the stack."""
    return (each for each in stack.consumers if each.kind is kind)


def online(stack: Stack) -> Iterator[Consumer]:
    """The online stores of the stack."""
    return stores(stack, ConsumerKind.ONLINE_STORE)


def offline(stack: Stack) -> Iterator[Consumer]:
    """The offline stores of the stack."""
    return stores(stack, ConsumerKind.OFFLINE_STORE)


def _assume_facts(_consumer: Consumer) -> Mapping[str, Fact]:
    """Nothing is documented about what SageMaker passes when it assumes the role."""
    return {}


TRUST: Final = Trusted(SERVICE_NAME, _assume_facts)
