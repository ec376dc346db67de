"""What the geospatial rules share: the service's name, jobs, what their roles need on which key (G4-G8, G24, G25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.catalogue.consumers import GEOSPATIAL, JOB_ACTIONS, JOBS, every
from keyfit.catalogue.trust import Trusted
from keyfit.model.findings import Level
from keyfit.model.names_of_roles import role_of
from keyfit.model.stack import ConsumerKind, Purpose
from keyfit.services.need import Need
from keyfit.services.page import Documented, Routes, Via

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keyfit.model.stack import Consumer, Stack
    from keyfit.policy.request import Fact

_STARTS: Final = frozenset({ConsumerKind.EARTH_OBSERVATION_JOB, ConsumerKind.VECTOR_ENRICHMENT_JOB})
_EXPORT: Final = ("kms:GenerateDataKey", "kms:Decrypt")
_NEEDS: Final = {  # G4, G24, G25: what each key is for → actions, the way of the call, how sure AWS's pages are
    Purpose.STORE: (JOB_ACTIONS, Via.ROLE_BARE, Level.ERROR),
    Purpose.ZONE: (("kms:GenerateDataKey",), Via.ROLE_S3, Level.ERROR),
    Purpose.INPUT: (("kms:Decrypt",), Via.ROLE_S3, Level.WARNING),
    Purpose.OUTPUT: (_EXPORT, Via.ROLE_S3, Level.WARNING),
}


def consumers(stack: Stack) -> Iterator[Consumer]:
    """The geospatial jobs of the stack, and the roles that stand for jobs outside it."""
    return (each for each in every(stack) if each.kind in JOBS)


def needs(stack: Stack, consumer: Consumer, asked: Routes = Routes.ANY) -> Iterator[Need]:
    """What the execution role needs on each key of the job."""
    role = role_of(stack, consumer)
    if role is None:
        return
    for use in consumer.keys:
        actions, via, level = _NEEDS[use.purpose]
        yield Need(actions, role, use, via, asked, level, Documented(actions, actions, either=True))


def _assume_facts(_consumer: Consumer) -> Mapping[str, Fact]:
    """Nothing is documented about what the service passes when it assumes the role."""
    return {}


TRUST: Final = Trusted(GEOSPATIAL, _assume_facts)
