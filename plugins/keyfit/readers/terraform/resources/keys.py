"""KMS keys, key policies, aliases and grants of both providers (T2 to T10, A2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.readers.terraform.functions.conversion import as_bool
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument, told
from keyfit.readers.terraform.modules.places import place_of
from keyfit.readers.terraform.resources.names import as_hole, generated_name
from keyfit.readers.terraform.values.convert import placed
from keyfit.record import record
from keyfit.shape import KEY_ID
from keyfit.value import Bool, Null, Reference, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Origin, Value


@record
class Words:
    """What a key type calls what the model calls otherwise; empty where it has no such argument."""

    policy: str = "policy"
    spec: str = ""
    usage: str = ""
    enabled: str = "enabled"
    origin: str = ""
    multi_region: str = "multi_region"
    material: str = ""
    primary: str = ""


WORDS: Final[Mapping[str, Words]] = {
    "aws_kms_key": Words(spec="customer_master_key_spec", usage="key_usage", enabled="is_enabled"),
    "aws_kms_external_key": Words(spec="key_spec", usage="key_usage", material="key_material_base64"),
    "aws_kms_replica_key": Words(multi_region="", primary="primary_key_arn"),
    "aws_kms_replica_external_key": Words(multi_region="", material="key_material_base64", primary="primary_key_arn"),
    "awscc_kms_key": Words(policy="key_policy", spec="key_spec", usage="key_usage", origin="origin"),
    "awscc_kms_replica_key": Words(policy="key_policy", multi_region="", primary="primary_key_arn"),
}
TYPES: Final = tuple(WORDS)


# --- what expressions see ----------------------------------------------------------------------------------


def key_id(instance: Instance) -> Text:
    """The id of a key; a replica has its primary's (K83)."""
    known = told(instance, "key_id")
    if known is not None:
        return known
    words = WORDS[instance.type]
    primary = argument(instance, words.primary) if words.primary else None
    if isinstance(primary, Text):
        shared = after(primary, ":key/")
        if shared is not None:
            return shared
    return text(Reference(instance.address, "key_id", KEY_ID))


def key_arn(instance: Instance) -> Text:
    """The ARN of a key."""
    return told(instance, "arn") or arn.key(key_id(instance), place_of(instance))


def after(value: Text, mark: str) -> Text | None:
    """What follows the first `mark` in a text; `None` where it is not there."""
    for at, part in enumerate(value.parts):
        if isinstance(part, str) and mark in part:
            return text(part.partition(mark)[2], *value.parts[at + 1 :])
    return None


def alias_name(instance: Instance) -> Text:
    """The name of an alias, `alias/` included."""
    if instance.type == "awscc_kms_alias":
        return as_hole(argument(instance, "alias_name"), instance, "alias_name")
    return generated_name(instance, "alias/")


def alias_arn(instance: Instance) -> Text:
    """The ARN of an alias."""
    return told(instance, "arn") or arn.alias(alias_name(instance), place_of(instance))


def target_arn(instance: Instance) -> Value:
    """The ARN of the key that an alias points to."""
    target = argument(instance, "target_key_id")
    if not isinstance(target, Text) or after(target, ":key/") is not None:
        return target or Null()
    return arn.key(target, place_of(instance))


def written(name: str, *, default: str | bool) -> Callable[[Instance], Value]:
    """The argument `name`, or the provider's default."""

    def export(instance: Instance) -> Value:
        given = argument(instance, name)
        if given is None:
            return default_value(instance.origin, value=default)
        return placed(as_bool(given), given.origin) if isinstance(default, bool) else given

    return export


def default_value(origin: Origin, *, value: str | bool) -> Text | Bool:
    """What nobody wrote for the block at `origin`."""
    place = replace(origin, note="default")
    return Bool(value, place) if isinstance(value, bool) else text(value, origin=place)


_IDS: Final[Mapping[str, Callable[[Instance], Value]]] = {"id": key_id, "key_id": key_id, "arn": key_arn}
_ALIAS: Final[Mapping[str, Callable[[Instance], Value]]] = {"id": alias_name, "name": alias_name, "arn": alias_arn}
EXPORTS: Final[Mapping[str, Mapping[str, Callable[[Instance], Value]]]] = {
    "aws_kms_key": {
        **_IDS,
        "key_usage": written("key_usage", default="ENCRYPT_DECRYPT"),
        "customer_master_key_spec": written("customer_master_key_spec", default="SYMMETRIC_DEFAULT"),
        "is_enabled": written("is_enabled", default=True),
        "multi_region": written("multi_region", default=False),
    },
    "aws_kms_external_key": {"id": key_id, "arn": key_arn},
    "aws_kms_replica_key": _IDS,
    "aws_kms_replica_external_key": _IDS,
    "awscc_kms_key": _IDS,
    "awscc_kms_replica_key": _IDS,
    "aws_kms_alias": {**_ALIAS, "target_key_arn": target_arn},
    "awscc_kms_alias": {"id": alias_name, "alias_name": alias_name},
    "aws_kms_key_policy": {"id": lambda instance: argument(instance, "key_id") or Null()},
}


_FIXED: Final = {"spec": "SYMMETRIC_DEFAULT", "usage": "ENCRYPT_DECRYPT"}


def fixed(instance: Instance, fact: str) -> Value:
    """The spec or usage of a key; a replica's is its primary's (K83), where that is in the source."""
    every = resources(instance.module.root, *TYPES) if WORDS[instance.type].primary else (instance,)
    primaries = (each for each in every if not WORDS[each.type].primary)
    primary = next((each for each in primaries if key_id(each) == key_id(instance)), None)
    if primary is None:
        subject = f"the {fact} of the primary key of `{instance.address}`"
        return Unknown(Why.OUTSIDE_SOURCE, subject, subject, origin=instance.origin)
    name, default = getattr(WORDS[primary.type], fact), _FIXED[fact]
    return written(name, default=default)(primary) if name else default_value(primary.origin, value=default)
