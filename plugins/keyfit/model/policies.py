"""Policy documents, each with how it is tied to what it governs."""

from __future__ import annotations

from dataclasses import field, replace
from enum import Enum
from typing import TYPE_CHECKING

from keyfit.answer import YES, Answer
from keyfit.record import record
from keyfit.value import NOWHERE, Origin, Text, Unknown, Value
from keyfit.why import Why
from keyfit.words import marked, shown

if TYPE_CHECKING:
    from keyfit.model.block import Block


class PolicyKind(Enum):
    """How a policy is tied to what it governs, in the words of a message."""

    KEY = "key policy"
    DEFAULT_KEY = "default key policy"
    BUCKET = "bucket policy"
    TRUST = "trust policy"
    INLINE = "inline policy"
    MANAGED = "managed policy"
    AWS_MANAGED = "AWS managed policy"
    OUTSIDE = "managed policy that is not in the source"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SERVICE_CONTROL = "service control policy"
    RESOURCE_CONTROL = "resource control policy"


@record
class Policy:
    """A policy document, and how it is tied to a key, a role, a user or a group.

    `document` is what is written: an object; a text that holds JSON is already read. Unknown where it cannot be
    read, and then it may allow and deny anything. `kind` AWS_MANAGED: `arn` names it, `document` is `None`, and
    `policy.managed` knows it. `kind` OUTSIDE: it may allow anything and is assumed not to deny; `document` is why it is
    not here, or `None`. `owner` is the address of the block that the document is written in, `present` whether the
    attachment exists; `assumed` names the other stack that attaches it, else it is empty.
    """

    kind: PolicyKind
    document: Value | None
    owner: str
    name: str = ""
    arn: Text | None = None
    origin: Origin = field(default=NOWHERE, compare=False)
    present: Answer = YES
    assumed: str = ""

    @property
    def called(self) -> str:
        """How messages name it: "the key policy of `DataKey`", "inline policy `x`"."""
        name = self.name or shown(self.arn)
        if self.kind is PolicyKind.OUTSIDE:
            return f"policy {marked(name)}" if name else f"the policy of {marked(self.owner)}"
        if name and self.kind is not PolicyKind.DEFAULT_KEY:
            return f"{self.kind.value} {marked(name)}"
        return f"the {self.kind.value} of {marked(self.owner)}"


def in_force(policies: tuple[Policy, ...], block: Block, words: str) -> Policy:
    """The policy of `block`, of which there can be one: of several that the source gives, nobody can tell which."""
    first, *others = policies
    if not others or isinstance(first.document, Unknown):
        return first
    owners = " and ".join(f"`{each.owner}`" for each in policies)
    subject = f"which of the {words} of {owners} is in force"
    return replace(first, document=Unknown(Why.UNTOLD, subject, f"policy of {block.address}"))
