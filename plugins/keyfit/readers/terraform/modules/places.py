"""Where a resource lives: the account and Region of its provider, and the partition, as texts.

The default provider is the deployment's own account and Region. An alias shares the account unless its configuration
says otherwise; its Region is its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from keyfit.aws import arn, partitions
from keyfit.aws.arn import OWN_PLACE, Place
from keyfit.readers.hcl.ast import Attribute, Index, Map, Template, Variable
from keyfit.readers.terraform.evaluation.evaluate import evaluate
from keyfit.readers.terraform.modules.copies import ONLY, Copies, Copy, Each, Repeated, copies, shown, whole
from keyfit.readers.terraform.modules.handles import same_key
from keyfit.readers.terraform.modules.instances import argument, inside, told
from keyfit.readers.terraform.plan.planned import NOTHING, Told
from keyfit.readers.terraform.values.unknowns import PARTITION_CHOICE, REGION_CHOICE, because
from keyfit.record import record
from keyfit.shape import ACCOUNT_ID, REGION_NAME
from keyfit.value import List, Null, Object, Own, Text, Unknown, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.hcl.ast import Expression
    from keyfit.readers.terraform.evaluation.scope import Evaluation, Scope
    from keyfit.readers.terraform.modules.configuration import Declared
    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value

# What says that a provider works in an account of its own.
_CREDENTIALS: Final = ("assume_role", "assume_role_with_web_identity", "assume_role_policy", "profile", "access_key")


@record
class _Provider:
    """A provider configuration: its block (`None` where nobody wrote one) in the module that has it, one copy of it."""

    module: Module
    declared: Declared | None
    alias: str = ""
    copy: Copy = ONLY


def place_of(instance: Instance) -> Place:
    """Where an instance lives; since provider 6 its own `region` comes first (T25)."""
    provider = _provider(instance)
    place = _place(provider)
    own = argument(instance, "region") if not instance.type.startswith("awscc_") else None
    place = place if own is None else Place(place.partition, _region(own), place.account)
    return place if place.account.literal is not None else _as_told(instance, place)


def _as_told(instance: Instance, place: Place) -> Place:
    """The place, with the account that the resource's own ARN has in a plan, where the source does not say which."""
    known = told(instance, "arn")
    account = arn.account_of(known) if known is not None else None
    return place if account is None or account.literal in {None, ""} else replace(place, account=account)


def default_tags(instance: Instance) -> Value | None:
    """The tags that the provider gives to every resource."""
    return inside(_settings(_provider(instance)).find("default_tags"), "tags")


def home(root: Module) -> Place:
    """Where the root module's default provider works."""
    return _place(_lookup(root, _AWS))


def _place(provider: _Provider) -> Place:
    evaluation = provider.module.evaluation
    key = (
        provider.module.address,
        "provider",
        f"{provider.alias}{provider.copy.suffix}",
        "" if provider.declared is None else provider.declared.labels[0],
    )
    cyclic = OWN_PLACE
    return evaluation.remember(key, lambda: _read_place(provider), cyclic)


def _read_place(provider: _Provider) -> Place:
    evaluation = provider.module.evaluation
    settings = _settings(provider)
    account = _account(provider, settings) if provider.alias else _account_of_default(settings, evaluation)
    allowed = _only(settings.find("allowed_account_ids"))
    region = settings.find("region")
    own = _own_region(evaluation) if not provider.alias else _region_of_alias(provider)
    name = own if region is None or isinstance(region, Null) else _region(region)
    if not provider.alias and evaluation.given.region is not None and name.literal is None:
        name = text(evaluation.given.region)
    planned = _planned(provider)
    if name.literal is None and planned.region is not None:
        name = text(planned.region)
    if provider.alias and planned.account is not None and account.literal is None and Own.ACCOUNT not in account.holes:
        account = text(planned.account)
    return Place(partition_of(name, evaluation), name, allowed or account)


def _planned(provider: _Provider) -> Told:
    """Where a plan shows that a configuration of the root module works."""
    if provider.module.call is not None or provider.declared is None or provider.copy is not ONLY:
        return NOTHING
    name = provider.declared.labels[0]
    return provider.module.evaluation.plan.places.get(f"{name}.{provider.alias}" if provider.alias else name, NOTHING)


def _settings(provider: _Provider) -> Object:
    if provider.declared is None:
        return Object()
    scope = provider.module.scope.bind(provider.copy.bound)
    return whole(provider.declared.body(), scope, provider.declared.origin)


def _account_of_default(settings: Object, evaluation: Evaluation) -> Text:
    """The account of the role that it assumes; where that is not known, the one that the user binds."""
    named = _role_account(settings)
    known = named is not None and (named.literal is not None or evaluation.given.account is None)
    return named if named is not None and known else text(evaluation.given.account or Own.ACCOUNT)


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
    default = _lookup(provider.module, _AWS)
    known = _settings(default)
    if ours == [known.find(name) for name in _CREDENTIALS] or all(each is None for each in ours):
        return _place(default).account
    named = _role_account(settings)
    if named is not None:
        return named
    role, profile = _role(settings), settings.find("profile")
    shared = role or (profile if isinstance(profile, Text) else None)
    identity = f"account of `{shown(shared) if shared is not None else f'provider aws.{provider.alias}'}`"
    return text(Unknown(Why.UNBOUND, identity, identity, shape=ACCOUNT_ID))


def _role_account(settings: Object) -> Text | None:
    """The account of the role that the provider assumes, whatever the role is called."""
    role = _role(settings)
    return arn.account_of(role) if role is not None else None


def _role(settings: Object) -> Text | None:
    """The role that the provider assumes: the last one of several, which each assume the next."""
    for name in ("assume_role", "assume_role_with_web_identity"):
        match settings.find(name):
            case List((*_, Object() as last), None) | (Object() as last):
                role = last.find("role_arn")
                return role if isinstance(role, Text) else None
            case _:
                pass
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


class _Named(NamedTuple):
    """What a reference to a provider names: `key` is that of one copy, in OpenTofu."""

    name: str
    alias: str = ""
    key: Value | None = None


def _provider(instance: Instance) -> _Provider:
    written = instance.declared.body().attributes.get("provider")
    return _lookup(instance.module, _named(written, instance.scope) or _Named(instance.type.partition("_")[0]))


def _named(expression: Expression | None, scope: Scope) -> _Named | None:
    """The name and alias in `aws.other` and `aws.other["key"]`, also where it is quoted."""
    match expression:
        case Attribute(Variable(name), alias):
            return _Named(name, alias)
        case Index(Attribute(Variable(name), alias), key):
            return _Named(name, alias, evaluate(key, scope))
        case Variable(name):
            return _Named(name)
        case Template((str() as quoted,)):
            name, _, alias = quoted.partition(".")
            return _Named(name, alias)
        case _:
            return None


def _lookup(module: Module, wanted: _Named) -> _Provider:
    """The configuration that a reference means in a module: its own, or one that its caller hands down."""
    own = next((each for each in module.configuration.providers if _is(each, wanted)), None)
    if own is None and module.call is None and wanted[:2] == ("awscc", ""):
        return _lookup(module, _AWS)  # one without a block of its own works where the other one does
    if own is not None:
        return _Provider(module, own, wanted.alias, _copy(module, own, wanted))
    handed = _handed(module, wanted)
    if module.call is None or (handed is None and wanted.alias):
        return _Provider(module, None, wanted.alias)
    return _lookup(module.call.parent, handed or _Named(wanted.name))


def _is(declared: Declared, wanted: _Named) -> bool:
    if declared.labels[0] != wanted.name:
        return False
    match declared.body().attributes.get("alias"):
        case Template((str() as written,)):
            return written == wanted.alias
        case None:
            return not wanted.alias
        case _:
            return False


def _copy(module: Module, declared: Declared, wanted: _Named) -> Copy:
    """The copy of a configuration with `for_each` that is named; one of which nothing is known where none surely is."""
    if "for_each" not in declared.body().attributes:
        return ONLY
    identity = (module.address, "provider", *wanted[:2], "*")
    found = module.evaluation.remember(
        identity, lambda: copies(declared.body(), module.scope), Copies(Repeated.FOR_EACH, rest=Unknown(Why.CYCLE, "*"))
    )
    for copy in found.all:
        if copy.key is not None and wanted.key is not None and same_key(copy.key, wanted.key):
            return copy
    reason = because((wanted.key, found.rest), declared.origin)
    return Copy("[?]", None, {"each": Each(reason, reason)})


def _handed(module: Module, wanted: _Named) -> _Named | None:
    """What `providers = { key = aws.other }` in the module's call says."""
    call = module.call
    written = call.declared.body().attributes.get("providers") if call is not None else None
    if call is None or not isinstance(written, Map):
        return None
    for name, value in written.entries:
        called = _named(name, call.scope)
        if called is not None and called[:2] == wanted[:2]:
            return _named(value, call.scope)
    return None


_AWS: Final = _Named("aws")
