"""Policy documents of a template: given as objects, or as JSON text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from keyfit import json_text
from keyfit.model.stack import Policy, PolicyKind
from keyfit.readers.cloudformation.sections import kind_of
from keyfit.value import Entry, List, Object, Text, Unknown, Value, Why, text

if TYPE_CHECKING:
    from keyfit.readers.cloudformation.sections import Resource
    from keyfit.value import Origin

_DEFAULT: Final = "default"


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


def default_key_policy(resource: Resource, root: Text, origin: Origin) -> Policy:
    """What CloudFormation gives a key without a policy: the account may do everything, by IAM policies (K21)."""

    def entry(key: str, value: Value) -> Entry:
        return Entry(text(key, origin=origin), value)

    def word(written: str) -> Text:
        return text(written, origin=origin)

    principal = Object((entry("AWS", Text(root.parts, origin)),), origin=origin)
    statement = Object(
        (
            entry("Sid", word("Enable IAM User Permissions")),
            entry("Effect", word("Allow")),
            entry("Principal", principal),
            entry("Action", word("kms:*")),
            entry("Resource", word("*")),
        ),
        origin=origin,
    )
    written = Object(
        (
            entry("Version", word("2012-10-17")),
            entry("Id", word("key-default")),
            entry("Statement", List((statement,), origin=origin)),
        ),
        origin=origin,
    )
    return Policy(PolicyKind.DEFAULT_KEY, written, resource.address, _DEFAULT, origin=origin)
