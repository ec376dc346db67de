"""What uses keys: Personalize resources, feature groups, state machines (T16, T19, A1, A2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from keyfit.model import Consumer, ConsumerKind, Dataset, Purpose, Use
from keyfit.readers.terraform import modules
from keyfit.readers.terraform.instances import argument, setting
from keyfit.readers.terraform.places import place_of
from keyfit.readers.terraform.resources.names import as_hole, generated_name
from keyfit.readers.terraform.resources.state_machines import read_state_machines
from keyfit.value import NAME, Null, Reference, Text, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.readers.terraform.instances import Instance
    from keyfit.readers.terraform.modules import Module
    from keyfit.value import Value

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """How a consumer is written: the arguments for its keys, role, S3 locations, name and group.

    There is a consumer only where one of `where` is given (any block of the type, if empty).
    """

    kind: ConsumerKind
    keys: tuple[_Path, ...] = ()
    role: _Path = ("role_arn",)
    buckets: tuple[tuple[_Path, Purpose], ...] = ()
    name: str = "name"
    group: _Path | None = None
    where: tuple[_Path, ...] = ()
    store: str = ""


_ONLINE: Final = ("online_store_config",)
_OFFLINE: Final = ("offline_store_config",)
_S3: Final = (*_OFFLINE, "s3_storage_config")
_STORES: Final = (
    _Form(
        ConsumerKind.ONLINE_STORE,
        keys=((*_ONLINE, "security_config", "kms_key_id"),),
        name="feature_group_name",
        where=(_ONLINE,),
        store="online",
    ),
    _Form(
        ConsumerKind.OFFLINE_STORE,
        keys=((*_S3, "kms_key_id"),),
        buckets=(((*_S3, "s3_uri"), Purpose.OUTPUT),),
        name="feature_group_name",
        where=(_OFFLINE,),
        store="offline",
    ),
)
_METRICS: Final = ("metrics_output_config", "s3_data_destination")
_FORMS: Final[Mapping[str, tuple[_Form, ...]]] = {
    "awscc_personalize_dataset_group": (_Form(ConsumerKind.DATASET_GROUP, keys=(("kms_key_arn",),)),),
    "awscc_personalize_dataset": (
        _Form(
            ConsumerKind.IMPORT_JOB,
            role=("dataset_import_job", "role_arn"),
            buckets=((("dataset_import_job", "data_source", "data_location"), Purpose.INPUT),),
            group=("dataset_group_arn",),
            where=(("dataset_import_job",),),
        ),
    ),
    "awscc_personalize_metric_attribution": (
        _Form(
            ConsumerKind.METRIC_ATTRIBUTION,
            keys=((*_METRICS, "kms_key_arn"),),
            role=("metrics_output_config", "role_arn"),
            buckets=(((*_METRICS, "path"), Purpose.OUTPUT),),
            group=("dataset_group_arn",),
        ),
    ),
    "aws_sagemaker_feature_group": _STORES,
    "awscc_sagemaker_feature_group": _STORES,
}
# The purpose of the keys of a consumer whose keys are not those of its own data at rest.
_OUTPUTS: Final = frozenset({ConsumerKind.METRIC_ATTRIBUTION})


def _arn_of(instance: Instance) -> Text:
    return text(Reference(instance.address, "arn"))


def _group_name(instance: Instance) -> Text:
    return as_hole(argument(instance, "feature_group_name"), instance, "feature_group_name")


def _feature_group_arn(instance: Instance) -> Text:
    place = place_of(instance)
    prefix = ("arn:", place.partition, ":sagemaker:", place.region, ":", place.account, ":feature-group/")
    return text(*prefix, _group_name(instance))


def _state_machine_arn(instance: Instance) -> Text:
    place = place_of(instance)
    prefix = ("arn:", place.partition, ":states:", place.region, ":", place.account, ":stateMachine:")
    return text(*prefix, generated_name(instance))


def _personalize_arn(kind: str) -> Callable[[Instance], Text]:
    def export(instance: Instance) -> Text:
        place = place_of(instance)
        name = as_hole(argument(instance, "name"), instance, "name")
        prefix = ("arn:", place.partition, ":personalize:", place.region, ":", place.account, f":{kind}/")
        return text(*prefix, name)

    return export


def _dataset_arn(instance: Instance) -> Text:
    """The end of a dataset's ARN names its group and type, and is kept as one name."""
    place = place_of(instance)
    prefix = ("arn:", place.partition, ":personalize:", place.region, ":", place.account, ":dataset/")
    return text(*prefix, Reference(instance.address, "dataset", NAME))


EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value]]]] = {
    "awscc_personalize_dataset_group": {
        "id": _personalize_arn("dataset-group"),
        "dataset_group_arn": _personalize_arn("dataset-group"),
    },
    "awscc_personalize_dataset": {"id": _dataset_arn, "dataset_arn": _dataset_arn},
    "awscc_personalize_metric_attribution": {
        "id": _personalize_arn("metric-attribution"),
        "metric_attribution_arn": _personalize_arn("metric-attribution"),
    },
    "aws_sagemaker_feature_group": {"id": _group_name, "name": _group_name, "arn": _feature_group_arn},
    "awscc_sagemaker_feature_group": {"id": _group_name},
    "aws_sfn_state_machine": {"id": _state_machine_arn, "arn": _state_machine_arn, "name": generated_name},
    "awscc_stepfunctions_state_machine": {"id": _arn_of, "arn": _arn_of},
}


def read_consumers(root: Module) -> Iterator[Consumer]:
    """Everything that uses keys."""
    for module in modules.everything(root):
        for instance in modules.instances(module, "resource", *_FORMS):
            for form in _FORMS[instance.type]:
                if not form.where or any(setting(instance, *path) is not None for path in form.where):
                    yield _consumer(instance, form)
        yield from read_state_machines(module)


def read_datasets(root: Module) -> Iterator[Dataset]:
    """The Personalize datasets, as what jobs name."""
    for module in modules.everything(root):
        for instance in modules.instances(module, "resource", "awscc_personalize_dataset"):
            group = argument(instance, "dataset_group_arn") or Null(instance.block.origin)
            yield Dataset(instance.block, _dataset_arn(instance), group)


def _consumer(instance: Instance, form: _Form) -> Consumer:
    place = place_of(instance)
    purpose = Purpose.OUTPUT if form.kind in _OUTPUTS else Purpose.STORE
    return Consumer(
        instance.block,
        form.kind,
        keys=tuple(use for path in form.keys for use in _use(instance, path, purpose)),
        role=next(_use(instance, form.role, Purpose.STORE), None),
        buckets=tuple(use for path, what in form.buckets for use in _use(instance, path, what)),
        region=place.region,
        account=place.account,
        name=argument(instance, form.name),
        group=None if form.group is None else next(_use(instance, form.group, Purpose.STORE), None),
        store=form.store,
    )


def _use(instance: Instance, path: _Path, purpose: Purpose) -> Iterator[Use]:
    value = setting(instance, *path)
    if value is not None:
        yield Use(".".join(path), value, purpose)
