"""Keys, aliases and grants as the model says them: with the policy in force, and what replicas share (T4, K83)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.answer import NO, YES, Answer, all_of, any_of, maybe
from keyfit.aws import arn, default_key_policy
from keyfit.model.keys import Alias, Grant, Key
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.terraform.functions.conversion import as_bool
from keyfit.readers.terraform.modules.dependencies import depends_on, there_before
from keyfit.readers.terraform.modules.expansion import resources
from keyfit.readers.terraform.modules.imports import is_imported
from keyfit.readers.terraform.modules.instances import argument, inside, is_written, setting, there
from keyfit.readers.terraform.modules.places import default_tags, place_of
from keyfit.readers.terraform.resources.documents import document
from keyfit.readers.terraform.resources.keys import (
    TYPES,
    WORDS,
    Words,
    alias_arn,
    alias_name,
    default_value,
    fixed,
    key_arn,
    key_id,
    written,
)
from keyfit.readers.terraform.resources.managed import is_from_elsewhere
from keyfit.readers.terraform.resources.names import is_named
from keyfit.readers.terraform.values.convert import placed
from keyfit.readers.terraform.values.unknowns import because, of_holes
from keyfit.truth import Truth
from keyfit.value import Bool, Entry, List, Object, Text, Unknown, holes_in, text
from keyfit.why import Why

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyfit.readers.terraform.modules.instances import Instance
    from keyfit.readers.terraform.modules.module import Module
    from keyfit.value import Value


def read_keys(root: Module) -> Iterator[Key]:
    """Every key, with the policy that an `aws_kms_key_policy` gives it in front of its own (T4)."""
    separate = list(resources(root, "aws_kms_key_policy"))
    for instance in resources(root, *TYPES):
        yield _key(instance, separate)


def _key(instance: Instance, separate: list[Instance]) -> Key:
    words = WORDS[instance.type]
    place = place_of(instance)
    replica = bool(words.primary)
    return Key(
        instance.block,
        key_arn(instance),
        key_id(instance),
        _policies(instance, words, separate),
        spec=fixed(instance, "spec"),
        usage=fixed(instance, "usage"),
        enabled=written(words.enabled, default=True)(instance),
        key_origin=_origin(instance, words),
        multi_region=Bool(value=True) if replica else written(words.multi_region, default=False)(instance),
        material_missing=_material_missing(instance, words),
        account=place.account,
        region=place.region,
        tags=_tags(instance),
        bypasses_lockout_check=_optional_flag(instance, "bypass_policy_lockout_safety_check"),
        depends_on=depends_on(instance) | there_before(instance),
    )


def _optional_flag(instance: Instance, name: str) -> Value | None:
    written = argument(instance, name)
    return None if written is None else placed(as_bool(written), written.origin)


def _origin(instance: Instance, words: Words) -> Value:
    if words.material:
        return text("EXTERNAL", origin=instance.origin)
    if instance.type == "aws_kms_key":
        if argument(instance, "xks_key_id") is not None:
            return text("EXTERNAL_KEY_STORE", origin=instance.origin)
        if argument(instance, "custom_key_store_id") is not None:
            return text("AWS_CLOUDHSM", origin=instance.origin)
    return (
        written(words.origin, default="AWS_KMS")(instance)
        if words.origin
        else default_value(instance.origin, value="AWS_KMS")
    )


def _material_missing(instance: Instance, words: Words) -> Value:
    """Whether a key of origin EXTERNAL gets no material in the source (K80): a script can still import it."""
    if words.material:
        return Bool(argument(instance, words.material) is None, instance.origin)
    origin = _origin(instance, words)
    match origin:
        case Text(literal=str() as name):
            return Bool(name == "EXTERNAL", instance.origin)
        case _:
            return origin if isinstance(origin, Unknown) else Unknown(Why.UNREADABLE, "the origin of the key")


def _tags(instance: Instance) -> Value:
    """The tags of a key, with those that its provider gives to every resource."""
    written = argument(instance, "tags")
    if instance.type.startswith("awscc_"):
        return _listed_tags(written, instance)
    default = default_tags(instance)
    if written is None or default is None:
        return written or default or Object((), None, instance.origin)
    if not (isinstance(written, Object) and isinstance(default, Object)):
        return because((written, default), written.origin)
    merged = {entry.key: entry for entry in (*default.entries, *written.entries)}
    return Object(tuple(merged.values()), written.rest or default.rest, written.origin)


def _listed_tags(written: Value | None, instance: Instance) -> Value:
    """Awscc's list of keys and values, as an object."""
    if written is None:
        return Object((), None, instance.origin)
    if not isinstance(written, List):
        return because((written,), written.origin)
    pairs = [(inside(tag, "key"), inside(tag, "value")) for tag in written.items]
    entries = tuple(Entry(name, value) for name, value in pairs if isinstance(name, Text) and value is not None)
    open_ = [value for pair in pairs for value in pair if isinstance(value, Unknown)]
    return Object(entries, because((written.rest, *open_)) if written.rest or open_ else None, written.origin)


def _policies(instance: Instance, words: Words, separate: list[Instance]) -> tuple[Policy, ...]:
    """The policies given for one key, the one in force first; the default policy where none is given (K23)."""
    others = [(each, _governs(each, instance)) for each in separate]
    surely = [_policy(each, "policy") for each, answer in others if answer.truth is Truth.YES]
    perhaps = [(each, answer) for each, answer in others if answer.truth is Truth.MAYBE]
    own = argument(instance, words.policy)
    if surely and not is_written(instance, words.policy):
        own = None  # what the plan shows is what the separate one has given
    if own is None and (instance.exists or (is_imported(instance) and instance.planned is None)):
        why = "which exists already, and the plan does not show it"
        before = there(instance, words.policy, why if instance.exists else "which is imported, and none is given")
        written: tuple[Policy, ...] = (Policy(PolicyKind.KEY, before, instance.address, origin=instance.origin),)
    elif own is not None:
        written = (_policy(instance, words.policy),)
    else:
        place = replace(instance.origin, note="default")
        usual = default_key_policy.document(arn.root(place_of(instance)), place)
        written = (Policy(PolicyKind.DEFAULT_KEY, usual, instance.address, "default", origin=place),)
    if surely:
        return (*surely, *(written if own is not None else ()))
    if perhaps:
        return (_undecided(perhaps), *(written if own is not None else ()))
    return written


def _policy(instance: Instance, name: str) -> Policy:
    value = argument(instance, name)
    origin = value.origin if value is not None else instance.origin
    return Policy(PolicyKind.KEY, document(value, instance), instance.address, origin=origin)


def _undecided(perhaps: list[tuple[Instance, Answer]]) -> Policy:
    """The key policy where nobody knows whether a separate one is for this key."""
    first = perhaps[0][0]
    holes = [hole for _, answer in perhaps for hole in answer.holes]
    there = any_of(answer for _, answer in perhaps)
    return Policy(PolicyKind.KEY, of_holes(holes, first.origin), first.address, origin=first.origin, present=there)


def _governs(policy: Instance, key: Instance) -> Answer:
    """Whether an `aws_kms_key_policy` is that of `key`, and exists wherever the key does."""
    named = names_key(argument(policy, "key_id"), key)
    if named.truth is Truth.NO:
        return named
    there = policy.present if set(policy.present.holes) - set(key.present.holes) else YES
    return all_of((named, there))


def names_key(value: Value | None, key: Instance) -> Answer:
    """Whether `value` is the ARN or id of `key`."""
    if value is None:
        return maybe(Unknown(Why.INVALID, "a key is required"))
    named = any_of((is_named(value, key_arn(key)), is_named(value, key_id(key))))
    own = key_id(key).holes
    elsewhere = any(isinstance(hole, Unknown) and is_from_elsewhere(hole) for hole in holes_in(value))
    speaks_of_it = any(hole in own for hole in holes_in(value))
    return NO if named.truth is Truth.MAYBE and elsewhere and not speaks_of_it else named


def read_aliases(root: Module) -> Iterator[Alias]:
    """Every alias."""
    for instance in resources(root, "aws_kms_alias", "awscc_kms_alias"):
        target = argument(instance, "target_key_id")
        missing = Unknown(Why.INVALID, f"`{instance.address}` has no target", origin=instance.origin)
        yield Alias(instance.block, alias_name(instance), alias_arn(instance), target or missing)


def read_grants(root: Module) -> Iterator[Grant]:
    """Every grant (T8)."""
    for instance in resources(root, "aws_kms_grant"):
        yield Grant(
            instance.block,
            key=_needed(instance, "key_id"),
            grantee=_needed(instance, "grantee_principal"),
            operations=_needed(instance, "operations"),
            encryption_context_equals=setting(instance, "constraints", "encryption_context_equals"),
            encryption_context_subset=setting(instance, "constraints", "encryption_context_subset"),
        )


def _needed(instance: Instance, name: str) -> Value:
    missing = Unknown(Why.INVALID, f"`{instance.address}` has no `{name}`", origin=instance.origin)
    return argument(instance, name) or missing
