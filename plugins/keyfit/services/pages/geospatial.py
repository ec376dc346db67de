"""SageMaker geospatial: jobs, which only state machines start, and their roles (G4-G8, G10, G13, G24-G26, G28)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit.services.page import DIRECT, By, Call, Documented, Form, Kind, Page, Routes, Trust, Via

if TYPE_CHECKING:
    from keyfit.services.page import For

SERVICE: Final = "sagemaker-geospatial.amazonaws.com"
REGION: Final = "us-west-2"  # G28
JOB_ACTIONS: Final = ("kms:CreateGrant", "kms:GenerateDataKey", "kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext")

_ZONES: Final = "JobConfig.ZonalStatisticsConfig"
_VECTORS: Final = "InputConfig.DataSourceConfig.S3Data"
_EXPORT: Final = Form(
    {"OutputConfig.S3Data.KmsKeyId": "output"}, "ExecutionRoleArn", {"OutputConfig.S3Data.S3Uri": "output"}
)

EARTH_OBSERVATION_JOB: Final = Kind(
    "geospatial Earth observation job",
    {
        "sagemakergeospatial:startEarthObservationJob": Form(
            {"KmsKeyId": "store", f"{_ZONES}.ZoneS3PathKmsKeyId": "zone"},
            "ExecutionRoleArn",
            {f"{_ZONES}.ZoneS3Path": "zone"},
            "Name",
        )
    },
)
VECTOR_ENRICHMENT_JOB: Final = Kind(
    "geospatial vector enrichment job",
    {
        "sagemakergeospatial:startVectorEnrichmentJob": Form(
            {"KmsKeyId": "store", f"{_VECTORS}.KmsKeyId": "input"},
            "ExecutionRoleArn",
            {f"{_VECTORS}.S3Uri": "input"},
            "Name",
        )
    },
)
EARTH_OBSERVATION_EXPORT: Final = Kind(
    "geospatial Earth observation export", {"sagemakergeospatial:exportEarthObservationJob": _EXPORT}
)
VECTOR_ENRICHMENT_EXPORT: Final = Kind(
    "geospatial vector enrichment export", {"sagemakergeospatial:exportVectorEnrichmentJob": _EXPORT}
)


def _by_role(purpose: For, actions: tuple[str, ...], via: Via = Via("s3", perhaps=True)) -> Call:  # noqa: B008
    """What the execution role needs on the keys for one purpose, in its own policies or in the key policy."""
    documented = Documented(actions, actions, either=True)
    return Call(By.ROLE, actions, via, purposes=(purpose,), documented=documented)


_BARE: Final = DIRECT._replace(bare=("kms:CreateGrant", "kms:GenerateDataKeyWithoutPlaintext"))  # G10, G13
STARTING: Final = _by_role("store", JOB_ACTIONS, _BARE)
ACCESS: Final = (  # G4, G24, G25
    STARTING,
    _by_role("zone", ("kms:GenerateDataKey",)),
    _by_role("input", ("kms:Decrypt",))._replace(level="warning"),
    _by_role("output", ("kms:GenerateDataKey", "kms:Decrypt"))._replace(level="warning"),
)
AS_DOCUMENTED: Final = (STARTING._replace(routes=Routes.DELEGATED_OR_OWN, level="warning", beyond=STARTING),)  # G6

PAGE: Final = Page(
    name="geospatial",
    title="geospatial",
    words=("sagemaker",),
    kinds=(EARTH_OBSERVATION_JOB, VECTOR_ENRICHMENT_JOB, EARTH_OBSERVATION_EXPORT, VECTOR_ENRICHMENT_EXPORT),
    calls=ACCESS,
    trust=Trust(SERVICE),  # what the request holds is not documented
    stand_in=EARTH_OBSERVATION_JOB.words,  # G18
)
