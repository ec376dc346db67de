"""Policy documents of a template: given as objects, or as JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit import json_text
from keyfit.aws import default_key_policy
from keyfit.model.policies import Policy, PolicyKind
from keyfit.readers.cloudformation.template.sections import kind_of
from keyfit.value import Object, Text, Unknown, Value
from keyfit.why import Why

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.template.sections import Resource
    from keyfit.value import Origin


def document(value: Value) -> Value:
    """The policy that `value` writes: an object, JSON text already read; unknown, and why, for anything else."""
    if isinstance(value, Text):
        value = json_text.read(value)
    if isinstance(value, Object | Unknown):
        return value
    return Unknown(Why.UNREADABLE, f"a policy is {kind_of(value)}, not a map", origin=value.origin)


def policy(kind: PolicyKind, value: Value, resource: Resource, name: str = "") -> Policy:
    """The policy that `value` writes, owned by `resource`."""
    return Policy(kind, document(value), resource.address, name, origin=value.origin)


def default_policy(resource: Resource, root: Text, origin: Origin) -> Policy:
    """What CloudFormation gives a key without a policy (K21)."""
    usual = default_key_policy.document(root, origin)
    return Policy(PolicyKind.DEFAULT_KEY, usual, resource.address, "default", origin=origin)
