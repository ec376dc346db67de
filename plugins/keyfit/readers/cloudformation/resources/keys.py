"""KMS keys, replicas and aliases of a template."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from keyfit.aws import arn
from keyfit.model.block import Block
from keyfit.model.keys import Alias, Key
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.resources import attributes
from keyfit.readers.cloudformation.resources.dependencies import created_before
from keyfit.readers.cloudformation.resources.policies import default_policy, policy
from keyfit.readers.cloudformation.resources.properties import find, flag, identified, items, missing, within, word
from keyfit.readers.cloudformation.template.texts import as_text, at
from keyfit.value import Bool, Entry, Object, Text, Unknown, Value, choices_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.evaluation.scope import Scope
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Origin

_STACK_TAGS: Final = Unknown(Why.AFTER_APPLY, "which tags the stack gives to its resources", "tags of the stack")


def block(scope: Scope, resource: Resource) -> Block:
    """The block that `resource` is, and whether the deployment has it."""
    return Block(resource.address, resource.type, resource.origin, scope.present(resource), within=resource.within)


def default(resource: Resource) -> Origin:
    """The place of a value that nobody wrote."""
    return replace(resource.origin, note="default")


def key(scope: Scope, resource: Resource) -> Key:
    """An `AWS::KMS::Key`."""
    origin = _setting(scope, resource, "Origin", "AWS_KMS")
    return Key(
        block(scope, resource),
        arn.key(attributes.key_id(scope, resource), attributes.place(scope)),
        attributes.key_id(scope, resource),
        (_key_policy(scope, resource),),
        spec=_setting(scope, resource, "KeySpec", "SYMMETRIC_DEFAULT"),
        usage=_setting(scope, resource, "KeyUsage", "ENCRYPT_DECRYPT"),
        enabled=_flag(scope, resource, "Enabled", default_=True),
        key_origin=origin,
        multi_region=_flag(scope, resource, "MultiRegion", default_=False),
        material_missing=_material_missing(origin),
        account=scope.bound.account,
        region=scope.bound.region,
        tags=_tags(scope, resource),
        bypasses_lockout_check=_optional_flag(find(scope, resource, "BypassPolicyLockoutSafetyCheck")),
        depends_on=created_before(scope, resource),
    )


def replica(scope: Scope, resource: Resource) -> Key:
    """An `AWS::KMS::ReplicaKey`: its own policy and state, all else its primary's, of another Region (K83)."""
    written = find(scope, resource, "PrimaryKeyArn")
    primary = _primary(scope, written)

    def of_primary(name: str, usual: str) -> Value:
        if primary is not None:
            return _setting(scope, primary, name, usual)
        return Unknown(Why.OUTSIDE_SOURCE, "the primary of the replica key", choices=choices_in(written))

    identifier, origin = attributes.replica_id(scope, resource), of_primary("Origin", "AWS_KMS")
    return replace(
        key(scope, resource),
        arn=arn.key(identifier, attributes.place(scope)),
        key_id=identifier,
        spec=of_primary("KeySpec", "SYMMETRIC_DEFAULT"),
        usage=of_primary("KeyUsage", "ENCRYPT_DECRYPT"),
        key_origin=origin,
        multi_region=Bool(value=True, origin=default(resource)),
        material_missing=_material_missing(origin),
    )


def alias(scope: Scope, resource: Resource) -> Alias:
    """An `AWS::KMS::Alias`."""
    written = find(scope, resource, "AliasName") or missing("AliasName", resource)
    name = identified(written, f"{resource.address}.AliasName")
    target = word(find(scope, resource, "TargetKeyId")) or missing("TargetKeyId", resource)
    return Alias(block(scope, resource), name, arn.alias(name, attributes.place(scope)), target)


def _primary(scope: Scope, written: Value | None) -> Resource | None:
    for each in scope.template.resources.values():
        if each.type == "AWS::KMS::Key" and isinstance(written, Text):
            own = arn.key(attributes.key_id(scope, each), attributes.place(scope))
            if own == written:
                return each
    return None


def _key_policy(scope: Scope, resource: Resource) -> Policy:
    written = find(scope, resource, "KeyPolicy")
    if written is None:
        return default_policy(resource, arn.root(attributes.place(scope)), default(resource))
    return policy(PolicyKind.KEY, written, resource)


def _setting(scope: Scope, resource: Resource, name: str, usual: str) -> Value:
    return word(find(scope, resource, name)) or text(usual, origin=default(resource))


def _flag(scope: Scope, resource: Resource, name: str, *, default_: bool) -> Value:
    written = find(scope, resource, name)
    value = flag(written, default=default_)
    return at(value, default(resource)) if written is None else value


def _optional_flag(written: Value | None) -> Value | None:
    return None if written is None else flag(written, default=False)


def _material_missing(origin: Value) -> Value:
    """CloudFormation cannot import key material (R11)."""
    literal = origin.literal if isinstance(origin, Text) else None
    if literal is not None:
        return Bool(literal == "EXTERNAL", origin.origin)
    if isinstance(origin, Unknown):
        return origin.part("Origin")
    return Unknown(Why.UNDECIDED, "the origin of the key's material", choices=choices_in(origin), origin=origin.origin)


def _tags(scope: Scope, resource: Resource) -> Value:
    """Tags as an object. The stack can give more of them: `--tags` when it is deployed."""
    written = find(scope, resource, "Tags")
    elements, rest = items(written)
    entries: list[Entry] = []
    for each in elements:
        name, value = as_text(within(each, "Key")), within(each, "Value")
        if name is not None and name.literal is not None:
            entries.append(Entry(name, word(value) or text()))
        else:
            rest = rest or Unknown(Why.INVALID, "a tag has no known key", choices=choices_in(each), origin=each.origin)
    return Object(tuple(entries), rest or _STACK_TAGS, resource.origin if written is None else written.origin)
