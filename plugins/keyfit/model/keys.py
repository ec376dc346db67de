"""KMS keys of the source, their aliases and their grants."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from keyfit.model.policies import Policy, in_force
from keyfit.record import record
from keyfit.value import Own, Text, Value, text

if TYPE_CHECKING:
    from keyfit.model.block import Block


@record
class Key:
    """A KMS key of the source (or of the settings): what identifies it, who may use it, what it can do.

    `spec`, `usage`, `enabled`, `key_origin`, `multi_region` are values as written, with the defaults of the language
    filled in (origin note "default"); e.g. `Text("SYMMETRIC_DEFAULT")`, `Bool(True)`. `policies` holds one policy, as
    a rule; two where the source gives two (`key-has-one-policy`). `material_missing` says that
    a key of origin EXTERNAL gets no key material in the source (K80). `depends_on` are addresses created before it.
    """

    block: Block
    arn: Text
    key_id: Text
    policies: tuple[Policy, ...]
    spec: Value
    usage: Value
    enabled: Value
    key_origin: Value
    multi_region: Value
    material_missing: Value
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    region: Text = field(default_factory=lambda: text(Own.REGION))
    tags: Value | None = None
    bypasses_lockout_check: Value | None = None
    depends_on: frozenset[str] = frozenset()

    @property
    def policy(self) -> Policy:
        """The key policy in force."""
        return in_force(self.policies, self.block, "key policies")


@record
class Alias:
    """A KMS alias: its name (`alias/x`), and the key it points to by ARN or id."""

    block: Block
    name: Text
    arn: Text
    target: Value


@record
class Grant:
    """A KMS grant. `operations` and both constraints are values as written; a constraint that is absent is `None`."""

    block: Block
    key: Value
    grantee: Value
    operations: Value
    encryption_context_equals: Value | None = None
    encryption_context_subset: Value | None = None
    source_arn: Value | None = None
