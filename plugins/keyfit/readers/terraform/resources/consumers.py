"""What uses keys: Personalize resources, feature groups, state machines (T16, T19, A1, A2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from keyfit.answer import NO, YES, Answer, all_of, maybe
from keyfit.model.stack import Consumer, ConsumerKind, Dataset, Purpose, Use
from keyfit.readers.terraform.modules.expansion import copies_of, everything, instances, resources
from keyfit.readers.terraform.modules.instances import argument, setting
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources import state_machines
from keyfit.readers.terraform.resources.names import as_hole, generated_name
from keyfit.readers.terraform.resources.state_machines import read_state_machines
from keyfit.readers.terraform.values.convert import to_answer
from keyfit.truth import Truth
from keyfit.value import NAME, List, Null, Reference, Text, Unknown, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Hole, Value

_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """How a consumer is written: the arguments for its keys, role, S3 locations, name and group.

    There is a consumer only where `given` is given, and where the flag `enabled` is true; in every block of the type
    where these are empty.
    """

    kind: ConsumerKind
    keys: tuple[_Path, ...] = ()
    role: _Path = ("role_arn",)
    buckets: tuple[tuple[_Path, Purpose], ...] = ()
    name: _Path = ("name",)
    group: _Path = ()
    given: _Path = ()
    enabled: _Path = ()
    store: str = ""


_ONLINE: Final = ("online_store_config",)
_OFFLINE: Final = ("offline_store_config",)
_S3: Final = (*_OFFLINE, "s3_storage_config")
_STORES: Final = (
    _Form(
        ConsumerKind.ONLINE_STORE,
        keys=((*_ONLINE, "security_config", "kms_key_id"),),
        role=(),
        name=("feature_group_name",),
        enabled=(*_ONLINE, "enable_online_store"),
        store="online",
    ),
    _Form(
        ConsumerKind.OFFLINE_STORE,
        keys=((*_S3, "kms_key_id"),),
        buckets=(((*_S3, "s3_uri"), Purpose.STORE),),
        name=("feature_group_name",),
        given=_OFFLINE,
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
            name=("dataset_import_job", "job_name"),
            group=("dataset_group_arn",),
            given=("dataset_import_job",),
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
    for module in everything(root):
        for instance in instances(module, *_FORMS):
            for form in _FORMS[instance.type]:
                there = _there(instance, form)
                if there.truth is not Truth.NO:
                    yield _consumer(instance, form, there)
        yield from read_state_machines(module)


def read_datasets(root: Module) -> Iterator[Dataset]:
    """Every Personalize dataset."""
    for instance in resources(root, "awscc_personalize_dataset"):
        group = argument(instance, "dataset_group_arn") or Null(instance.origin)
        yield Dataset(instance.block, _dataset_arn(instance), group)


def read_hidden(root: Module) -> Iterator[Hole]:
    """The holes behind which further consumers can stand: copies that nobody knows of, and tasks."""
    types = frozenset((*_FORMS, *state_machines.TYPES))
    found = everything(root)
    holding = [
        each for each in found if any(block.labels[0] in types for block in each.configuration.of_kind("resource"))
    ]
    for module in holding:
        blocks = [each for each in module.configuration.of_kind("resource") if each.labels[0] in types]
        yield from _open_copies(module, blocks)
        for instance in instances(module, *state_machines.TYPES):
            yield from state_machines.hidden(instance)
    for module in found:
        if any(each.address.startswith(f"{module.address}module.") for each in holding):
            yield from _open_copies(module, list(module.configuration.of_kind("module")))


def _open_copies(module: Module, blocks: list[Declared]) -> Iterator[Hole]:
    for declared in blocks:
        copies = copies_of(module, declared)
        if copies.rest is not None and copies.rest.choices and not copies.single:
            yield copies.rest


def _there(instance: Instance, form: _Form) -> Answer:
    """Whether the block makes this consumer."""
    if form.enabled:
        flag = setting(instance, *form.enabled)
        return NO if flag is None else to_answer(flag)
    if not form.given:
        return YES
    given = setting(instance, *form.given)
    if given is None:
        return NO
    if isinstance(given, List) and not given.items:  # a dynamic block of which nobody knows whether it is there
        return maybe(given.rest) if given.rest is not None else NO
    return maybe(given) if isinstance(given, Unknown) else YES


def _consumer(instance: Instance, form: _Form, there: Answer) -> Consumer:
    place = place_of(instance)
    block = instance.block
    purpose = Purpose.OUTPUT if form.kind in _OUTPUTS else Purpose.STORE
    return Consumer(
        replace(block, present=all_of((block.present, there))),
        form.kind,
        keys=tuple(use for path in form.keys for use in _use(instance, path, purpose)),
        role=next(_use(instance, form.role, Purpose.STORE), None),
        buckets=tuple(use for path, what in form.buckets for use in _use(instance, path, what)),
        region=place.region,
        account=place.account,
        name=setting(instance, *form.name),
        group=next(_use(instance, form.group, Purpose.STORE), None),
        store=form.store,
    )


def _use(instance: Instance, path: _Path, purpose: Purpose) -> Iterator[Use]:
    value = setting(instance, *path) if path else None
    if value is not None:
        yield Use(".".join(path), value, purpose)
