"""Keys that the source looks up and does not hold, of which a plan shows what AWS has told of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.aws.arn import split
from keyfit.model.outside import outside_key
from keyfit.readers.terraform.attributes.attribute import attribute
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.value import Bool, Text, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.model.keys import Key
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

_WAITING = "PendingImport"


def looked_up_keys(root: Module) -> Iterator[Key]:
    """The keys of `aws_kms_key` data sources that a plan has read; their policies are not known."""
    for instance in resources(root, "aws_kms_key", kind="data"):
        arn = attribute(instance, "arn")
        if instance.address in root.evaluation.plan.data and isinstance(arn, Text) and arn.literal is not None:
            yield _key(instance, arn)


def _key(instance: Instance, arn: Text) -> Key:
    key = outside_key(arn, split(arn))
    state = attribute(instance, "key_state")
    waits = isinstance(state, Text) and state.literal == _WAITING
    return replace(
        key,
        key_id=_text(instance, "id", key.key_id),
        spec=_known(instance, "key_spec", key.spec),
        usage=_known(instance, "key_usage", key.usage),
        enabled=Bool(value=True, origin=instance.origin) if waits else _known(instance, "enabled", key.enabled),
        key_origin=_known(instance, "origin", key.key_origin),
        multi_region=_known(instance, "multi_region", key.multi_region),
        material_missing=Bool(value=waits, origin=instance.origin),
    )


def _known(instance: Instance, name: str, otherwise: Value) -> Value:
    found = attribute(instance, name)
    return otherwise if isinstance(found, Unknown) else found


def _text(instance: Instance, name: str, otherwise: Text) -> Text:
    found = attribute(instance, name)
    return found if isinstance(found, Text) else otherwise
