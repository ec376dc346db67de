"""Roles, users and groups of the source, with the policies that are tied to them."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from keyfit.record import record
from keyfit.value import Origin, Own, Text, Unknown, Value, text

if TYPE_CHECKING:
    from keyfit.model.block import Block
    from keyfit.model.policies import Policy, PolicyKind


class IdentityKind(Enum):
    """What an identity is."""

    ROLE = "role"
    USER = "user"
    GROUP = "group"


@record
class Identity:
    """A role, user or group of the source (or of the settings), with every policy tied to it from either side.

    `outside` says that it is named but not written here: its policies may allow anything and are assumed not to deny,
    as is its boundary. A user's `policies` hold its groups' too. `mixes` says that exclusive and separate attachments
    are given for one role (T14): the places of the two. `strict` are the kinds of policies of which the source has all
    that are to be, with what takes away every other.
    """

    block: Block
    kind: IdentityKind
    name: Text
    arn: Text
    policies: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    trust: Policy | None = None
    account: Text = field(default_factory=lambda: text(Own.ACCOUNT))
    outside: bool = False
    mixes: tuple[Origin, ...] = field(default=(), compare=False)
    strict: tuple[tuple[PolicyKind, Unknown], ...] = field(default=(), compare=False)


@record
class Tie:
    """A policy of the source that names what it is attached to: a role, user or group by its name, of any stack."""

    kind: IdentityKind
    name: Value
    policy: Policy
