"""The key policy of a key for which the source gives none: it delegates everything to the account (K19, K21, K23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyfit.value import Entry, List, Object, Text, text

if TYPE_CHECKING:
    from keyfit.value import Origin, Value


def document(root: Text, origin: Origin) -> Object:
    """The policy; `root` is the ARN of the account's root, `origin` the place of all that nobody wrote."""

    def entry(key: str, value: Value | str) -> Entry:
        return Entry(text(key, origin=origin), text(value, origin=origin) if isinstance(value, str) else value)

    def members(*entries: Entry) -> Object:
        return Object(entries, None, origin)

    principal = members(entry("AWS", Text(root.parts, origin)))
    words = (entry("Sid", "Enable IAM User Permissions"), entry("Effect", "Allow"), entry("Principal", principal))
    statement = members(*words, entry("Action", "kms:*"), entry("Resource", "*"))
    statements = List((statement,), None, origin)
    return members(entry("Version", "2012-10-17"), entry("Id", "key-default"), entry("Statement", statements))
