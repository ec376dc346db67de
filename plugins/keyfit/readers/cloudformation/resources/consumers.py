"""What uses keys in a template: Personalize resources and the stores of feature groups, a table by resource type."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.model.stack import Consumer, ConsumerKind, Dataset, Purpose, Use
from keyfit.readers.cloudformation.resources import state_machines
from keyfit.readers.cloudformation.resources.attributes import dataset_arn
from keyfit.readers.cloudformation.resources.keys import block
from keyfit.readers.cloudformation.resources.properties import find, flag, word
from keyfit.truth import Truth
from keyfit.value import Bool, Null, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource

Maker: TypeAlias = "Callable[[Scope, Resource], Iterator[Consumer]]"


@dataclass(frozen=True, slots=True)
class Parameters:
    """Where the parameters of a consumer stand: dotted paths of properties, with what key and bucket are for."""

    keys: Mapping[str, Purpose]
    role: str = ""
    buckets: Mapping[str, Purpose] | None = None
    name: str = ""
    group: str = ""


def _use(scope: Scope, resource: Resource, path: str, purpose: Purpose = Purpose.STORE) -> Use | None:
    value = word(find(scope, resource, path)) if path else None
    return None if value is None else Use(path, value, purpose)


def _uses(scope: Scope, resource: Resource, paths: Mapping[str, Purpose] | None) -> tuple[Use, ...]:
    found = (_use(scope, resource, path, purpose) for path, purpose in (paths or {}).items())
    return tuple(each for each in found if each is not None)


def consumer(scope: Scope, resource: Resource, kind: ConsumerKind, where: Parameters) -> Consumer:
    """The consumer that `resource` is, its parameters as written."""
    return Consumer(
        block(scope, resource),
        kind,
        _uses(scope, resource, where.keys),
        _use(scope, resource, where.role),
        _uses(scope, resource, where.buckets),
        scope.bound.region,
        scope.bound.account,
        find(scope, resource, where.name) if where.name else None,
        _use(scope, resource, where.group),
    )


def _only_where(made: Consumer, there: Answer) -> Iterator[Consumer]:
    """`made`, present where `there` holds too; nothing where it surely does not."""
    if there.truth is not Truth.NO:
        present = all_of([made.block.present, there])
        yield replace(made, block=replace(made.block, present=present))


def _given(scope: Scope, resource: Resource, path: str) -> Answer:
    """Whether a property is given."""
    value = find(scope, resource, path)
    if value is None:
        return NO
    return maybe(value) if isinstance(value, Unknown) else YES


# --- Personalize -------------------------------------------------------------------------------------------

_OUTPUT: Final = "MetricsOutputConfig.S3DataDestination"
_GROUP: Final = Parameters({"KmsKeyArn": Purpose.STORE}, "RoleArn", name="Name")
_METRICS: Final = Parameters(
    {f"{_OUTPUT}.KmsKeyArn": Purpose.OUTPUT},
    "MetricsOutputConfig.RoleArn",
    {f"{_OUTPUT}.Path": Purpose.OUTPUT},
    "Name",
    "DatasetGroupArn",
)
_IMPORT: Final = Parameters(
    {},
    "DatasetImportJob.RoleArn",
    {"DatasetImportJob.DataSource.DataLocation": Purpose.INPUT},
    "DatasetImportJob.JobName",
    "DatasetGroupArn",
)


DATASET: Final = "AWS::Personalize::Dataset"


def _dataset_group(scope: Scope, resource: Resource) -> Iterator[Consumer]:
    yield consumer(scope, resource, ConsumerKind.DATASET_GROUP, _GROUP)


def _metric_attribution(scope: Scope, resource: Resource) -> Iterator[Consumer]:
    yield consumer(scope, resource, ConsumerKind.METRIC_ATTRIBUTION, _METRICS)


def _dataset(scope: Scope, resource: Resource) -> Iterator[Consumer]:
    made = consumer(scope, resource, ConsumerKind.IMPORT_JOB, _IMPORT)
    yield from _only_where(made, _given(scope, resource, "DatasetImportJob"))


def dataset(scope: Scope, resource: Resource) -> Dataset:
    """A dataset as what jobs name."""
    group = find(scope, resource, "DatasetGroupArn") or Null(resource.origin)
    return Dataset(block(scope, resource), dataset_arn(scope, resource), group)


# --- Feature Store -----------------------------------------------------------------------------------------

_ONLINE: Final = Parameters({"OnlineStoreConfig.SecurityConfig.KmsKeyId": Purpose.STORE}, name="FeatureGroupName")
_OFFLINE: Final = Parameters(
    {"OfflineStoreConfig.S3StorageConfig.KmsKeyId": Purpose.STORE},
    "RoleArn",
    {"OfflineStoreConfig.S3StorageConfig.S3Uri": Purpose.STORE},
    "FeatureGroupName",
)


def _feature_group(scope: Scope, resource: Resource) -> Iterator[Consumer]:
    online = replace(consumer(scope, resource, ConsumerKind.ONLINE_STORE, _ONLINE), store="online")
    yield from _only_where(online, _online(scope, resource))
    offline = replace(consumer(scope, resource, ConsumerKind.OFFLINE_STORE, _OFFLINE), store="offline")
    yield from _only_where(offline, _given(scope, resource, "OfflineStoreConfig"))


def _online(scope: Scope, resource: Resource) -> Answer:
    """An online store has to be asked for: it is off by default."""
    match flag(find(scope, resource, "OnlineStoreConfig.EnableOnlineStore"), default=False):
        case Bool(yes):
            return YES if yes else NO
        case Unknown() as hole:
            return maybe(hole)
        case _:
            return NO


def consumers_of(scope: Scope, resource: Resource) -> Iterator[Consumer]:
    """The consumers that `resource` is or makes."""
    maker = _MAKERS.get(resource.type)
    if maker is not None:
        yield from maker(scope, resource)


_MAKERS: Final[Mapping[str, Maker]] = {
    "AWS::Personalize::DatasetGroup": _dataset_group,
    "AWS::Personalize::MetricAttribution": _metric_attribution,
    DATASET: _dataset,
    "AWS::SageMaker::FeatureGroup": _feature_group,
    **dict.fromkeys(state_machines.TYPES, state_machines.consumers),
}
