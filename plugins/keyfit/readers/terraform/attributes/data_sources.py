"""Data sources: what the deployment knows of itself, policy documents, lookups of what the same source has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import arn, managed_policies, partitions
from keyfit.aws.arn import Place
from keyfit.readers.terraform.attributes.policy_document import rendered
from keyfit.readers.terraform.attributes.remote_state import outputs_of
from keyfit.readers.terraform.evaluation import calls
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.instances import argument
from keyfit.readers.terraform.modules.places import home, place_of
from keyfit.readers.terraform.resources import identities, keys, managed, stored
from keyfit.readers.terraform.resources.exports import EXPORTS
from keyfit.readers.terraform.resources.names import as_hole, is_named
from keyfit.record import record
from keyfit.shape import NAME, Shape
from keyfit.truth import Truth
from keyfit.value import Object, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.value import Value


_IAM_OR_STS: Final = Shape(frozenset("iamst"), 3, 3)


def _caller_identity(instance: Instance, name: str) -> Value | None:
    place = place_of(instance)
    if name != "arn":
        return place.account if name in {"account_id", "id"} else None
    identity = f"{instance.address}.arn"  # of a user, a role's session, the root user: of IAM or STS
    who = Unknown(Why.DATA, f"`{identity}`", identity, origin=instance.origin)
    service = replace(who, identity=f"{identity} service", shape=_IAM_OR_STS)
    return text("arn:", place.partition, ":", service, "::", place.account, ":", who)


def _partition(instance: Instance, name: str) -> Value | None:
    place = place_of(instance)
    match name:
        case "partition" | "id":
            return place.partition
        case "dns_suffix":
            return partitions.url_suffix(place.partition)
        case "reverse_dns_prefix":
            literal = partitions.reverse_dns_prefix(place.partition)
            return None if literal is None else text(literal)
        case _:
            return None


def _region(instance: Instance, name: str) -> Value | None:
    """`name` is what provider 6 calls `region`."""
    if name not in {"name", "region", "id"}:
        return None
    written = argument(instance, "name") or argument(instance, "region")
    return place_of(instance).region if written is None else written


def _organization(instance: Instance, name: str) -> Value | None:
    """There is one organization, however many data sources speak of it."""
    identity = f"organization.{name}"
    account = place_of(instance).account
    if name not in _OF_ORGANIZATION or account != home(instance.module.root).account:
        return None
    return Unknown(Why.DATA, f"the {_OF_ORGANIZATION[name]} of the organization", identity, origin=instance.origin)


_OF_ORGANIZATION: Final = {
    "id": "id",
    "arn": "ARN",
    "master_account_id": "management account's id",
    "master_account_arn": "management account's ARN",
}


def _service_principal(instance: Instance, name: str) -> Value | None:
    """The principal of a service: outside China it ends as everywhere."""
    service, partition = argument(instance, "service_name"), place_of(instance).partition.literal
    if name not in {"id", "name"} or partition is None or partition == partitions.CHINA or service is None:
        return None
    return text(as_hole(service, instance, "service_name"), ".amazonaws.com")


def _policy_document(instance: Instance, name: str) -> Value | None:
    return rendered(instance) if name in {"json", "minified_json"} else None


def _session_context(instance: Instance, name: str) -> Value | None:
    """The role behind a session; an ARN of anything else stands for itself."""
    given = argument(instance, "arn")
    if not isinstance(given, Text) or any(not isinstance(part, str) for part in given.parts[:1]):
        return None
    fields = arn.split(given)
    if fields is None or fields.service.literal is None or fields.resource.prefix.startswith("assumed-role/"):
        return None
    match name:
        case "issuer_arn":
            return given
        case "session_name":
            return text("")
        case "issuer_name":
            return arn.last_segment(fields.resource) if fields.resource.prefix.startswith("role/") else text("")
        case _:
            return None


# --- lookups in the same source ----------------------------------------------------------------------------


def _resources(instance: Instance, types: tuple[str, ...], given: Value | None = None) -> Iterator[Instance]:
    """The resources of these types in the same root that `given` can name: an ARN any, a name those of the place."""
    here = None if isinstance(given, Text) and arn.split(given) else place_of(instance)
    for each in resources(instance.module.root, *types):
        if here is None or place_of(each) == here:
            yield each


def _one(found: Iterable[Instance], value: Value | None, *names: Callable[[Instance], Text]) -> Instance | None:
    """The one resource that surely is named `value`, by the first of its `names` that is one's alone."""
    every = list(found) if value is not None else []
    for name in names:
        same = [each for each in every if value is not None and is_named(value, name(each)).truth is Truth.YES]
        if len(same) == 1:
            return same[0]
    return None


def _export(instance: Instance, name: str) -> Value | None:
    """What a resource of the source exports, or has written, as `name`."""
    export = EXPORTS[instance.type].get(name)
    return argument(instance, name) if export is None else export(instance)


def _kms_key(instance: Instance, name: str) -> Value | None:
    given = argument(instance, "key_id")
    key = _one(_resources(instance, keys.TYPES, given), given, keys.key_id, keys.key_arn)
    alias = _alias(instance, given) if key is None else None
    if alias is not None:
        target = argument(alias, "target_key_id")
        key = _one(_resources(alias, keys.TYPES, target), target, keys.key_id, keys.key_arn)
    if key is not None:
        fact = {"key_spec": "spec", "key_usage": "usage"}.get(name)
        return keys.fixed(key, fact) if fact else _export(key, name)
    return _key_outside(instance, name, given)


def _key_outside(instance: Instance, name: str, given: Value | None) -> Value | None:
    """A key that is not in the source: its ARN is known as far as its id or ARN is given."""
    if not isinstance(given, Text):
        return None
    is_arn = keys.after(given, ":key/")
    if name == "arn":
        if is_arn is not None:
            return given
        if given.literal is not None and "/" not in given.literal and ":" not in given.literal:
            return arn.key(given, place_of(instance))
        return arn.key(text(_behind(instance, given, "key_id")), _place_named(instance, given))
    if name in {"id", "key_id"} and (is_arn is not None or _alias_name(given) is None):
        return is_arn or given
    return text(_hole(instance, "key_id")) if name == "id" else None


def _behind(instance: Instance, given: Value | None, name: str) -> Unknown:
    """The id of a key that is not in the source; told by the alias that names it, where one does."""
    hole = _hole(instance, name)
    literal = given.literal if isinstance(given, Text) and _alias_name(given) is not None else None
    return hole if literal is None else replace(hole, why=Why.ALIAS, subject=literal)


def _alias_name(given: Text) -> Text | None:
    """The alias that is named, by name or ARN; `None` for anything else."""
    fields = arn.split(given)
    name = given if fields is None else fields.resource
    return name if name.prefix.startswith("alias/") else None


def _place_named(instance: Instance, given: Value | None) -> Place:
    """The place that an ARN names; that of the data source for anything else."""
    fields = arn.split(given) if isinstance(given, Text) else None
    return place_of(instance) if fields is None else Place(fields.partition, fields.region, fields.account)


def _role_path(instance: Instance, given: Value | None) -> Unknown:
    """The path of a role that is not in the source; told by the role's name, where that is known."""
    literal = given.literal if isinstance(given, Text) else None
    identity = f"{instance.address}.path"
    if literal is None:
        return Unknown(Why.DATA, f"the path of `{instance.address}`", identity)
    return Unknown(Why.ROLE, literal, identity)


def _hole(instance: Instance, name: str) -> Unknown:
    identity = f"{instance.address}.{name}"
    return Unknown(Why.DATA, f"`{identity}`", identity, frozenset({identity}), shape=NAME, origin=instance.origin)


def _alias(instance: Instance, given: Value | None) -> Instance | None:
    found = _resources(instance, ("aws_kms_alias", "awscc_kms_alias"), given)
    return _one(found, given, keys.alias_name, keys.alias_arn)


def _kms_alias(instance: Instance, name: str) -> Value | None:
    given = argument(instance, "name")
    alias = _alias(instance, given)
    match name:
        case "arn" | "id":
            called = as_hole(given, instance, "name")
            return arn.alias(_alias_name(called) or called, _place_named(instance, given))
        case "target_key_arn" if alias is not None:
            return keys.target_arn(alias)
        case "target_key_id" if alias is not None:
            target = keys.target_arn(alias)
            return keys.after(target, ":key/") if isinstance(target, Text) else None
        case "target_key_arn":
            return arn.key(text(_behind(instance, given, "target_key_id")), _place_named(instance, given))
        case "target_key_id":
            return text(_behind(instance, given, "target_key_id"))
        case _:
            return None


def _iam_role(instance: Instance, name: str) -> Value | None:
    given = argument(instance, "name")
    role = _one(_resources(instance, ("aws_iam_role", "awscc_iam_role")), given, identities.name)
    if role is not None:
        return _export(role, name)
    match name:
        case "arn":
            place = place_of(instance)
            # The path of a role is not known: what follows its first slash is.
            path = _role_path(instance, given)
            start = ("arn:", place.partition, ":iam::", place.account, ":role/")
            return text(*start, path, as_hole(given, instance, "name"))
        case "id" | "name":
            return given
        case _:
            return None


def _iam_policy(instance: Instance, name: str) -> Value | None:
    given, named = argument(instance, "arn"), argument(instance, "name")
    found = list(_resources(instance, managed.TYPES))
    policy = _one(found, given, managed.arn) or _one(found, named, managed.name)
    if policy is not None:
        return {"policy": managed.written}.get(name, lambda each: _export(each, name))(policy)
    if given is None and isinstance(named, Text) and named.literal is not None:  # nothing else can bear such a name
        given = managed_policies.named(named.literal, place_of(instance).partition)
    return given if name in {"arn", "id"} else named if name == "name" else None


def _s3_bucket(instance: Instance, name: str) -> Value | None:
    bucket = as_hole(argument(instance, "bucket"), instance, "bucket")
    match name:
        case "id" | "bucket":
            return bucket
        case "arn":
            return text("arn:", place_of(instance).partition, ":s3:::", bucket)
        case _:
            return None


def _ssm_parameter(instance: Instance, name: str) -> Value | None:
    """The value of one of the same source; else of one by its name, which another root module can create."""
    given = argument(instance, "name")
    if name not in {"value", "insecure_value"} or not isinstance(given, Text):
        return None
    made = _one(_resources(instance, stored.TYPES), given, lambda each: as_hole(argument(each, "name"), each, "name"))
    if made is not None:
        return stored.written(made)
    if given.literal is None or place_of(instance) != home(instance.module.root):
        return None
    identity = f"{instance.address}.{name}"
    hole = Unknown(Why.SSM, given.literal, identity, frozenset({identity}), origin=instance.origin)
    return instance.module.evaluation.chosen(hole)


def _template_file(instance: Instance, name: str) -> Value | None:
    """`template_file`, which `templatefile` has replaced."""
    template = argument(instance, "template")
    if name != "rendered" or template is None:
        return None
    variables = argument(instance, "vars") or Object()
    return calls.apply("templatestring", (template, variables), instance.scope, instance.origin)


@record
class DataSource:
    """What is known of a type: the attributes that `tell` can tell. `computed` says that it asks nobody."""

    tell: Callable[[Instance, str], Value | None]
    names: tuple[str, ...]
    computed: bool = False


_KEY: Final = DataSource(_kms_key, ("id", "arn", "key_spec", "key_usage"))
DATA: Final[Mapping[str, DataSource]] = {
    "aws_caller_identity": DataSource(_caller_identity, ("id", "account_id", "arn")),
    "aws_partition": DataSource(_partition, ("id", "partition", "dns_suffix", "reverse_dns_prefix")),
    "aws_region": DataSource(_region, ("id", "name", "region")),
    "aws_iam_policy_document": DataSource(_policy_document, ("json", "minified_json"), computed=True),
    "aws_organizations_organization": DataSource(_organization, tuple(_OF_ORGANIZATION)),
    "aws_service_principal": DataSource(_service_principal, ("id", "name")),
    "aws_iam_session_context": DataSource(_session_context, ("issuer_arn", "issuer_name", "session_name")),
    "aws_kms_key": _KEY,
    "aws_kms_public_key": _KEY,
    "aws_kms_alias": DataSource(_kms_alias, ("id", "arn", "target_key_arn", "target_key_id")),
    "aws_iam_role": DataSource(_iam_role, ("id", "arn", "name")),
    "aws_iam_policy": DataSource(_iam_policy, ("id", "arn", "name", "policy")),
    "aws_s3_bucket": DataSource(_s3_bucket, ("id", "arn")),
    "aws_ssm_parameter": DataSource(_ssm_parameter, ("value", "insecure_value")),
    "template_file": DataSource(_template_file, ("rendered",), computed=True),
    "terraform_remote_state": DataSource(outputs_of, ("outputs",)),
}
