"""Where a resource lives: the account and Region of its provider, and the partition, as texts.

The default provider is the deployment's own account and Region. An alias shares the account unless its configuration
says otherwise; its Region is its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import partitions
from keyfit.aws.arn import OWN_PLACE, Place
from keyfit.readers.hcl.ast import Attribute, Map, Template, Variable
from keyfit.readers.terraform.evaluation.scope import Scope
from keyfit.readers.terraform.modules.copies import shown, whole
from keyfit.readers.terraform.modules.instances import argument, inside
from keyfit.readers.terraform.values.unknowns import PARTITION_CHOICE, REGION_CHOICE, because
from keyfit.value import (
    ACCOUNT_ID,
    REGION_NAME,
    List,
    Null,
    Object,
    Own,
    Text,
    Unknown,
    Why,
    text,
)

if TYPE_CHECKING:
    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.evaluation.scope import Evaluation
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

# What says that a provider works in an account of its own.
_CREDENTIALS: Final = ("assume_role", "assume_role_with_web_identity", "assume_role_policy", "profile", "access_key")


@dataclass(frozen=True, slots=True)
class _Provider:
    """A provider configuration: its block (`None` where nobody wrote one), in the module that has it."""

    module: Module
    declared: Declared | None
    alias: str = ""


def place_of(instance: Instance) -> Place:
    """Where an instance lives; since provider 6 its own `region` comes first (T25)."""
    provider = _provider(instance)
    place = _place(provider)
    own = argument(instance, "region") if not instance.type.startswith("awscc_") else None
    return place if own is None else Place(place.partition, _region(own), place.account)


def default_tags(instance: Instance) -> Value | None:
    """The tags that the provider gives to every resource."""
    return inside(_settings(_provider(instance)).find("default_tags"), "tags")


def home(root: Module) -> Place:
    """Where the root module's default provider works."""
    return _place(_lookup(root, "aws", ""))


def _place(provider: _Provider) -> Place:
    evaluation = provider.module.evaluation
    key = (
        provider.module.address,
        "provider",
        provider.alias,
        "" if provider.declared is None else provider.declared.labels[0],
    )
    cyclic = OWN_PLACE
    return evaluation.remember(key, lambda: _read_place(provider), cyclic)


def _read_place(provider: _Provider) -> Place:
    evaluation = provider.module.evaluation
    settings = _settings(provider)
    account = _own_account(evaluation) if not provider.alias else _account(provider, settings)
    allowed = _only(settings.find("allowed_account_ids"))
    region = settings.find("region")
    own = _own_region(evaluation) if not provider.alias else _region_of_alias(provider)
    name = own if region is None or isinstance(region, Null) else _region(region)
    if not provider.alias and evaluation.given.region is not None and name.literal is None:
        name = text(evaluation.given.region)
    return Place(partition_of(name, evaluation), name, allowed or account)


def _settings(provider: _Provider) -> Object:
    if provider.declared is None:
        return Object()
    return whole(provider.declared.body(), Scope(provider.module.evaluation, provider.module), provider.declared.origin)


def _own_account(evaluation: Evaluation) -> Text:
    return text(evaluation.given.account or Own.ACCOUNT)


def _own_region(evaluation: Evaluation) -> Text:
    """The Region: bound by the user, chosen in this scenario, or the deployment's own."""
    if evaluation.given.region is not None:
        return text(evaluation.given.region)
    return _chosen(evaluation, REGION_CHOICE, Own.REGION)


def _chosen(evaluation: Evaluation, choice: str, own: Own) -> Text:
    made = evaluation.scenario.find(choice)
    match made:
        case Text():
            return made
        case Unknown():
            return text(Unknown(Why.UNBOUND, own.value, f"own {own.value}", not_in=made.not_in, shape=own.shape))
        case _:
            return text(own)


def partition_of(region: Text, evaluation: Evaluation) -> Text:
    """The partition that a Region belongs to, as far as its name tells."""
    name = region.literal
    if name is None:
        return _chosen(evaluation, PARTITION_CHOICE, Own.PARTITION)
    return text(partitions.partition_of(name))


def _region_of_alias(provider: _Provider) -> Text:
    identity = f"Region of provider aws.{provider.alias}"
    return text(Unknown(Why.UNBOUND, identity, identity, shape=REGION_NAME))


def _account(provider: _Provider, settings: Object) -> Text:
    """The account of an alias: its own where it has credentials that the default provider does not have."""
    ours = [settings.find(name) for name in _CREDENTIALS]
    default = _settings(_lookup(provider.module, "aws", ""))
    if ours == [default.find(name) for name in _CREDENTIALS] or all(each is None for each in ours):
        return _own_account(provider.module.evaluation)
    role = _role(settings)
    if role is not None and role.literal is not None and role.literal.count(":") > 4:  # noqa: PLR2004 - an ARN
        return text(role.literal.split(":")[4])
    profile = settings.find("profile")
    shared = role or (profile if isinstance(profile, Text) else None)
    identity = f"account of `{shown(shared) if shared is not None else f'provider aws.{provider.alias}'}`"
    return text(Unknown(Why.UNBOUND, identity, identity, shape=ACCOUNT_ID))


def _role(settings: Object) -> Text | None:
    match settings.find("assume_role"):
        case List((Object() as only, *_)) | (Object() as only):
            role = only.find("role_arn")
            return role if isinstance(role, Text) else None
        case _:
            return None


def _only(value: Value | None) -> Text | None:
    match value:
        case List((Text() as only,), None) if only.literal is not None:
            return only
        case _:
            return None


def _region(value: Value) -> Text:
    """A Region as text; an unknown one is still the name of a Region."""
    match value:
        case Text():
            return value
        case Unknown():
            return text(replace(value, shape=REGION_NAME))
        case _:
            return text(replace(because((value,)), shape=REGION_NAME))


# --- which provider ----------------------------------------------------------------------------------------


def _provider(instance: Instance) -> _Provider:
    written = instance.declared.body().attributes.get("provider")
    name, alias = _reference(written) or (instance.type.partition("_")[0], "")
    return _lookup(instance.module, name, alias)


def _reference(expression: Expression | None) -> tuple[str, str] | None:
    """The name and alias in `aws.other`, also where it is quoted."""
    match expression:
        case Attribute(Variable(name), alias):
            return name, alias
        case Variable(name):
            return name, ""
        case Template((str() as quoted,)):
            name, _, alias = quoted.partition(".")
            return name, alias
        case _:
            return None


def _lookup(module: Module, name: str, alias: str) -> _Provider:
    """The configuration that `name.alias` means in a module: its own, or one that its caller hands down."""
    own = next((each for each in module.configuration.providers if _is(each, name, alias)), None)
    if own is None and module.call is None and name == "awscc" and not alias:
        return _lookup(module, "aws", "")  # one without a block of its own works where the other one does
    if own is not None or module.call is None:
        return _Provider(module, own, alias)
    handed = _handed(module, f"{name}.{alias}" if alias else name)
    if handed is None and alias:
        return _Provider(module, None, alias)
    return _lookup(module.call.parent, *(handed or (name, "")))


def _is(declared: Declared, name: str, alias: str) -> bool:
    if declared.labels[0] != name:
        return False
    match declared.body().attributes.get("alias"):
        case Template((str() as written,)):
            return written == alias
        case None:
            return not alias
        case _:
            return False


def _handed(module: Module, key: str) -> tuple[str, str] | None:
    """What `providers = { key = aws.other }` in the module's call says."""
    written = module.call.declared.body().attributes.get("providers") if module.call is not None else None
    if not isinstance(written, Map):
        return None
    for name, value in written.entries:
        called = _reference(name)
        if called is not None and ".".join(part for part in called if part) == key:
            return _reference(value)
    return None
