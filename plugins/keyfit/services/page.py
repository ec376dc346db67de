"""The words of a service's page: by which routes a need is met, how a call reaches KMS, what AWS's page asks for.

Nothing but the standard library: hosts read the pages in processes that judge nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Routes(Enum):
    """By which routes a need can be met."""

    KEY_POLICY = "the key policy"
    ANY = "any route"
    BOTH = "the key policy and the identity policies"
    DELEGATED_OR_OWN = "delegation to the account, or the identity policies"


class Via(Enum):
    """How a call reaches KMS: what its request context holds (`calls`)."""

    SERVICE = "service"
    SERVICE_S3 = "service, S3 object key"
    ROLE = "role"
    ROLE_BARE = "role, without encryption context"
    ROLE_S3 = "role, S3 object key"
    THROUGH_S3 = "role through S3"
    THROUGH_SAGEMAKER = "principal through SageMaker"


class Documented(NamedTuple):
    """What AWS's page asks for, be it more than is needed: where the help of a broken need leads.

    `key` are actions that the key policy should give itself, `own` those that the principal's own policies should.
    `either`: its own policies will do where the key policy delegates to the account.
    """

    key: tuple[str, ...]
    own: tuple[str, ...] = ()
    either: bool = False
