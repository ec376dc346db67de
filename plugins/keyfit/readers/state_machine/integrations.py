"""The SDK integrations of Step Functions that make something use a key: one table (W1-W7).

Paths are in PascalCase, as Step Functions wants them (W1), even where the API's own are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.model.stack import ConsumerKind, Purpose
from keyfit.value import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyfit.value import Value


class Parameter(NamedTuple):
    """The path of a parameter that names a key or an S3 location, and what that is for."""

    path: str
    purpose: Purpose = Purpose.STORE


@dataclass(frozen=True, slots=True)
class Integration:
    """What a task of one action makes: the paths of the parameters that say which keys, buckets and role it uses.

    `given` is a parameter without which, and `enabled` a flag without which being true, there is no such consumer.
    """

    kind: ConsumerKind
    keys: tuple[Parameter, ...] = ()
    role: str = ""
    buckets: tuple[Parameter, ...] = ()
    name: str = ""
    group: str = ""
    store: str = ""
    given: str = ""
    enabled: str = ""


# Any partition (W2), a hole included.
_RESOURCE: Final = re.compile(r"arn:[^:]*:states:::aws-sdk:([a-z]+:[A-Za-z]+)(?:\.waitForTaskToken)?")
_HOLE: Final = "\N{OBJECT REPLACEMENT CHARACTER}"


def made_by(resource: Value | None) -> tuple[Integration, ...]:
    """What a task with this `Resource` makes; nothing where service or action are others, or not known."""
    if not isinstance(resource, Text):
        return ()
    found = _RESOURCE.fullmatch("".join(part if isinstance(part, str) else _HOLE for part in resource.parts))
    return _INTEGRATIONS.get(found[1], ()) if found else ()


_SOURCE: Final = "JobInput.S3DataSource"
_DESTINATION: Final = "JobOutput.S3DataDestination"
_METRICS: Final = "MetricsOutputConfig"
_ONLINE: Final = "OnlineStoreConfig"
_OFFLINE: Final = "OfflineStoreConfig"
_ZONES: Final = "JobConfig.ZonalStatisticsConfig"
_VECTORS: Final = "InputConfig.DataSourceConfig.S3Data"
_EXPORT: Final = "OutputConfig.S3Data"


def _batch(kind: ConsumerKind) -> Integration:
    return Integration(
        kind,
        keys=(Parameter(f"{_SOURCE}.KmsKeyArn", Purpose.INPUT), Parameter(f"{_DESTINATION}.KmsKeyArn", Purpose.OUTPUT)),
        role="RoleArn",
        buckets=(Parameter(f"{_SOURCE}.Path", Purpose.INPUT), Parameter(f"{_DESTINATION}.Path", Purpose.OUTPUT)),
        name="JobName",
    )


def _metrics(name: str, group: str) -> Integration:
    return Integration(
        ConsumerKind.METRIC_ATTRIBUTION,
        keys=(Parameter(f"{_METRICS}.S3DataDestination.KmsKeyArn", Purpose.OUTPUT),),
        role=f"{_METRICS}.RoleArn",
        buckets=(Parameter(f"{_METRICS}.S3DataDestination.Path", Purpose.OUTPUT),),
        name=name,
        group=group,
    )


def _export(kind: ConsumerKind) -> Integration:
    return Integration(
        kind,
        keys=(Parameter(f"{_EXPORT}.KmsKeyId", Purpose.OUTPUT),),
        role="ExecutionRoleArn",
        buckets=(Parameter(f"{_EXPORT}.S3Uri", Purpose.OUTPUT),),
    )


def _record(group: str) -> Integration:
    return Integration(ConsumerKind.RECORD_TASK, group=group)


_PERSONALIZE: Final = {
    "createDatasetGroup": Integration(
        ConsumerKind.DATASET_GROUP, keys=(Parameter("KmsKeyArn"),), role="RoleArn", name="Name"
    ),
    "createDatasetImportJob": Integration(
        ConsumerKind.IMPORT_JOB,
        role="RoleArn",
        buckets=(Parameter("DataSource.DataLocation", Purpose.INPUT),),
        name="JobName",
        group="DatasetArn",
    ),
    "createDatasetExportJob": Integration(
        ConsumerKind.EXPORT_JOB,
        keys=(Parameter(f"{_DESTINATION}.KmsKeyArn", Purpose.OUTPUT),),
        role="RoleArn",
        buckets=(Parameter(f"{_DESTINATION}.Path", Purpose.OUTPUT),),
        name="JobName",
        group="DatasetArn",
    ),
    "createBatchInferenceJob": _batch(ConsumerKind.BATCH_INFERENCE_JOB),
    "createBatchSegmentJob": _batch(ConsumerKind.BATCH_SEGMENT_JOB),
    "createMetricAttribution": _metrics("Name", "DatasetGroupArn"),
    "updateMetricAttribution": _metrics("", ""),
}
_GEOSPATIAL: Final = {
    "startEarthObservationJob": Integration(
        ConsumerKind.EARTH_OBSERVATION_JOB,
        keys=(Parameter("KmsKeyId"), Parameter(f"{_ZONES}.ZoneS3PathKmsKeyId", Purpose.ZONE)),
        role="ExecutionRoleArn",
        buckets=(Parameter(f"{_ZONES}.ZoneS3Path", Purpose.ZONE),),
        name="Name",
    ),
    "startVectorEnrichmentJob": Integration(
        ConsumerKind.VECTOR_ENRICHMENT_JOB,
        keys=(Parameter("KmsKeyId"), Parameter(f"{_VECTORS}.KmsKeyId", Purpose.INPUT)),
        role="ExecutionRoleArn",
        buckets=(Parameter(f"{_VECTORS}.S3Uri", Purpose.INPUT),),
        name="Name",
    ),
    "exportEarthObservationJob": _export(ConsumerKind.EARTH_OBSERVATION_EXPORT),
    "exportVectorEnrichmentJob": _export(ConsumerKind.VECTOR_ENRICHMENT_EXPORT),
}
_FEATURE_GROUP: Final = (
    Integration(
        ConsumerKind.ONLINE_STORE,
        keys=(Parameter(f"{_ONLINE}.SecurityConfig.KmsKeyId"),),
        name="FeatureGroupName",
        store="online",
        enabled=f"{_ONLINE}.EnableOnlineStore",
    ),
    Integration(
        ConsumerKind.OFFLINE_STORE,
        keys=(Parameter(f"{_OFFLINE}.S3StorageConfig.KmsKeyId"),),
        role="RoleArn",  # F31: for the offline store only
        buckets=(Parameter(f"{_OFFLINE}.S3StorageConfig.S3Uri"),),
        name="FeatureGroupName",
        store="offline",
        given=_OFFLINE,
    ),
)
# W7; the batch actions name the feature group in each of their elements.
_RECORDS: Final = {
    "putRecord": _record("FeatureGroupName"),
    "updateRecord": _record("FeatureGroupName"),
    "getRecord": _record("FeatureGroupName"),
    "deleteRecord": _record("FeatureGroupName"),
    "listRecords": _record("FeatureGroupName"),
    "batchGetRecord": _record("Identifiers[].FeatureGroupName"),
    "batchWriteRecord": _record("Entries[].FeatureGroupName"),
}
_INTEGRATIONS: Final[Mapping[str, tuple[Integration, ...]]] = {
    **{f"personalize:{action}": (made,) for action, made in _PERSONALIZE.items()},
    "sagemaker:createFeatureGroup": _FEATURE_GROUP,
    **{f"sagemakerfeaturestoreruntime:{action}": (made,) for action, made in _RECORDS.items()},
    **{f"sagemakergeospatial:{action}": (made,) for action, made in _GEOSPATIAL.items()},
}
