"""The key policy of a key for which the source gives none (K19, K23): it delegates everything to the account."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from keyfit.model.stack import Policy, PolicyKind
from keyfit.value import Entry, List, Object, Text, text

if TYPE_CHECKING:
    from keyfit.value import Origin, Value


def default_key_policy(owner: str, origin: Origin, root: Text) -> Policy:
    """The default policy of key `owner`, which is written at `origin`; `root` is the ARN of the account's root."""
    place = replace(origin, note="default")

    def entry(key: str, value: Value | str) -> Entry:
        return Entry(text(key, origin=place), text(value, origin=place) if isinstance(value, str) else value)

    principal = Object((entry("AWS", Text(root.parts, place)),), None, place)
    words = (entry("Sid", "Enable IAM User Permissions"), entry("Effect", "Allow"), entry("Principal", principal))
    statement = Object((*words, entry("Action", "kms:*"), entry("Resource", "*")), None, place)
    statements = List((statement,), None, place)
    members = (entry("Version", "2012-10-17"), entry("Id", "key-default"), entry("Statement", statements))
    return Policy(PolicyKind.DEFAULT_KEY, Object(members, None, place), owner, "default", origin=place)
